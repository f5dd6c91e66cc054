# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of simulated hosts, started and stopped by plain pyVmomi."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def hosts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    sizes = {"hosts": 5} if request.param == "vcenter" else {}
    with estates.start_simulator(tmp_path_factory.mktemp("services"), kind=request.param, vms=2, **sizes) as simulator:
        content = connect(simulator).content
        yield content.viewManager.CreateContainerView(content.rootFolder, [vim.HostSystem], True).view


def service(host: Any, key: str) -> Any:
    (found,) = (one for one in host.configManager.serviceSystem.serviceInfo.service if one.key == key)
    (configured,) = (one for one in host.config.service.service if one.key == key)
    assert (found.running, found.policy) == (configured.running, configured.policy)
    return found


def test_each_host_has_its_own(hosts: list[Any]) -> None:
    first, ssh = hosts[0], service(hosts[0], "TSM-SSH")
    assert (ssh.label, ssh.running, ssh.policy, ssh.required) == ("SSH", False, "off", False)
    system = first.configManager.serviceSystem
    system.StartService("TSM-SSH")
    system.UpdateServicePolicy("TSM-SSH", "automatic")
    assert (service(first, "TSM-SSH").running, service(first, "TSM-SSH").policy) == (True, "automatic")
    assert service(first, "TSM").running is False
    assert len({host.configManager.serviceSystem._GetMoId() for host in hosts}) == len(hosts)
    assert all(service(host, "TSM-SSH").policy != "automatic" for host in hosts[1:])
    system.RestartService("TSM-SSH")
    system.RefreshServices()
    system.StopService("TSM-SSH")
    assert service(first, "TSM-SSH").running is False


def test_refusals(hosts: list[Any]) -> None:
    system = hosts[0].configManager.serviceSystem
    for fault, call in (
        (vim.fault.InvalidState, lambda: system.StartService("ntpd")),
        (vim.fault.InvalidState, lambda: system.StopService("snmpd")),
        (vim.fault.NotFound, lambda: system.StartService("sshd")),
        (vmodl.fault.InvalidArgument, lambda: system.UpdateServicePolicy("ntpd", "always")),
    ):
        with pytest.raises(fault):
            call()


def test_a_host_that_is_not_connected(hosts: list[Any]) -> None:
    for host in hosts:
        if host.runtime.connectionState == "disconnected":
            with pytest.raises(vmodl.fault.HostNotConnected):
                host.configManager.serviceSystem.StartService("TSM-SSH")
