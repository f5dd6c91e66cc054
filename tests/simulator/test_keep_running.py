# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make simulator: an estate that stays up, with inventories that work, until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

_HERE = Path(__file__).parent
_COLLECTIONS = _HERE.parents[1] / ".build" / "collections"
#: A parent of its own, which can be killed.
_PARENT = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"


def _is_open(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("way", ["Ctrl-C", "SIGTERM", "its parent is killed"])
def test_estate_runs_until_it_is_stopped(tmp_path, way):
    folder = tmp_path / "estate"
    command = [sys.executable, str(_HERE / "keep_running.py"), str(folder), str(_COLLECTIONS)]
    environment = {**os.environ, "PYTHONPATH": f"{_COLLECTIONS}{os.pathsep}{_HERE}"}
    if "parent" in way:
        command = [sys.executable, "-c", _PARENT, *command]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            output = ""
            while "collect_inventory" not in output:
                line = process.stdout.readline()
                assert line, output
                output += line
            hosts = yaml.safe_load((folder / "sources.yml").read_text())["vmware_sources"]["hosts"]
            assert list(hosts) == ["esxi-branch", "vcenter-north", "vcenter-south"]
            assert (folder / "sources.yml").stat().st_mode & 0o077 == 0
            ports = [host["vmware_port"] for host in hosts.values()]
            assert all(map(_is_open, ports)) and {host["vmware_hostname"] for host in hosts.values()} == {"127.0.0.1"}
            if way == "Ctrl-C":
                _try(output, folder)
        finally:
            process.send_signal({"Ctrl-C": signal.SIGINT, "SIGTERM": signal.SIGTERM}.get(way, signal.SIGKILL))
            process.wait(30)
        end = time.monotonic() + 30
        while any(map(_is_open, ports)) and time.monotonic() < end:
            time.sleep(0.1)
        assert not any(map(_is_open, ports))
    while (folder / "sources.yml").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not list(folder.glob("s*.yml")), "nobody answers there any more"


def _try(output, folder):
    """The first command that it prints, as it stands there."""
    enter, graph = (line.strip() for line in output.splitlines() if line.startswith(("  cd ", "  ansible-inventory ")))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHONPATH"))}
    done = subprocess.run(
        ["bash", "-c", f"{enter} && {graph.replace('--graph', '--list')}"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    hosts = json.loads(done.stdout)["_meta"]["hostvars"]
    assert len(hosts) == 89 and folder.is_dir()
