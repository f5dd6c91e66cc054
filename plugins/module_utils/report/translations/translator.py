# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The texts of one language, and how messages become text."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import shortened
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message, Text


class Translations(dict[str, str]):
    """Text by key."""

    def resolve(self, text: Text) -> str:
        """The text in this language."""
        if isinstance(text, str):
            return text
        if isinstance(text, Joined):
            joined = text.separator.join(map(self.resolve, text.parts))
            return shortened(joined, text.limit) if text.limit else joined
        if text.default:
            return self.get(text.key, text.default)
        return self[text.key].format(**{name: self._value(value) for name, value in text.values.items()}) if text.values else self[text.key]

    def _value(self, value: Any) -> Any:
        return self.resolve(value) if isinstance(value, (Message, Joined)) else value

    def state(self, state: str) -> str:
        """The name of a state; one that this language does not know stays as it is."""
        return self.get(f"state.{state}", state)

    def yes_no(self, value: bool) -> str:
        """Yes or no."""
        return self["text.yes" if value else "text.no"]
