# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import (
    customization_argument_spec,
    specification,
    wanted_customization,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import in_order
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.stored_customization import asks_for_address, completed, stored_shape, stored_specification
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import SoapRequests
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import parse
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import problems_of, read, wanted

LINUX = {"linux": {"hostname": "web1", "domain": "example.com", "time_zone": "Europe/Berlin"}}
WINDOWS = {"windows": {"computer_name": "WEB1", "domain": "corp.example.com", "domain_admin": "joiner", "domain_password": "s3cret1",
                       "admin_password": "s3cret2", "product_key": "AAAAA-BBBBB", "run_once": ["a.cmd"]}}  # fmt: skip
NETWORKS = [
    {"address": ["10.0.0.5/24", "fd00::5/64"], "gateway": ["10.0.0.1", "fd00::1"], "dns": ["10.0.0.2", "10.0.0.3"], "search": ["example.com"]},
    {"address": ["dhcp"], "dns": ["10.0.0.3"], "search": ["corp.example.com", "example.com"]},
]


def customization(given, name="web1.example.com"):
    """The customization of vms[0], and what is wrong with it."""
    problems = []
    (item,) = checked_items({"options": customization_argument_spec()}, None, [{"customization": given}])
    found = wanted_customization(item.where, item.options, name, problems)
    return found, problems


def made(given, networks=NETWORKS):
    found, problems = customization(given)
    assert problems == []
    return specification(found, in_order(wanted({"networks": networks}).networks, read().nics, False))


def body(spec, version=(6, 5)):
    requests = SoapRequests()
    requests.use_newest_version(version)
    return requests.serialize(requests.managed_object(MoRef("VirtualMachine", "vm-1")), "Customize", [spec]).decode()


def test_linux():
    spec = made(LINUX)
    identity = spec.identity
    assert (identity.hostName.name, identity.domain, identity.timeZone, identity.hwClockUTC) == ("web1", "example.com", "Europe/Berlin", True)
    assert isinstance(spec.options, vim.vm.customization.LinuxOptions)
    assert (list(spec.globalIPSettings.dnsServerList), list(spec.globalIPSettings.dnsSuffixList)) == (
        ["10.0.0.2", "10.0.0.3"], ["example.com", "corp.example.com"],
    )  # fmt: skip


def test_name_of_the_vm_is_the_host_name():
    spec = made({"linux": {}})
    assert (spec.identity.hostName.name, spec.identity.domain, spec.identity.timeZone) == ("web1", "example.com", None)


def test_one_entry_an_adapter_in_order():
    first, second = (entry.adapter for entry in made(LINUX).nicSettingMap)
    assert (first.ip.ipAddress, first.subnetMask, list(first.gateway)) == ("10.0.0.5", "255.255.255.0", ["10.0.0.1"])
    ((address,), gateways) = first.ipV6Spec.ip, list(first.ipV6Spec.gateway)
    assert (address.ipAddress, address.subnetMask, gateways) == ("fd00::5", 64, ["fd00::1"])
    assert isinstance(second.ip, vim.vm.customization.DhcpIpGenerator) and list(second.dnsServerList) == ["10.0.0.3"]
    # The second adapter is told by its address, the third is new, and nothing is said of the first.
    by_mac = [{"mac": "00:50:56:00:00:02", "address": ["10.0.0.6/24"]}, {"mac": "00:50:56:00:00:01"}, {"network": "nsx", "address": ["10.0.1.7/16"]}]
    entries = made(LINUX, by_mac).nicSettingMap
    assert [getattr(entry.adapter.ip, "ipAddress", None) for entry in entries] == [None, "10.0.0.6", "10.0.1.7"]


def test_windows():
    spec = made(WINDOWS)
    assert isinstance(spec.options, vim.vm.customization.WinOptions) and spec.options.changeSID and spec.options.reboot == "reboot"
    identity = spec.identity
    assert (identity.userData.computerName.name, identity.userData.productId, identity.guiUnattended.timeZone) == ("WEB1", "AAAAA-BBBBB", 85)
    assert (identity.identification.joinDomain, identity.identification.domainAdmin, identity.identification.joinWorkgroup) == (
        "corp.example.com",
        "joiner",
        None,
    )
    assert (identity.identification.domainAdminPassword.value, identity.guiUnattended.password.value) == ("s3cret1", "s3cret2")
    assert identity.guiUnattended.autoLogon and list(identity.guiRunOnce.commandList) == ["a.cmd"]
    plain = made({"windows": {"computer_name": "WEB1"}}).identity
    assert plain.identification.joinWorkgroup == "WORKGROUP" and not plain.guiUnattended.autoLogon and plain.guiUnattended.password is None


