# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make demo: start the simulated estate, run the main job against it, show what came out.

usage: demo.py FOLDER
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import yaml
from estates import Simulator, SimulatorError, start_demo_estate
from openpyxl import load_workbook

PLAYBOOK = Path(__file__).parents[2] / "playbooks" / "collect_inventory.yml"

#: Variables of all sources.
_ALL = {"vmware_collect_environment_from": {"tag_category": "Environment"}}


def main(folder: Path) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print("Starting two vCenters and one ESXi host on this machine ...", flush=True)
    with ExitStack() as running:
        simulators = [running.enter_context(simulator) for simulator in start_demo_estate(folder / "simulators")]
        inventory = folder / "sources.yml"
        # Passwords stand in no file.
        write_sources(inventory, {item: f"{{{{ lookup('ansible.builtin.env', '{_secret(item)}') }}}}" for item in simulators})
        environment = {**os.environ, **{_secret(item): item.password for item in simulators}}
        status = subprocess.run(["ansible-playbook", "-i", inventory, PLAYBOOK], cwd=folder, env=environment, check=False).returncode
    made = folder / "vmware-inventory"
    for workbook in made.glob("*.xlsx"):
        _show(workbook)
    return status


def write_sources(path: Path, passwords: Mapping[Simulator, str]) -> None:
    """Write the main job's inventory of simulators, each with its password, or a template of it."""
    hosts = {item.name: {f"vmware_{name}": value for name, value in connection(item, password).items()} for item, password in passwords.items()}
    path.write_text(yaml.safe_dump({"vmware_sources": {"hosts": hosts, "vars": _ALL}}))


def connection(simulator: Simulator, password: str) -> dict[str, object]:
    """Options that reach a simulator."""
    return {
        "hostname": simulator.host, "port": simulator.port, "username": simulator.username, "password": password, "ca_path": str(simulator.ca_path),
    }  # fmt: skip


def _secret(simulator: Simulator) -> str:
    """Name of the environment variable that carries a password."""
    return "DEMO_PASSWORD_" + simulator.name.upper().replace("-", "_")


def _show(workbook: Path) -> None:
    print(f"The workbook has the sheets {', '.join(load_workbook(workbook).sheetnames)}.")


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve()))
    except SimulatorError as error:
        sys.exit(f"The simulated estate cannot be started: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
