# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls whose answer is lost, before or after they are carried out, and sessions that end."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from xml.parsers.expat import ExpatError

import estates
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl

NOTHING = {
    "sessions",
    "rest_sessions",
    "container_views",
    "list_views",
    "filters",
    "property_collectors",
    "event_collectors",
    "task_collectors",
    "leases",
}


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[estates.Simulator]:
    with estates.start_simulator(tmp_path_factory.mktemp("lost"), vms=2, plain=True) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _clean(vcenter: estates.Simulator) -> Iterator[None]:
    yield
    vcenter.set_faults([])
    vcenter.end_sessions()


def machine(session: Any) -> Any:
    return session.content.searchIndex.FindByInventoryPath("DC0/vm/DC0_H0_VM0")


def tasks(vm: Any) -> int:
    """How often the machine was reset; a task is there before its call is answered."""
    return sum(task.info.descriptionId == "VirtualMachine.reset" for task in vm.recentTask)


@pytest.mark.parametrize(
    ("outcome", "happens"),
    [
        ({"reset": True}, False),
        ({"status": 503}, False),
        ({"truncate": True}, True),
        ({"reset_after": True}, True),
        ({"status_after": 503}, True),
    ],
)
def test_an_answer_is_lost(vcenter: estates.Simulator, outcome: dict[str, Any], happens: bool) -> None:
    vm = machine(connect(vcenter))
    vcenter.set_faults([{"method": "ResetVM_Task", **outcome}])
    before = tasks(vm)
    with pytest.raises((OSError, http.client.HTTPException, ExpatError)):
        vm.Reset()
    assert tasks(machine(connect(vcenter))) == before + happens


@pytest.mark.parametrize(("outcome", "happens"), [("hang", False), ("hang_after", True)])
def test_an_answer_never_comes(vcenter: estates.Simulator, outcome: str, happens: bool) -> None:
    vm = machine(connect(vcenter, timeout=0.5))
    vcenter.set_faults([{"method": "ResetVM_Task", outcome: True}])
    before = tasks(vm)
    with pytest.raises(TimeoutError):
        vm.Reset()
    assert tasks(machine(connect(vcenter))) == before + happens


def test_a_session_ends_with_all_it_has(vcenter: estates.Simulator) -> None:
    session = connect(vcenter)
    content = session.content
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    collector = content.propertyCollector.CreatePropertyCollector()
    spec = vmodl.query.PropertyCollector.FilterSpec(
        objectSet=[vmodl.query.PropertyCollector.ObjectSpec(obj=content.rootFolder)],
        propSet=[vmodl.query.PropertyCollector.PropertySpec(type=vim.Folder, pathSet=["name"])],
    )
    collector.CreateFilter(spec, False)
    content.viewManager.CreateListView([content.rootFolder])
    left = vcenter.left()
    assert left.keys() == NOTHING
    assert {name: count for name, count in left.items() if count} == {
        "sessions": 1,
        "container_views": 1,
        "list_views": 1,
        "filters": 1,
        "property_collectors": 1,
    }
    vcenter.set_faults([{"method": "CurrentTime", "call": 2, "end_session": True}])
    session.CurrentTime()
    for _again in range(2):
        with pytest.raises(vim.fault.NotAuthenticated):
            session.CurrentTime()
    assert not any(vcenter.left().values())
    content.sessionManager.Login(vcenter.username, vcenter.password)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        view.view  # noqa: B018
    content.sessionManager.Logout()
    assert not any(vcenter.left().values())
