# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules as a target does, each in a process of its own, without the seconds that an ``ansible`` command and the imports take.

A server imports what modules need once, then forks a process for every run. It ends with the process that started it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_MODULES = "ansible_collections.estate.vmware.plugins.modules."
#: Imported by the server, because most tests need them.
_PRELOADED = ("vmware_inventory_facts", "vmware_connection_info", "vmware_inventory_export", "vmware_vm_power")


class Finished(NamedTuple):
    """A module that has ended."""

    returncode: int
    stdout: str
    stderr: str


def run(module: str, options: Mapping[str, Any], folder: Path, environment: Mapping[str, str], before: str = "") -> Finished:
    """Run a module with these options.

    :param folder: where it runs, and where Ansible's temporary files go.
    :param environment: the whole of it. Its ``PYTHONPATH`` begins with the folder of the collections.
    :param before: Python code to run first in the module's process.
    """
    arguments = {"_ansible_remote_tmp": str(folder / "remote"), "_ansible_keep_remote_files": False, **options}
    request = {"module": module, "arguments": arguments, "folder": str(folder), "environment": dict(environment), "before": before}
    server = _server(environment["PYTHONPATH"])
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    return Finished(**json.loads(server.stdout.readline()))


@cache
def _server(python_path: str) -> Any:
    """The server for modules of one folder of collections."""
    environment = {**os.environ, "PYTHONPATH": python_path}
    server = subprocess.Popen([sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    server.communicate(timeout=10)


def _serve() -> None:
    """Answer requests, a line each, until there are no more."""
    importlib.import_module("ansible.module_utils.basic")

    for name in _PRELOADED:
        importlib.import_module(_MODULES + name)
    for line in sys.stdin:
        request = json.loads(line)
        outputs = [os.memfd_create(name) for name in ("stdout", "stderr")]
        child = os.fork()
        if child == 0:
            _run(request, *outputs)
        _child, status = os.waitpid(child, 0)
        texts = []
        for output in outputs:
            os.lseek(output, 0, os.SEEK_SET)
            with open(output, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        print(json.dumps(Finished(os.waitstatus_to_exitcode(status), *texts)._asdict()), flush=True)


def _run(request: Mapping[str, Any], stdout: int, stderr: int) -> None:
    """Be the process of a module."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for number, file in enumerate((nowhere, stdout, stderr)):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        basic = importlib.import_module("ansible.module_utils.basic")
        # A profile says how arguments are encoded; ansible-core before 2.19 knows none and lets the name pass.
        basic._ANSIBLE_PROFILE = "legacy"
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": request["arguments"]}).encode()
        exec(request["before"], {})
        importlib.import_module(_MODULES + request["module"]).main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
