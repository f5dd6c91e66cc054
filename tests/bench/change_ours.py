# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module without Ansible around it, as a process of its own. usage: python change_ours.py JOB

The job is a JSON file: ``module``, ``options``.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from ansible.module_utils import basic
from job import tell

_MODULES = "ansible_collections.estate.vmware.plugins.modules."


def run(module: str, options: dict[str, object]) -> int:
    """How many VMs it has changed, or found as they should be."""
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            importlib.import_module(_MODULES + module).main()
    except SystemExit:
        pass
    result = json.loads(said.getvalue())
    if result.get("failed"):
        raise SystemExit(result.get("msg"))
    return len(result["vms"])


if __name__ == "__main__":
    tell(run(**json.loads(Path(sys.argv[1]).read_text())))
