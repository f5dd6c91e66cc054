# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import (
    BUSES,
    CONTROLLER_TYPES,
    ControllerPlace,
    Place,
    parse_controller,
    parse_place,
    units,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type


@pytest.mark.parametrize("text", ["scsi0:0", "scsi3:15", "scsi1:63", "sata0:29", "sata3:0", "ide0:0", "ide1:1", "nvme0:14"])
def test_places(text):
    assert str(parse_place("at", text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scsi0:7", "at: unit 7 is the controller's own; use another one (got 'scsi0:7')"),
        ("scsi0:64", "at: SCSI controllers have units 0 to 63 (got 'scsi0:64')"),
        ("scsi4:0", "at: a VM has SCSI controllers scsi0 to scsi3 (got 'scsi4')"),
        ("sata0:30", "at: SATA controllers have units 0 to 29 (got 'sata0:30')"),
        ("ide0:2", "at: IDE controllers have units 0 to 1 (got 'ide0:2')"),
        ("ide2:0", "at: a VM has IDE controllers ide0 to ide1 (got 'ide2')"),
        ("usb0:0", "at must be a controller such as scsi0, sata0 or ide1 (got 'usb0')"),
        ("scsi0", "at must be a place such as scsi0:1, sata0:3 or ide0:1 (got 'scsi0')"),
        ("SCSI(0:1)", "at must be a place such as scsi0:1, sata0:3 or ide0:1 (got 'SCSI(0:1)')"),
        (1, "at must be a place such as scsi0:1, sata0:3 or ide0:1 (got 1)"),
    ],
)
def test_places_that_no_vm_has(text, message):
    with pytest.raises(InvalidOption) as caught:
        parse_place("at", text)
    assert str(caught.value) == message


def test_places_sort_as_people_count():
    texts = ["scsi0:2", "scsi0:10", "scsi1:0", "ide0:0"]
    assert list(map(str, sorted(parse_place("at", text) for text in texts))) == ["ide0:0", "scsi0:2", "scsi0:10", "scsi1:0"]
    assert parse_place("at", "scsi1:3") == Place(ControllerPlace("scsi", 1), 3)
    assert parse_controller("at", "sata2") == ControllerPlace("sata", 2)


@pytest.mark.parametrize(("kind", "hardware", "number"), [("pvscsi", 13, 16), ("pvscsi", 14, 64), ("pvscsi", 0, 16), ("lsilogic", 21, 16), ("sata", 21, 30)])
def test_units_of_a_controller(kind, hardware, number):
    assert units(kind, hardware) == number


def test_tables_fit_each_other():
    assert {known.bus for known in CONTROLLER_TYPES.values()} == set(BUSES)
    assert all(managed_type(known.vim_type) for known in CONTROLLER_TYPES.values())
    assert all(CONTROLLER_TYPES[bus.default].bus == name and CONTROLLER_TYPES[bus.default].can_be_made for name, bus in BUSES.items() if bus.default)
