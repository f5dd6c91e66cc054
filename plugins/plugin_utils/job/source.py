# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One source of a job: its variables made into options of the module that reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import environment_rule, number_to_keep, page_size
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import DEFAULT_PAGE_SIZE, ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.reuse import age
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import CONNECTION_OPTIONS, Connection, environment_variable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute, check_writable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import COLLECT, Variables, typed

#: How many sources a batch has, or what part of them.
_BATCH = re.compile(r"[0-9]+%?")


class Source(NamedTuple):
    """What a job knows of a source before it is read.

    :ivar alias: its name in the workbook. :ivar folder: for scan files.
    :ivar connection: None where ``unreachable`` says why. :ivar request: what to read.
    :ivar reading: further arguments of :func:`scan_or_reuse`, None for options that are wrong.
    :ivar progress: the option ``progress``, as ``check`` is ``check_connections``.
    :ivar wrong: what is wrong of options of the role. :ivar unreachable: what is wrong of those of the connection.
    """

    alias: str
    folder: str
    connection: Connection | None
    request: ScanRequest
    reading: dict[str, Any]
    progress: bool
    check: str
    throttle: int
    wrong: list[str]
    unreachable: list[str]

    @classmethod
    def of(cls, name: str, variables: Variables, environment: Mapping[str, str] | None = None) -> Source:
        """Take the variables of a host of the inventory; nothing is raised for what is wrong."""
        options, wrong = variables.of_role(COLLECT)
        given = {option.removeprefix(f"{COLLECT}_"): value for option, value in options.items()}

        def check(option: str, checked: Callable[..., Any], *arguments: Any) -> Any:
            if option in given:
                try:
                    return checked(*arguments)
                except InvalidOption as error:
                    wrong.append(str(error) if str(error).startswith("vmware_") else f"{COLLECT}_{error}")
            return None

        sections = check("sections", select, given.get("sections"), given.get("fields"))
        with_tags = given.get("with_tags", True)
        request = ScanRequest(
            sections=sections or list(SECTIONS.values()),
            environment=check("environment_from", environment_rule, given.get("environment_from"), with_tags),
            with_tags=with_tags,
            page_size=check("page_size", page_size, given.get("page_size")) or DEFAULT_PAGE_SIZE,
        )
        reading = {
            "max_age": check("max_age", age, str(given.get("max_age")), "max_age"),
            "keep": check("keep", number_to_keep, given.get("keep")),
        }
        check("throttle", in_range, "throttle", given.get("throttle"), 0)
        folder = check("dest", absolute, f"{COLLECT}_dest", given.get("dest"))
        if folder:
            check("dest", check_writable, f"{COLLECT}_dest", folder)
        connection, unreachable = _connection(name, variables, os.environ if environment is None else environment)
        return cls(
            # The spec's default is a template of the host.
            alias=str(given.get("source") or name),
            # Where nobody knows the folder nothing can be written.
            folder=folder or os.devnull,
            connection=connection,
            request=request,
            reading=reading,
            progress=given.get("progress", True),
            check=given.get("check_connections", "never"),
            throttle=given.get("throttle", 0),
            wrong=wrong,
            unreachable=unreachable,
        )


def wrong_batches(variables: Variables) -> list[str]:
    """What is wrong of ``vmware_collect_serial``, which the playbooks take."""
    name = f"{COLLECT}_serial"
    try:
        given = variables.get(name)
    except InvalidOption as error:
        return error.lines
    several = given if isinstance(given, (list, tuple)) else [given]
    if given is None or all(_BATCH.fullmatch(str(one)) for one in several):
        return []
    return [f"{name} must be a number of sources or a percentage, such as 10 or 25% (got {quoted(given)})"]


def _connection(name: str, variables: Variables, environment: Mapping[str, str]) -> tuple[Connection | None, list[str]]:
    """The options that inventory and environment set as a connection, and what is wrong of them."""
    options: dict[str, Any] = {}
    called: dict[str, str] = {}
    said: list[str] = []
    for option, spec in CONNECTION_OPTIONS.items():
        called[option] = f"vmware_{option}"
        try:
            value = variables.get(called[option], name if option == "hostname" else None)
            if value is not None:
                value = typed(called[option], spec, value)
                value = _absolute(called[option], value) if option == "ca_path" else value
            elif environment.get(environment_variable(option)):
                called[option] = environment_variable(option)
                value = typed(called[option], spec, environment[called[option]])
        except InvalidOption as error:
            said += error.lines
            value = None
        options[option] = spec.get("default") if value is None else value
    # What cannot be had is not missing too.
    silent = [option for option, variable in called.items() if any(text.startswith(f"{variable} ") for text in said)]
    try:
        connection = Connection.from_options({**options, **{option: "?" for option in ("username", "password") if option in silent}}, called.__getitem__)
        if connection.ca_path and connection.validate_certs and not connection.fingerprint:
            _check_ca(connection.ca_path, called["ca_path"])
    except InvalidOption as error:
        said += error.lines
    return None if said else connection, said


@cache
def _check_ca(path: str, option: str) -> None:
    """Many sources have one CA, and loading those of the system takes its time."""
    tls.verifying_context(path, option)


def _absolute(option: str, path: str) -> str | None:
    return absolute(option, path) if path else None
