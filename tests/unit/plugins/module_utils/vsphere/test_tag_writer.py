# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, NotPermitted, ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tag_writer import TagWriter
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.rest_server import NEWER, OLDER, FakeVcenter

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", retries=1)
WEB = MoRef("VirtualMachine", "vm-1")


@pytest.fixture(params=[NEWER, OLDER])
def vcenter(request, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    found = FakeVcenter(request.param)
    found.categories = {"c1": "Tier", "c2": "Backup", "c3": "Empty"}
    found.tags = {"t1": ("Gold", "c1"), "t2": ("weekly", "c2"), "t3": ("daily", "c2")}
    found.attached = {WEB: ["t2"]}
    return found


@pytest.fixture
def writer(vcenter):
    with TagWriter(CONNECTION, vcenter, (8, 0, 2, 0)) as opened:
        yield opened
    assert vcenter.sessions == set()


def test_identifiers_are_read_once(writer, vcenter):
    expected = {"Tier": {"Gold": "t1"}, "Backup": {"weekly": "t2", "daily": "t3"}, "Empty": {}}
    assert writer.identifiers == expected and writer.identifiers == expected
    assert {purpose: vcenter.count(purpose) for purpose in ("tags", "categories", "tag", "category")} == {"tags": 1, "categories": 1, "tag": 3, "category": 3}


def test_what_was_deleted_meanwhile_is_left_out(writer, vcenter):
    vcenter.troubles["category"] = [404]
    vcenter.troubles["tag"] = [None, 404]
    # The first category and the second tag are gone, and with the category its tag.
    assert writer.identifiers == {"Backup": {"daily": "t3"}, "Empty": {}}


def test_detached_first_for_categories_of_one_tag(writer, vcenter):
    vcenter.single = {"c2"}
    writer.change(WEB, ["t3", "t1"], ["t2"])
    assert vcenter.attached[WEB] == ["t3", "t1"]
    assert [asked.purpose for asked in vcenter.asked if asked.purpose in ("attach", "detach")] == ["detach", "attach"]


@pytest.mark.parametrize(("attached", "detached", "purposes"), [(["t3"], [], ["attach"]), ([], ["t2"], ["detach"]), ([], [], [])])
def test_nothing_is_sent_for_nothing(writer, vcenter, attached, detached, purposes):
    writer.change(WEB, attached, detached)
    assert [asked.purpose for asked in vcenter.asked if asked.purpose in ("attach", "detach")] == purposes


def test_category_that_allows_one_tag(writer, vcenter):
    vcenter.single = {"c2"}
    with pytest.raises(ServerFault, match="check how many of them the category allows"):
        writer.change(WEB, ["t3"], [])
    assert vcenter.attached[WEB] == ["t2"]


@pytest.mark.parametrize(("trouble", "error"), [(403, NotPermitted), (b"[]", InvalidResponse), (b'{"value": {}}', (InvalidResponse, ServerFault))])
def test_what_the_server_does_not_do_is_an_error(writer, vcenter, trouble, error):
    vcenter.troubles["attach"] = [trouble] * 2
    with pytest.raises(error):
        writer.change(WEB, ["t3"], [])


def test_transient_errors_are_tried_again(writer, vcenter):
    vcenter.troubles["attach"] = [503]
    writer.change(WEB, ["t3"], [])
    assert vcenter.attached[WEB] == ["t2", "t3"]


@pytest.mark.parametrize("answer", [b"{}", b'"t1"', b"[1]", b'{"value": [null]}'])
def test_lists_that_are_none(writer, vcenter, answer):
    vcenter.troubles["tags"] = [answer] * 2
    with pytest.raises(InvalidResponse):
        _ = writer.identifiers
