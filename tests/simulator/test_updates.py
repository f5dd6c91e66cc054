# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a property collector tells of changes, as plain pyVmomi sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from changing import machines, wait
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl

query = vmodl.query.PropertyCollector


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("updates"), vms=30, guest_delay=60000) as simulator:
        yield connect(simulator)


@pytest.fixture
def collector(service: vim.ServiceInstance) -> Iterator[query]:
    made = service.content.propertyCollector.CreatePropertyCollector()
    yield made
    made.Destroy()


def watch_list(service: vim.ServiceInstance, collector: query, paths: list[str], objects: list) -> vim.view.ListView:
    view = service.content.viewManager.CreateListView(objects)
    way = query.TraversalSpec(type=vim.view.ListView, path="view", skip=False)
    specs = [query.PropertySpec(type=vim.VirtualMachine, pathSet=paths), query.PropertySpec(type=vim.Task, pathSet=["info.state"])]
    collector.CreateFilter(query.FilterSpec(objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[way])], propSet=specs), False)
    return view


def told(answer: Any) -> list[tuple[str, Any, dict[str, Any]]]:
    """Kind, object and changes of each update."""
    updates = [update for each in answer.filterSet for update in each.objectSet]
    return [(update.kind, update.obj, {change.name: change.val for change in update.changeSet}) for update in updates]


def ask(collector: query, version: str, seconds: int = 5) -> Any:
    return collector.WaitForUpdatesEx(version, query.WaitOptions(maxWaitSeconds=seconds))


def running(service: vim.ServiceInstance) -> list[vim.VirtualMachine]:
    found = machines(service, "runtime.powerState", "runtime.connectionState", "config.template")
    return [vm for vm, row in found.items() if (row["runtime.powerState"], row["runtime.connectionState"]) == ("poweredOn", "connected")]


def test_objects_come_change_and_go(service: vim.ServiceInstance, collector: query) -> None:
    first, second = running(service)[:2]
    view = watch_list(service, collector, ["runtime.powerState", "guest"], [first])
    answer = ask(collector, "")
    ((kind, obj, changes),) = told(answer)
    assert (kind, obj, changes["runtime.powerState"]) == ("enter", first, "poweredOn")
    assert ask(collector, answer.version, 0) is None
    task = first.PowerOff()
    view.Modify([task, second], None)
    seen: dict[Any, dict[str, Any]] = {}
    while seen.get(task, {}).get("info.state") != "success" or seen.get(first, {}).get("runtime.powerState") != "poweredOff" or second not in seen:
        answer = ask(collector, answer.version)
        for _kind, obj, changes in told(answer):
            seen.setdefault(obj, {}).update(changes)
    assert seen[first]["guest"].toolsRunningStatus == "guestToolsNotRunning"
    view.Modify(None, [second])
    assert told(ask(collector, answer.version)) == [("leave", second, {})]


def test_lost_answer_comes_again(service: vim.ServiceInstance, collector: query) -> None:
    vm = running(service)[0]
    watch_list(service, collector, ["config.annotation"], [vm])
    start = ask(collector, "").version
    wait(vm.Reconfigure(vim.vm.ConfigSpec(annotation="watched")))
    lost = ask(collector, start)
    assert told(lost) == [("modify", vm, {"config.annotation": "watched"})]
    again = ask(collector, start)
    assert (again.version, told(again)) == (lost.version, told(lost))
    with pytest.raises(vmodl.query.InvalidCollectorVersion):
        ask(collector, "77")


def test_pages_and_view_of_everything(service: vim.ServiceInstance, collector: query) -> None:
    view = service.content.viewManager.CreateContainerView(service.content.rootFolder, [vim.VirtualMachine], True)
    way = query.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
    spec = query.PropertySpec(type=vim.VirtualMachine, pathSet=["name"])
    collector.CreateFilter(query.FilterSpec(objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[way])], propSet=[spec]), False)
    names: dict[Any, str] = {}
    version, truncated, pages = "", True, 0
    while truncated:
        answer = collector.WaitForUpdatesEx(version, query.WaitOptions(maxWaitSeconds=5, maxObjectUpdates=12))
        names.update({obj: changes["name"] for _kind, obj, changes in told(answer)})
        version, truncated, pages = answer.version, answer.truncated, pages + 1
    assert (len(names), pages) == (30, 3)
    vm = next(vm for vm, row in machines(service, "runtime.powerState", "config.template").items() if row["runtime.powerState"] == "poweredOff")
    wait(vm.Destroy())
    assert ("leave", vm, {}) in told(ask(collector, version))


def test_wait_ends_when_nothing_comes(service: vim.ServiceInstance, collector: query) -> None:
    watch_list(service, collector, ["name"], running(service)[:1])
    version = ask(collector, "").version
    assert ask(collector, version, 1) is None
