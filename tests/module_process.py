# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules as a target does, and Ansible's programs, each in a process of its own, without the seconds that their imports take.

A server imports what they need once, then forks a process for every run. It ends with the process that started it.
Ansible compiles files of collections anew in each of its processes, as it keeps no byte code of them; those that tests start share it.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import gc
import hashlib
import importlib
import json
import marshal
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_MODULES = "ansible_collections.estate.vmware.plugins.modules."
#: Imported by a server, by what it runs. Nothing of Ansible for its programs: its settings are read when it is imported.
_PRELOADED = {
    "modules": (
        "ansible.module_utils.basic", _MODULES + "vmware_inventory_facts", _MODULES + "vmware_connection_info", _MODULES + "vmware_inventory_export",
        _MODULES + "vmware_vm_power",
    ),
    "programs": (
        "concurrent.futures.thread", "cryptography.hazmat.backends.openssl", "cryptography.hazmat.primitives.serialization", "cryptography.x509",
        "email.policy", "importlib.metadata", "jinja2.nativetypes", "jinja2.sandbox", "multiprocessing.managers", "packaging.specifiers", "pyVmomi",
        "sqlite3", "tomllib", "urllib.request", "xml.etree.ElementTree", "xml.sax.saxutils", "yaml",
    ),
}  # fmt: skip
#: Seconds after which a program is ended.
_PATIENCE = 300


class Finished(NamedTuple):
    """A process that has ended."""

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
    return _ask(_server("modules", environment["PYTHONPATH"]), request)


def run_program(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Finished:
    """Run a program that is written in Python, such as ``ansible-playbook``, in a folder and with the whole of an environment.

    :param command: the path of the program, and its arguments.
    """
    request = {"command": list(command), "folder": str(folder), "environment": dict(environment)}
    return _ask(_server("programs", environment.get("PYTHONPATH", "")), request)


class _Server(NamedTuple):
    process: subprocess.Popen[str]
    lock: threading.Lock


def _ask(server: _Server, request: Mapping[str, Any]) -> Finished:
    # One request at a time.
    with server.lock:
        server.process.stdin.write(json.dumps(request) + "\n")
        server.process.stdin.flush()
        return Finished(**json.loads(server.process.stdout.readline()))


@cache
def _server(kind: str, python_path: str) -> _Server:
    """The server for modules of one folder of collections, or for programs."""
    environment = {**os.environ, "PYTHONPATH": python_path}
    process = subprocess.Popen([sys.executable, __file__, kind], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, process)
    return _Server(process, threading.Lock())


def _end(server: subprocess.Popen[str]) -> None:
    server.communicate(timeout=10)


def _serve(kind: str) -> None:
    """Answer requests, a line each, until there are no more."""
    for name in _PRELOADED[kind]:
        # Each release of Ansible needs some of them; what is missing is reported by what needs it.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # The garbage collector of a fork has nothing to look for in what is imported.
    gc.freeze()
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
    """Be the process of a module or program."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDONLY)
        for number, file in enumerate((nowhere, stdout, stderr)):
            os.dup2(file, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        if "module" in request:
            _be_module(request["module"], request["arguments"], request["before"])
        else:
            _be_program(request["command"])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1 if ended.code else 0
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _be_module(name: str, arguments: Mapping[str, Any], before: str) -> None:
    basic = importlib.import_module("ansible.module_utils.basic")
    # A profile says how arguments are encoded; ansible-core before 2.19 knows none and lets the name pass.
    basic._ANSIBLE_PROFILE = "legacy"
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    exec(before, {})
    importlib.import_module(_MODULES + name).main()


def _be_program(command: list[str]) -> None:
    signal.alarm(_PATIENCE)
    if sys.pycache_prefix:
        builtins.compile = _CompiledOnce(Path(sys.pycache_prefix) / "collections")
    sys.argv = command
    # As Python does it for a program: this file's folder is none of its own.
    sys.path[0] = os.path.dirname(command[0])
    runpy.run_path(command[0], run_name="__main__")


class _CompiledOnce:
    """The built-in function ``compile``, which takes byte code of files of collections from a folder where another process has left it there."""

    def __init__(self, folder: Path) -> None:
        self._compile = builtins.compile
        self._folder = folder

    def __call__(self, source: Any, filename: Any, mode: str, flags: int = 0, dont_inherit: bool = False, optimize: int = -1, **further: Any) -> Any:
        # Only as Ansible's loader of collections calls it: nothing is inherited then, and what comes out depends on these alone.
        if (mode, flags, dont_inherit, optimize, further) != ("exec", 0, True, -1, {}) or "/ansible_collections/" not in str(filename):
            return self._compile(source, filename, mode, flags, dont_inherit, optimize, **further)
        text = source if isinstance(source, bytes) else source.encode()
        kept = self._folder / hashlib.sha256(b"\0".join((sys.version.encode(), str(filename).encode(), text))).hexdigest()
        with contextlib.suppress(OSError):
            return marshal.loads(kept.read_bytes())
        code = self._compile(source, filename, mode, flags, dont_inherit, optimize)
        with contextlib.suppress(OSError):
            _keep(kept, marshal.dumps(code))
        return code


def _keep(path: Path, content: bytes) -> None:
    """Write a file that others see once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)
    with open(handle, "wb") as file:
        file.write(content)
    os.replace(part, path)


if __name__ == "__main__":
    _serve(sys.argv[1])
