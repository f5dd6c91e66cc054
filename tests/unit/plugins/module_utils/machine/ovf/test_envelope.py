# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What descriptors say that whoever deploys them has to know, and what is no descriptor."""

from __future__ import annotations

import ovf_packages
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.envelope import read_envelope
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError

GIB = 1 << 30
SECTIONS = """<?xml version="1.0"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:id="f" ovf:href="a%20b.vmdk"/><File ovf:id="other" ovf:href="x.iso"/></References>
  <DiskSection><Disk ovf:diskId="d" ovf:fileRef="f" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^30"/>
    <Disk ovf:diskId="e" ovf:capacity="${size}"/></DiskSection>
  <NetworkSection><Network ovf:name="lan"/><Network ovf:name="lan"/><Network ovf:name="dmz"/></NetworkSection>
  <DeploymentOptionSection><Configuration ovf:id="small"/><Configuration ovf:id="large" ovf:default="true"/></DeploymentOptionSection>
  <VirtualSystem ovf:id="v">
    <EulaSection><Info>i</Info><License>Line one
      and two</License></EulaSection>
    <ProductSection ovf:class="net" ovf:instance="1">
      <Property ovf:key="ip" ovf:type="string" ovf:userConfigurable="true" vmw:qualifiers="Ip"/>
      <Property ovf:key="pin" ovf:type="string" ovf:userConfigurable="1" ovf:password="true" ovf:qualifiers="MinLen(4)"/>
      <Property ovf:key="fixed" ovf:type="string" ovf:value="x"/>
      <Property ovf:key="port" ovf:type="uint16" ovf:userConfigurable="true"><Value ovf:configuration="large" ovf:value="443"/></Property>
    </ProductSection>
  </VirtualSystem>
</Envelope>"""


def test_sections_of_a_descriptor():
    found = read_envelope("a.ova", SECTIONS)
    assert (found.networks, found.options, found.licences) == (["lan", "dmz"], ["small", "large"], ["Line one and two"])
    assert (found.files, found.capacity) == (["a%20b.vmdk"], 8 * GIB)
    assert list(found.properties) == ["net.ip.1", "net.pin.1", "net.fixed.1", "net.port.1"]
    ip, pin, fixed, port = found.properties.values()
    assert (ip.id, ip.is_required, ip.limits.is_address) == ("ip", False, True)
    assert (pin.is_password, pin.is_required) == (True, True)
    assert (fixed.is_configurable, fixed.value, fixed.is_required) == (False, "x", False)
    assert (port.value, port.is_required) == ("443", False)


def test_package_of_the_tests():
    found = read_envelope("a.ova", ovf_packages.descriptor({"a.vmdk": GIB, "b.vmdk": 2 * GIB}, properties={"k": "v"}, eula="yes"))
    assert (found.capacity, found.files, found.networks, found.licences) == (3 * GIB, ["a.vmdk", "b.vmdk"], ["lan"], ["yes"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<Envelope>", "is no XML"),
        ("<html/>", "holds no OVF descriptor: its first element is 'html'"),
        ("<Envelope/>", "describes no VM"),
        ("<Envelope><VirtualSystemCollection/></Envelope>", "several VMs"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Envelope>&a;</Envelope>', "declares entities"),
        ("<Envelope>" + "<a>" * 300 + "</a>" * 300 + "</Envelope>", "far larger"),
    ],
)
def test_what_is_no_descriptor(text, reason):
    with pytest.raises(PackageError, match=reason):
        read_envelope("a.ova", text)
