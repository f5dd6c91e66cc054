# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run Ansible as people do: the main job against an inventory of sources, or one module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from estates import Simulator

from ansible_collections.estate.vmware.tests import module_process

REPOSITORY = Path(__file__).parents[2]
COLLECTIONS = REPOSITORY / ".build" / "collections"
PLAYBOOK = REPOSITORY / "playbooks" / "collect_inventory.yml"


def source(simulator: Simulator, **changes: Any) -> dict[str, Any]:
    """Host variables of a simulated source."""
    variables = {
        "vmware_hostname": simulator.host,
        "vmware_port": simulator.port,
        "vmware_username": simulator.username,
        "vmware_password": simulator.password,
        "vmware_ca_path": str(simulator.ca_path),
    }
    return {key: value for key, value in {**variables, **changes}.items() if value is not None}


def ansible_environment(folder: Path, keep: Iterable[str] = ()) -> dict[str, str]:
    """Environment for Ansible that keeps everything it writes in a folder. Of the variables that change its ways, only some are kept."""
    kept = {key: value for key, value in os.environ.items() if key in keep or not key.startswith(("ANSIBLE_", "VMWARE_", "PWD"))}
    return {
        **kept,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def run_job(folder: Path, sources: dict[str, dict[str, Any]], *arguments: str, keep: Iterable[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run the main job against sources, all at once, in a folder where it leaves its files.

    The inventory is handed over in memory-backed storage outside that folder, so a password found there was written by us.
    """
    return run_playbook(folder, PLAYBOOK, {"vmware_sources": {"hosts": sources}}, *arguments, keep=keep)


def start_job(folder: Path, sources: dict[str, dict[str, Any]], *arguments: str, playbook: Path = PLAYBOOK) -> subprocess.Popen[bytes]:
    """The same in a process group of its own, as a terminal or a runner starts it. What it says goes into ``output`` beside the folder."""
    command = _command(folder, playbook, {"vmware_sources": {"hosts": sources}}, arguments)
    with folder.with_name(folder.name + ".output").open("wb") as output:
        return subprocess.Popen(
            command, cwd=folder, env=ansible_environment(folder), stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def run_playbook(folder: Path, playbook: Path, inventory: dict[str, Any], *arguments: str, keep: Iterable[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a playbook against an inventory, all of its hosts at once, in a folder where it leaves its files."""
    return run_program(_command(folder, playbook, inventory, arguments), folder, ansible_environment(folder, keep))


def run_program(command: Iterable[str | Path], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of Ansible's programs in a folder, with nothing to read from a terminal."""
    name, *arguments = map(str, command)
    program = shutil.which(name, path=environment["PATH"])
    assert program, name
    done = module_process.run_program([program, *arguments], folder, environment)
    return subprocess.CompletedProcess([name, *arguments], *done)


def _command(folder: Path, playbook: Path, inventory: dict[str, Any], arguments: Iterable[str]) -> list[str]:
    folder.mkdir(exist_ok=True)
    path = folder.with_name(folder.name + ".sources.yml")
    path.write_text(yaml.safe_dump(inventory))
    hosts = sum(len(group.get("hosts") or {}) for group in inventory.values())
    return ["ansible-playbook", "--inventory", str(path), "--forks", str(hosts or 1), str(playbook), *arguments]


def run_module(folder: Path, module: str, **options: Any) -> dict[str, Any]:
    """Run a module as a target does; its result, with ``failed`` and ``changed``. What ``ansible`` does around it, jobs show."""
    done = start_module(folder, module, options)
    assert done.stdout and "Traceback" not in done.stderr, done
    return {"failed": False, "changed": False, **json.loads(done.stdout)}


def start_module(folder: Path, module: str, options: Mapping[str, Any], before: str = "") -> module_process.Finished:
    """Run a module to its end, whichever that is.

    :param before: Python code to run first in its process.
    """
    environment = ansible_environment(folder)
    paths = [str(COLLECTIONS), *filter(None, [environment.get("PYTHONPATH")])]
    return module_process.run(module, options, folder, {**environment, "PYTHONPATH": os.pathsep.join(paths)}, before)
