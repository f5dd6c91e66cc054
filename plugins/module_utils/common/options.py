# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Checks of option values."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted


def in_range(option: str, value: int, least: int, most: int | None = None) -> int:
    """The value of an option, if it lies within its bounds.

    :param most: the greatest value allowed; None for no upper bound.
    :raises InvalidOption: it is less or greater.
    """
    if value < least or (most is not None and value > most):
        raise InvalidOption(f"{option} must be {f'{least} or greater' if most is None else f'{least} to {most}'} (got {quoted(value)})")
    return value


def absolute_path(option: str, path: str) -> str:
    """The path that an option has, if it depends on no current folder: a module runs in another one than its user.

    :raises InvalidOption: it is relative, or has characters that no path can have.
    """
    if not os.path.isabs(path) or "\0" in path:
        raise InvalidOption(f"{option} must be an absolute path (got {quoted(path)})")
    return path


def collect_problems(problems: list[str], check: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a check; None where it raises InvalidOption, whose lines are added to the problems, so that all are reported at once."""
    try:
        return check(*arguments)
    except InvalidOption as error:
        problems += error.lines
        return None
