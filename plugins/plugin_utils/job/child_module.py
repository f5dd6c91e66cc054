# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Run a module of this collection in a child process of Ansible's.

Ansible packs a module into an archive and starts a Python that compiles all of it: more than a second of CPU, which a fork does without.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeAlias

from ansible import constants
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_process import ChildFailed, ChildProcess

_Main: TypeAlias = Callable[[Callable[..., AnsibleModule]], None]
#: What is returned as it is, even where it looks like a secret.
_KEPT = (bool, type(None))


def execute_module(action: ActionBase, name: str, main: _Main, options: Mapping[str, Any], task_vars: Mapping[str, Any], if_broken: str = "") -> dict[str, Any]:
    """Run the module of a task, in a child process where that makes no difference; what it returns.

    :param name: of the module, with the namespace. :param main: of the module; takes what makes its AnsibleModule.
    :param if_broken: begins the message where it raised something, or its process was killed.
    """
    found: dict[str, Any]
    if would_run_here(action, task_vars):
        try:
            found = run_in_child(action, name, main, options, task_vars)
        except ChildFailed as error:
            Display().vvv(error.trace)
            found = {"failed": True, "msg": f"{if_broken}{one_line(error)}"}
        return found
    found = action._execute_module(module_name=name, module_args=dict(options), task_vars=task_vars, wrap_async=action._task.async_val)
    if not action._task.async_val:
        action._remove_tmp_path(action._connection._shell.tmpdir)
    return found


def would_run_here(action: ActionBase, task_vars: Mapping[str, Any]) -> bool:
    """Whether Ansible would run a module of this task on this machine, as this user, with this Python and in this environment."""
    task, connection = action._task, action._connection
    if task.async_val or any(task.environment or ()) or connection.transport != "local" or connection.become is not None:
        return False
    variables = task_vars.get("ansible_delegated_vars", {}).get(task.delegate_to, task_vars)
    interpreter = action._templar.template(variables.get("ansible_python_interpreter"))
    return bool(interpreter == sys.executable)


def run_in_child(action: ActionBase, name: str, main: _Main, options: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module in a child process; what it returns. The arguments are those of execute_module.

    :raises ChildFailed: it raised something, or its process was killed.
    """
    arguments: dict[str, Any] = _plain(options)
    action._update_module_args(name, arguments, task_vars)
    arguments["_ansible_tmpdir"] = tempfile.mkdtemp(prefix="module-", dir=constants.DEFAULT_LOCAL_TMP)
    try:
        found: dict[str, Any] = ChildProcess(partial(_run, main, arguments)).result()
    finally:
        shutil.rmtree(arguments["_ansible_tmpdir"], ignore_errors=True)
    return found


def _run(main: _Main, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        main(partial(_ChildModule, arguments))
    except _Ended as ended:
        # Only what JSON can hold, as of any module.
        result: dict[str, Any] = json.loads(json.dumps(ended.result))
        return result
    raise RuntimeError("the module returned nothing")


class _Ended(SystemExit):
    """The module has its result. A module ends with SystemExit, which no handler of errors catches."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(0)
        self.result = result


class _ChildModule(AnsibleModule):
    """An AnsibleModule that takes its options from a mapping, and returns its result instead of printing it."""

    def __init__(self, arguments: dict[str, Any], **settings: Any) -> None:
        self._arguments = arguments
        self._has_invocation = arguments.get("_ansible_inject_invocation", True)
        self._warnings: list[str] = []
        super().__init__(**settings)

    def _load_params(self) -> None:
        self.params = self._arguments

    def warn(self, warning: str, **further: Any) -> None:
        # In a process of Ansible's it would be displayed here, and not be part of the result.
        self._warnings.append(warning)

    def exit_json(self, **result: Any) -> NoReturn:
        self.do_cleanup_files()
        self.add_path_info(result)
        further = {"warnings": self._warnings, "invocation": {"module_args": self.params} if self._has_invocation else {}}
        found = {**result, **{name: value for name, value in further.items() if value}}
        kept = {name: value for name, value in found.items() if isinstance(value, _KEPT)}
        raise _Ended({**remove_values(found, self.no_log_values), **kept})

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        # The traceback of a missing library says no more than the message does.
        result.pop("exception", None)
        self.exit_json(**{**result, "failed": True, "msg": msg})


def _plain(value: Any) -> Any:
    """A value as a module gets it: without marks of templates, and decrypted."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
