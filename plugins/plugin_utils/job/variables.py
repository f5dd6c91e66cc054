# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The variables of the roles: their specs, and the values that a host has for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import convert
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import closest_name
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS

COLLECT, REPORT, DELIVER = "vmware_collect", "vmware_report", "vmware_deliver"
PRUNE, VMS = "vmware_prune", "vmware_vms"
ROLES = (COLLECT, REPORT, DELIVER, PRUNE, VMS)
_ROLES = Path(__file__).parents[3] / "roles"
#: Files of a role whose keys are its variables.
_VARIABLE_FILES = ("defaults/main.yml", "vars/main.yml")
#: Further variables of playbooks and roles.
_OTHERS = frozenset(
    {
        "vmware_collect_scan", "vmware_collect_checked", "vmware_collect_serial", "vmware_report_workbook", "vmware_report_max_age", "vmware_journal",
        "vmware_protected", "vmware_changes_source", "vmware_changes_job", "vmware_changes_report", "vmware_prune_result", "vmware_vms_result",
    }
)  # fmt: skip
#: Connection options whose names without prefix are probably meant as such.
_UNPREFIXED = ("hostname", "username", "password", "session_token", "ca_path", "fingerprint", "validate_certs")


@cache
def options_of(role: str) -> Mapping[str, Mapping[str, Any]]:
    """The variables of a role, from its argument spec: name to spec."""
    specs: dict[str, Any] = yaml.safe_load((_ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: Mapping[str, Mapping[str, Any]] = specs["argument_specs"]["main"]["options"]
    return options


def check_names(names: Iterable[str], known: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """Errors and warnings about names that look like misspelled variables of the roles or of a source.

    :param known: further names that are known.
    """
    names, taken = set(names), _known() | set(known)
    errors, warnings = [], []
    for name in sorted(name for name in names if isinstance(name, str) and name not in taken):
        role = next((role for role in ROLES if name.startswith(f"{role}_")), "")
        if name in _UNPREFIXED and f"vmware_{name}" not in names:
            warnings.append(f"{name} is ignored; did you mean vmware_{name}?")
        elif role and (close := _nearest(name, f"{role}_", taken)):
            errors.append(f"{one_line(name, 100)} is unknown; did you mean {close}?")
        elif role:
            warnings.append(f"{one_line(name, 100)} is not an option of the role {role}")
        elif close := _nearest(name, "vmware_", {f"vmware_{option}" for option in CONNECTION_OPTIONS}):
            warnings.append(f"{one_line(name, 100)} is ignored; did you mean {close}?")
    return errors, warnings


def _nearest(name: str, prefix: str, known: Iterable[str]) -> str:
    """The known name with this prefix that is closest to a name with it; empty for none. The prefix itself does not count as likeness."""
    if not name.startswith(prefix):
        return ""
    close = closest_name(name.removeprefix(prefix), sorted(one.removeprefix(prefix) for one in known if one.startswith(prefix)))
    return close and prefix + close


@cache
def _known() -> frozenset[str]:
    found = {f"vmware_{name}" for name in CONNECTION_OPTIONS} | {"vmware_sources_group"} | _OTHERS
    for role in ROLES:
        found.update(options_of(role))
        for path in (_ROLES / role / name for name in _VARIABLE_FILES):
            found.update(yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else ())
    return frozenset(found)


class Variables:
    """The variables of one host, evaluated one by one.

    :param raw: name to value, templates not evaluated. :param evaluate: returns the value of a template, or raises.
    :param omit: the value that means not set.
    """

    def __init__(self, raw: Mapping[str, Any], evaluate: Callable[[Any], Any], omit: Any = None) -> None:
        self._raw = raw
        self._evaluate = evaluate
        self._omit = omit

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a variable, or of the default, which may be a template too.

        :raises InvalidOption: its template cannot be evaluated.
        """
        try:
            value = self._evaluate(self._raw.get(name, default))
        except Exception as error:  # whatever lookups and filters raise
            raise InvalidOption(f"{name} cannot be evaluated: {one_line(str(error).partition(chr(10))[0], 300)}") from error
        return default if value is None or value == self._omit else value

    def role_options(self, role: str, without: Collection[str] = ()) -> tuple[dict[str, Any], list[str]]:
        """The variables of a role that are set or have a default, and errors. Variables with errors are missing.

        :param without: variables to ignore.
        """
        found: dict[str, Any] = {}
        errors: list[str] = []
        for name, spec in options_of(role).items():
            if name in without:
                continue
            try:
                value = self.get(name, spec.get("default"))
                if value is not None:
                    found[name] = convert(name, spec, value)
            except InvalidOption as error:
                errors.append(str(error))
        return found, errors
