# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Checks of scan files, which anybody may have written: what they may contain, and what reading them may cost.

All functions raise ValueError or sqlite3.Error for what no scan contains. Only plain tables are accepted, so that nothing in the file
is executed, and reading takes a number of steps that its size explains.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, KINDS, LIST, MAP, PLAIN, REAL, TEXT, TIME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import TIME as TIME_FORMAT

#: Characters of a text that are read: the most that a cell of a workbook can show.
MOST_CHARACTERS = 32_767

_KINDS = {section.key: {field.key: field.kind for field in section.fields} for section in SECTIONS.values()}
_TABLES = frozenset({"scan", "sections", "fields", "issues"})
_NAME = re.compile("[a-z][a-z0-9_]{0,62}")
#: A field may be a vSphere property: ``config.guestId``.
_FIELD = re.compile(r"(?=.{1,250}$)[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
#: The only form of tables in a scan: columns without constraints, which could contain expressions.
_TABLE = re.compile(r'CREATE TABLE ("?)(?P<name>\w+)\1 ?\((?P<columns>.*?)(?:,\s*PRIMARY KEY \(section, field\))?\)', re.DOTALL)
_COLUMN = re.compile(r'\s*("?)\w+\1(?:\s+(?:TEXT|INTEGER|REAL))?(?:\s+PRIMARY KEY)?\s*')

_MOST_TABLES = 200
#: Rows of the tables of :data:`_TABLES`.
_MOST_ROWS = 10_000
#: Bytes of one value: in these tables, of lists and maps, of any kind.
_MOST_HEAD = 4 << 20
_MOST_JSON = 8 << 20
_MOST_VALUE = 1 << 28
#: Steps of SQLite's virtual machine for one query: for the list of tables, for any other, and for each byte of the file.
_STEPS_OF_TABLES = 10_000
_STEPS = 2_000_000
_STEPS_A_BYTE = 100
_MOST_STEPS = (1 << 31) - 1

#: SQL that finds values that do not fit a kind. Numbers sort before texts, texts before blobs.
_NO_TEXT = "{0} < '' OR {0} >= x''"
_WRONG = {
    **dict.fromkeys((TEXT, TIME), _NO_TEXT),
    LIST: _NO_TEXT + " OR json_type({0}) <> 'array'",
    MAP: _NO_TEXT + " OR json_type({0}) <> 'object'",
    PLAIN: _NO_TEXT + " OR NOT json_valid({0})",
    **dict.fromkeys((INTEGER, REAL, BOOLEAN), "{0} NOT BETWEEN -1e300 AND 1e300"),
}


def connected(path: str) -> sqlite3.Connection:
    """Open a file for reading.

    :raises OSError: it cannot be read.
    """
    size = os.stat(path).st_size
    # Immutable: nobody writes to a finished scan, and readers without write permission cannot lock it.
    database = sqlite3.connect(f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1", uri=True)
    try:
        # Called only after so many steps: an exception in it, such as that of a signal, would be lost.
        database.set_progress_handler(lambda: 1, _STEPS_OF_TABLES)
        database.execute("PRAGMA trusted_schema = OFF")
        if sys.version_info >= (3, 11):
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE)
        _check_tables(database)
        database.set_progress_handler(lambda: 1, min(_STEPS + _STEPS_A_BYTE * size, _MOST_STEPS))
    except BaseException:
        database.close()
        raise
    return database


def _check_tables(database: sqlite3.Connection) -> None:
    found = database.execute("SELECT type, name, sql FROM sqlite_master LIMIT ?", (_MOST_TABLES + 1,)).fetchall()
    if len(found) > _MOST_TABLES:
        raise ValueError(f"it has more than {_MOST_TABLES} tables")
    for kind, name, sql in found:
        if kind == "index" and sql is None:
            # The index of a primary key.
            continue
        table = _TABLE.fullmatch(sql) if kind == "table" and isinstance(sql, str) else None
        if not table or table["name"] != name or name.startswith("sqlite_") or not all(map(_COLUMN.fullmatch, table["columns"].split(","))):
            raise ValueError(f"its {kind} {name} does not belong to a scan")
    if missing := _TABLES - {name for _kind, name, _sql in found}:
        raise ValueError(f"it has no table {', '.join(sorted(missing))}")


def table(database: sqlite3.Connection, name: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one of the tables of :data:`_TABLES`, with those of these columns that it has."""
    present = {row[1] for row in database.execute(f"PRAGMA table_info({name})")}
    known = [column for column in columns if column in present]
    if not known:
        raise ValueError(f"its table {name} has none of the columns {', '.join(columns)}")
    longest = ", ".join(f"ifnull(length(CAST({column} AS BLOB)), 0)" for column in known)
    if (database.execute(f"SELECT max(max({longest}, 0)) FROM {name}").fetchone()[0] or 0) > _MOST_HEAD:
        raise ValueError(f"a value of its table {name} is longer than any scan's")
    rows = database.execute(f"SELECT {', '.join(known)} FROM {name} ORDER BY rowid LIMIT {_MOST_ROWS + 1}").fetchall()
    if len(rows) > _MOST_ROWS:
        raise ValueError(f"its table {name} has more than {_MOST_ROWS} rows")
    return [dict(zip(known, row)) for row in rows]


def checked_head(row: Mapping[str, Any], types: Mapping[str, str], statuses: Sequence[str]) -> dict[str, Any]:
    """The head of a scan, by field of ScanHead.

    :param row: of the table ``scan``. :param types: field to its type, one of :data:`_READ`. Maps are stored as JSON.
    """
    found: dict[str, Any] = {name: _READ[type_](name, row[name]) for name, type_ in types.items() if name in row}
    if not found.get("source"):
        raise ValueError("it names no source")
    if found.get("status") not in statuses:
        raise ValueError(f"its status is {found.get('status')!r}, not {', '.join(statuses)}")
    for name in ("started", "finished"):
        if found.get(name):
            _check_time(name, found[name])
    return found


def checked_sections(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, int], dict[str, float]]:
    """Section to its number of rows, and section to the seconds that reading took, where known."""
    counts, seconds = {}, {}
    for row in rows:
        section = row["section"]
        if not isinstance(section, str) or not _NAME.fullmatch(section) or section in _TABLES or section.startswith("sqlite_"):
            raise ValueError(f"it has a section named {section!r}")
        counts[section] = _whole("row_count", row["row_count"])
        if row.get("seconds") is not None:
            seconds[section] = _number("seconds", row["seconds"])
    return counts, seconds


def checked_fields(database: sqlite3.Connection, sections: Sequence[str]) -> dict[str, dict[str, str]]:
    """Section to its fields, each with its kind."""
    found: dict[str, dict[str, str]] = {section: {} for section in sections}
    for row in table(database, "fields", ("section", "field", "kind")):
        section, name, kind = row["section"], row["field"], row["kind"]
        if not all(isinstance(text, str) for text in (section, name, kind)) or not _FIELD.fullmatch(name):
            raise ValueError(f"it has a field named {name!r}")
        known = _KINDS.get(section, {}).get(name, kind)
        if kind not in KINDS or kind != known:
            raise ValueError(f"its field {name} of {section} is of the kind {kind}" + (f", not {known}" if kind != known else ""))
        found.get(section, {})[name] = kind
    for section, kinds in found.items():
        columns = {row[1] for row in database.execute(f'PRAGMA table_info("{section}")')}
        if not kinds or kinds.keys() - columns:
            raise ValueError(f"its table {section} has no column {', '.join(sorted(kinds.keys() - columns)) or 'at all'}")
    return found


def check_rows(database: sqlite3.Connection, section: str, kinds: Mapping[str, str], count: int) -> frozenset[str]:
    """Check kind and length of each value of a section.

    :param kinds: its fields. :param count: the number of rows that it must have.
    :returns: fields with texts that must be cut.
    """
    columns = [f'"{name}"' for name in kinds]
    wrong = " OR ".join(_WRONG[kind].format(column) for column, kind in zip(columns, kinds.values()))
    texts = [column for column, kind in zip(columns, kinds.values()) if KINDS[kind].column == "TEXT"]
    is_long = " OR ".join(f"length(CAST({column} AS BLOB)) > {MOST_CHARACTERS}" for column in texts) or "0"
    # sum(1) instead of count(*), which takes no steps however many rows a damaged file seems to have.
    rows, odd = database.execute(f'SELECT sum(1), sum({wrong} OR {is_long}) FROM "{section}"').fetchone()
    if (rows or 0) != count:
        raise ValueError(f"it has {rows or 0} rows of {section} instead of {count}")
    return frozenset(_odd_fields(database, section, kinds)) if odd else frozenset()


def _odd_fields(database: sqlite3.Connection, section: str, kinds: Mapping[str, str]) -> list[str]:
    found = []
    for name, kind in kinds.items():
        column = f'"{name}"'
        wrong, longest = database.execute(f'SELECT sum({_WRONG[kind].format(column)}), max(length(CAST({column} AS BLOB))) FROM "{section}"').fetchone()
        if wrong:
            raise ValueError(f"its field {name} of {section} has values that are not of kind {kind}")
        if KINDS[kind].decode is KINDS[TEXT].decode and (longest or 0) > MOST_CHARACTERS:
            found.append(name)
        elif (longest or 0) > _MOST_JSON:
            raise ValueError(f"its field {name} of {section} has a value of {longest} bytes")
    return found


def _check_time(name: str, text: str) -> None:
    # strptime accepts other digits, and fewer of them.
    if not _TIME.fullmatch(text):
        raise ValueError(f"{name} is not a time (got {text!r})")
    datetime.strptime(text, TIME_FORMAT)


def _text(name: str, value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value or ""


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (int, float)) or not 0 <= value < 1e15:
        raise ValueError(f"{name} is {value!r}")
    return value


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{name} is {value!r}")
    return int(_number(name, value))


def _map(name: str, value: Any) -> dict[str, Any]:
    found = json.loads(_text(name, value) or "{}")
    if not isinstance(found, dict):
        raise ValueError(f"{name} is not a map")
    return found


def _texts(name: str, value: Any) -> dict[str, str]:
    return {key: _text(f"{key} of {name}", item) for key, item in _map(name, value).items()}


def _texts_and_numbers(name: str, value: Any) -> dict[str, str | int | None]:
    return {key: item if isinstance(item, int) else _text(f"{key} of {name}", item) or None for key, item in _map(name, value).items()}


_READ = {"str": _text, "int": _whole, "float": _number, "dict[str, str]": _texts, "dict[str, Any]": _texts_and_numbers}
