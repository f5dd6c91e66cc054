# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Customization specifications that vCenter has, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.stored_customization import stored_shape, stored_specification
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session


def read_specifications(session: Session, options: Mapping[str, str]) -> dict[str, Callable[[], Any]]:
    """Name of each specification to a function that makes it, each time anew. It raises InvalidResponse where that has parts that pyVmomi does not know.

    :param options: name to the option, as the user wrote it, that has it.
    :raises InvalidOption: there is none of a name. :raises VsphereError: they cannot be read.
    """
    found: dict[str, Callable[[], Any]] = {}
    for name, option in options.items():
        item = session.call_with_retries(partial(_read, session, option, name))
        found[name] = partial(_made, name, item)
    return found


def _made(name: str, item: Any) -> Any:
    try:
        return stored_specification(item)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidResponse(f"the customization specification {quoted(name)} of vCenter has parts that are not known here ({error}): make it anew") from error


def _read(session: Session, option: str, name: str) -> Any:
    try:
        return session.invoke(session.manager("customizationSpecManager"), "Get", name, shape=stored_shape())
    except MethodFault as error:
        if error.fault.type != "NotFound":
            raise
        raise InvalidOption(f"{option}: vCenter has no customization specification {quoted(name)}: check its name under Policies and Profiles") from error
