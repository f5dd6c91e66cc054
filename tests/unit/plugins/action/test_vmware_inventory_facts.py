# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options the module is given; whole plays are in tests/integration/test_progress.py."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.action import vmware_inventory_facts as action
from ansible_collections.estate.vmware.plugins.plugin_utils.job import progress


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Runs the action, and returns what its module is given, and whether there is a pipe then."""
    monkeypatch.setattr(progress.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def run(transport: str = "local", **values: Any) -> tuple[dict[str, Any], bool]:
        found = []

        def execute(_self: Any, module_args: dict[str, Any], **_options: Any) -> dict[str, Any]:
            found.append((module_args, Path(module_args.get("progress_pipe", "/")).is_fifo()))
            return {}

        monkeypatch.setattr(action.ActionModule, "_execute_module", execute)
        monkeypatch.setattr(action.ActionModule, "_remove_tmp_path", lambda *_arguments: None)
        task = SimpleNamespace(**{"args": {}, "async_val": 0, "check_mode": False, "diff": False, "no_log": False, "throttle": 0, "action": "", **values})
        connection = SimpleNamespace(transport=transport, _shell=SimpleNamespace(tmpdir=None))
        action.ActionModule(task, connection, SimpleNamespace(), None, None, None).run(task_vars={})
        return found[0]

    return run


def test_module_is_given_a_pipe_beside_its_options(given, tmp_path):
    options, is_fifo = given(args={"dest": "scans"})
    assert options == {"dest": "scans", "progress_pipe": options["progress_pipe"]}
    assert is_fifo
    assert not list(tmp_path.iterdir()), "it is gone"


@pytest.mark.parametrize(
    "elsewhere",
    [{"transport": "ssh"}, {"async_val": 60}, {"args": {"progress_pipe": "/somebody/elses"}}],
    ids=["on another machine", "asynchronously", "somebody else follows"],
)
def test_module_is_given_none_where_nobody_can_read_it(given, elsewhere):
    assert given(**elsewhere) == (elsewhere.get("args", {}), False)
