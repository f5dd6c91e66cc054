# Copyright: (c) 2026, the estate.vmware contributors
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
from contextlib import ExitStack
from pathlib import Path

import yaml
from estates import Simulator, start_demo_estate
from openpyxl import load_workbook

PLAYBOOK = Path(__file__).parents[2] / "playbooks" / "collect_inventory.yml"


def main(folder: Path) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print("Starting two vCenters and one ESXi host on this machine ...", flush=True)
    with ExitStack() as running:
        simulators = [running.enter_context(simulator) for simulator in start_demo_estate(folder / "simulators")]
        inventory = folder / "sources.yml"
        inventory.write_text(yaml.safe_dump({"vmware_sources": {"hosts": {item.name: _variables(item) for item in simulators}}}))
        environment = {**os.environ, **{_secret(item): item.password for item in simulators}}
        status = subprocess.run(["ansible-playbook", "-i", inventory, PLAYBOOK], cwd=folder, env=environment, check=False).returncode
    for workbook in (folder / "vmware-inventory").glob("*.xlsx"):
        _show(workbook)
    return status


def _variables(simulator: Simulator) -> dict[str, object]:
    return {
        "vmware_hostname": simulator.host,
        "vmware_port": simulator.port,
        "vmware_username": simulator.username,
        "vmware_password": f"{{{{ lookup('ansible.builtin.env', '{_secret(simulator)}') }}}}",
        "vmware_ca_path": str(simulator.ca_path),
    }


def _secret(simulator: Simulator) -> str:
    """Name of the environment variable that carries a password: passwords stand in no file."""
    return "DEMO_PASSWORD_" + simulator.name.upper().replace("-", "_")


def _show(workbook: Path) -> None:
    book = load_workbook(workbook)
    print(f"\nThe workbook is {workbook}\n\n  {'sheet':<24}{'rows':>6}{'columns':>9}")
    for sheet in book:
        print(f"  {sheet.title:<24}{sheet.max_row:>6}{sheet.max_column:>9}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
