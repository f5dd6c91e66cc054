# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names of worksheets, as Excel accepts them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned, cut
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Worksheet
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

LIMIT = 31
#: Excel reserves the name of its change log, each edition in its language.
RESERVED = frozenset({"history", "historial", "historique", "历史记录"})

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\n\t]")


class SheetNames:
    """Makes names that Excel accepts and that no other worksheet has."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED)

    def take(self, wanted: str, number: int = 1) -> str:
        """The name itself where it can be had, else one like it.

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


def worksheet_names(worksheets: Sequence[Worksheet], translations: Translations) -> dict[Worksheet, str]:
    """A name for each worksheet, in order."""
    names = SheetNames()
    # The sheets of the layout come first: a source may have the name of one of them.
    ordered = sorted(worksheets, key=lambda worksheet: not worksheet.sheet.is_named_by_layout)
    taken = {worksheet: names.take(translations.resolve(worksheet.sheet.name), worksheet.number) for worksheet in ordered}
    return {worksheet: taken[worksheet] for worksheet in worksheets}
