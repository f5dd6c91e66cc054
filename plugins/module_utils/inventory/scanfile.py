# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A scan on disk: one SQLite file a source, one table a section.

Besides the tables of its sections a scan file has

* ``scan``: one row, what was read, when, and how it ended;
* ``sections``: the sections it holds, with their row counts and seconds;
* ``fields``: the columns of each section with kind and unit, so that a reader needs no catalog of its own;
* ``issues``: a row each thing that could not be read.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields as dataclass_fields
from types import TracebackType
from typing import Any
from urllib.parse import quote

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory import untrusted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS, TEXT, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import SkippedByOptions

#: Version of the tables below. A reader refuses files of a later one.
FORMAT = 1
SUFFIX = ".sqlite"
IN_MEMORY = ":memory:"
#: How times are written, all in UTC.
TIME = untrusted.TIME_FORMAT

OK = "ok"
PARTIAL = "partial"
FAILED = "failed"
#: Kind of an issue that makes no scan partial: what the options given cannot read.
LEFT_OUT = SkippedByOptions.kind

_TABLES = """
CREATE TABLE scan (format INTEGER, about TEXT, source TEXT, address TEXT, type TEXT, status TEXT,
                   error_kind TEXT, error TEXT, started TEXT, finished TEXT, seconds REAL, calls INTEGER, request_fingerprint TEXT,
                   certificate TEXT);
CREATE TABLE sections (section TEXT PRIMARY KEY, description TEXT, row_count INTEGER, seconds REAL);
CREATE TABLE fields (section TEXT, field TEXT, kind TEXT, unit TEXT, description TEXT, PRIMARY KEY (section, field));
CREATE TABLE issues (section TEXT, object TEXT, property TEXT, kind TEXT, message TEXT);
"""

#: What of the head is kept as JSON.
_STRUCTURES = ("about", "certificate")
_ISSUE = ("section", "object", "property", "kind", "message")
#: What reading a file raises that is not what it should be.
_BAD = (sqlite3.Error, KeyError, TypeError, ValueError, RecursionError, OverflowError)
_AS_KEPT = frozenset(kind for kind, how in KINDS.items() if how.decode is KINDS[TEXT].decode)
#: What SQLite says when it has no room to sort, which it does in temporary files.
_NO_ROOM = ("database or disk is full", "disk I/O error")


class ScanFileError(EstateError):
    """A scan file cannot be read or written. The message names the file and what to do."""

    kind = "scan_file"


