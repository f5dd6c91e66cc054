# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts that see all, a part, or names only of one vCenter: each row against what its account may know of it."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import ALL_FIELDS, SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import TOPOLOGY_PROPERTIES
from ansible_collections.estate.vmware.tests.integration.expected import Rows, by_identity, differences, read_record
from ansible_collections.estate.vmware.tests.integration.proxy import changed
from ansible_collections.estate.vmware.tests.integration.running import run_module, source
from ansible_collections.estate.vmware.tests.integration.visibility import READ, VIEW, Visibility, needs_read

ALONE = {"propagate": False}
MALAGA = "/Production sites/Málaga"
ACCOUNTS = {
    "read-only": [{"on": "/", "role": "read-only"}],
    "half": [
        {"on": "/", "role": "read-only", **ALONE},
        # A whole datacenter.
        {"on": "/Lyon", "role": "read-only"},
        # Another one, but for one of everything.
        {"on": "/Shanghai", "role": "read-only"},
        *(
            {"on": f"/Shanghai/{path}", "role": "no-access"}
            for path in (
                "datastore/sha-nfs-general-01",
                "host/SHA-Production/esx02.sha.corp.example",
                "host/SHA-Production/Resources/Gold",
                "host/esx06.sha.corp.example",
                "network/VM Network",
                "network/SHA-DB-130",
                "network/sha-dvs-01",
                "vm/Desktops",
            )
        ),
        {"on": "/Shanghai/host/esx06.sha.corp.example/esx06.sha.corp.example", "role": "read-only"},
        # A folder and a cluster, without the way to them.
        {"on": "/Toronto/vm/Production", "role": "read-only"},
        {"on": "/Toronto/host/TOR-Databases", "role": "read-only"},
        # A cluster with the way to it.
        {"on": MALAGA, "role": "read-only", **ALONE},
        {"on": f"{MALAGA}/host/Racks 1-8", "role": "read-only", **ALONE},
        {"on": f"{MALAGA}/host/Racks 1-8/MLG-Databases", "role": "read-only"},
    ],
    "no-read": [
        {"on": "/", "role": "read-only"},
        {"on": "/Shanghai", "role": "view"},
        {"on": "/Lyon/host/LYO-Production/esx01.lyo.corp.example", "role": "view"},
    ],
}
SIZES = {"vms": 250, "datacenters": 4, "folders": 1, "clusters": 8, "hosts": 24, "standalone_hosts": 4, "apps": 2}


class AccountScan(NamedTuple):
    """What an account should have read, and what it has."""

    record: Rows
    visibility: Visibility
    status: str
    read: Rows
    issues: list[Issue]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("permissions")
    with start_simulator(folder, accounts=ACCOUNTS, record=folder / "record.jsonl", **SIZES) as simulator:
        yield simulator, read_record(folder / "record.jsonl")


@pytest.fixture(scope="module")
def scan_as(tmp_path_factory, running):
    """A function that scans as one of the accounts, once each."""
    simulator, record = running
    known = {}

    def scan(account: str) -> AccountScan:
        if account not in known:
            folder = tmp_path_factory.mktemp(account)
            connection = {key.removeprefix("vmware_"): value for key, value in source(simulator, vmware_username=account).items()}
            wanted = {"sections": list(SECTIONS), "fields": dict.fromkeys(SECTIONS, ALL_FIELDS)}
            result = run_module(folder, "vmware_inventory_facts", **connection, **wanted, dest=str(folder / "scan.sqlite"), page_size=50)
            assert not result["failed"], result
            found = Scan.open(str(folder / "scan.sqlite"))
            read = {}
            for section in SECTIONS:
                keys = list(found.fields(section))
                read[section] = by_identity(section, [dict(zip(keys, values)) for values in found.rows(section, keys)])
            known[account] = AccountScan(record, Visibility(record, account), found.head.status, read, found.issues())
        return known[account]

    return scan


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_row_has_what_the_account_can_see(scan_as, account, section):
    scanned = scan_as(account)
    expected = scanned.visibility.rows(section)
    assert set(scanned.read[section]) == set(expected), "no other row"
    assert expected, "an empty section proves nothing"
    assert not differences(section, scanned.read[section], expected)


