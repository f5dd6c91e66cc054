# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that are in order but say what nobody expects: other versions, unknown words, missing rights, other clocks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.proxy import changed
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module, source

VMS = 30
_OBJECT = re.compile(rb"<objects>.*?</objects>", re.DOTALL)
_MACHINE = b'<obj type="VirtualMachine">'


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("simulator"), vms=VMS) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory, simulator):
    """What a scan finds when nothing is changed on the way."""
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    return run_module(tmp_path_factory.mktemp("plain"), "vmware_inventory_facts", **connection)["ansible_facts"]["vmware_inventory"]


@pytest.fixture
def scan(tmp_path, simulator, authority):
    """A function that scans through a proxy with a change."""

    def through(change):
        with changed(simulator, authority, change) as connection:
            result = run_module(tmp_path, "vmware_inventory_facts", **connection, page_size=7)
        assert not result["failed"], result
        return result["ansible_facts"]["vmware_inventory"]

    return through


def machines(change):
    """A change of each VM of a page, by its number from 0: of its XML, or None to take it away."""
    number = -1

    def one(match):
        nonlocal number
        if _MACHINE not in match[0]:
            return match[0]
        number += 1
        return change(number, match[0])

    return lambda request, reply: _OBJECT.sub(one, reply)


def test_proxy_that_changes_nothing(scan, plain):
    assert scan(lambda request, reply: reply)["sections"] == plain["sections"]


def test_unknown_enum_values_are_kept(scan, plain):
    def change(request, reply):
        for known, unknown in ((b">poweredOn<", b">hibernating<"), (b'"VirtualVmxnet3"', b'"VirtualVmxnet9"'), (b">toolsOk<", b">toolsSplendid<")):
            reply = reply.replace(known, unknown)
        return reply

    found = scan(change)
    assert found["status"] == "ok"
    assert len(found["sections"]["vms"]) == len(plain["sections"]["vms"])
    for changed_row, row in zip(found["sections"]["vms"], plain["sections"]["vms"], strict=True):
        assert changed_row["power_state"] == row["power_state"].replace("poweredOn", "hibernating")
        assert changed_row["tools_status"] == {"toolsOk": "toolsSplendid"}.get(row["tools_status"], row["tools_status"])
        assert (changed_row["nic_count"], changed_row["mac_addresses"]) == (row["nic_count"], row["mac_addresses"]), "an unknown adapter is one"


def test_property_without_permission_on_every_third_vm_costs_that_alone(scan, plain):
    denied = (
        b"<missingSet><path>config.annotation</path><fault><fault "
        b'xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="NoPermission"/><localizedMessage>no</localizedMessage></fault></missingSet>'
    )

    def deny(number, xml):
        if number % 3:
            return xml
        xml = re.sub(rb"<propSet><name>config.annotation</name>.*?</propSet>", b"", xml, flags=re.DOTALL)
        return xml.replace(b"</objects>", denied + b"</objects>")

    found = scan(machines(deny))
    rows = len(plain["sections"]["vms"])
    assert (found["status"], found["counts"], found["issue_count"]) == ("partial", plain["counts"], len(range(0, rows, 3)))
    assert Counter(issue["kind"] for issue in found["issues"]) == {"no_permission": found["issue_count"]}
    for number, (changed_row, row) in enumerate(zip(found["sections"]["vms"], plain["sections"]["vms"], strict=True)):
        assert changed_row == ({**row, "annotation": None} if number % 3 == 0 else row)


def test_vm_that_is_deleted_while_it_is_read_is_no_row(scan, plain):
    found = scan(machines(lambda number, xml: b"" if number == 8 else xml))
    rows = plain["sections"]["vms"]
    assert found["status"] == "ok"
    assert found["sections"]["vms"] == rows[:8] + rows[9:]


def test_property_that_a_server_refuses_is_left_out(scan, plain):
    fault = (
        b'<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><E:Body><E:Fault>'
        b'<faultcode>ServerFaultCode</faultcode><faultstring/><detail><InvalidPropertyFault xmlns="urn:vim25" xsi:type="InvalidProperty">'
        b"<name>guest.net</name></InvalidPropertyFault></detail></E:Fault></E:Body></E:Envelope>"
    )
    found = scan(lambda request, reply: fault if b">guest.net<" in request else reply)
    assert (found["status"], found["counts"]) == ("partial", plain["counts"])
    assert [(issue["property"], issue["kind"]) for issue in found["issues"]] == [("guest.net", "missing")]
    rows = found["sections"]["vms"]
    assert {row["adapter_addresses"] for row in rows} == {None}
    # What a server of this kind does not have is not set: the guest's own word for its address is left.
    assert [row["ip_addresses"] for row in rows] == [row["ip_address"] and [row["ip_address"]] for row in rows]
    assert any(row["ip_address"] for row in rows)


@pytest.mark.parametrize("zone", [b"+14:00", b"-11:30", b""])
def test_clock_of_another_zone(scan, plain, zone):
    """Times of a server that writes them with an offset are still times."""
    found = scan(lambda request, reply: re.sub(rb"(<val[^>]*dateTime[^>]*>[^<]*?)(Z|\+00:00)<", rb"\g<1>" + zone + b"<", reply))
    assert found["status"] == "ok"
    times = [row["created"] for row in found["sections"]["vms"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in times if moment)
    assert (times == [row["created"] for row in plain["sections"]["vms"]]) == (zone == b"")


@pytest.mark.parametrize("kind", ["vcenter", "esxi"])
@pytest.mark.parametrize("version", ["6.7.3.0", "7.0.3.0", "8.0.3.0", "9.0.0.0"])
def test_every_version_that_is_in_use(tmp_path, version, kind):
    with start_simulator(tmp_path / "simulator", vms=10, api_version=version, kind=kind) as simulator:
        connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
        found = run_module(tmp_path, "vmware_inventory_facts", **connection)["ansible_facts"]["vmware_inventory"]
    assert (found["status"], found["about"]["api_version"]) == ("ok", version), found["issues"]
    assert found["type"] == {"vcenter": "vCenter", "esxi": "ESXi"}[kind]
    assert found["counts"]["vms"] >= 10 and found["counts"]["hosts"] >= 1


OLD_PYVMOMI = "8.0.3.0.1"


@pytest.fixture(scope="module")
def old_pyvmomi():
    """Folder with an older pyVmomi, installed once."""
    folder = REPOSITORY / ".build" / f"pyvmomi-{OLD_PYVMOMI}"
    if not (folder / "pyVmomi").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"pyvmomi=={OLD_PYVMOMI}"]
        subprocess.run(command, check=True, capture_output=True)
    return folder


def test_older_pyvmomi_reads_the_same(tmp_path, simulator, plain, old_pyvmomi, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(old_pyvmomi))
    used = subprocess.run([sys.executable, "-c", "import pyVmomi; print(pyVmomi.__file__)"], check=True, capture_output=True, text=True)
    assert str(old_pyvmomi) in used.stdout
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    found = run_module(tmp_path, "vmware_inventory_facts", **connection)["ansible_facts"]["vmware_inventory"]
    assert (found["status"], found["sections"]) == ("ok", plain["sections"])
