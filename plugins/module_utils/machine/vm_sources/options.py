# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The option ``source`` of an item of vmware_vm: what each kind of source has to say."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import Identity, identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.keyed_values import SECRET_KEYS, plain_texts
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.location import secrets_in

FULL, LINKED = "full", "linked"
NOTHING, CLONE, COPY, OVF = "nothing", "clone", "copy", "ovf"
#: How disks are made, and vSphere's word for it.
PROVISIONING = {"thin": "thin", "thick": "thick", "eager_zeroed": "eagerZeroedThick"}


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


@dataclass(frozen=True)
class OvfOf:
    """An OVF package that is deployed.

    :ivar option: as the user wrote it: ``vms[3].source.ova``. :ivar location: path or URL.
    :ivar networks: of the descriptor, to those of the server. :ivar properties: values by key. :ivar provisioning: vSphere's word; empty for its choice.
    """

    option: str
    location: str
    networks: Mapping[str, str]
    properties: Mapping[str, str] = field(repr=False)
    accept_eula: bool
    deployment_option: str
    provisioning: str
    kind: str = OVF


WantedSource: TypeAlias = "CloneOf | OvfOf"


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
    method = given.get("method")
    return CloneOf(named, name == "template", given.get("snapshot") or "", given.get("clone") == LINKED, method or CLONE, bool(method))


def _ovf_of(where: str, name: str, given: Mapping[str, Any], problems: list[str]) -> OvfOf | None:
    networks = given.get("networks") or {}
    wrong = [inner for inner, outer in networks.items() if not isinstance(inner, str) or not isinstance(outer, str) or not outer]
    problems += [f"{where}.networks.{inner} must be the name or path of a network" for inner in wrong]
    location = given[name] if "://" in given[name] else os.path.expanduser(given[name])
    if "://" not in location and not os.path.isabs(location):
        # A module runs in another folder than its user.
        problems.append(f"{where}.{name} must be an absolute path or an https URL (got {quoted(location)})")
    return OvfOf(
        option=f"{where}.{name}",
        location=location,
        networks={} if wrong else networks,
        properties=plain_texts(f"{where}.properties", given.get("properties") or {}, problems),
        accept_eula=given.get("accept_eula") or False,
        deployment_option=given.get("deployment_option") or "",
        provisioning=PROVISIONING.get(given.get("provisioning") or "", ""),
    )


#: Option that names a source to what reads it.
_NAMED_BY: dict[str, Callable[[str, str, Mapping[str, Any], list[str]], WantedSource | None]] = {
    "template": _clone_of,
    "vm": _clone_of,
    "ova": _ovf_of,
    "ovf": _ovf_of,
}
_OF_CLONES: dict[str, Any] = {
    "snapshot": {"type": "str"},
    "clone": {"type": "str", "choices": [FULL, LINKED]},
    "method": {"type": "str", "choices": [CLONE, COPY]},
}
_OF_PACKAGES: dict[str, Any] = {
    "networks": {"type": "dict"},
    "properties": {"type": "dict", "secret_keys": SECRET_KEYS},
    "accept_eula": {"type": "bool"},
    "deployment_option": {"type": "str"},
    "provisioning": {"type": "str", "choices": list(PROVISIONING)},
}
#: Option that names a source to the options that go with it.
_GO_WITH: dict[str, Mapping[str, Any]] = {"template": _OF_CLONES, "vm": _OF_CLONES, "ova": _OF_PACKAGES, "ovf": _OF_PACKAGES}
SPEC: dict[str, Any] = {
    "type": "dict",
    "options": {
        **{name: {"type": "str"} for name in _NAMED_BY},
        **dict.fromkeys(("ova", "ovf"), {"type": "str", "secrets_of": secrets_in}),
        **_OF_CLONES,
        **_OF_PACKAGES,
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
            others = [other for other, value in given.items() if value is not None and other not in (name, *_NAMED_BY, *_GO_WITH[name])]
            problems += [f"{where}.{other} does not go with {name}: leave it out" for other in others]
            return read(where, name, given, problems)
    return None
