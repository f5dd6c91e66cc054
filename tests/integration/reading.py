# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expected values: a source as plain pyVmomi reads it, one attribute after another."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote

from estates import Simulator
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim


class Machine(NamedTuple):
    """What the workbook says of a VM, from pyVmomi."""

    source: str
    name: str
    vcpu: int
    ram_mb: int
    power_state: str
    processor: str


@contextmanager
def connected(simulator: Simulator):
    """The service content of a source, certificate checked."""
    context = ssl.create_default_context(cafile=str(simulator.ca_path))
    instance = SmartConnect(host=simulator.host, port=simulator.port, user=simulator.username, pwd=simulator.password, sslContext=context)
    try:
        yield instance.RetrieveContent()
    finally:
        Disconnect(instance)


def objects(content: Any, kind: type) -> list[Any]:
    """Every managed object of a type."""
    view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
    try:
        return list(view.view)
    finally:
        view.Destroy()


def machines(simulator: Simulator) -> list[Machine]:
    """Every VM and template of a source, the processor being the CPU model of its own host."""
    with connected(simulator) as content:
        return [
            Machine(
                source=simulator.name,
                name=unquote(vm.name),
                vcpu=vm.config.hardware.numCPU,
                ram_mb=vm.config.hardware.memoryMB,
                power_state=vm.runtime.powerState,
                processor=" ".join(vm.runtime.host.summary.hardware.cpuModel.split()),
            )
            for vm in objects(content, vim.VirtualMachine)
        ]


def counts(simulator: Simulator) -> dict[str, int]:
    """How many hosts, datastores and networks a source has."""
    kinds = {"hosts": vim.HostSystem, "datastores": vim.Datastore, "networks": vim.Network}
    with connected(simulator) as content:
        return {section: len(objects(content, kind)) for section, kind in kinds.items()}
