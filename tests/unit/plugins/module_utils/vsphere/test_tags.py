# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, NotPermitted, SessionExpired, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tags import TagReader
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.rest_server import NEWER, OLDER, FakeVcenter

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", retries=1)
WEB, DATABASE, HOST = MoRef("VirtualMachine", "vm-1"), MoRef("VirtualMachine", "vm-2"), MoRef("HostSystem", "host-1")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def estate(*speaks: str) -> FakeVcenter:
    vcenter = FakeVcenter(*speaks)
    vcenter.categories = {"c1": "Tier", "c2": "Backup"}
    vcenter.tags = {"t1": ("Gold", "c1"), "t2": ("weekly", "c2"), "t3": ("daily", "c2"), "t4": ("nobody's", "c1")}
    vcenter.attached = {WEB: ["t1", "t2", "t3"], HOST: ["t1"]}
    return vcenter


@pytest.fixture(params=[NEWER, OLDER])
def vcenter(request):
    return estate(request.param)


def tags_of(vcenter, *refs):
    with TagReader(CONNECTION, vcenter, (8, 0, 2, 0)) as reader:
        return reader.tags_of(refs)


def test_tags_are_sorted_by_category(vcenter):
    found = tags_of(vcenter, WEB, DATABASE, HOST)
    assert found == {WEB: {"Backup": ["daily", "weekly"], "Tier": ["Gold"]}, HOST: {"Tier": ["Gold"]}}
    assert list(found[WEB]) == ["Backup", "Tier"]
    assert vcenter.sessions == set()


def test_each_tag_and_category_is_requested_once(vcenter):
    with TagReader(CONNECTION, vcenter, (8, 0, 2, 0)) as reader:
        assert reader.tags_of([HOST]) == {HOST: {"Tier": ["Gold"]}}
        assert (vcenter.count("tag"), vcenter.count("category")) == (1, 1)
        assert len(reader.tags_of([WEB, HOST])) == 2
        assert (vcenter.count("tag"), vcenter.count("category")) == (3, 2)
        reader.tags_of([WEB, HOST])
        assert (vcenter.count("tag"), vcenter.count("category"), vcenter.count("objects")) == (3, 2, 3)


@pytest.mark.parametrize(("number", "batches"), [(0, []), (1, [1]), (2000, [2000]), (2001, [2000, 1]), (4500, [2000, 2000, 500])])
def test_objects_are_requested_in_batches(vcenter, number, batches):
    refs = [MoRef("VirtualMachine", f"vm-{index}") for index in range(number)]
    vcenter.attached = {ref: ["t1"] for ref in refs}
    assert tags_of(vcenter, *refs, *refs) == {ref: {"Tier": ["Gold"]} for ref in refs}
    assert [len(asked.subject) for asked in vcenter.asked if asked.purpose == "objects"] == batches


@pytest.mark.parametrize(
    "answer",
    [
        lambda objects: [entry for entry in objects if entry["tag_ids"]],
        lambda objects: [{**entry, "tag_ids": entry["tag_ids"] or []} for entry in objects],
        lambda objects: [entry if entry["tag_ids"] else {"object_id": entry["object_id"]} for entry in objects],
        lambda objects: [entry if entry["tag_ids"] else None for entry in objects],
        lambda objects: objects + objects,
        lambda objects: [*objects, {"object_id": {"type": "HostSystem", "id": "host-9"}, "tag_ids": ["t4"]}],
        lambda objects: [{**entry, "newer": [1, {}]} for entry in reversed(objects)],
    ],
    ids=["left out", "empty", "no member", "null", "twice", "of others", "more than we know"],
)
def test_replies_in_every_form(vcenter, answer):
    vcenter.troubles["objects"] = [answer]
    found = tags_of(vcenter, WEB, DATABASE, HOST)
    assert vcenter.count("objects") == 1, "the first answer was good enough"
    assert found == tags_of(vcenter, WEB, HOST)


def test_objects_without_tags(vcenter):
    vcenter.troubles["objects"] = [lambda objects: None]
    assert tags_of(vcenter, WEB) == {}


@pytest.mark.parametrize(("gone", "left"), [("tags", {}), ("categories", {})])
def test_tag_deleted_meanwhile_is_left_out(vcenter, gone, left):
    del getattr(vcenter, gone)["t1" if gone == "tags" else "c1"]
    with TagReader(CONNECTION, vcenter, (8, 0, 2, 0)) as reader:
        assert reader.tags_of([WEB, HOST]) == {WEB: {"Backup": ["daily", "weekly"]}}
        asked = len(vcenter.asked)
        reader.tags_of([HOST])
        assert len(vcenter.asked) == asked + 1, "what is gone is not asked for again"


def test_tags_of_the_same_name(vcenter):
    vcenter.categories["c2"] = "Tier"
    vcenter.tags["t2"] = ("Gold", "c2")
    assert tags_of(vcenter, WEB) == {WEB: {"Tier": ["Gold", "daily"]}}