def test_read_only_account_reads_everything_without_issues(scan_as):
    scanned = scan_as("read-only")
    assert (scanned.status, scanned.issues) == ("ok", [])
    for section in SECTIONS:
        assert set(scanned.read[section]) == set(scanned.record[section])
        assert not differences(section, scanned.read[section], scanned.record[section])


@pytest.mark.parametrize("section", ["vms", "hosts", "datastores", "networks", "clusters", "vm_nics"])
def test_account_of_half_the_estate_reads_a_part(scan_as, section):
    scanned = scan_as("half")
    assert 0 < len(scanned.read[section]) < len(scanned.record[section])
    whole = [moid for moid, row in scanned.read[section].items() if not differences(section, {moid: row}, scanned.record[section])]
    assert 0 < len(whole) < len(scanned.read[section]), "some rows are as for anybody, some are not"


def test_each_invisible_reference_is_one_issue(scan_as):
    scanned = scan_as("half")
    assert scanned.status == "partial"
    assert {issue.kind for issue in scanned.issues} == {"no_permission"}
    assert Counter(issue.object for issue in scanned.issues) == Counter(scanned.visibility.invisible())


def test_each_kind_of_invisible_reference_is_reported_with_its_property(scan_as):
    scanned = scan_as("half")
    types = scanned.record["objects"]
    named = {(types[issue.object]["type"], issue.property) for issue in scanned.issues}
    assert named == {
        ("HostSystem", "runtime.host"),
        ("HostSystem", "host"),
        ("Datastore", "datastore"),
        ("Network", "config.hardware.device"),
        ("DistributedVirtualPortgroup", "network"),
        ("OpaqueNetwork", "network"),
        ("VmwareDistributedVirtualSwitch", "config.distributedVirtualSwitch"),
        ("Folder", "parent"),
        ("ComputeResource", "parent"),
    }
    assert all(types[issue.object]["type"] in issue.message for issue in scanned.issues)


def test_objects_without_system_read_report_each_property(scan_as):
    scanned = scan_as("no-read")
    assert scanned.status == "partial"
    assert {issue.kind for issue in scanned.issues} == {"no_permission"}
    expected = Counter()
    for section, declared in SECTIONS.items():
        # What a newer property stands for is not asked of a vCenter of now.
        paths = [(owner, path) for path, owner in declared.properties.items() if needs_read(owner, path) and path not in declared.until]
        for moid, place in scanned.record["objects"].items():
            if place["type"] in declared.managed_types and scanned.visibility.role(moid) == VIEW:
                (name,) = {rows[moid]["name"] for rows in scanned.record.values() if "name" in rows.get(moid, ())}
                expected.update((section, one_line(name), path) for owner, path in paths if owner in (place["type"], declared.managed_types[0]))
    assert Counter((issue.section, issue.object, issue.property) for issue in scanned.issues if issue.section in SECTIONS) == expected
    places = {issue.property for issue in scanned.issues if issue.section not in SECTIONS}
    assert places <= {path for kind, paths in TOPOLOGY_PROPERTIES.items() for path in paths if needs_read(kind, path)}


def test_objects_that_may_only_be_viewed_are_rows(scan_as):
    scanned = scan_as("no-read")
    viewed = [row for moid, row in scanned.read["vms"].items() if scanned.visibility.role(moid) == VIEW]
    assert viewed
    assert {row["vcpu"] for row in viewed} == {None}
    assert all(row["name"] for row in viewed)
    assert {scanned.visibility.role(moid) for moid in scanned.read["vms"]} == {READ, VIEW}


def test_custom_attributes_whose_names_may_not_be_read_are_reported(tmp_path, running, authority):
    """The names are the server's own and not an object's: they take a right at the top."""
    denied = (
        b'<missingSet><path>field</path><fault><fault xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="NoPermission"/>'
        b"<localizedMessage>no</localizedMessage></fault></missingSet>"
    )

    def deny(request, reply):
        return re.sub(rb"<propSet>.*</propSet>", denied, reply, flags=re.DOTALL) if b"<type>CustomFieldsManager<" in request else reply

    with changed(running[0], authority, deny) as connection:
        found = run_module(tmp_path, "vmware_inventory_facts", **connection, sections=["hosts"], with_tags=False)["ansible_facts"]["vmware_inventory"]
    assert (found["status"], found["counts"]["hosts"]) == ("partial", SIZES["hosts"])
    assert [(issue["section"], issue["kind"]) for issue in found["issues"]] == [("custom_attributes", "permission")]
