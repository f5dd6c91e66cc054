# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import hosts


def test_management_address_is_the_selected_one():
    def nic(key, address):
        return {"key": key, "spec": {"ip": {"ipAddress": address}}}

    configs = [
        {"nicType": "vmotion", "selectedVnic": ["vmotion.vmk1"], "candidateVnic": [nic("vmotion.vmk1", "10.0.9.1")]},
        {
            "nicType": "management",
            "selectedVnic": ["management.vmk2"],
            "candidateVnic": [nic("management.vmk0", "10.0.0.1"), nic("management.vmk2", "10.0.0.3")],
        },
    ]
    assert hosts.management_ip(configs) == "10.0.0.3"
    assert hosts.management_ip(configs[:1]) is None
    assert hosts.management_ip(None) is None


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"serialNumber": "ABC123 ", "otherIdentifyingInfo": []}, "ABC123"),
        ({"otherIdentifyingInfo": [{"identifierValue": "TAG9", "identifierType": {"key": "ServiceTag"}}]}, "TAG9"),
        (
            {
                "serialNumber": "",
                "otherIdentifyingInfo": [
                    {"identifierValue": "unknown", "identifierType": {"key": "AssetTag"}},
                    {"identifierValue": " ENC1", "identifierType": {"key": "EnclosureSerialNumberTag"}},
                ],
            },
            "ENC1",
        ),
        ({}, None),
        (None, None),
    ],
)
def test_serial(system, expected):
    assert hosts.serial(system) == expected


@pytest.mark.parametrize(
    ("number", "tags", "expected"),
    [
        ("", ["BLADE01", " "], "BLADE01"),
        ("", [" ", "BLADE01", "CHASSIS9"], "BLADE01"),
        ("To Be Filled By O.E.M.", ["REAL01"], "REAL01"),
        ("None", ["REAL01"], "REAL01"),
        ("REAL00", ["REAL01"], "REAL00"),
        ("Default string", ["............"], None),
        (None, ["............"], None),
        ("VMware-56 4d 3a 9b", ["None"], "VMware-56 4d 3a 9b"),
        ("Nonesuch-1", [], "Nonesuch-1"),
    ],
)
def test_serial_is_the_first_real_one(number, tags, expected):
    system = {"otherIdentifyingInfo": [{"identifierValue": tag, "identifierType": {"key": "ServiceTag"}} for tag in tags]}
    assert hosts.serial({**system, "serialNumber": number} if number is not None else system) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "To be filled by O.E.M.", "NONE", "Not Specified", "default string", "System Serial Number", "Chassis Serial Number", "N/A",
        "Not Applicable", "-", "---", "0", "00000000", "0000-00.00", "xxxxxxxx", "0123456789", "Unknown",
    ],
)  # fmt: skip
def test_placeholders_are_not_serial_numbers(text):
    assert hosts.serial({"serialNumber": text}) is None


def test_tags_count_in_the_order_of_their_kinds():
    tags = [("EnclosureSerialNumberTag", "ENC1"), ("ServiceTag", "None"), ("ServiceTag", "TAG2")]
    system = {"otherIdentifyingInfo": [{"identifierValue": value, "identifierType": {"key": key}} for key, value in tags]}
    assert hosts.serial(system) == "TAG2"


@pytest.mark.parametrize(
    ("model", "expected"),
    [("VMware Mobility Platform", True), (" VMware Mobility Platform ", True), ("VMware Virtual Platform", False), ("PowerEdge R750", False), (None, None)],
)
def test_migration_appliance_by_model(model, expected):
    assert hosts.migration_appliance(model) is expected
