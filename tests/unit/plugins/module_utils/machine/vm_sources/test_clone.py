# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources of clones: found, and what of them cannot be cloned."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine, present
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties

PLACE = {"cluster": "gold"}


def lines(vcenter, *items):
    with pytest.raises(InvalidOption) as caught:
        present(vcenter, *items)
    assert not vcenter.sent
    return caught.value.lines


def clone(name="a", **source):
    return {"name": name, "placement": PLACE, "source": source}


def test_vms_of_an_item_have_one_source():
    vcenter = estate(machine(5, "tpl", **{"config.template": True}))
    found = present(vcenter, {**clone("a-{n}", template="tpl"), "count": 3})
    assert [one.plan.diff["after"]["source"] for one in found] == ["/Spain/Madrid/Prod/tpl"] * 3


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ({"vm": "none"}, "vms[0].source.vm"),
        ({"template": "web"}, "vms[0].source.template: /Spain/Madrid/Prod/web is no template: name it as source.vm"),
        ({"vm": "web", "clone": "linked"}, "vms[0].source: /Spain/Madrid/Prod/web has no snapshot, which a linked clone stands on: take one first"),
        ({"vm": "web", "snapshot": "s"}, "vms[0].source: /Spain/Madrid/Prod/web has no snapshot: take one first"),
        ({"vm": "old", "snapshot": "befor"}, "vms[0].source.snapshot: /Spain/Madrid/Prod/old has no snapshot 'befor'"),
    ],
)
def test_sources_that_cannot_be_cloned(source, problem):
    vcenter = estate(machine(5, "web"), machine(6, "old", **properties(node(1, "before"), current=1)))
    assert lines(vcenter, clone(**source))[0].startswith(problem)


def test_what_of_a_source_cannot_be_read_is_named():
    vcenter = estate(machine(5, "web"))
    vcenter.missing.add((ref("VirtualMachine:vm-5"), "config.hardware.device"))
    (line,) = lines(vcenter, clone(vm="web"))
    assert line.startswith("vms[0].source.vm: /Spain/Madrid/Prod/web cannot be read whole (config.hardware.device)")