def test_unusual_names(vcenter):
    vcenter.categories["c1"] = "Überprüfung / 100%"
    vcenter.tags["t1"] = ("half \ud83d\n", "c1")
    assert tags_of(vcenter, HOST) == {HOST: {"Überprüfung / 100%": ["half \ufffd\n"]}}


def test_same_id_of_another_type_is_another_object(vcenter):
    assert tags_of(vcenter, MoRef("Datastore", HOST.moid)) == {}


WRONG = [
    ("objects", {"entries": []}, "its list of objects is no array"),
    ("objects", "s3cret", "its list of objects is no array"),
    ("objects", ["s3cret"], "what should hold object_id is no object"),
    ("objects", [{}], "what should hold type is no object"),
    ("objects", [{"object_id": "vm-1"}], "what should hold type is no object"),
    ("objects", [{"object_id": {"type": "VirtualMachine"}}], "its id is no text"),
    ("objects", [{"object_id": {"type": ["VirtualMachine"], "id": "vm-1"}}], "its type is no text"),
    ("objects", [{"object_id": {"type": "VirtualMachine", "id": "vm-1"}, "tag_ids": "t1"}], "its list of tags is no array"),
    ("objects", [{"object_id": {"type": "VirtualMachine", "id": "vm-1"}, "tag_ids": [1]}], "its tag is no text"),
    ("objects", [{"object_id": {"type": "HostSystem", "id": "host-9"}, "tag_ids": [None]}], "its tag is no text"),
    ("tag", ["s3cret"], "what should hold name is no object"),
    ("tag", {"name": 5, "category_id": "c1"}, "its name is no text"),
    ("tag", {"name": "Gold"}, "its category is no text"),
    ("tag", {"name": "Gold", "category_id": {}}, "its category is no text"),
    ("category", None, "what should hold name is no object"),
    ("category", {"name": None}, "its name is no text"),
]


@pytest.mark.parametrize(("purpose", "value", "message"), WRONG)
def test_value_of_a_wrong_type_is_an_error_after_a_retry(vcenter, purpose, value, message):
    vcenter.troubles[purpose] = [lambda right: value] * 2
    with pytest.raises(InvalidResponse) as caught:
        tags_of(vcenter, WEB)
    assert f"the response of the tagging service cannot be used, {message}: scan again" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert vcenter.sessions == set()
    vcenter.troubles[purpose] = [lambda right: value]
    assert tags_of(vcenter, HOST), "once is not for ever"


def test_tag_without_permission(vcenter):
    vcenter.troubles["tag"] = [403]
    with pytest.raises(NotPermitted):
        tags_of(vcenter, WEB)
    assert vcenter.sessions == set()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.sampled_from(["vm-1", "VirtualMachine", "t1", "c1"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["value", "object_id", "type", "id", "tag_ids", "name", "category_id"]) | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
#: Each part of a good answer, with anything in its place now and then.
OBJECTS = st.lists(
    JSON | st.fixed_dictionaries({
        "object_id": JSON | st.fixed_dictionaries({"type": JSON | st.just("VirtualMachine"), "id": JSON | st.just("vm-1")}),
        "tag_ids": JSON | st.lists(JSON | st.sampled_from(["t1", "t2", "\ud800", "", "../session", "a\r\nb"])),
    })
)  # fmt: skip
NAMED = JSON | st.fixed_dictionaries({"name": JSON | st.text(), "category_id": JSON | st.sampled_from(["c1", "", "\udc00", "?#"])})


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(objects=JSON | OBJECTS, tag=NAMED, category=NAMED, generation=st.sampled_from([NEWER, OLDER]))
def test_any_json_gives_tags_or_an_error(objects, tag, category, generation):
    vcenter = estate(generation)
    for purpose, value in {"objects": objects, "tag": tag, "category": category}.items():
        vcenter.troubles[purpose] = [lambda right, value=value: value] * 99
    try:
        found = tags_of(vcenter, WEB)
    except VsphereError as error:
        assert isinstance(error, InvalidResponse)
    else:
        json.dumps({ref.moid: named for ref, named in found.items()}, ensure_ascii=False).encode()
        assert all(names == sorted(set(names)) and names for named in found.values() for names in named.values())
    assert vcenter.sessions == set()


@given(st.binary(), st.sampled_from(["login", "objects", "tag", "category"]))
def test_any_bytes_give_tags_or_an_error(body, purpose):
    vcenter = estate(NEWER)
    vcenter.troubles[purpose] = [body] * 99
    try:
        tags_of(vcenter, WEB)
    except VsphereError as error:
        # A word may be taken for the key of a session, which the next request finds to be none.
        assert isinstance(error, (InvalidResponse, SessionExpired))
