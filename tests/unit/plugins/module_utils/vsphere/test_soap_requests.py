# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from pyVmomi import VmomiSupport

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import (
    SoapRequests,
    newest_version,
    objects_filter,
    options,
    property_filter,
    version_tuple,
    view_filter,
)


def test_requests_are_of_the_newest_version_that_the_server_knows():
    requests = SoapRequests()
    assert requests.action == '"urn:vim25/6.5"'
    assert requests.use_newest_version((7, 0, 3, 9)) == (7, 0, 3, 2)
    assert requests.action == '"urn:vim25/7.0.3.2"'


def test_request_for_a_page():
    requests = SoapRequests()
    view = requests.managed_object(MoRef("ContainerView", "session[1]2"))
    collector = requests.managed_object(MoRef("PropertyCollector", "propertyCollector"))
    spec = view_filter(view, {"VirtualMachine": ["name"]})
    body = requests.serialize(collector, "RetrievePropertiesEx", ([spec], options(500)))
    for part in (b'<obj type="ContainerView">session[1]2</obj>', b"<path>view</path>", b"<pathSet>name</pathSet>", b"<maxObjects>500</maxObjects>"):
        assert part in body


def test_request_for_a_property():
    requests = SoapRequests()
    manager = requests.managed_object(MoRef("a server may name another type", "sm"), "SessionManager")
    collector = requests.managed_object(MoRef("PropertyCollector", "propertyCollector"))
    body = requests.serialize(collector, "RetrievePropertiesEx", ([property_filter(manager, "currentSession")], options()))
    assert b'<obj type="SessionManager">sm</obj>' in body and b"<pathSet>currentSession</pathSet>" in body and b"maxObjects" not in body
    assert b"RetrieveServiceContent" in requests.serialize(requests.service_instance(), "RetrieveContent", ())


@pytest.mark.parametrize("with_ancestors", [False, True])
def test_request_for_objects(with_ancestors):
    requests = SoapRequests()
    collector = requests.managed_object(MoRef("PropertyCollector", "propertyCollector"))
    machines = [requests.managed_object(MoRef("VirtualMachine", f"vm-{number}")) for number in range(2)]
    body = requests.serialize(collector, "RetrievePropertiesEx", ([objects_filter(machines, {"VirtualMachine": ["name"]}, with_ancestors)], options()))
    assert body.count(b'<obj type="VirtualMachine">vm-') == 2 and b"<pathSet>name</pathSet>" in body
    assert b"<reportMissingObjectsInResults>true<" in body, "objects that are gone do not fail the request"
    defined = re.findall(rb'<selectSet xsi:type="TraversalSpec"><name>([^<]+)</name>', body)
    used = re.findall(rb"<selectSet><name>([^<]+)</name>", body)
    assert len(defined) == len(set(defined)) == (6 if with_ancestors else 0), "names hold within the whole filter"
    assert set(used) == set(defined) and len(used) == 3 * len(defined)


@pytest.mark.parametrize(
    ("server", "version_name"),
    [("6.5", "vim25/6.5"), ("6.7.3", "vim25/6.7.3"), ("8.0.1.0", "vim25/8.0.1.0"), ("7.0.3.9", "vim25/7.0.3.2"), ("5.5", "vim25/6.5"), ("", "vim25/6.5")],
)
def test_newest_version_that_server_and_pyvmomi_know(server, version_name):
    version = version_tuple(version_name.partition("/")[2])
    assert newest_version(version_tuple(server)) == (version, VmomiSupport.versionMap[version_name])


def test_server_newer_than_pyvmomi():
    _version, newest = newest_version((99, 0, 0, 0))
    assert newest == VmomiSupport.newestVersions.GetName("vim")


def test_versions_compare_as_numbers():
    assert version_tuple("8.0.10.0") > version_tuple("8.0.9.0")


@pytest.mark.parametrize(("text", "numbers"), [("8.0.2.0", (8, 0, 2, 0)), ("", ()), ("8.\u00b2", (8,)), ("9" * 5000, ()), ("8.x.1", (8, 1)), ("-8", ())])
def test_numbers_of_a_version(text, numbers):
    assert version_tuple(text) == numbers