@pytest.mark.parametrize("given", [LINUX, WINDOWS])
@pytest.mark.parametrize("version", [(6, 5), (7, 0, 3, 0), (8, 0, 2, 0)])
def test_it_can_be_sent(given, version):
    assert body(made(given), version).count("<nicSettingMap>") == 2


def test_passwords_are_not_shown():
    found, _problems = customization(WINDOWS)
    assert "s3cret" not in repr(found) and "AAAAA" not in repr(found)
    spec = customization_argument_spec()["customization"]["options"]["windows"]["options"]
    assert {name for name, option in spec.items() if option.get("no_log")} == {"domain_password", "admin_password", "product_key"}


@pytest.mark.parametrize(
    ("given", "name", "lines"),
    [
        ({"linux": {}}, "web_1.example.com", ["linux.hostname must have letters, digits and hyphens, at most 63 (got 'web_1', the name of the VM)"]),
        ({"linux": {}}, "web1", ["linux.domain must be a DNS domain such as example.com (got '')"]),
        ({"linux": {"hostname": "a b", "domain": "x..y", "time_zone": "somewhere else"}}, "web1",
         ["linux.hostname must have letters, digits and hyphens, at most 63 (got 'a b')", "linux.domain must be a DNS domain such as example.com (got 'x..y')",
          "linux.time_zone must be a time zone such as Europe/Berlin (got 'somewhere else')"]),
        ({"windows": {}}, "a-name-that-is-too-long",
         ["windows.computer_name must have letters, digits and hyphens, at most 15, and not digits alone (got 'a-name-that-is-too-long', the name of the VM)"]),
        ({"windows": {"computer_name": "123"}}, "w",
         ["windows.computer_name must have letters, digits and hyphens, at most 15, and not digits alone (got '123')"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it(given, name, lines):
    assert customization(given, name)[1] == [f"vms[0].customization.{line}" for line in lines]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({**LINUX, "spec": "x"}, "vms[0].customization has linux and spec, which exclude each other: leave one of them out"),
        ({"windows": {"domain": "d"}}, "vms[0].customization.windows.domain needs domain_admin, domain_password"),
        ({"windows": {"run_once": ["x"]}}, "vms[0].customization.windows.run_once needs admin_password"),
    ],
)
def test_options_that_need_or_exclude_others(given, line):
    with pytest.raises(InvalidOption) as caught:
        customization(given)
    assert caught.value.lines == [line]


def test_nothing_is_customized_unless_said():
    assert wanted_customization("vms[0]", {}, "web", []) is None
    problems = []
    assert wanted_customization("vms[0]", {"customization": {"spec": None, "linux": None}}, "web", problems) is None
    assert problems == ["vms[0].customization must have linux, windows or spec"]


def test_several_ipv4_addresses_of_an_adapter():
    item = {"networks": [{"address": ["10.0.0.5/24", "dhcp"]}, {"gateway": "10.0.0.1"}, {"address": ["10.0.0.6/24", "fd00::1/64"]}]}
    assert problems_of(item) == [
        "vms[3].networks[0].address has several IPv4 addresses: vSphere sets one of an adapter; set the others with user_data",
        "vms[3].networks[1].gateway needs address",
    ]


def stored(text):
    """A specification as vCenter sends it: what pyVmomi writes, decoded, and made an object again."""
    found = re.search(r"<spec.*</spec>", text, re.DOTALL)[0]
    return stored_specification(parse(f'<item xmlns:xsi="x">{found}</item>'.encode(), {"item": stored_shape()}, {})["item"])


@pytest.mark.parametrize("given", [LINUX, WINDOWS])
def test_a_stored_specification_stays_as_it_is(given):
    spec = made(given)
    assert body(stored(body(spec))) == body(spec)


def test_stored_specification_for_a_vm():
    kept = made(LINUX, [{"address": ["10.9.9.9/24"]}, {}])
    kept.identity.hostName = vim.vm.customization.UnknownNameGenerator()
    kept.nicSettingMap[1].adapter.ip = vim.vm.customization.UnknownIpGenerator()
    kept.encryptionKey = [1, 2]
    found, problems = customization({"spec": "web"})
    nics = in_order(wanted({"networks": [{}, {"address": ["10.0.0.8/24"]}, {"network": "nsx"}]}).networks, read().nics, False)
    assert problems == [] and (found.kind, found.spec) == ("spec", "web")
    assert asks_for_address(kept, nics) == [] and asks_for_address(kept, [None, None]) == [1]
    spec = completed(stored(body(kept)), found.hostname, nics)
    assert spec.identity.hostName.name == "web1.example.com" and list(spec.encryptionKey) == [1, 2]
    assert [getattr(entry.adapter.ip, "ipAddress", None) for entry in spec.nicSettingMap] == ["10.9.9.9", "10.0.0.8", None]
