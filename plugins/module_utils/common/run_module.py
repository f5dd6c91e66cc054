# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Run a module: its options, its errors and its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import exit_on_signals


class ModuleFailure(Exception):
    """The module fails.

    :ivar msg: for people. :ivar result: further return values.
    """

    def __init__(self, msg: str, **result: Any) -> None:
        super().__init__(msg)
        self.msg = msg
        self.result = result


def run_module(
    work: Callable[[Any], dict[str, Any]],
    argument_spec: dict[str, Any],
    library: tuple[str, object] | None = None,
    what: str = "",
    make: Callable[..., AnsibleModule] = AnsibleModule,
    **settings: Any,
) -> None:
    """Exit with what ``work`` returns. Errors of this collection fail the module with their message; others with a traceback, as Ansible does it.

    :param library: a required library, and the error of importing it; None for no error.
    :param what: what a signal terminates, such as scan. The module fails then once it has cleaned up. Empty to end at once.
    :param make: makes the module. :param settings: further arguments of it.
    """
    module = make(argument_spec=argument_spec, supports_check_mode=True, **settings)
    if library and library[1] is not None:
        module.fail_json(msg=missing_required_lib(library[0]), exception=str(library[1]))
    if what:
        exit_on_signals(lambda: module.fail_json(msg=f"the {what} was terminated"))
    try:
        result = work(module)
    except ModuleFailure as failure:
        module.fail_json(msg=failure.msg, **failure.result)
    except EstateError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**result)