class BadScanFile(ScanFileError):
    """A file is there that is no scan, or a damaged one.

    :ivar path: of the file. :ivar scan: which was opened; None where it could not be.
    """

    def __init__(self, message: str, path: str, scan: Scan | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.scan = scan


@dataclass(frozen=True)
class Issue:
    """One thing that could not be read. Each text is one line, whatever a server said.

    :ivar kind: no_permission, unreadable, missing, timeout, …, or :data:`LEFT_OUT`.
    """

    section: str
    object: str
    property: str
    kind: str
    message: str

    def __post_init__(self) -> None:
        for name, text in vars(self).items():
            object.__setattr__(self, name, one_line(text))


@dataclass
class ScanHead:
    """What is known of a scan besides its rows.

    :ivar source: alias of the source. :ivar address: host name or address it was read from.
    :ivar type: vCenter, ESXi, or empty when the source did not answer.
    :ivar about: product facts of the server: name, full_name, version, build, api_version, api_type, instance_uuid.
    :ivar certificate: what its certificate says: subject, issuer, not_before, not_after, fingerprint, and days_left when reading began, None
        where that is not known; empty where there was no connection, and in files of releases that did not say so.
    :ivar status: ok, partial or failed. :ivar error: why it failed; its kind is a word for programs.
    :ivar started: and finished: ISO 8601 in UTC. :ivar seconds: between the two. :ivar calls: requests that it took.
    :ivar request_fingerprint: what was read, see reuse.py; empty in files of older releases.
    """

    source: str
    address: str
    type: str = ""
    about: dict[str, str] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict)
    status: str = FAILED
    error_kind: str = ""
    error: str = ""
    started: str = ""
    finished: str = ""
    seconds: float = 0.0
    calls: int = 0
    request_fingerprint: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of a scan beside others of a report; in no file.

    :ivar last_read: of a source that could not be read, when one of its scans that did not fail was finished; empty where there is none.
    :ivar last_tried: when reading it failed then; empty where nobody knows.
    :ivar duplicate_of: the source that is the same one.
    """

    last_read: str = ""
    last_tried: str = ""
    duplicate_of: str = ""


def checksum(path: str) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


class ScanWriter:
    """Writes one scan. The file appears under its name only when ``finish`` was called.

    A context manager: leaving it without ``finish`` removes what was written so far.

    :ivar gap_count: issues noted so far, but for those of the kind :data:`LEFT_OUT`.
    :param path: the scan file, or :data:`IN_MEMORY` for a scan that only :meth:`reader` can see.
    :param hidden: takes secrets out of the words of a server.
    :raises ScanFileError: the folder does not exist or cannot be written.
    """

    def __init__(self, path: str, hidden: Callable[[str], str] = str) -> None:
        self.path = path
        self._hidden = hidden
        self._part: PartFile | None = None
        try:
            if path != IN_MEMORY:
                self._part = PartFile(os.path.dirname(path) or ".")
            # Without locks of SQLite's own, which a share may take for those of another process than the part's.
            place = f"file:{quote(os.path.abspath(self._part.path))}?vfs=unix-none" if self._part else IN_MEMORY
            self._db = sqlite3.connect(place, isolation_level=None, uri=True)
            # Nobody reads the file before it is renamed, so a journal would protect nothing.
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
        """Make the table of a section with these columns. Rows may follow at any time."""
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
        """Take back the rows and issues of a section, to read it again from its beginning."""
        self._execute(f'DELETE FROM "{section}"')
        self._execute("DELETE FROM issues WHERE section = ?", (section,))
        self._counts[section] = 0
        self.gap_count = self._db.execute("SELECT count(*) FROM issues WHERE kind <> ?", (LEFT_OUT,)).fetchone()[0]

    def drop_section(self, section: str) -> None:
        """Take back a section that could not be read to its end: a part of it would look like the whole."""
        self._execute(f'DROP TABLE "{section}"')
        for table in ("sections", "fields"):
            self._execute(f"DELETE FROM {table} WHERE section = ?", (section,))
        del self._counts[section]

    def add_rows(self, section: str, rows: Sequence[tuple]) -> None:
        """Append rows: tuples in the order of the section's columns, values as their kinds keep them."""
        try:
            self._db.executemany(self._inserts[section], rows)
        except sqlite3.Error as error:
            raise self._unwritable(error) from error
        self._counts[section] += len(rows)

    def add_seconds(self, section: str, seconds: float) -> None:
        """Note how long it took to read a section."""
        self._execute("UPDATE sections SET seconds = ? WHERE section = ?", (round(seconds, 3), section))

    def add_issue(self, issue: Issue) -> None:
        """Note one thing that could not be read."""
        *where, message = asdict(issue).values()
        self._execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?)", (*where, self._hidden(message)))
        self.gap_count += issue.kind != LEFT_OUT

    def finish(self, head: ScanHead) -> None:
        """Write the head, make the file durable and give it its name.

        :raises ScanFileError: the file cannot be written; nothing is left behind, an older scan stays whole.
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
        """The finished scan, for reading."""
        return Scan(self._db, IN_MEMORY) if self.path == IN_MEMORY else Scan.open(self.path)

    def _execute(self, statement: str, values: tuple = ()) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise self._unwritable(error) from error

    def _discard(self) -> None:
        if self._part:
            self._part.discard()

    def _unwritable(self, error: Exception) -> ScanFileError:
        reason = getattr(error, "strerror", None) or error
        return ScanFileError(f"the scan file {self.path} cannot be written: {reason}; give a folder that exists, is writable and has room")


class Scan:
    """One finished scan, for reading. Values come back as the plain types of their kinds.

    :ivar path: the file it came from, or :data:`IN_MEMORY`. :ivar head: see :class:`ScanHead`.
    :ivar counts: section to number of rows, for the sections that were read.
    :ivar seconds: section to how long it took to read, together with those that were asked for in the same question;
        empty in a file that an older release wrote.
    :ivar left_out: section to number of rows that filters leave out, for sections that have filters, see filtered_scan.py.
    :ivar redacted: what is private are pseudonyms.
    :ivar standing: what is known of it beside others.
    """

    def __init__(self, database: sqlite3.Connection, path: str) -> None:
        self._db = database
        self.path = path
        self.left_out: dict[str, int] = {}
        self.redacted = False
        self.standing = Standing()
        self._cut: dict[str, frozenset[str]] = {}
        try:
            # In KiB. A report holds many scans open and reads each from end to end, where a larger cache helps nothing.
            self._db.execute("PRAGMA cache_size = -256")
            self.head = self._read_head()
            self.counts, self.seconds = untrusted.checked_sections(untrusted.table(self._db, "sections", ("section", "row_count", "seconds")))
            self._kinds = untrusted.checked_fields(self._db, list(self.counts))
        except _BAD as error:
            raise BadScanFile(f"{path} is no scan file of estate.vmware: {_reason(error)}; remove it from scans, or scan its source again", path) from error

    def _read_head(self) -> ScanHead:
        types = {item.name: item.type for item in dataclass_fields(ScanHead)}
        rows = untrusted.table(self._db, "scan", ("format", *types))
        if len(rows) != 1:
            raise ValueError(f"its table scan has {len(rows)} rows")
        row = rows[0]
        if not isinstance(row["format"], int) or row["format"] < 1:
            raise ValueError(f"its format is {row['format']!r}")
        if row["format"] > FORMAT:
            raise BadScanFile(f"{self.path} is a scan of format {row['format']}, this release reads up to {FORMAT}: update the collection", self.path)
        return ScanHead(**untrusted.checked_head(row, types, (OK, PARTIAL, FAILED)))

    @classmethod
    def open(cls, path: str) -> Scan:
        """Open a scan file, of which only what it says of itself is checked, see :meth:`check`.

        :raises BadScanFile: it is not readable, or no scan file. :raises ScanFileError: it is not there.
        """
        if not os.path.lexists(path):
            raise ScanFileError(f"{path} does not exist: give the scan files that a scan wrote, or their folder")
        if not os.path.isfile(path):
            raise BadScanFile(f"{path} is no file: give the scan files that a scan wrote, or their folder", path)
        try:
            database = untrusted.connected(path)
        except (OSError, *_BAD) as error:
            raise BadScanFile(f"{path} is no scan file of estate.vmware: {_reason(error)}; remove it from scans, or scan its source again", path) from error
        try:
            return cls(database, path)
        except BaseException:
            database.close()
            raise

    def check(self, sections: Iterable[str] | None = None) -> None:
        """Look at every row of these sections, or of all, before any is used: somebody else may have written the file.

        :raises BadScanFile: it is damaged, or holds what no scan does.
        """
        if self.path == IN_MEMORY:
            return
        with self._reading():
            for section in self.counts if sections is None else self.counts.keys() & set(sections):
                if section not in self._cut:
                    self._cut[section] = untrusted.check_rows(self._db, section, self._kinds[section], self.counts[section])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def fields(self, section: str) -> dict[str, str]:
        """The columns of a section in order, each with its kind; empty for a section that was not read."""
        return dict(self._kinds.get(section, {}))

    def rows(self, section: str, keys: Sequence[str], order_by: Sequence[str] = (), where: str = "1") -> Iterator[tuple]:
        """Rows as tuples in the order of ``keys``; None for a field that is unknown or that this scan does not have.

        :param order_by: fields to sort by, capitals as small letters; ties keep the order of reading.
        :param where: SQL of the rows that are wanted, with fields that this scan has.
        :raises ScanFileError: the file is damaged.
        """
        kinds = self._kinds.get(section, {})
        if not kinds:
            return
        columns = ", ".join(f'"{key}"' if key in kinds else "NULL" for key in keys)
        order = ", ".join([f'"{key}" COLLATE NOCASE' for key in order_by if key in kinds] + ["rowid"])
        cut = self._cut.get(section, ())
        readers = [(_cut if key in cut else None if kinds[key] in _AS_KEPT else KINDS[kinds[key]].decode) if key in kinds else None for key in keys]
        with self._reading():
            for row in self._db.execute(f'SELECT {columns} FROM "{section}" WHERE {where} ORDER BY {order}'):
                yield tuple(value if value is None or read is None else read(value) for read, value in zip(readers, row))

    def show(self, section: str, field: str, values: Mapping[int, Any]) -> None:
        """Show other values of a field from now on, by row in the order of reading, from 1. The file stays as it is, see filtered_scan.py.

        :raises ScanFileError: the file is damaged, or there is no room.
        """
        with self._reading():
            self._db.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{section}" AS SELECT * FROM main."{section}" ORDER BY rowid')
            self._db.executemany(f'UPDATE temp."{section}" SET "{field}" = ? WHERE rowid = ?', [(value, row) for row, value in values.items()])

    def value(self, section: str, expression: str, where: str = "1") -> Any:
        """One aggregate over a section, such as ``sum(vcpu)``; None where the section or a field is missing.

        :raises ScanFileError: the file is damaged.
        """
        found = self._found(f'SELECT {expression} FROM "{section}" WHERE {where}')
        return found[0][0] if found else None

    def tally(self, section: str, field: str, where: str = "1") -> dict[str | None, int]:
        """How many rows have each value of a text field, None for those without one; empty where the section or a field is missing.

        :raises ScanFileError: the file is damaged.
        """
        return dict(self._found(f"SELECT nullif({field}, '') AS value, count(*) FROM \"{section}\" WHERE {where} GROUP BY value ORDER BY value") or ())

    def issues(self, limit: int = -1) -> list[Issue]:
        """What could not be read, in the order in which it was noticed; a negative limit means all."""
        with self._reading():
            columns = ", ".join(f"substr(ifnull({name}, ''), 1, {untrusted.MOST_CHARACTERS})" for name in _ISSUE)
            return [Issue(*row) for row in self._db.execute(f"SELECT {columns} FROM issues ORDER BY rowid LIMIT ?", (limit,))]

    def issue_count(self) -> int:
        """How many things could not be read."""
        with self._reading():
            return self._db.execute("SELECT count(*) FROM issues").fetchone()[0]

    def _found(self, query: str) -> list[tuple] | None:
        """The rows of a query; None where it names a section or a field that this scan does not have."""
        with self._reading():
            try:
                return self._db.execute(query).fetchall()
            except sqlite3.OperationalError as error:
                if not str(error).startswith("no such "):
                    raise
                return None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _BAD as error:
            if str(error) in _NO_ROOM:
                raise ScanFileError(f"{self.path} cannot be sorted or filtered: {error}; make room in the folder for temporary files") from error
            raise BadScanFile(f"{self.path} is damaged: {_reason(error)}; scan its source again", self.path, self) from error


def _cut(text: str) -> str:
    return text[: untrusted.MOST_CHARACTERS]


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it holds JSON that is nested too deep"
    if str(error) == "interrupted":
        return "reading it takes longer than its size explains"
    return getattr(error, "strerror", None) or str(error)
