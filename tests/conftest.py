# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of every kind share: programs of the system that make a workbook visible."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How many examples a test of properties tries: few each time, many in make test-all.
settings.register_profile("few", max_examples=60, deadline=None)
settings.register_profile("many", max_examples=400, deadline=None)
settings.load_profile("few")


def pytest_configure() -> None:
    # A shell makes what it runs in the background ignore SIGINT, and nohup SIGHUP. What tests start must not: they send it these signals.
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """A function that gives a program's path. Without the program the test is skipped, but in CI it fails: it must not skip what it proves."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{name} is not installed")
        return found

    return find


@pytest.fixture(scope="session")
def office(program, tmp_path_factory) -> Callable[[Path, str, Path], None]:
    """A function that converts a workbook with LibreOffice: ``office(workbook, "pdf", folder)``."""
    soffice = program("soffice")
    profile = tmp_path_factory.mktemp("office").as_uri()

    def convert(workbook: Path, to: str, folder: Path) -> None:
        command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to, "--outdir", str(folder), str(workbook)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)

    return convert
