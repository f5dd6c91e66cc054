# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name, in a child process of Ansible's where that makes no difference."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_deliver import main as deliver
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_module import execute_module


class ActionModule(ActionBase):
    """Takes the options of the module."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        found = execute_module(self, "estate.vmware.vmware_inventory_deliver", deliver, self._task.args, task_vars or {}, "nothing was delivered: ")
        return {**result, **found}
