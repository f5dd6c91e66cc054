# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each kind of source finds its own items."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine, present

PLACE = {"cluster": "gold", "datastore": "ds1"}
SCRATCH = {"placement": PLACE, "hardware": {"guest_id": "ubuntu64Guest"}, "memory": {"size": "2GiB"}}


def test_kinds_side_by_side():
    vcenter = estate(machine(5, "tpl", **{"config.template": True}))
    items = [{"name": "a", **SCRATCH}, {"name": "b", "source": {"template": "tpl"}, "placement": PLACE}, {"name": "c", **SCRATCH}]
    assert [one.plan.actions for one in present(vcenter, *items)] == [["create"], ["clone"], ["create"]]


def test_what_is_wrong_with_all_kinds_is_said_at_once():
    items = [{"name": "a", "placement": PLACE}, {"name": "b", "source": {"vm": "none"}}, {"name": "c", "source": {"ova": "/none.ova"}}]
    with pytest.raises(InvalidOption) as caught:
        present(estate(), {**items[0], "customization": {"linux": {"domain": "x.y"}}})
    assert [line.partition(" ")[0] for line in caught.value.lines] == ["vms[0].memory.size", "vms[0].hardware.guest_id", "vms[0].customization"]
    with pytest.raises(InvalidOption) as caught:
        present(estate(), *items[1:])
    assert [line.partition(": ")[0] for line in caught.value.lines] == ["vms[0].source.vm", "vms[1].source.ova"]
