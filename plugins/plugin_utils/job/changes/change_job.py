# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A job that changes VMs of many sources: what it asks of a module for each source, and the rows of its report."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.options import collect_problems
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute_path, check_writable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

#: What a VM, or a source, of the report can be. More words have the jobs themselves.
CHANGED, UNCHANGED, FAILED, NOT_STARTED = "changed", "unchanged", "failed", "not_started"


class ModuleCall(NamedTuple):
    """What a module is called with.

    :ivar options: without those of the connection. :ivar is_dry: run it in check mode.
    """

    options: dict[str, Any]
    is_dry: bool = False


class ChangeJob(ABC):
    """A job, with the variables of one host of the play.

    :cvar role: its role, whose variables begin with its name. :cvar module: what it runs. :cvar file: the beginning of names of its reports.
    :cvar title: of mails. :cvar columns: of its CSV file. :cvar rows_key: of its rows in the JSON file.
    :ivar options: variables of the role, without its prefix; those with errors are missing. :ivar errors: of the options.
    """

    role: str
    module: str
    file: str
    title: str
    columns: tuple[str, ...]
    rows_key: str

    def __init__(self, source: str, variables: Variables) -> None:
        self.source = source
        found, self.errors = variables.role_options(self.role)
        self.options = {name.removeprefix(f"{self.role}_"): value for name, value in found.items()}
        self._checked(self._check_dest)
        self.check()

    @abstractmethod
    def check(self) -> None:
        """Add what is wrong with the options to ``errors``."""

    @abstractmethod
    def call(self, is_check: bool) -> ModuleCall | None:
        """What to run for the source; None if there is nothing to do.

        :raises EstateError: it cannot be known.
        """

    @abstractmethod
    def rows(self, vm: Mapping[str, Any], is_dry: bool) -> Iterator[dict[str, Any]]:
        """The rows of the report for one VM of a module's result. They have ``result``, and no source."""

    @property
    def folder(self) -> str:
        """For the report."""
        return absolute_path(f"{self.role}_dest", self.options["dest"])

    def remark(self, rows: list[dict[str, Any]]) -> str:
        """What to say of a source; empty for nothing."""
        return ""

    def _check_dest(self) -> None:
        if "dest" in self.options:
            check_writable(f"{self.role}_dest", self.folder)

    def _checked(self, check: Callable[..., Any], *arguments: Any) -> Any:
        return collect_problems(self.errors, check, *arguments)
