# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change simulated machines with plain pyVmomi: find them, await tasks and properties."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from plain_pyvmomi import read
from pyVmomi import vim, vmodl

query = vmodl.query.PropertyCollector


def properties(item: Any, *paths: str) -> dict[str, Any]:
    """The properties of one object that are set."""
    collector = vim.ServiceInstance("ServiceInstance", item._stub).content.propertyCollector
    spec = query.FilterSpec(objectSet=[query.ObjectSpec(obj=item)], propSet=[query.PropertySpec(type=type(item), pathSet=list(paths))])
    (row,) = collector.RetrievePropertiesEx([spec], query.RetrieveOptions()).objects
    return {prop.name: prop.val for prop in row.propSet}


def machines(service: vim.ServiceInstance, *paths: str) -> dict[vim.VirtualMachine, dict[str, Any]]:
    """Properties of all machines."""
    found = read(service, {vim.VirtualMachine: ["name", *paths]})[vim.VirtualMachine]
    return {vim.VirtualMachine(moid, service._stub): row for moid, row in found.items()}


def wait(task: vim.Task) -> Any:
    """The result of a task that has ended; raises its fault."""
    info = await_property(task, "info", lambda value: value.state in ("success", "error"))
    if info.state == "error":
        raise info.error
    return info.result


def await_property(item: Any, path: str, done: Callable[[Any], bool], timeout: float = 10) -> Any:
    """The value of a property once it is as wanted; None where it is not set."""
    end = time.monotonic() + timeout
    while True:
        value = properties(item, path).get(path)
        if done(value):
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{path} of {item._GetMoId()} is {value}")
        time.sleep(0.01)
