# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules in this process, one after another: for tests that run one a thousand times."""

from __future__ import annotations

import importlib
import io
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from ansible.module_utils import basic

_MODULES = "ansible_collections.estate.vmware.plugins.modules."
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def run_here(folder: Path, module: str, **options: Any) -> dict[str, Any]:
    """Run a module; its result, as running.run_module returns it."""
    arguments = {"_ansible_remote_tmp": str(folder / "remote"), "_ansible_keep_remote_files": False, **options}
    basic._ANSIBLE_PROFILE = "legacy"
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    output = io.StringIO()
    try:
        with _signals_kept(), redirect_stdout(output), suppress(SystemExit):
            importlib.import_module(_MODULES + module).main()
    finally:
        basic._ANSIBLE_ARGS = None
    assert output.getvalue(), "the module has said nothing"
    return {"failed": False, "changed": False, **json.loads(output.getvalue())}


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Modules handle signals by themselves."""
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
