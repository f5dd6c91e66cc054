# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Pseudonyms for redaction, such as ``vm-3f9a2c81d04e`` for the name of a VM.

The same text has the same pseudonym everywhere, and in every run with the same key. Without the key nobody can compute the text, or
test a guess. The catalog says which fields are redacted, and as which category.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS, LIST, MAP, WORDS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS

#: Characters of a key. Shorter ones could be found by brute force.
KEY_LENGTH = 16

SOURCE = "source"
ADDRESS = "address"
MESSAGE = "message"
OBJECT = "object"
UUID = "uuid"

_WHOLE = "(?s:.+)"
#: Names joined by a comma and a space. A comma without a space is part of a name.
_BETWEEN_COMMAS = "(?:[^, ]|,(?! )|(?<!,) )+"
#: A name may have brackets itself, mostly in pairs. An unclosed bracket takes the rest of the text, so the time stays linear.
_IN_BRACKETS = r"(?<=\[)(?:(?:[^\[\]]|\[[^\[\]]*\])+(?=\])|[^\]]+)"
#: Redaction category to the parts of a text that are replaced, by the prefix of their pseudonym. The rest of the text stays.
CATEGORIES: dict[str, dict[str, str]] = {
    **{
        category: {category: _WHOLE}
        for category in (
            "vm", "host", "cluster", "datacenter", "vapp", "pool", "datastore", "pod", "network", "snapshot", "dns", "domain", "ip", "mac",
            "serial", "url", "note", "category", "tag", "attribute", "value", WORDS, SOURCE, ADDRESS, MESSAGE, OBJECT, UUID,
        )
    },
    "folder": {"folder": "[^/]+"},
    "path": {"path": r"[^/\\]+"},
    # Texts with several names.
    "switch": {"switch": _BETWEEN_COMMAS},
    "environment": {"environment": _BETWEEN_COMMAS},
    # Datastores are in brackets: [ds1] web/web.vmx and in Hard disk 1: 40 GB thin [ds1]; …
    "file": {"datastore": _IN_BRACKETS, "file": r"[^\[\]\s][^\[\]]*"},
    "disks": {"datastore": _IN_BRACKETS},
}  # fmt: skip
#: Category of the values of a map to the category of its keys.
KEYS = {"tag": "category", "value": "attribute"}
_DIGITS = 12
_REMEMBERED = 1 << 14


class Pseudonyms:
    """Computes pseudonyms.

    :param key: a secret of :data:`KEY_LENGTH` characters or more.
    :raises InvalidOption: the key is too short.
    """

    def __init__(self, key: str) -> None:
        if len(key) < KEY_LENGTH:
            raise InvalidOption(f"redact_key must have {KEY_LENGTH} characters or more (got {len(key)})")
        secret = key.encode("utf-8", "surrogatepass")
        patterns = {category: re.compile("|".join(f"(?P<{prefix}>{part})" for prefix, part in parts.items())) for category, parts in CATEGORIES.items()}

        def pseudonym(match: re.Match[str]) -> str:
            text = match.group().encode("utf-8", "surrogatepass")
            return f"{match.lastgroup}-{hmac.digest(secret, text, 'sha256').hex()[:_DIGITS]}"

        @lru_cache(maxsize=_REMEMBERED)
        def of(category: str, text: str) -> str:
            return patterns[category].sub(pseudonym, text)

        self._of: Callable[[str, str], str] = of

    def of(self, category: str, text: str) -> str:
        """The pseudonym of a text, by one of :data:`CATEGORIES`; empty for an empty text."""
        return self._of(category, text) if text else text

    def of_stored(self, category: str, kind: str, stored: Any) -> Any:
        """The pseudonym of a value as a scan file stores it; None for None."""
        if stored is None:
            return None
        if kind not in (LIST, MAP):
            return self.of(category, str(stored))
        return json.dumps(self._in_json(category, json.loads(stored)), ensure_ascii=False)

    def of_object(self, section: str, name: str) -> str:
        """The pseudonym of an object of a section, the same as in its rows."""
        return self.of(_object_category(section), name)

    def _in_json(self, category: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._in_json(category, item) for item in value]
        if isinstance(value, dict):
            return {self.of(KEYS.get(category, category), key): self._in_json(category, item) for key, item in value.items()}
        return value if value is None else self.of(category, str(value))


@cache
def _object_category(section: str) -> str:
    # The second field of a section names the row.
    return (SECTIONS[section].fields[1].redact_as or OBJECT) if section in SECTIONS else OBJECT


def category_of(section: str, key: str, kind: str) -> str | None:
    """The redaction category of a field of a scan, None for one that is shown. Fields that this release does not know have that of their kind."""
    known = {field.key: field.redact_as for field in SECTIONS[section].fields} if section in SECTIONS else {}
    return known.get(key, KINDS[kind].redact_as)
