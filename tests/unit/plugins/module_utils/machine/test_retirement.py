# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import Stamp, retired_as, stamp_of
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine

AT = datetime(2026, 11, 28, 15, 30, tzinfo=timezone.utc)


def properties(extra_config):
    return {"config.extraConfig": [{"key": key, "value": value} for key, value in extra_config.items()]}


def test_stamp_is_read_as_it_was_written():
    stamp = Stamp(AT, "/Madrid/Prod/web-1")
    assert stamp_of(properties({"other": "x", **stamp.extra_config})) == stamp
    assert not any(key.startswith("guestinfo.") for key in stamp.extra_config)


@pytest.mark.parametrize("extra_config", [{}, {"estate.vmware.retired_at": ""}, {"estate.vmware.retired_at": "yesterday"}])
def test_vm_without_a_stamp_is_not_retired(extra_config):
    assert stamp_of(properties(extra_config)) is None


@pytest.mark.parametrize(
    ("item", "is_meant"),
    [
        ({"name": "web-1"}, True),
        ({"name": "web"}, False),
        ({"name": "web-1", "folder": "Prod"}, True),
        ({"name": "web-1", "folder": "Test"}, False),
        ({"name": "web-1", "datacenter": "Madrid"}, True),
        ({"path": "/Madrid/Prod/web-1"}, True),
        ({"path": "/Madrid/Test/web-1"}, False),
        ({"moid": "vm-1"}, False),
    ],
)
def test_retired_vm_is_found_by_what_it_was_called(item, is_meant):
    assert Stamp(AT, "/Madrid/Prod/web-1").is_of(identity("vms[0]", item)) == is_meant


def retired(number, name, at, path):
    return machine(number, name, **properties(Stamp(at, path).extra_config))


def test_retired_vms_by_their_old_names_the_last_one_first():
    vcenter = estate(
        retired(1, "web-1-retired-1", AT, "/Spain/Madrid/Prod/web-1"),
        retired(2, "web-1-retired-2", AT + timedelta(days=1), "/Spain/Madrid/Prod/web-1"),
        machine(3, "web-1-copy"),
        retired(4, "db-1-old", AT, "/Spain/Madrid/db-1"),
    )
    asked = [identity(f"vms[{number}]", item) for number, item in enumerate(({"name": "web-1"}, {"path": "/Madrid/db-1"}, {"name": "x"}, {"moid": "vm-1"}))]
    asked += [identity("vms[4]", {"path": "/Spain/Madrid/vm/Prod/web-1"})]
    found = retired_as(vcenter, VmLookup(vcenter, CONNECTION), asked)
    names = {option: [vm.ref.moid for vm in vms] for option, vms in found.items()}
    assert names == {"vms[0]": ["vm-2", "vm-1"], "vms[1]": ["vm-4"], "vms[2]": [], "vms[4]": ["vm-2", "vm-1"]}


def test_identities_that_are_no_names_cost_no_call():
    vcenter = estate(machine(1, "web-1"))
    assert retired_as(vcenter, VmLookup(vcenter, CONNECTION), [identity("vms[0]", {"moid": "vm-1"})]) == {} and not vcenter.asked
