# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""All that is wrong with the options of a task, told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption

_Value = TypeVar("_Value")


class Problems:
    """Collects the lines of :class:`InvalidOption`, so that one wrong option does not hide the next.

    :ivar lines: one for each problem so far.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        self.lines.append(line)

    def check(self, function: Callable[..., _Value], *arguments: Any) -> _Value | None:
        """The result of a function; None where it raises InvalidOption, whose lines are kept."""
        try:
            return function(*arguments)
        except InvalidOption as error:
            self.lines.extend(error.lines)
            return None

    def raise_all(self) -> None:
        """:raises InvalidOption: there are problems; it has all of them."""
        if self.lines:
            raise InvalidOption(*self.lines)
