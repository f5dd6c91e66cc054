# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Scan files, for reading."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields as dataclass_fields
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory import scan_checks
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS, TEXT
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import (
    FAILED,
    FORMAT,
    IN_MEMORY,
    OK,
    PARTIAL,
    Issue,
    ScanFileError,
    ScanHead,
    Standing,
)

_ISSUE = ("section", "object", "property", "kind", "message")
#: Raised while a file is read that is damaged or not a scan.
_BAD = (sqlite3.Error, KeyError, TypeError, ValueError, RecursionError, OverflowError)
#: Kinds whose stored values are the plain ones.
_UNCHANGED = frozenset(name for name, kind in KINDS.items() if kind.decode is KINDS[TEXT].decode)
#: Messages of SQLite when there is no space for the temporary files that it sorts in.
_NO_SPACE = ("database or disk is full", "disk I/O error")


class BadScanFile(ScanFileError):
    """A file is damaged, or not a scan.

    :ivar path: of the file. :ivar scan: the open scan; None if it could not be opened.
    """

    def __init__(self, message: str, path: str, scan: Scan | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.scan = scan


class Scan:
    """One finished scan. Values are the plain types of their kinds.

    :ivar path: the file, or :data:`IN_MEMORY`. :ivar head: see :class:`ScanHead`.
    :ivar counts: section to number of rows, for the sections that were read.
    :ivar seconds: section to seconds that reading took, together with the sections of the same pass; may lack sections in files of
        older releases.
    :ivar left_out: section to number of rows that filters leave out, for filtered sections, see filtered_scan.py.
    :ivar redacted: whether values are pseudonyms. :ivar database: the connection, for filtered_scan.py only.
    :ivar standing: see :class:`Standing`.
    """

    def __init__(self, database: sqlite3.Connection, path: str) -> None:
        self.database = database
        self.path = path
        self.left_out: dict[str, int] = {}
        self.redacted = False
        self.standing = Standing()
        self._cut: dict[str, frozenset[str]] = {}
        self._unredacted_head: ScanHead | None = None
        try:
            # KiB. A report has many scans open and reads each from end to end, so a larger cache is of no use.
            self.database.execute("PRAGMA cache_size = -256")
            self.head = self._read_head()
            self.counts, self.seconds = scan_checks.checked_sections(scan_checks.table(self.database, "sections", ("section", "row_count", "seconds")))
            self._kinds = scan_checks.checked_fields(self.database, list(self.counts))
        except _BAD as error:
            raise BadScanFile(f"{path} is not a scan file: {_reason(error)}; remove it from scans, or scan its source again", path) from error

    def _read_head(self) -> ScanHead:
        types = {item.name: str(item.type) for item in dataclass_fields(ScanHead)}
        rows = scan_checks.table(self.database, "scan", ("format", *types))
        if len(rows) != 1:
            raise ValueError(f"its table scan has {len(rows)} rows")
        row = rows[0]
        if not isinstance(row["format"], int) or row["format"] < 1:
            raise ValueError(f"its format is {row['format']!r}")
        if row["format"] > FORMAT:
            raise BadScanFile(f"{self.path} has scan format {row['format']}, and this release reads up to {FORMAT}: update the collection", self.path)
        return ScanHead(**scan_checks.checked_head(row, types, (OK, PARTIAL, FAILED)))

    @property
    def unredacted_head(self) -> ScanHead:
        """The head without pseudonyms."""
        return self._unredacted_head or self.head

    def redact_head(self, head: ScanHead) -> None:
        """Show this head, with pseudonyms, from now on."""
        self._unredacted_head, self.head, self.redacted = self.head, head, True

    @classmethod
    def open(cls, path: str) -> Scan:
        """Open a scan file and check its head; :meth:`check` checks its rows.

        :raises BadScanFile: it cannot be read, or is not a scan file. :raises ScanFileError: it does not exist.
        """
        if not os.path.lexists(path):
            raise ScanFileError(f"{path} does not exist: give scan files, or a folder of them")
        if not os.path.isfile(path):
            raise BadScanFile(f"{path} is not a file: give scan files, or a folder of them", path)
        try:
            database = scan_checks.connected(path)
        except (OSError, *_BAD) as error:
            raise BadScanFile(f"{path} is not a scan file: {_reason(error)}; remove it from scans, or scan its source again", path) from error
        try:
            return cls(database, path)
        except BaseException:
            database.close()
            raise

    def check(self, sections: Iterable[str] | None = None) -> None:
        """Check every row of these sections, or of all, before they are used: anybody may have written the file.

        :raises BadScanFile: it is damaged, or has values that no scan has.
        """
        if self.path == IN_MEMORY:
            return
        with self.reading():
            for section in self.counts if sections is None else self.counts.keys() & set(sections):
                if section not in self._cut:
                    self._cut[section] = scan_checks.check_rows(self.database, section, self._kinds[section], self.counts[section])

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def fields(self, section: str) -> dict[str, str]:
        """The columns of a section in order, each with its kind; empty for a section that was not read."""
        return dict(self._kinds.get(section, {}))

    def rows(self, section: str, keys: Sequence[str], order_by: Sequence[str] = (), where: str = "1") -> Iterator[tuple[Any, ...]]:
        """Rows as tuples in the order of ``keys``; None for a field that is unknown or that this scan does not have.

        :param order_by: fields to sort by, case-insensitive; ties keep the order of reading.
        :param where: SQL condition, on fields that this scan has.
        :raises ScanFileError: the file is damaged.
        """
        kinds = self._kinds.get(section, {})
        if not kinds:
            return
        columns = ", ".join(f'"{key}"' if key in kinds else "NULL" for key in keys)
        order = ", ".join([f'"{key}" COLLATE NOCASE' for key in order_by if key in kinds] + ["rowid"])
        cut = self._cut.get(section, ())
        readers = [(_cut if key in cut else None if kinds[key] in _UNCHANGED else KINDS[kinds[key]].decode) if key in kinds else None for key in keys]
        with self.reading():
            for row in self.database.execute(f'SELECT {columns} FROM "{section}" WHERE {where} ORDER BY {order}'):
                yield tuple(value if value is None or read is None else read(value) for read, value in zip(readers, row))

    def show(self, section: str, field: str, values: Mapping[int, Any]) -> None:
        """Replace values of a field, by the number of the row in the order of reading, from 1. The file does not change, see filtered_scan.py.

        :raises ScanFileError: the file is damaged, or there is no space for temporary files.
        """
        with self.reading():
            self.database.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{section}" AS SELECT * FROM main."{section}" ORDER BY rowid')
            self.database.executemany(f'UPDATE temp."{section}" SET "{field}" = ? WHERE rowid = ?', [(value, row) for row, value in values.items()])

    def value(self, section: str, expression: str, where: str = "1") -> Any:
        """One aggregate over a section, such as ``sum(vcpu)``; None where the section or a field is missing.

        :raises ScanFileError: the file is damaged.
        """
        found = self._found(f'SELECT {expression} FROM "{section}" WHERE {where}')
        return found[0][0] if found else None

    def tally(self, section: str, field: str, where: str = "1") -> dict[str | None, int]:
        """Value of a text field to its number of rows, None for rows without a value; empty where the section or a field is missing.

        :raises ScanFileError: the file is damaged.
        """
        return dict(self._found(f"SELECT nullif({field}, '') AS value, count(*) FROM \"{section}\" WHERE {where} GROUP BY value ORDER BY value") or ())

    def issues(self, limit: int = -1) -> list[Issue]:
        """What could not be read, in the order of reading; a negative limit means all."""
        with self.reading():
            columns = ", ".join(f"substr(ifnull({name}, ''), 1, {scan_checks.MOST_CHARACTERS})" for name in _ISSUE)
            return [Issue(*row) for row in self.database.execute(f"SELECT {columns} FROM issues ORDER BY rowid LIMIT ?", (limit,))]

    def issue_count(self) -> int:
        """Number of issues."""
        with self.reading():
            count: int = self.database.execute("SELECT count(*) FROM issues").fetchone()[0]
            return count

    def _found(self, query: str) -> list[tuple[Any, ...]] | None:
        """The rows of a query; None if this scan lacks a section or a field of it."""
        with self.reading():
            try:
                return self.database.execute(query).fetchall()
            except sqlite3.OperationalError as error:
                if not str(error).startswith("no such "):
                    raise
                return None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn errors of the database into those of this module."""
        try:
            yield
        except _BAD as error:
            if str(error) in _NO_SPACE:
                raise ScanFileError(f"{self.path} cannot be sorted or filtered: {error}; free space in the folder for temporary files") from error
            raise BadScanFile(f"{self.path} is damaged: {_reason(error)}; scan its source again", self.path, self) from error


def _cut(text: str) -> str:
    return text[: scan_checks.MOST_CHARACTERS]


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it has JSON that is nested too deep"
    if str(error) == "interrupted":
        return "reading it takes too long for its size"
    return getattr(error, "strerror", None) or str(error)
