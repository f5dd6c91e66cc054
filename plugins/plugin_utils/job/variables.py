# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The variables of the roles: what their argument specs know, and values that a host has for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
    check_type_path,
    check_type_str,
)

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import closest_name, suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import CONNECTION_OPTIONS

COLLECT, REPORT, DELIVER = "vmware_collect", "vmware_report", "vmware_deliver"
_ROLES = Path(__file__).parents[3] / "roles"
#: Files of a role whose keys are variables that it knows.
_KEYED = ("defaults/main.yml", "vars/main.yml")
#: What the playbooks and roles set or take besides.
_OTHERS = frozenset({"vmware_collect_scan", "vmware_collect_checked", "vmware_collect_serial", "vmware_report_workbook", "vmware_report_max_age"})
#: Connection options that say nothing of other things when they have no prefix.
_TELLING = ("hostname", "username", "password", "session_token", "ca_path", "fingerprint", "validate_certs")

_Reader = Callable[[Any], Any]
#: Type of an option to what reads a value, and what people call it.
_TYPES: dict[str, tuple[_Reader, str]] = {
    "str": (check_type_str, "text"),
    "path": (check_type_path, "a path"),
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
    "bool": (check_type_bool, "true or false"),
    "list": (check_type_list, "a list"),
    "dict": (check_type_dict, "a mapping"),
    "raw": (lambda value: value, "anything"),
}


@cache
def options_of(role: str) -> Mapping[str, Mapping[str, Any]]:
    """The variables of a role as its argument spec has them: name to spec."""
    specs: dict[str, Any] = yaml.safe_load((_ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: Mapping[str, Mapping[str, Any]] = specs["argument_specs"]["main"]["options"]
    return options


def unknown(names: Iterable[str], known: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """What is wrong of the names of variables: errors for what looks like one of a role and is none, and warnings.

    :param known: more names that count as known.
    """
    names, taken = set(names), _known() | set(known)
    errors, warnings = [], []
    for name in sorted(name for name in names if isinstance(name, str) and name not in taken):
        role = next((role for role in (COLLECT, REPORT, DELIVER) if name.startswith(f"{role}_")), "")
        if name in _TELLING and f"vmware_{name}" not in names:
            warnings.append(f"{name} is not looked at: did you mean vmware_{name}?")
        elif role and (close := _nearest(name, f"{role}_", taken)):
            errors.append(f"{one_line(name, 100)} is no option; did you mean {close}?")
        elif role:
            warnings.append(f"{one_line(name, 100)} is no option of the role {role}")
        elif close := _nearest(name, "vmware_", {f"vmware_{option}" for option in CONNECTION_OPTIONS}):
            warnings.append(f"{one_line(name, 100)} is not looked at: did you mean {close}?")
    return errors, warnings


def _nearest(name: str, prefix: str, known: Iterable[str]) -> str:
    """The known name that comes closest to another one of the same prefix, which makes none of them alike."""
    if not name.startswith(prefix):
        return ""
    close = closest_name(name.removeprefix(prefix), sorted(one.removeprefix(prefix) for one in known if one.startswith(prefix)))
    return close and prefix + close


@cache
def _known() -> frozenset[str]:
    found = {f"vmware_{name}" for name in CONNECTION_OPTIONS} | {"vmware_sources_group"} | _OTHERS
    for role in (COLLECT, REPORT, DELIVER):
        found.update(options_of(role))
        for path in (_ROLES / role / name for name in _KEYED):
            found.update(yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else ())
    return frozenset(found)


def typed(name: str, spec: Mapping[str, Any], value: Any) -> Any:
    """A value as the type of its option.

    :param name: what its user calls it.
    :raises InvalidOption: it is none.
    """
    read, what = _TYPES[spec.get("type", "str")]
    got = "" if spec.get("no_log") else f" (got {_shown(value)})"
    try:
        value = read(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"{name} must be {what}{got}") from error
    if spec.get("elements") in ("dict", "int"):
        # What stands in place of a destination may hold its password.
        value = [typed(f"{name}[{number}]", {"type": spec["elements"], "no_log": True}, one) for number, one in enumerate(value)]
    choices = spec.get("choices")
    if choices and isinstance(value, list):
        for one in value:
            if one not in choices:
                raise InvalidOption(f"{name}: {_shown(one)} is unknown{suggestion(one, choices)}")
    elif choices and value not in choices:
        raise InvalidOption(f"{name} must be {either(choices)}{got}")
    return value


def _shown(value: Any) -> str:
    """A value in a message. A structure may be one for another option and hold passwords, as a destination does."""
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, (list, tuple)) else quoted(value)


def either(names: Sequence[str]) -> str:
    """``en, es, fr or zh``"""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


class Variables:
    """The variables of one host, evaluated one by one.

    :param raw: name to value, templates as they are. :param evaluate: gives the value of a template, or raises.
    :param omit: a value that stands for none.
    """

    def __init__(self, raw: Mapping[str, Any], evaluate: Callable[[Any], Any], omit: Any = None) -> None:
        self._raw = raw
        self._evaluate = evaluate
        self._omit = omit

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a variable, or of a default that may be a template too.

        :raises InvalidOption: its template is wrong.
        """
        try:
            value = self._evaluate(self._raw.get(name, default))
        except Exception as error:  # whatever lookups and filters raise
            raise InvalidOption(f"{name} cannot be evaluated: {one_line(str(error).partition(chr(10))[0], 300)}") from error
        return default if value is None or value == self._omit else value

    def of_role(self, role: str, without: Collection[str] = ()) -> tuple[dict[str, Any], list[str]]:
        """The variables of a role that are set or have a default, and what is wrong of them. A value that is wrong is not there.

        :param without: variables that are not looked at.
        """
        found, said = {}, []
        for name, spec in options_of(role).items():
            if name in without:
                continue
            try:
                value = self.get(name, spec.get("default"))
                if value is not None:
                    found[name] = typed(name, spec, value)
            except InvalidOption as error:
                said.append(str(error))
        return found, said
