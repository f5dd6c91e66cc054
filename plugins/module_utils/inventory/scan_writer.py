# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Scan files, for writing."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any
from urllib.parse import quote

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import (
    FORMAT,
    IN_MEMORY,
    LEFT_OUT,
    Issue,
    ScanFileError,
    ScanHead,
)

_TABLES = """
CREATE TABLE scan (format INTEGER, about TEXT, source TEXT, address TEXT, type TEXT, status TEXT,
                   error_kind TEXT, error TEXT, started TEXT, finished TEXT, seconds REAL, calls INTEGER, request_fingerprint TEXT,
                   certificate TEXT);
CREATE TABLE sections (section TEXT PRIMARY KEY, description TEXT, row_count INTEGER, seconds REAL);
CREATE TABLE fields (section TEXT, field TEXT, kind TEXT, unit TEXT, description TEXT, PRIMARY KEY (section, field));
CREATE TABLE issues (section TEXT, object TEXT, property TEXT, kind TEXT, message TEXT);
"""

#: Parts of the head that are stored as JSON.
_STRUCTURES = ("about", "certificate")


class ScanWriter:
    """Writes one scan. The file gets its name in :meth:`finish`.

    A context manager: leaving it without ``finish`` removes what was written.

    :ivar gap_count: number of issues so far, without those of the kind :data:`LEFT_OUT`.
    :param path: the scan file, or :data:`IN_MEMORY` for a scan that only :meth:`reader` can open.
    :param hidden: removes secrets from messages of a server.
    :raises ScanFileError: the folder does not exist or is not writable.
    """

    def __init__(self, path: str, hidden: Callable[[str], str] = str) -> None:
        self.path = path
        self._hidden = hidden
        self._part: PartFile | None = None
        try:
            if path != IN_MEMORY:
                self._part = PartFile(os.path.dirname(path) or ".")
            # Without SQLite's locks: on a network share they may collide with the lock of the part file.
            location = f"file:{quote(os.path.abspath(self._part.path))}?vfs=unix-none" if self._part else IN_MEMORY
            self._db = sqlite3.connect(location, isolation_level=None, uri=True)
            # Nobody reads the file before it is renamed, so it needs no journal.
            self._db.execute("PRAGMA journal_mode = OFF")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("BEGIN")
            for statement in _TABLES.strip().split(";\n"):
                self._db.execute(statement)
        except (OSError, sqlite3.Error) as error:
            self._discard()
            raise self._unwritable(error) from error
        self._inserts: dict[str, str] = {}
        self._columns: dict[str, set[str]] = {}
        self._counts: dict[str, int] = {}
        self._finished = False
        self.gap_count = 0

    def __enter__(self) -> ScanWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._finished:
            self._db.close()
            self._discard()

    def add_section(self, section: Section, fields: Sequence[Field]) -> None:
        """Create the table of a section with these columns."""
        columns = ", ".join(f'"{item.key}" {KINDS[item.kind].column}' for item in fields)
        self._execute(f'CREATE TABLE "{section.key}" ({columns})')
        self._execute("INSERT INTO sections VALUES (?, ?, 0, NULL)", (section.key, section.description))
        for item in fields:
            self._execute("INSERT INTO fields VALUES (?, ?, ?, ?, ?)", (section.key, item.key, item.kind, item.unit, item.description))
        self._inserts[section.key] = f'INSERT INTO "{section.key}" VALUES ({", ".join("?" * len(fields))})'
        self._columns[section.key] = {item.key for item in fields}
        self._counts[section.key] = 0

    def add_aggregates(self, section: Section) -> None:
        """Fill the fields of :class:`Aggregates`, as far as both sections have the fields that it needs."""
        wanted, columns = section.aggregates, self._columns[section.key]
        other = self._columns.get(wanted.section, set()) if wanted and wanted.section in self._counts else set()
        if not wanted or not (wanted.join_on.keys() <= other and columns.issuperset(wanted.join_on.values())):
            return
        self._execute(f'CREATE INDEX counted_by ON "{wanted.section}" ({", ".join(wanted.join_on)})')
        joined = " AND ".join(f'counted."{there}" = "{section.key}"."{here}"' for there, here in wanted.join_on.items())
        known = " AND ".join(f'"{here}" IS NOT NULL' for here in wanted.join_on.values())
        for key in columns & wanted.columns.keys():
            aggregate = f'SELECT {wanted.columns[key]} FROM "{wanted.section}" AS counted WHERE {joined}'
            try:
                self._db.execute(f'UPDATE "{section.key}" SET "{key}" = ({aggregate}) WHERE {known}')
            except sqlite3.Error as error:
                # The scan may lack a field that the aggregate needs.
                if not str(error).startswith("no such column"):
                    raise self._unwritable(error) from error
        self._execute("DROP INDEX counted_by")

    def clear_section(self, section: str) -> None:
        """Remove the rows and issues of a section, to read it again from the start."""
        self._execute(f'DELETE FROM "{section}"')
        self._execute("DELETE FROM issues WHERE section = ?", (section,))
        self._counts[section] = 0
        self.gap_count = self._db.execute("SELECT count(*) FROM issues WHERE kind <> ?", (LEFT_OUT,)).fetchone()[0]

    def drop_section(self, section: str) -> None:
        """Remove a section that could not be read to the end: a part would look like the whole."""
        self._execute(f'DROP TABLE "{section}"')
        for table in ("sections", "fields"):
            self._execute(f"DELETE FROM {table} WHERE section = ?", (section,))
        del self._counts[section]

    def add_rows(self, section: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Append rows: tuples of encoded values, in the order of the columns."""
        try:
            self._db.executemany(self._inserts[section], rows)
        except sqlite3.Error as error:
            raise self._unwritable(error) from error
        self._counts[section] += len(rows)

    def add_seconds(self, section: str, seconds: float) -> None:
        """Store how long it took to read a section."""
        self._execute("UPDATE sections SET seconds = ? WHERE section = ?", (round(seconds, 3), section))

    def add_issue(self, issue: Issue) -> None:
        """Store one issue."""
        *location, message = asdict(issue).values()
        self._execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?)", (*location, self._hidden(message)))
        self.gap_count += issue.kind != LEFT_OUT

    def finish(self, head: ScanHead) -> None:
        """Write the head, sync the file to disk and give it its name.

        :raises ScanFileError: the file cannot be written; nothing is left behind, an older scan stays.
        """
        for section, count in self._counts.items():
            self._execute("UPDATE sections SET row_count = ? WHERE section = ?", (count, section))
        values = asdict(head)
        for key in _STRUCTURES:
            values[key] = json.dumps(values[key], ensure_ascii=False, sort_keys=True)
        values["format"] = FORMAT
        self._execute(f"INSERT INTO scan ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", tuple(values.values()))
        self._execute("COMMIT")
        self._finished = True
        if self._part is None:
            return
        try:
            self._db.close()
            with open(self._part.path, "rb") as stream:
                os.fsync(stream.fileno())
            os.replace(self._part.path, self.path)
            self._part.release()
        except (OSError, sqlite3.Error) as error:
            self._discard()
            raise self._unwritable(error) from error

    def reader(self) -> Scan:
        """The finished scan."""
        return Scan(self._db, IN_MEMORY) if self.path == IN_MEMORY else Scan.open(self.path)

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise self._unwritable(error) from error

    def _discard(self) -> None:
        if self._part:
            self._part.discard()

    def _unwritable(self, error: Exception) -> ScanFileError:
        reason = getattr(error, "strerror", None) or error
        return ScanFileError(f"the scan file {self.path} cannot be written: {reason}; give a folder that exists, is writable and has free space")
