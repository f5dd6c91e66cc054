# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How values of fields become values of cells, and which number format those have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

TEXT = "text"
NOTE = "note"
LIST = "list"
STATE = "state"
YES_NO = "yes_no"
INTEGER = "integer"
DECIMAL = "decimal"
RATIO = "ratio"
PERCENT = "percent"
TIME = "time"
CODE = "code"
TAGS = "tags"

_DAY_ZERO = datetime(1899, 12, 30)
#: Excel counts a 29 February 1900 that was none: earlier days have no number that all programs agree on.
_FIRST_DAY = 61


class StyledValue(NamedTuple):
    """A value that differs from its column in form or look. Only tables made by the report have such."""

    value: Any
    form: str = TEXT
    look: str = "body"


def joined(value: list[str], labels: Mapping[str, str]) -> str:
    """A list as one text."""
    return ", ".join(value)


def spaced(value: str, labels: Mapping[str, str]) -> str:
    """A text of several lines with a space between them: Excel shows them on one line, with nothing between."""
    return value.replace("\n", " \n")


def tagged(value: Mapping[str, list[str]], labels: Mapping[str, str]) -> str:
    """Tags by category as one text."""
    return "; ".join(f"{category}: {', '.join(names)}" for category, names in value.items())


def state(value: str, labels: Mapping[str, str]) -> str:
    """A state in the reader's language; one that no language knows stays as it is."""
    return labels.get(f"state.{value}", value)


def yes_no(value: bool, labels: Mapping[str, str]) -> str:
    """A truth in the reader's language."""
    return labels["text.yes" if value else "text.no"]


def fraction(value: float, labels: Mapping[str, str]) -> float:
    """0 to 100 as the fraction that a percent format shows."""
    return value / 100


def serial(value: str, labels: Mapping[str, str]) -> float | str:
    """An ISO 8601 time as days since Excel's day zero; a text that is none stays a text."""
    try:
        passed = datetime.fromisoformat(value[:19]) - _DAY_ZERO
    except ValueError:
        return value
    days = passed.days + passed.seconds / 86400
    return days if days >= _FIRST_DAY else value


def number_if_digits(value: str, labels: Mapping[str, str]) -> int | str:
    """A VLAN id as a number, ranges and private VLANs as text."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value


#: Characters that are wide take three bytes, or four.
_LENGTH = "(length({0}) + length(cast({0} AS BLOB))) / 2"


@dataclass(frozen=True)
class Form:
    """One way to show values.

    :ivar number_format: as Excel writes it.
    :ivar show: turns a value that is not None into text or a number.
    :ivar length: SQL for the characters that a field needs, with ``{0}`` for the field; empty for states, which are few
        and shown in another language.
    :ivar more: characters that the format adds to those.
    :ivar right: values, and the header above them, stand at the right.
    :ivar lines: values may have several lines; where a program shows them below one another, the first is seen.
    """

    number_format: str = "General"
    show: Callable[[Any, Mapping[str, str]], Any] | None = None
    length: str = _LENGTH
    more: int = 0
    right: bool = False
    lines: bool = False


_DIGITS = "length(cast(abs({0}) AS INTEGER)) * 4 / 3"

FORMS: dict[str, Form] = {
    TEXT: Form(),
    NOTE: Form(show=spaced, lines=True),
    # Less the brackets and quotation marks that a scan has around them.
    LIST: Form(show=joined, length=_LENGTH + " - 4"),
    TAGS: Form(show=tagged, length=_LENGTH + " - 6"),
    STATE: Form(show=state, length=""),
    YES_NO: Form(show=yes_no, length="4"),
    CODE: Form(number_format="0", show=number_if_digits),
    INTEGER: Form(number_format="#,##0", length=_DIGITS, right=True),
    DECIMAL: Form(number_format="#,##0.0", length=_DIGITS, more=2, right=True),
    RATIO: Form(number_format="0.00", length=_DIGITS, more=3, right=True),
    PERCENT: Form(number_format="0.0%", show=fraction, length="5", right=True),
    TIME: Form(number_format="yyyy-mm-dd hh:mm", show=serial, length="16", right=True),
}
