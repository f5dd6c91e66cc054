# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.delete import AbsentFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.present import PresentFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.retire import RetiredFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.vm import ITEM_OPTIONS, MODULE_OPTIONS, vm_flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec

KINDS = {"present": PresentFlow, "absent": AbsentFlow, "retired": RetiredFlow}


def flow(state, **item):
    return vm_flow(checked_items(item_spec(ITEM_OPTIONS, with_filters=True), None, [{"name": "web-1", **item}]), {"state": state})


@pytest.mark.parametrize("state", MODULE_OPTIONS["state"]["choices"])
def test_each_state_has_its_flow(state):
    assert type(flow(state, **({"delete": "destroy"} if state == "absent" else {}))) is KINDS[state]


@pytest.mark.parametrize(
    ("state", "item", "options"),
    [
        ("present", {"delete": "destroy", "retired_for": "7d"}, ["delete", "retired_for"]),
        ("absent", {"delete": "destroy", "cpu": {"count": 2}, "retired_folder": "old"}, ["cpu", "retired_folder"]),
        ("retired", {"power": "off", "power_off": True}, ["power", "power_off"]),
    ],
)
def test_options_of_another_state_are_refused(state, item, options):
    with pytest.raises(InvalidOption) as caught:
        flow(state, **item)
    assert sorted(caught.value.lines) == [f"vms[0].{name} does not go with state {state}: leave it out" for name in options]
