# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The connection options: the one table of types, defaults, bounds and environment variables.

Their description is plugins/doc_fragments/connection.py. A test compares both, the role's variables and the docs with this table.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import environment


class ConnectionOption(NamedTuple):
    """One option.

    :ivar variable: environment variable that replaces it. :ivar bounds: least and greatest number; None for no bound.
    """

    type: str
    variable: str
    default: Any = None
    is_required: bool = False
    is_secret: bool = False
    bounds: tuple[int, int | None] | None = None

    def argument_spec(self) -> dict[str, Any]:
        """Of this option, for AnsibleModule."""
        spec: dict[str, Any] = {"type": self.type, "fallback": (environment.fallback, [self.variable, self.type])}
        if self.default is not None:
            spec["default"] = self.default
        if self.is_required:
            spec["required"] = True
        if self.is_secret:
            spec["no_log"] = True
        return spec


OPTIONS: dict[str, ConnectionOption] = {
    "hostname": ConnectionOption("str", "VMWARE_HOST", is_required=True),
    "username": ConnectionOption("str", "VMWARE_USER"),
    "password": ConnectionOption("str", "VMWARE_PASSWORD", is_secret=True),
    "session_token": ConnectionOption("str", "VMWARE_SESSION_TOKEN", is_secret=True),
    "rest_session_token": ConnectionOption("str", "VMWARE_REST_SESSION_TOKEN", is_secret=True),
    "port": ConnectionOption("int", "VMWARE_PORT", 443, bounds=(1, 65535)),
    "validate_certs": ConnectionOption("bool", "VMWARE_VALIDATE_CERTS", True),
    "ca_path": ConnectionOption("path", "VMWARE_CA_PATH"),
    "fingerprint": ConnectionOption("str", "VMWARE_FINGERPRINT"),
    "proxy_host": ConnectionOption("str", "VMWARE_PROXY_HOST"),
    "proxy_port": ConnectionOption("int", "VMWARE_PROXY_PORT", bounds=(1, 65535)),
    "proxy_username": ConnectionOption("str", "VMWARE_PROXY_USERNAME"),
    "proxy_password": ConnectionOption("str", "VMWARE_PROXY_PASSWORD", is_secret=True),
    "timeout": ConnectionOption("int", "VMWARE_TIMEOUT", 30, bounds=(1, None)),
    "deadline": ConnectionOption("int", "VMWARE_DEADLINE", 3600, bounds=(1, None)),
    "retries": ConnectionOption("int", "VMWARE_RETRIES", 3, bounds=(0, 10)),
}
#: Argument spec of the connection options, for modules.
CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {name: option.argument_spec() for name, option in OPTIONS.items()}


def environment_variable(name: str) -> str:
    """The environment variable that replaces an option which is not set."""
    return OPTIONS[name].variable


def is_from_environment(name: str, value: Any) -> bool:
    """Whether the value of an option, converted to its type, equals that of its environment variable."""
    found = environment.read_or_none(OPTIONS[name].variable, OPTIONS[name].type)
    return found is not None and found == value
