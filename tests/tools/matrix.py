# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs sanity, unit tests and the main job with the versions in matrix.txt.

``python tests/tools/matrix.py ARTIFACT [NAME...]``: the lines of these names, or all. Environments are kept in ``.build/matrix``.
A line whose Python is not on this machine is left out with a message; where it was asked for by name, or in CI, it fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tests" / "tools"
ENVIRONMENTS = ROOT / ".build" / "matrix"
REQUIREMENTS = (ROOT / "requirements.txt", ROOT / "tests" / "requirements-pytest.txt")
#: One run of the main job, from simulated sources to the workbook.
PLAYBOOK = "tests/integration/test_collect_inventory.py::test_sources_that_were_read_have_a_sheet_each"


class Line(NamedTuple):
    """A line of matrix.txt."""

    name: str
    python: str
    core: str
    pyvmomi: str
    openpyxl: str

    @property
    def packages(self) -> list[str]:
        """The versions, as pip takes them."""
        pinned = {"pyvmomi": self.pyvmomi, "openpyxl": self.openpyxl}
        return [f"ansible-core~={self.core}.0", *(f"{name}=={version}" for name, version in pinned.items() if version != "*")]


def lines() -> list[Line]:
    text = (TOOLS / "matrix.txt").read_text(encoding="utf-8")
    return [Line(*line.split()) for line in text.splitlines() if line and not line.startswith("#")]


def environment(line: Line, python: str) -> dict[str, str]:
    """Make the line's virtual environment where it is not there as requested; the variables that select it."""
    folder = ENVIRONMENTS / line.name
    requested = "\n".join([python, *line.packages, *(path.read_text(encoding="utf-8") for path in REQUIREMENTS)])
    made = folder / "requested"
    if not made.is_file() or made.read_text(encoding="utf-8") != requested:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([TOOLS / "make-venv", python, folder], check=True)
        files = [argument for path in REQUIREMENTS for argument in ("--requirement", str(path))]
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *files, *line.packages], check=True)
        made.write_text(requested, encoding="utf-8")
    return {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "ANSIBLE_HOME": str(folder / "ansible")}


def run(line: Line, artifact: str) -> list[str]:
    """Run everything of a line; the steps that failed."""
    python = subprocess.run([TOOLS / "find-python", line.python], check=True, capture_output=True, text=True).stdout.strip()
    if not python:
        print(f"No Python {line.python} on this machine: {line.name} is left out", flush=True)
        return [f"Python {line.python} is not installed"] if os.environ.get("CI") or line.name in sys.argv[2:] else []
    variables = environment(line, python)
    pytest = ["python", "-m", "pytest", "--quiet"]
    print(f"{line.name}: Python {line.python}, {', '.join(line.packages)}", flush=True)
    # Sanity keeps one processor busy, beside the others.
    sanity = subprocess.Popen([TOOLS / "sanity", artifact, ROOT / ".build" / "sanity" / line.name], cwd=ROOT, env=variables)
    steps = {
        "unit tests": [*pytest, "--numprocesses", "logical", "--dist", "worksteal", "tests/unit/plugins"],
        "playbook": [*pytest, PLAYBOOK],
    }
    failed = [name for name, command in steps.items() if subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode]
    return [*failed, *(["sanity"] if sanity.wait() else [])]


def main() -> int:
    artifact, *names = sys.argv[1:]
    known = lines()
    if unknown := set(names) - {line.name for line in known}:
        print(f"{', '.join(sorted(unknown))}: no such line in tests/tools/matrix.txt")
        return 2
    failures = {line.name: run(line, artifact) for line in known if not names or line.name in names}
    for name, failed in failures.items():
        print(f"{name}: {', '.join(failed) + ' failed' if failed else 'passed'}")
    return 1 if any(failures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
