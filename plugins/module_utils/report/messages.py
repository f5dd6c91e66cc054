# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Texts of a report that no language is chosen for yet. A renderer gets the words from :class:`translations.translator.Translations`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Message:
    """A text of the translations.

    :ivar key: of the text, such as ``text.total``. :ivar values: what goes into its places by name; texts among them are translated too.
    :ivar default: shown where no language has the key; the key has to exist when this is empty.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    default: str = ""


@dataclass(frozen=True)
class Joined:
    """Several texts as one.

    :ivar limit: the most characters (UTF-16 units) that it may have, 0 for any number; a longer one ends with an ellipsis.
    """

    parts: tuple[Text, ...]
    separator: str = ""
    limit: int = 0


#: A plain text is shown as it is.
Text: TypeAlias = "str | Message | Joined"


def message(key: str, **values: Any) -> Message:
    """A text of the translations with these values in its places."""
    return Message(key, values)


def state_name(state: str) -> Message:
    """The name of a state; one that no language knows stays as it is."""
    return Message(f"state.{state}", default=state)
