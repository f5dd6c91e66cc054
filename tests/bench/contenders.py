# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is measured: each reader's and writer's name, its command, and what has to be made for it first."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator_build import run_go

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / ".build" / "bench"
OURS, RAW, PEER, PANDAS = "ours", "raw", "peer", "pandas"
FIVE, CACHE, SCANS, KEYED, GRAPH, BARE = "five", "cache", "scans", "keyed", "graph", "bare"

_GO_READER = BUILD / "govmomi-reader"
_PEER_VENV = BUILD / "peer"
PEER_PROGRAMS = _PEER_VENV / "bin"
PEER_ENVIRONMENT = {"PYTHONPATH": str(HERE / "peer")}
_PEER_PYTHON = PEER_PROGRAMS / "python"
_PROGRAMS = Path(sys.executable).parent
_WRITERS_VENV = BUILD / "writers"
_WRITERS_PYTHON = _WRITERS_VENV / "bin" / "python"


def _told(printed: str) -> int | None:
    return json.loads(printed)["machines"] if printed.strip() else None


@dataclass(frozen=True)
class Contender:
    """One way to read an estate, or to write a workbook.

    :ivar command: the program and its arguments; the path of the job comes last.
    :ivar prepare: makes what the command needs, where it is not there yet.
    :ivar machines: how many virtual machines it has read, by what it printed; None where it does not say.
    """

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    machines: Callable[[str], int | None] = _told


def _build_go_reader() -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    run_go("build", "-C", str(HERE / "govmomi"), "-trimpath", "-ldflags=-s -w", "-o", str(_GO_READER), ".")


def install_peer() -> None:
    """Make the peer's environment, where it is not there yet."""
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
    RAW: Contender("raw fetch, replies thrown away", _python("read_raw.py")),
    OURS: Contender("ours, scan of every section", _python("read_ours.py")),
    "pyvmomi": Contender("pyVmomi, paged", _python("read_pyvmomi.py")),
    "govmomi": Contender("govmomi, ContainerView.Retrieve", (str(_GO_READER),), _build_go_reader),
    PEER: Contender("community.vmware.vmware_vm_info", (str(_PEER_PYTHON), str(HERE / "read_peer.py")), install_peer, PEER_ENVIRONMENT),
}


# It has a way of its own to find collections, and takes an inventory that fails for an empty one.
_ANSIBLE = {"PYTHONPATH": "", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}


def listed(printed: str) -> int:
    """Hosts that ``ansible --list-hosts`` printed."""
    heading = re.match(r"\s*hosts \((\d+)\):", printed)
    return int(heading[1]) if heading else 0


def drawn(printed: str) -> int:
    """Hosts in groups that ``ansible-inventory --graph`` printed."""
    return len(set(re.findall(r"\|--([^@\n]+)\n", printed)))


def listed_in_part(printed: str) -> int | None:
    """The same of a plugin that leaves out VMs which are disconnected: nobody knows how many, but not all."""
    return None if listed(printed) else 0


def _lister(name: str, programs: Path = _PROGRAMS, **others: Any) -> Contender:
    """``ansible all --list-hosts`` of an inventory file."""
    return Contender(name, (str(programs / "ansible"), "all", "--list-hosts", "--inventory"), **{"environment": _ANSIBLE, "machines": listed, **others})


LESSON = Contender("what an inventory asks and gives", _python("learn_inventory.py"))
#: Ways to list the hosts of an inventory. One vCenter, unless it is said otherwise.
LISTERS = {
    OURS: _lister("ours"),
    FIVE: _lister("ours, five vCenters"),
    CACHE: _lister("ours, out of the cache"),
    SCANS: _lister("ours, out of a scan file"),
    KEYED: _lister("ours, with keyed_groups and compose"),
    GRAPH: Contender(
        "ours, five vCenters, ansible-inventory --graph",
        (str(_PROGRAMS / "ansible-inventory"), "--graph", "--inventory"),
        environment=_ANSIBLE,
        machines=drawn,
    ),
    RAW: CONTENDERS[RAW],
    BARE: _lister("a plugin that only adds these hosts", environment={**_ANSIBLE, "ANSIBLE_INVENTORY_PLUGINS": str(HERE / "bare")}),
    PEER: _lister("community.vmware.vmware_vm_inventory", PEER_PROGRAMS, prepare=install_peer, machines=listed_in_part),
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
    ask = (
        "from importlib.metadata import version as v; import platform; "
        "print('Python', platform.python_version(), *(f', {name} {v(name)}' for name in ('openpyxl', 'XlsxWriter', 'pandas')), sep='')"
    )
    return subprocess.run([_WRITERS_PYTHON, "-c", ask], check=True, capture_output=True, text=True).stdout.strip().replace("Python", "Python ", 1)


def peer_versions() -> str:
    """What the peer's environment holds."""
    ask = (
        "from importlib.metadata import version as v; import json, pathlib, ansible_collections.community.vmware as c; "
        "print('ansible', v('ansible') + ', pyVmomi', v('pyvmomi') + ', community.vmware', "
        "json.loads((pathlib.Path(list(c.__path__)[0]) / 'MANIFEST.json').read_text())['collection_info']['version'])"
    )
    return subprocess.run([_PEER_PYTHON, "-c", ask], check=True, capture_output=True, text=True, env={}).stdout.strip()
