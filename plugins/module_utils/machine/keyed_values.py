# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Values of a VM by key: extraConfig, data for cloud-init in it, and vApp properties."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, MutableSequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import quoted_scalar
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, SetExtraConfig, SetProperty
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState

#: Option to the key of extraConfig, for what cloud-init takes from the guest variables.
GUEST_DATA = {"user_data": "guestinfo.userdata", "meta_data": "guestinfo.metadata"}
_ENCODING = ".encoding"
_GUEST_PREFIX = "guestinfo."
#: Keys under which this collection keeps what it knows of a VM: when it was retired, which disks were detached.
_OWN_PREFIX = "estate.vmware."
_GZIP = 16 + zlib.MAX_WBITS
#: Characters of user data that are sent or unpacked.
MAX_GUEST_DATA = 1 << 20
#: Keys of extraConfig and of vApp properties whose values no output shows: those of secrets, and of all that a guest is set up with.
SECRET_KEYS = re.compile(r"passw|passphrase|secret|token|private.?key|credential|^guestinfo\..*(data|config|ovfenv)$", re.IGNORECASE)


def extra_config(where: str, given: Any, problems: MutableSequence[str]) -> dict[str, str]:
    """The option ``extra_config``: key to value, which is empty for a key to remove."""
    for option, key in GUEST_DATA.items() if isinstance(given, Mapping) else ():
        problems.extend(f"{where}.{found} is written by the option {option}: use that" for found in given if str(found).lower() in (key, key + _ENCODING))
    found = plain_texts(where, given, problems)
    spelled: dict[str, str] = {}
    for key, value in found.items():
        if value and key.lower().startswith(_OWN_PREFIX):
            problems.append(f"{where}.{key} is written by this collection alone: give it no value to remove it, or leave it out")
        if (first := spelled.setdefault(key.lower(), key)) != key:
            problems.append(f"{where}.{key} is the same key as {first}, upper and lower case do not count: leave one out")
    return found


def plain_texts(where: str, given: Any, problems: MutableSequence[str]) -> dict[str, str]:
    """A mapping of keys to texts, numbers, booleans, or nothing, as texts. Booleans are written as in a VMX file."""
    if not isinstance(given, Mapping):
        problems.append(f"{where} must be a mapping of keys to values (got {quoted_scalar(given)})")
        return {}
    found = {}
    for key, value in given.items():
        if not isinstance(key, str) or not 0 < len(key) <= 500 or not key.isprintable():
            problems.append(f"{where} must have texts as keys, without line breaks (got {quoted(key)})")
        elif value is None or isinstance(value, (str, int, float)):
            found[key] = "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)
        else:
            problems.append(f"{where}.{key} must be a text, a number or a boolean (got {quoted_scalar(value)})")
    return found


def extra_config_changes(where: str, wanted: Mapping[str, str], guest_data: Mapping[str, str], current: CurrentState) -> Iterator[Change]:
    """What is to be done about extraConfig.

    :param where: the item as the user wrote it. :param guest_data: option of GUEST_DATA to its text.
    """
    # Keys compare without regard to case.
    known = {key.lower(): value for key, value in current.extra_config.items()}
    for key, value in wanted.items():
        found = known.get(key.lower(), "")
        if found != value and not (value in ("TRUE", "FALSE") and found.upper() == value):
            before, after = (fingerprint(found), fingerprint(value)) if key.lower().startswith(_GUEST_PREFIX) or SECRET_KEYS.search(key) else (found, value)
            yield Change(f"extra_config.{key}", f"{where}.extra_config.{key}", before or None, after or None, SetExtraConfig(key, value))
    for option, text in guest_data.items():
        key = GUEST_DATA[option]
        data = _decoded(known.get(key, ""), known.get(key + _ENCODING, ""))
        if data != text.encode():
            encoded = base64.b64encode(text.encode()).decode()
            shown = fingerprint(data) or None, fingerprint(text) or None
            yield Change(option, f"{where}.{option}", *shown, SetExtraConfig(key, encoded))
            yield Change(f"{option}.encoding", f"{where}.{option}", None, "base64", SetExtraConfig(key + _ENCODING, "base64" if text else ""))


def fingerprint(data: str | bytes) -> str:
    """What diffs show in place of data that may hold secrets: a hash; empty for empty data."""
    return f"sha256:{hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:16]}" if data else ""


def _decoded(text: str, encoding: str) -> bytes:
    """The data of a guest variable; as it is where it cannot be decoded."""
    try:
        if encoding in ("base64", "b64"):
            return base64.b64decode(text, validate=True)
        if encoding in ("gzip+base64", "gz+b64"):
            return zlib.decompressobj(_GZIP).decompress(base64.b64decode(text, validate=True), MAX_GUEST_DATA)
    except (binascii.Error, zlib.error, ValueError):
        pass
    return text.encode("utf-8", "surrogatepass")


def property_changes(where: str, wanted: Mapping[str, str], current: CurrentState) -> Iterator[Change]:
    """What is to be done about vApp properties: values of those that the VM has."""
    known = {_name(item): item for item in current.vapp_properties}
    by_id = {item["id"]: item for item in current.vapp_properties}
    for name, value in wanted.items():
        path, option = f"properties.{name}", f"{where}.properties.{name}"
        found = known.get(name) or by_id.get(name)
        if found is None:
            reason = f"the VM has no such vApp property{suggestion(name, known)}" if known else "the VM has no vApp properties: leave it out"
            yield Change(path, option, None, value, None, refused=reason)
            continue
        before = found.get("value") or found.get("defaultValue") or ""
        if before == value or (value in ("TRUE", "FALSE") and before.upper() == value):
            continue
        shown: tuple[Any, Any] = (before or None, value)
        if SECRET_KEYS.search(found.get("type", "")) or SECRET_KEYS.search(name):
            shown = (fingerprint(before) or None, fingerprint(value))
        if found.get("userConfigurable") is False:
            yield Change(path, option, *shown, None, refused="the vApp property is not configurable: leave it out")
        else:
            info = {part: found[part] for part in ("key", "id", "classId", "instanceId") if part in found}
            yield Change(path, option, *shown, SetProperty(info, _spelled(value)), "vApp properties change while it is off")


def _name(item: Mapping[str, Any]) -> str:
    """``class.id.instance``, as an OVF descriptor names it."""
    return ".".join(filter(None, (item.get("classId"), item["id"], item.get("instanceId"))))


def _spelled(value: str) -> str:
    # OVF writes booleans as True and False.
    return value.capitalize() if value in ("TRUE", "FALSE") else value
