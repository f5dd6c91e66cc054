# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags and custom attributes; tests/integration/test_vm_make.py has what becomes of them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.labels import Labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tag_writer import TagWriter
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine

VM = ref("VirtualMachine:vm-1")
KNOWN = {"env": {"prod": "urn:prod", "test": "urn:test"}, "owner": {"web": "urn:web"}}


@pytest.fixture
def writer(monkeypatch):
    """What the tagging service has and gets: logins, tags of VMs, changes."""
    seen = {"logins": 0, "logouts": 0, "tags": {}, "changes": []}

    def enter(self):
        seen["logins"] += 1
        return self

    monkeypatch.setattr(TagWriter, "__enter__", enter)
    monkeypatch.setattr(TagWriter, "__exit__", lambda *_error: seen.update(logouts=seen["logouts"] + 1))
    monkeypatch.setattr(TagWriter, "identifiers", KNOWN)
    monkeypatch.setattr(TagWriter, "tags_of", lambda self, refs: {each: seen["tags"][each] for each in refs if each in seen["tags"]})
    monkeypatch.setattr(TagWriter, "change", lambda self, *change: seen["changes"].append(change))
    return seen


@pytest.fixture
def vcenter():
    found = estate(machine(1, "web-1"))
    found.attributes = {101: "cost", 102: "owner"}
    return found


def made(vcenter):
    return Labels(vcenter, CONNECTION, ExitStack())


def test_wrong_values_are_told_before_anything_is_read():
    problems: list[str] = []
    labels.check("vms[0]", {"tags": {"env": "prod", "owner": [], "x": [""]}, "custom_attributes": {"cost": {}, "owner": None, "n": 7}}, problems)
    assert [line.partition(" ")[0] for line in problems] == ["vms[0].tags.env", "vms[0].tags.x", "vms[0].custom_attributes.cost"]
    labels.check("vms[0]", {}, problems)
    assert len(problems) == 3


def test_unknown_names_are_told_with_similar_ones(vcenter, writer):
    found = made(vcenter).check("vms[0]", {"tags": {"evn": ["prod"], "env": ["prod", "prd"]}, "custom_attributes": {"csot": "1", "owner": "x"}})
    assert [line.partition(":")[0] for line in found] == ["vms[0].tags", "vms[0].tags.env", "vms[0].custom_attributes"]
    assert all(name in line for name, line in zip(("mean env?", "mean prod?", "mean cost?"), found)), found


def test_host_has_neither(writer):
    host = estate(is_vcenter=False)
    found = made(host).check("vms[0]", {"tags": {"env": ["prod"]}, "custom_attributes": {"a": "b"}})
    assert found == [f"vms[0].{name}: a standalone ESXi host has none: leave it out" for name in ("tags", "custom_attributes")]
    made(host).read([VM])
    assert not writer["logins"]


def test_what_nobody_names_is_not_read(vcenter, writer):
    one = made(vcenter)
    assert one.check("vms[0]", {}) == [] and one.steps({}, VM, {}) == []
    one.read([])
    assert not writer["logins"] and not vcenter.asked


def test_session_for_tags_ends_with_the_call(vcenter, writer):
    with ExitStack() as closing:
        one = Labels(vcenter, CONNECTION, closing)
        one.read([VM])
        one.check("vms[0]", {"tags": {"env": ["prod"]}})
    assert (writer["logins"], writer["logouts"]) == (1, 1)


@pytest.mark.parametrize(
    ("current", "wanted", "change"),
    [
        ({}, {"env": ["prod"]}, (["urn:prod"], [])),
        ({"env": ["test"], "owner": ["web"]}, {"env": ["prod"]}, (["urn:prod"], ["urn:test"])),
        ({"env": ["prod", "test"]}, {"env": ["test", "prod", "test"]}, None),
        ({"env": ["prod"], "owner": ["web"]}, {"env": [], "owner": ["web"]}, ([], ["urn:prod"])),
        # Somebody has deleted it meanwhile.
        ({"env": ["gone"]}, {"env": ["prod"]}, (["urn:prod"], [])),
    ],
)
def test_tags_of_a_named_category_are_exact(vcenter, writer, current, wanted, change):
    writer["tags"] = {VM: current}
    one = made(vcenter)
    one.read([VM])
    steps = one.steps({"tags": wanted}, VM, {})
    assert [step.action for step in steps] == (["set_tags"] if change else [])
    carry_out(Plan(steps), VM, vcenter)
    assert writer["changes"] == ([(VM, *change)] if change else [])
    for step in steps:
        assert all(step.after[f"tags.{category}"] == sorted(set(wanted[category])) for category in wanted if f"tags.{category}" in step.after)


def test_new_vm_has_none_yet(vcenter, writer):
    (tags, attributes) = made(vcenter).steps({"tags": {"env": ["prod"]}, "custom_attributes": {"cost": 7}}, None, {})
    assert (tags.before, tags.after) == ({"tags.env": []}, {"tags.env": ["prod"]})
    assert (attributes.before, attributes.after) == ({"custom_attributes.cost": None}, {"custom_attributes.cost": "7"})
    carry_out(Plan([tags, attributes]), VM, vcenter)
    assert writer["changes"] == [(VM, ["urn:prod"], [])] and vcenter.sent == [("SetCustomValue", [VM, "cost", "7"])]


@pytest.mark.parametrize(("value", "changed"), [("it", None), (None, ""), ("web", "web")])
def test_attributes_that_differ_are_set(vcenter, writer, value, changed):
    properties = {"customValue": [{"key": 102, "value": "it"}, {"key": 101, "value": "1"}]}
    steps = made(vcenter).steps({"custom_attributes": {"owner": value}}, VM, properties)
    assert [step.after for step in steps] == ([{"custom_attributes.owner": changed}] if changed is not None else [])


def test_tags_are_not_set_where_nothing_was_made(vcenter, writer):
    (step,) = made(vcenter).steps({"tags": {"env": ["prod"]}}, None, {})
    carry_out(Plan([step]), None, vcenter)
    assert not writer["changes"]
