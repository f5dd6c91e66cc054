# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make simulator: start the simulated estate of the demo, write inventories of it, and keep it running until told to stop.

It stops on Ctrl-C, SIGTERM and SIGHUP, when the process that started it ends, and when a simulator does.

usage: keep_running.py FOLDER COLLECTIONS
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import yaml
from demo import connection, write_sources
from estates import Simulator, SimulatorError, start_demo_estate

_SOURCES, _INVENTORY, _SETTINGS = "sources.yml", "site.vmware_inventory.yml", "ansible.cfg"


def main(folder: Path, collections: Path) -> None:
    parent = os.getppid()
    # What jobs have made there stays.
    shutil.rmtree(folder / "simulators", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    print("Starting two vCenters and one ESXi host on this machine ...", flush=True)
    with ExitStack() as running:
        simulators = [running.enter_context(simulator) for simulator in start_demo_estate(folder / "simulators")]
        for name in (_SOURCES, _INVENTORY):
            # Nobody answers at these addresses afterwards.
            running.callback((folder / name).unlink, missing_ok=True)
        _write(folder, collections, simulators)
        print(_told(folder, simulators), flush=True)
        while os.getppid() == parent:
            for simulator in simulators:
                if simulator.process.poll() is not None:
                    raise SimulatorError(f"{simulator.name} has ended with code {simulator.process.returncode}")
            time.sleep(0.5)


def _write(folder: Path, collections: Path, simulators: list[Simulator]) -> None:
    os.umask(0o077)
    write_sources(folder / _SOURCES, {simulator: simulator.password for simulator in simulators})
    sources = [{"source": simulator.name, **connection(simulator, simulator.password)} for simulator in simulators]
    groups = ["source", "power_state", ["datacenter", "cluster"], "tags.Environment"]
    (folder / _INVENTORY).write_text(yaml.safe_dump({"plugin": "estate.vmware.vmware_inventory", "sources": sources, "group_by": groups}, sort_keys=False))
    (folder / _SETTINGS).write_text(f"[defaults]\ncollections_path = {collections}\nhome = {folder / 'ansible'}\n")


def _told(folder: Path, simulators: list[Simulator]) -> str:
    reached = "\n".join(f"  {item.name:<16}{item.host}:{item.port}  {item.username}" for item in simulators)
    return f"""
{reached}

They run until Ctrl-C. Their passwords are in {folder / _SOURCES}. In another terminal:

  cd {folder} && export PATH={Path(sys.executable).parent}:$PATH LC_ALL=C.UTF-8
  ansible-inventory -i {_INVENTORY} --graph
  ansible-playbook -i {_SOURCES} estate.vmware.collect_inventory
"""


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_signal: sys.exit("Stopped."))
    try:
        main(*(Path(argument).absolute() for argument in sys.argv[1:3]))
    except SimulatorError as error:
        sys.exit(f"The simulated estate does not run: {error}")
