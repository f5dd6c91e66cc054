# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated estates as pyVmomi reads them, over checked TLS."""

from __future__ import annotations

import ssl

import estates
from pyVmomi import SoapStubAdapter, vim, vmodl
from pyVmomi.VmomiSupport import newestVersions

PATHS = {
    vim.VirtualMachine: ["name", "config", "summary", "runtime", "guest", "network", "datastore", "resourcePool"],
    vim.HostSystem: ["name", "summary", "hardware.systemInfo", "runtime", "vm", "network", "config.product"],
    vim.Datastore: ["name", "summary", "vm", "info"],
    vim.Network: ["name", "vm", "host"],
    vim.ComputeResource: ["name", "summary", "host"],
}


def connect(simulator: estates.Simulator, password: str | None = None, username: str | None = None, timeout: float | None = None) -> vim.ServiceInstance:
    context = ssl.create_default_context(cafile=str(simulator.ca_path))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    stub = SoapStubAdapter(host=simulator.host, port=simulator.port, version=newestVersions.GetName("vim"), sslContext=context, httpConnectionTimeout=timeout)
    service = vim.ServiceInstance("ServiceInstance", stub)
    service.content.sessionManager.Login(username or simulator.username, password or simulator.password)
    return service


def read(service: vim.ServiceInstance, wanted: dict[type, list[str]] | None = None, page: int | None = None) -> dict[type, dict[str, dict]]:
    """Properties of everything by type and managed object id, with one question a type."""
    query = vmodl.query.PropertyCollector
    content = service.content
    found: dict[type, dict[str, dict]] = {}
    for kind, paths in (wanted or PATHS).items():
        view = content.viewManager.CreateContainerView(content.rootFolder, [kind], True)
        way = query.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
        spec = query.FilterSpec(objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[way])], propSet=[query.PropertySpec(type=kind, pathSet=paths)])
        answer = content.propertyCollector.RetrievePropertiesEx([spec], query.RetrieveOptions(maxObjects=page))
        rows: dict[str, dict] = {}
        while answer:
            rows.update((entry.obj._GetMoId(), {prop.name: prop.val for prop in entry.propSet}) for entry in answer.objects)
            answer = content.propertyCollector.ContinueRetrievePropertiesEx(answer.token) if answer.token else None
        found[kind] = rows
    return found


def ids(references: list) -> set[str]:
    return {reference._GetMoId() for reference in references}
