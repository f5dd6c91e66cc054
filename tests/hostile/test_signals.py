# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signals to a module whose source drips: it ends within seconds, whatever it waits for, and reports it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from drips import DRIPS, drip
from hostile_vcenter import SILENT, HostileVcenter, Request, machine, page

_MODULE = "ansible_collections.estate.vmware.plugins.modules.vmware_inventory_facts"
#: Seconds for which signals are deferred during a login or logout.
_DEFERRAL = 5
#: Seconds that a loaded machine may need besides: far fewer than the timeout.
_SLACK = 60


def _dripping(_server: HostileVcenter, request: Request) -> Any:
    drip(request.connection, *DRIPS["body"])
    return SILENT


def _endless_pages(_server: HostileVcenter, request: Request) -> str | None:
    return page(machine(1), "next") if b"VirtualMachine" in request.body else None


_LAST_PAGE = {"RetrievePropertiesEx": _endless_pages, "ContinueRetrievePropertiesEx": _dripping}
#: Name to replies that drip, the method during which signals are sent, the signals, and the seconds until the module must end.
CASES: dict[str, tuple[dict[str, Any], str, list[int], int]] = {
    "page and logout": ({**_LAST_PAGE, "Logout": _dripping}, "ContinueRetrievePropertiesEx", [signal.SIGINT], _DEFERRAL),
    "login": ({"Login": _dripping}, "Login", [signal.SIGTERM], _DEFERRAL),
    "login, another signal": ({"Login": _dripping}, "Login", [signal.SIGTERM, signal.SIGINT], 0),
    "login, the same signal again": ({"Login": _dripping}, "Login", [signal.SIGHUP, signal.SIGHUP], 0),
    "logout": ({"Logout": _dripping}, "Logout", [signal.SIGTERM], _DEFERRAL),
    "page": (_LAST_PAGE, "ContinueRetrievePropertiesEx", [signal.SIGTERM], 0),
}


def _outcome(folder: Path, answers: dict[str, Any], where: str, signals: list[int]) -> tuple[str, float]:
    """The message of a module, and the seconds that it goes on after the first signal."""
    with HostileVcenter(answers) as server:
        options = {**server.options(timeout=600, deadline=600), "source": "here", "dest": str(folder), "_ansible_remote_tmp": str(folder)}
        (folder / "arguments").write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with subprocess.Popen([sys.executable, "-m", _MODULE, str(folder / "arguments")], env=environment, stdout=subprocess.PIPE, text=True) as module:
            end = time.monotonic() + 120
            while not server.asked(where) and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(0.3)
            begun = time.monotonic()
            for number in signals:
                module.send_signal(number)
                time.sleep(0.3)
            result = json.loads(module.communicate(timeout=120)[0])
            return result["msg"], time.monotonic() - begun


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Path, Future[tuple[str, float]]]]]:
    """Run all cases at once: most of the time they wait."""
    folders = {name: tmp_path_factory.mktemp("signals") for name in CASES}
    with ThreadPoolExecutor(len(CASES)) as pool:
        yield {name: (folders[name], pool.submit(_outcome, folders[name], *what)) for name, (*what, _seconds) in CASES.items()}


@pytest.mark.parametrize("case", CASES)
def test_module_ends(outcomes, case):
    folder, outcome = outcomes[case]
    message, seconds = outcome.result(300)
    assert message == "the scan was terminated"
    assert seconds < CASES[case][-1] + _SLACK
    assert not list(folder.glob(".*.part"))
