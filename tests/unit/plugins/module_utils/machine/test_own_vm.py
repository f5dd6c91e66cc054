# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.machine import own_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.own_vm import Endpoints, addresses_of, server_names
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

GIVEN = ["VCenter.example.com.", "https://vc2.example.com:443/sdk", "192.0.2.9", "[2001:db8:0::7]", "", "localhost", "https://[2001:db8::8", "  "]
RESOLVED = {"vcenter.example.com.": ["192.0.2.5"], "vc2.example.com": ["2001:db8::1"]}
ENDPOINTS = Endpoints.of(GIVEN, lambda name: RESOLVED.get(name, ["127.0.0.1"]))


def test_names_addresses_and_urls():
    assert ENDPOINTS.names == {"vcenter.example.com", "vc2.example.com"}
    assert ENDPOINTS.addresses == {"192.0.2.5", "192.0.2.9", "2001:db8::1", "2001:db8::7", "127.0.0.1"}


@pytest.mark.parametrize(
    ("guest", "found"),
    [
        ({"guest.hostName": "vcenter.EXAMPLE.com"}, "vcenter.example.com"),
        ({"guest.hostName": "vcenter"}, "vcenter"),
        ({"guest.hostName": "vcenter.example.org"}, ""),
        ({"guest.hostName": "localhost"}, ""),
        ({"guest.ipAddress": "192.0.2.5"}, "192.0.2.5"),
        ({"guest.ipAddress": "192.0.2.55"}, ""),
        ({"guest.net": [{"ipAddress": ["10.0.0.1"]}, {}, {"ipAddress": ["2001:DB8:0:0::1%eth0"]}]}, "2001:db8::1"),
        ({"guest.net": [], "guest.ipAddress": "nonsense", "guest.hostName": None}, ""),
        ({}, ""),
    ],
)
def test_guest(guest, found):
    assert ENDPOINTS.matches(guest) == found


def session(answers, is_vcenter=True):
    def invoke(_ref, _method, name, shape):
        if isinstance(answers[name], Exception):
            raise answers[name]
        return answers[name]

    return SimpleNamespace(is_vcenter=is_vcenter, invoke=invoke, call_with_retries=lambda attempt: attempt(), manager=lambda name: MoRef("OptionManager", name))


def test_names_in_the_settings_of_a_vcenter():
    several = [{"key": "VirtualCenter.FQDN", "value": "vc"}, {"key": "VirtualCenter.MaxDBConnection", "value": "50"}, {"key": "VirtualCenter.ManagedIP"}]
    assert server_names(session({"VirtualCenter.": several, "config.vpxd.hostnameUrl": ServerFault("InvalidName")})) == ["vc"]
    assert server_names(session({"VirtualCenter.": None, "config.vpxd.hostnameUrl": [{"key": "config.vpxd.hostnameUrl", "value": "vc"}]})) == ["vc"]


def test_esxi_host_is_not_asked():
    assert server_names(session({}, is_vcenter=False)) == []


def test_addresses_of_a_name(monkeypatch):
    monkeypatch.setattr(own_vm.socket, "getaddrinfo", lambda name, port: [(2, 1, 6, "", ("192.0.2.5", 0))])
    assert addresses_of(TimeLimits(1, 1))("vc") == ["192.0.2.5"]


def test_name_that_cannot_be_looked_up_in_time(monkeypatch):
    monkeypatch.setattr(own_vm, "_PATIENCE", 0.01)
    monkeypatch.setattr(own_vm.socket, "getaddrinfo", lambda name, port: time.sleep(1))
    assert addresses_of(TimeLimits(60, 60))("vc") == []
