# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Kinds of option values: the type for AnsibleModule, how what was given becomes vSphere's value, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size, parse_size
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

Bounds = tuple[int, "int | None"]
UNLIMITED = "unlimited"
#: How vSphere writes that something has no limit.
NO_LIMIT = -1
MIB = 1 << 20
_MAC = re.compile(r"(?a)[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}", re.IGNORECASE)
_GUEST_ID = re.compile(r"(?a)[A-Za-z]\w{0,60}Guest(?:64)?")
_HARDWARE_VERSION = re.compile(r"(?a)(?:vmx-)?(\d{1,3})")
_DATASTORE_PATH = re.compile(r"\[([^\[\]/]+|.*[^/])\](?:/| *)(?=[^/ ])(.+)", re.DOTALL)
_SHARES = ("low", "normal", "high")
_MAX_SHARES = 1_000_000


def _unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Kind:
    """What the values of an option are.

    :ivar type: for AnsibleModule. :ivar shape: of the vSphere property, see vsphere/shapes.py.
    :ivar parse: ``parse(option, given, bounds)`` returns vSphere's value, or raises InvalidOption; of a list, of one element.
    :ivar show: vSphere's value as a user writes it.
    :ivar unset: vSphere's value where the server does not say one. :ivar elements: type of the elements of a list.
    """

    type: str
    parse: Callable[[str, Any, Bounds | None], Any]
    show: Callable[[Any], Any] = _unchanged
    unset: Any = None
    shape: Any = str
    elements: str | None = None


def _number(option: str, given: Any, bounds: Bounds | None) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise InvalidOption(f"{option} must be a number (got {quoted(given)})")
    return in_range(option, given, *bounds) if bounds else given


