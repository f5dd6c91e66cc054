# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Headers of columns in the language of a report."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned, cut
from ansible_collections.estate.vmware.plugins.module_utils.report.model import TableColumn
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

#: Longer names of custom attributes are cut, as in Excel's own tables.
HEADER_LIMIT = 255


def column_headers(columns: Sequence[TableColumn], translations: Translations) -> list[str]:
    """A header a column, no two of them equal, not even in other capitals: names that scans give are numbered where they have to be."""
    headers = [None if isinstance(column.header, str) else translations.resolve(column.header) for column in columns]
    taken = {header.casefold() for header in headers if header}
    return [_free(str(column.header), taken, translations) if header is None else header for column, header in zip(columns, headers)]


def _free(name: str, taken: set[str], translations: Translations) -> str:
    base = " ".join(cleaned(name).split()) or translations["text.unnamed"]
    number = 1
    while True:
        suffix = f" ({number})" if number > 1 else ""
        header = cut(base, HEADER_LIMIT - len(suffix)) + suffix
        if header.casefold() not in taken:
            taken.add(header.casefold())
            return header
        number += 1
