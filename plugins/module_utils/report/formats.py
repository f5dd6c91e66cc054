# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Formats of columns: how values of scans become text. The same for every renderer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog import field
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

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


class StyledValue(NamedTuple):
    """A value whose format or style differs from its column's. Only computed tables have such values."""

    value: Any
    format: str = TEXT
    style: str = "body"


@dataclass(frozen=True)
class Format:
    """How values of a column are shown.

    :ivar kind: of its values, one of catalog.field.KINDS.
    :ivar convert: makes text, or a number, of a value that is not None; None where the value is shown as it is.
    :ivar right_aligned: values, and the header above them, are aligned right.
    :ivar multiline: values may have several lines.
    """

    kind: str = field.TEXT
    convert: Callable[[Any, Translations], Any] | None = None
    right_aligned: bool = False
    multiline: bool = False


def _list(value: list[str], translations: Translations) -> str:
    return ", ".join(value)


def _tags(value: Mapping[str, list[str]], translations: Translations) -> str:
    return "; ".join(f"{category}: {', '.join(names)}" for category, names in value.items())


def _state(value: str, translations: Translations) -> str:
    return translations.state(value)


def _yes_no(value: bool, translations: Translations) -> str:
    return translations.yes_no(value)


def _number_if_digits(value: str, translations: Translations) -> int | str:
    """A VLAN id as a number, ranges and private VLANs as text."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value


FORMATS: dict[str, Format] = {
    TEXT: Format(),
    NOTE: Format(multiline=True),
    LIST: Format(field.LIST, _list),
    TAGS: Format(field.MAP, _tags),
    STATE: Format(convert=_state),
    YES_NO: Format(field.BOOLEAN, _yes_no),
    CODE: Format(convert=_number_if_digits),
    INTEGER: Format(field.INTEGER, right_aligned=True),
    DECIMAL: Format(field.REAL, right_aligned=True),
    RATIO: Format(field.REAL, right_aligned=True),
    # 0 to 100.
    PERCENT: Format(field.REAL, right_aligned=True),
    # ISO 8601 in UTC.
    TIME: Format(field.TIME, right_aligned=True),
}
