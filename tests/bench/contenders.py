# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is measured: each reader's and writer's name, its command, and what has to be made for it first."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simulator_build import run_go

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / ".build" / "bench"
OURS, PEER, PANDAS = "ours", "peer", "pandas"

_GO_READER = BUILD / "govmomi-reader"
_PEER_VENV = BUILD / "peer"
_PEER_PYTHON = _PEER_VENV / "bin" / "python"
_WRITERS_VENV = BUILD / "writers"
_WRITERS_PYTHON = _WRITERS_VENV / "bin" / "python"


@dataclass(frozen=True)
class Contender:
    """One way to read an estate, or to write a workbook.

    :ivar command: the program and its arguments; the path of the job comes last.
    :ivar prepare: makes what the command needs, where it is not there yet.
    """

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def _build_go_reader() -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    run_go("build", "-C", str(HERE / "govmomi"), "-trimpath", "-ldflags=-s -w", "-o", str(_GO_READER), ".")


def _install_peer() -> None:
    _install(_PEER_VENV, HERE / "requirements-peer.txt", "the PyPI package ansible")


def install_writers() -> None:
    """Make what the writers but ours need, where it is not there yet."""
    _install(_WRITERS_VENV, HERE / "requirements-writers.txt", "XlsxWriter and pandas")


def _install(venv: Path, requirements: Path, what: str) -> None:
    """A virtual environment of its own: up to half a gigabyte that nothing else here needs."""
    stamp = venv / f"installed-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]}"
    if not stamp.exists():
        print(f"Installing {what} below .build, for comparison ...", file=sys.stderr)
        subprocess.run([ROOT / "tests" / "tools" / "make-venv", sys.executable, venv], check=True)
        subprocess.run([venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--requirement", requirements], check=True)
        stamp.touch()


def _python(script: str) -> tuple[str, ...]:
    return (sys.executable, str(HERE / script))


QUESTIONS = Contender("questions of a scan", _python("questions.py"))
CONTENDERS = {
    "raw": Contender("raw fetch, replies thrown away", _python("read_raw.py")),
    OURS: Contender("ours, scan of every section", _python("read_ours.py")),
    "pyvmomi": Contender("pyVmomi, paged", _python("read_pyvmomi.py")),
    "govmomi": Contender("govmomi, ContainerView.Retrieve", (str(_GO_READER),), _build_go_reader),
    PEER: Contender("community.vmware.vmware_vm_info", (str(_PEER_PYTHON), str(HERE / "read_peer.py")), _install_peer, {"PYTHONPATH": ""}),
}


def _writer(name: str, script: str, *arguments: str) -> Contender:
    """All of them in one environment, so that all have the same Python and the same openpyxl."""
    return Contender(name, (str(_WRITERS_PYTHON), str(HERE / script), *arguments))


WRITERS = {
    OURS: _writer("ours, the whole workbook", "write_ours.py"),
    "openpyxl": _writer("openpyxl write-only, values alone", "write_values.py", "openpyxl"),
    "xlsxwriter": _writer("XlsxWriter constant_memory, values alone", "write_values.py", "xlsxwriter"),
    PANDAS: _writer("pandas with openpyxl, values alone", "write_values.py", "pandas"),
}


def writer_versions() -> str:
    """What the writers' environment holds."""
    ask = "from importlib.metadata import version as v; import platform; " \
          "print('Python', platform.python_version(), *(f', {name} {v(name)}' for name in ('openpyxl', 'XlsxWriter', 'pandas')), sep='')"
    return subprocess.run([_WRITERS_PYTHON, "-c", ask], check=True, capture_output=True, text=True).stdout.strip().replace("Python", "Python ", 1)


def peer_versions() -> str:
    """What the peer's environment holds."""
    ask = "from importlib.metadata import version as v; import json, pathlib, ansible_collections.community.vmware as c; " \
          "print('ansible', v('ansible') + ', pyVmomi', v('pyvmomi') + ', community.vmware', " \
          "json.loads((pathlib.Path(list(c.__path__)[0]) / 'MANIFEST.json').read_text())['collection_info']['version'])"
    return subprocess.run([_PEER_PYTHON, "-c", ask], check=True, capture_output=True, text=True, env={}).stdout.strip()
