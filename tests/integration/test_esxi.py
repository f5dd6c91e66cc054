# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ESXi host on its own: the same sections as of a vCenter, less what only a vCenter has, and asked for no more than that."""

from __future__ import annotations

import re

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, USUAL_SECTIONS
from ansible_collections.estate.vmware.tests.integration.expected import read_record
from ansible_collections.estate.vmware.tests.integration.proxy import changed
from ansible_collections.estate.vmware.tests.integration.running import run_module

LICENCES = re.compile(rb"<licenseManager[^>]*>[^<]*</licenseManager>")
VCENTER_ONLY = (b"DistributedVirtual", b"OpaqueNetwork", b"ClusterComputeResource", b"CustomFieldsManager")


@pytest.fixture(scope="module")
def seen(tmp_path_factory, authority):
    """What was put in, and a function that scans: facts, and the requests that the host got."""
    folder = tmp_path_factory.mktemp("esxi")
    with start_simulator(folder / "simulator", kind="esxi", vms=30, record=folder / "record.jsonl") as simulator:

        def scan(**options):
            asked = []

            def listen(request, reply):
                reply = LICENCES.sub(b"", reply)
                asked.append((request, reply))
                return reply

            with changed(simulator, authority, listen) as connection:
                result = run_module(folder, "vmware_inventory_facts", **connection, **options)
            assert not result["failed"], result
            return result["ansible_facts"]["vmware_inventory"], asked

        yield read_record(folder / "record.jsonl"), scan


def test_sections_are_those_of_a_vcenter(seen):
    record, scan = seen
    found, _asked = scan()
    assert (found["type"], found["status"], found["issues"]) == ("ESXi", "ok", [])
    assert found["counts"] == {section: len(record[section]) for section in USUAL_SECTIONS}
    assert (found["counts"]["clusters"], found["counts"]["hosts"]) == (0, 1)
    assert {key: {row["cluster"] for row in found["sections"][key]} for key in ("vms", "hosts", "datastores")} == dict.fromkeys(
        ("vms", "hosts", "datastores"), {None}
    )
    assert {row["custom_attributes"] for row in found["sections"]["vms"]} == {None}


@pytest.mark.parametrize("sections", [list(SECTIONS), ["vms"], ["datastores"], ["clusters"]])
def test_identity_is_that_of_the_hardware_whatever_is_read(seen, sections):
    record, scan = seen
    found, asked = scan(sections=sections)
    (host,) = record["hosts"].values()
    assert (found["status"], found["about"]["instance_uuid"]) == ("ok", host["uuid"])
    assert set(found["counts"]) == set(sections)
    assert not {word for request, _reply in asked for word in VCENTER_ONLY if word in request}


def test_host_has_no_managers_of_custom_attributes_and_licences(seen):
    _put_in, scan = seen
    _found, asked = scan(sections=["vms"])
    (content,) = (reply for request, reply in asked if b"RetrieveServiceContent" in request)
    assert not {word for word in (b"<customFieldsManager", b"<licenseManager", b"<instanceUuid") if word in content}


def test_vcenter_is_not_asked_for_the_uuid_of_hardware(tmp_path, authority):
    asked = []
    with start_simulator(tmp_path, vms=3) as simulator, changed(simulator, authority, lambda request, reply: asked.append(request) or reply) as connection:
        about = run_module(tmp_path, "vmware_inventory_facts", **connection, sections=["vms"], with_tags=False)["ansible_facts"]["vmware_inventory"]["about"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", about["instance_uuid"])
    assert not any(b"summary.hardware.uuid" in request for request in asked)
