# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names of sheets and of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned, cut

LIMIT = 31
#: Excel keeps the name of its change log for itself, each edition in its language.
RESERVED = frozenset({"history", "historial", "historique", "历史记录"})

#: Names that stand in a text before it says that there are more.
_NAMED = 5
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\n\t]")


class SheetNames:
    """Gives out names that Excel accepts and that nobody has yet."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def take(self, wanted: str, number: int = 1) -> str:
        """A name as near to the wanted one as can be.

        :param number: of the sheet among those of this name: from 2 on the name ends with it.
        """
        base = _FORBIDDEN.sub("_", cleaned(wanted)).strip(" '") or "_"
        while True:
            suffix = f" ({number})" if number > 1 else ""
            name = cut(base, LIMIT - len(suffix)).strip(" '") + suffix
            if name.casefold() not in self._taken:
                self._taken.add(name.casefold())
                return name
            number += 1


def quoted(name: str) -> str:
    """The name of a sheet as it stands in a reference to its cells."""
    return "'" + name.replace("'", "''") + "'"


def few(names: Sequence[str]) -> str:
    """The first of several names, and that there are more."""
    return ", ".join(names[:_NAMED]) + ("" if len(names) <= _NAMED else ", …")


def latest(scans: Sequence[Scan]) -> str:
    """When the last of the scans was finished, ISO 8601 in UTC; empty when none says."""
    return max((scan.head.finished for scan in scans), default="")


def file_name(scans: Sequence[Scan], labels: Mapping[str, str]) -> str:
    """The standard name of a workbook: how many sources, and when the last of them was read."""
    stem = labels["file.one"] if len(scans) == 1 else labels["file.many"].format(count=len(scans))
    digits = re.sub(r"\D", "", latest(scans))
    return "_".join(part for part in (stem, digits[:8], digits[8:12]) if part) + ".xlsx"
