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


#: Makes text, or a number, of a value that is not None.
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Format:
    """How values of a column are shown.

    :ivar kind: of its values, one of catalog.field.KINDS.
    :ivar converter: the function that converts values in a language; None where they are shown as they are.
    :ivar right_aligned: values, and the header above them, are aligned right.
    :ivar multiline: values may have several lines.
    """

    kind: str = field.TEXT
    converter: Callable[[Translations], Convert] | None = None
    right_aligned: bool = False
    multiline: bool = False


def _list(translations: Translations) -> Convert:
    return ", ".join


def _tags(translations: Translations) -> Convert:
    return tags_text


def _state(translations: Translations) -> Convert:
    return translations.state


def _yes_no(translations: Translations) -> Convert:
    return translations.yes_no


def _code(translations: Translations) -> Convert:
    return number_if_digits


def tags_text(value: Mapping[str, list[str]]) -> str:
    """Tags by category as one text."""
    return "; ".join(f"{category}: {', '.join(names)}" for category, names in value.items())


def number_if_digits(value: str) -> int | str:
    """A VLAN id as a number, ranges and private VLANs as text."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value


FORMATS: dict[str, Format] = {
    TEXT: Format(),
    NOTE: Format(multiline=True),
    LIST: Format(field.LIST, _list),
    TAGS: Format(field.MAP, _tags),
    STATE: Format(converter=_state),
    YES_NO: Format(field.BOOLEAN, _yes_no),
    CODE: Format(converter=_code),
    INTEGER: Format(field.INTEGER, right_aligned=True),
    DECIMAL: Format(field.REAL, right_aligned=True),
    RATIO: Format(field.REAL, right_aligned=True),
    # 0 to 100.
    PERCENT: Format(field.REAL, right_aligned=True),
    # ISO 8601 in UTC.
    TIME: Format(field.TIME, right_aligned=True),
}
