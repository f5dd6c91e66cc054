# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules that change simulated VMs, and see with another session what became of them."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from estates import Simulator

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests import module_process
from ansible_collections.estate.vmware.tests.integration.running import COLLECTIONS, ansible_environment, run_module

#: Calls that begin, read or end, and change nothing of the estate.
READING = frozenset(
    (
        "ContinueRetrievePropertiesEx", "CreateContainerView", "CreateFilter", "CreateImportSpec", "CreateListView", "CreatePropertyCollector", "CurrentTime",
        "DestroyPropertyCollector", "DestroyPropertyFilter", "DestroyView", "FindAllByUuid", "FindByInventoryPath",
        "GetCustomizationSpec", "Login", "Logout", "ModifyListView", "QueryEvents", "QueryOptions",
        "RetrievePropertiesEx", "RetrieveServiceContent", "SearchDatastore_Task", "WaitForUpdatesEx",
    )
)  # fmt: skip


def connection(simulator: Simulator) -> dict[str, Any]:
    """The connection options of a simulated source."""
    return {
        "hostname": f"{simulator.host}:{simulator.port}",
        "username": simulator.username,
        "password": simulator.password,
        "ca_path": str(simulator.ca_path),
    }


def change(folder: Path, simulator: Simulator, module: str, **options: Any) -> dict[str, Any]:
    """Run a module against a source; its result, with ``sent``: how often it called each method that changes something."""
    simulator.reset_calls()
    result = run_module(folder, module, **connection(simulator), **options)
    counted = simulator.calls()
    assert not any(simulator.left().values()), simulator.left()
    assert simulator.password not in json.dumps(result)
    return {**result, "sent": {name: count for name, count in counted.items() if name not in READING}}


class Started:
    """A module that runs beside the test, until its task has begun.

    :param begun: the call that shows it.
    :ivar finished: what it printed.
    """

    def __init__(self, folder: Path, simulator: Simulator, module: str, begun: str = "WaitForUpdatesEx", **options: Any) -> None:
        self._pid = folder / "pid"
        environment = ansible_environment(folder)
        before = f"import os; open({str(self._pid)!r}, 'w').write(str(os.getpid()))"
        options = {**connection(simulator), **options}
        simulator.reset_calls()

        def run() -> None:
            self.finished = module_process.run(module, options, folder, {**environment, "PYTHONPATH": str(COLLECTIONS)}, before)

        self._thread = threading.Thread(target=run)
        self._thread.start()
        while simulator.calls().get(begun, 0) < 1:
            assert self._thread.is_alive()

    def kill(self, number: int) -> None:
        os.kill(int(self._pid.read_text()), number)

    def result(self) -> dict[str, Any]:
        self._thread.join(30)
        return json.loads(self.finished.stdout)


def machines(simulator: Simulator, *paths: str) -> dict[str, dict[str, Any]]:
    """Properties of all VMs by name."""
    source = Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))
    with Session(source) as session:
        pages = retrieve(session, {"VirtualMachine": ["name", *paths]}, {}, 500)
        return {item.properties["name"]: {**item.properties, "moid": item.ref.moid} for page in pages for item in page}


def journal(path: Path) -> list[dict[str, Any]]:
    """The lines of a journal."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
