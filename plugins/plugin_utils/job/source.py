# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One source of a job, from the variables of its host."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import convert
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select, usual_sections
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import environment_rule, number_to_keep, page_size
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import DEFAULT_PAGE_SIZE, ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS, environment_variable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute_path, check_writable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import COLLECT, Variables, options_of

#: Number or percentage of the sources of a batch.
_BATCH = re.compile(r"[0-9]+%?")


class Source(NamedTuple):
    """A source before it is read.

    :ivar alias: its name in the workbook. :ivar folder: for scan files.
    :ivar connection: None where there are ``connection_errors``. :ivar request: what to read.
    :ivar reading: further arguments of :func:`scan_or_reuse`; None for options with errors.
    :ivar option_errors: of options of the role. :ivar connection_errors: of options of the connection.
    """

    alias: str
    folder: str
    connection: Connection | None
    request: ScanRequest
    reading: dict[str, Any]
    progress: bool
    check_connections: str
    throttle: int
    option_errors: list[str]
    connection_errors: list[str]

    @classmethod
    def from_variables(cls, name: str, variables: Variables, environment: Mapping[str, str] | None = None) -> Source:
        """The source of a host of the inventory. Errors are collected, not raised.

        :param environment: environment variables; ours if None.
        """
        options, errors = variables.role_options(COLLECT)
        given = {option.removeprefix(f"{COLLECT}_"): value for option, value in options.items()}

        def check(option: str, checked: Callable[..., Any], *arguments: Any) -> Any:
            if option in given:
                try:
                    return checked(*arguments)
                except InvalidOption as error:
                    errors.append(str(error) if str(error).startswith("vmware_") else f"{COLLECT}_{error}")
            return None

        sections = check("sections", select, given.get("sections"), given.get("fields"))
        with_tags = given.get("with_tags", True)
        request = ScanRequest(
            sections=sections or usual_sections(),
            environment=check("environment_from", environment_rule, given.get("environment_from"), with_tags),
            with_tags=with_tags,
            page_size=check("page_size", page_size, given.get("page_size")) or DEFAULT_PAGE_SIZE,
        )
        reading = {
            "max_age": check("max_age", age, str(given.get("max_age")), "max_age"),
            "keep": check("keep", number_to_keep, given.get("keep")),
        }
        check("throttle", in_range, "throttle", given.get("throttle"), 0)
        folder = check("dest", absolute_path, f"{COLLECT}_dest", given.get("dest"))
        if folder:
            check("dest", check_writable, f"{COLLECT}_dest", folder)
        connection, _options, connection_errors = connection_of(name, variables, os.environ if environment is None else environment)
        return cls(
            # The spec's default is a template of the host.
            alias=str(given.get("source") or name),
            # Nothing can be written where the folder is unknown.
            folder=folder or os.devnull,
            connection=connection,
            request=request,
            reading=reading,
            progress=given.get("progress", True),
            check_connections=given.get("check_connections", "never"),
            throttle=given.get("throttle", 0),
            option_errors=errors,
            connection_errors=connection_errors,
        )


def name_and_folder(name: str, variables: Variables) -> tuple[str, str]:
    """The alias of a source, and the folder of its scan files.

    :param name: of its host. :raises InvalidOption: a variable cannot be used.
    """
    spec = options_of(COLLECT)
    folder = variables.get(f"{COLLECT}_dest", spec[f"{COLLECT}_dest"]["default"])
    return str(variables.get(f"{COLLECT}_source", name)), absolute_path(f"{COLLECT}_dest", folder)


def check_serial(variables: Variables) -> list[str]:
    """Errors of ``vmware_collect_serial``, an option of the playbooks."""
    name = f"{COLLECT}_serial"
    try:
        given = variables.get(name)
    except InvalidOption as error:
        return error.lines
    batches = given if isinstance(given, (list, tuple)) else [given]
    if given is None or all(_BATCH.fullmatch(str(batch)) for batch in batches):
        return []
    return [f"{name} must be a number of sources or a percentage, such as 10 or 25% (got {quoted(given)})"]


def connection_of(name: str, variables: Variables, environment: Mapping[str, str]) -> tuple[Connection | None, dict[str, Any], list[str]]:
    """The connection that inventory and environment describe, the options of modules for it, and errors.

    :param name: of the host.
    """
    options: dict[str, Any] = {}
    called: dict[str, str] = {}
    errors: list[str] = []
    for option, spec in CONNECTION_OPTIONS.items():
        called[option] = f"vmware_{option}"
        try:
            value = variables.get(called[option], name if option == "hostname" else None)
            if value is not None:
                value = convert(called[option], spec, value)
                value = _absolute(called[option], value) if option == "ca_path" else value
            elif environment.get(environment_variable(option)):
                called[option] = environment_variable(option)
                value = convert(called[option], spec, environment[called[option]])
        except InvalidOption as error:
            errors += error.lines
            value = None
        options[option] = spec.get("default") if value is None else value
    # An option with an error is not reported as missing, too.
    reported = [option for option, variable in called.items() if any(line.startswith(f"{variable} ") for line in errors)]
    try:
        connection = Connection.from_options({**options, **{option: "?" for option in ("username", "password") if option in reported}}, called.__getitem__)
        if connection.ca_path and connection.validate_certs and not connection.fingerprint:
            _check_ca(connection.ca_path, called["ca_path"])
    except InvalidOption as error:
        errors += error.lines
    return None if errors else connection, options, errors


@cache
def _check_ca(path: str, option: str) -> None:
    """Cached: many sources have one CA, and loading those of the system takes a while."""
    tls.verifying_context(path, option)


def _absolute(option: str, path: str) -> str | None:
    return absolute_path(option, path) if path else None