def _limit(option: str, given: Any, bounds: Bounds | None) -> int:
    if given == UNLIMITED:
        return NO_LIMIT
    if not (isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidOption(f"{option} must be a number or {UNLIMITED} (got {quoted(given)})")
    return _number(option, int(given), bounds)


def _flag(option: str, given: Any, _bounds: Bounds | None) -> bool:
    if not isinstance(given, bool):
        raise InvalidOption(f"{option} must be true or false (got {quoted(given)})")
    return given


def _text(option: str, given: Any, bounds: Bounds | None) -> str:
    if not isinstance(given, str):
        raise InvalidOption(f"{option} must be a text (got {quoted(given)})")
    if bounds and not bounds[0] <= len(given) <= (bounds[1] or len(given)):
        raise InvalidOption(f"{option} must have {bounds[0]} to {bounds[1]} characters (got {len(given)})")
    return given


def _bytes(option: str, given: Any, bounds: Bounds | None) -> int:
    size = parse_size(option, given)
    least, most = bounds or (0, None)
    if size < least or (most is not None and size > most) or size % 1024:
        limits = f"{format_size(least)} or greater" if most is None else f"{format_size(least)} to {format_size(most)}"
        raise InvalidOption(f"{option} must be {limits}, in whole KiB (got {quoted(given)})")
    return size


def _mib(option: str, given: Any, bounds: Bounds | None) -> int:
    size = _bytes(option, given, bounds)
    if size % MIB:
        raise InvalidOption(f"{option} must be whole MiB (got {quoted(given)})")
    return size // MIB


def _memory(option: str, given: Any, bounds: Bounds | None) -> int:
    size = _mib(option, given, bounds)
    if size % 4:
        raise InvalidOption(f"{option} must be a multiple of 4MiB (got {quoted(given)})")
    return size


def _mib_limit(option: str, given: Any, bounds: Bounds | None) -> int:
    return NO_LIMIT if given == UNLIMITED else _mib(option, given, bounds)


def _show_mib(value: int | None) -> str | None:
    return None if value is None else UNLIMITED if value == NO_LIMIT else format_size(value * MIB)


def _shares(option: str, given: Any, _bounds: Bounds | None) -> dict[str, Any]:
    if given in _SHARES:
        return {"level": given, "shares": 0}
    if not (isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidOption(f"{option} must be {', '.join(_SHARES)} or a number (got {quoted(given)})")
    return {"level": "custom", "shares": in_range(option, int(given), 1, _MAX_SHARES)}


def plain_shares(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """SharesInfo without the number of a level, which depends on the size of the VM."""
    if not isinstance(value, Mapping) or value.get("level") is None:
        return None
    return {"level": value["level"], "shares": value.get("shares", 0) if value["level"] == "custom" else 0}


def _show_shares(value: Mapping[str, Any] | None) -> Any:
    return None if value is None else str(value["shares"]) if value["level"] == "custom" else value["level"]


def _guest_id(option: str, given: Any, _bounds: Bounds | None) -> str:
    if not (isinstance(given, str) and _GUEST_ID.fullmatch(given)):
        raise InvalidOption(f"{option} must be an identifier of vSphere such as ubuntu64Guest or windows2022srvNext_64Guest (got {quoted(given)})")
    return given


def _hardware_version(option: str, given: Any, bounds: Bounds | None) -> str:
    found = _HARDWARE_VERSION.fullmatch(given) if isinstance(given, str) else None
    if not found or (bounds and not bounds[0] <= int(found[1]) <= (bounds[1] or int(found[1]))):
        raise InvalidOption(f"{option} must be a hardware version such as vmx-19 (got {quoted(given)})")
    return f"vmx-{int(found[1]):02d}"


def hardware_number(version: str | None) -> int:
    """19 of ``vmx-19``; 0 where it is unknown."""
    found = _HARDWARE_VERSION.fullmatch(version or "")
    return int(found[1]) if found else 0


def _mac(option: str, given: Any, _bounds: Bounds | None) -> str:
    if not (isinstance(given, str) and _MAC.fullmatch(given)):
        raise InvalidOption(f"{option} must be a MAC address such as 00:50:56:12:34:56 (got {quoted(given)})")
    mac = given.lower().replace("-", ":")
    if int(mac[:2], 16) & 1 or mac == "00:00:00:00:00:00":
        raise InvalidOption(f"{option} must be the address of one adapter, not of a group or of none (got {quoted(given)})")
    return mac


def datastore_path(text: str) -> str | None:
    """``[datastore] folder/file`` of either spelling; None if it is none."""
    found = _DATASTORE_PATH.fullmatch(text)
    return f"[{found[1]}] {found[2]}" if found else None


def _file(suffix: str) -> Callable[[str, Any, Bounds | None], str]:
    def parse(option: str, given: Any, _bounds: Bounds | None) -> str:
        path = datastore_path(given) if isinstance(given, str) and len(given) < 1000 and given.lower().endswith(suffix) else None
        if path is None or ".." in path.split("] ", 1)[1].split("/"):
            raise InvalidOption(f"{option} must be a file on a datastore, such as [datastore] folder/file{suffix} (got {quoted(given)})")
        return path

    return parse


NUMBER = Kind("int", _number, shape=int)
LIMIT = Kind("str", _limit, lambda value: UNLIMITED if value == NO_LIMIT else value, NO_LIMIT, int)
FLAG = Kind("bool", _flag, unset=False, shape=bool)
TEXT = Kind("str", _text, unset="")
TEXTS = Kind("list", _text, elements="str")
BYTES = Kind("str", _bytes, lambda size: None if size is None else format_size(size), shape=int)
MEMORY = Kind("str", _memory, _show_mib, shape=int)
MEMORY_RESERVATION = Kind("str", _mib, _show_mib, 0, int)
MEMORY_LIMIT = Kind("str", _mib_limit, _show_mib, NO_LIMIT, int)
SHARES = Kind("str", _shares, _show_shares, shape={"level": str, "shares": int})
GUEST_ID = Kind("str", _guest_id)
HARDWARE_VERSION = Kind("str", _hardware_version)
MAC = Kind("str", _mac)
ISO = Kind("str", _file(".iso"))
VMDK = Kind("str", _file(".vmdk"))
