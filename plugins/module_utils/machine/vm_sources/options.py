# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The option ``source`` of an item of vmware_vm: what each kind of source has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import Identity, identity

FULL, LINKED = "full", "linked"
NOTHING, CLONE, COPY = "nothing", "clone", "copy"


@dataclass(frozen=True)
class CloneOf:
    """A VM that is cloned or copied.

    :ivar identity: of the template or VM. :ivar snapshot: name of one of it; empty for its current state. :ivar linked: disks depend on those of it.
    :ivar kind: CLONE or COPY. :ivar is_chosen: the item says which; else an ESXi host copies.
    """

    identity: Identity
    is_template: bool
    snapshot: str
    linked: bool
    kind: str = CLONE
    is_chosen: bool = False


WantedSource: TypeAlias = "CloneOf"


def _clone_of(where: str, name: str, given: Mapping[str, Any], problems: list[str]) -> CloneOf | None:
    written = given[name]
    # Where it has slashes, it is a path.
    try:
        named = identity(f"{where}.{name}", {"path" if written.startswith("/") else "name": written})
    except InvalidOption as error:
        problems += error.lines
        return None
    if given.get("snapshot") and name == "template":
        problems.append(f"{where}.snapshot goes with vm: name the template as vm, too, if it has snapshots")
    return CloneOf(named, name == "template", given.get("snapshot") or "", given["clone"] == LINKED, given.get("method") or CLONE, bool(given.get("method")))


#: Option that names a source to what reads it, with the options that go with it.
_NAMED_BY: dict[str, Callable[[str, str, Mapping[str, Any], list[str]], WantedSource | None]] = {"template": _clone_of, "vm": _clone_of}
SPEC: dict[str, Any] = {
    "type": "dict",
    "options": {
        **{name: {"type": "str"} for name in _NAMED_BY},
        "snapshot": {"type": "str"},
        "clone": {"type": "str", "choices": [FULL, LINKED], "default": FULL},
        "method": {"type": "str", "choices": [CLONE, COPY]},
    },
    "mutually_exclusive": [tuple(_NAMED_BY)],
    "required_one_of": [tuple(_NAMED_BY)],
}


def wanted_source(where: str, given: Mapping[str, Any] | None, problems: list[str]) -> WantedSource | None:
    """What an item says of its source; None for a VM from scratch. Whatever is wrong with it becomes a problem.

    :param where: the option as the user wrote it: ``vms[3].source``. :param given: checked by its spec.
    """
    for name, read in _NAMED_BY.items():
        if given and given.get(name):
            return read(where, name, given, problems)
    return None
