# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make docs: what the catalog says, written where people look for it: docs/fields.md and the module's RETURN."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import ITEM, SELF, TAGS, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import CATEGORIES, KEYS

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "fields.md"
_MODULE = _ROOT / "plugins" / "modules" / "vmware_inventory_facts.py"
#: The last line of the module's RETURN that people write.
_ROWS = "          returned: when O(dest) is not given\n"

_SOURCES = {SELF: "the object itself", TAGS: "its tags, over REST"}
_HEAD = """# Sections and fields

Made by `make docs` from the catalog, `plugins/module_utils/inventory/catalog`: do not write here.

A scan has a table for each section and a column for each field. Sizes in GB are GiB (2<sup>30</sup> bytes), times ISO 8601
in UTC, lists and maps JSON. An empty value is one that the server does not have; one that it has and would not tell is an
issue of the scan as well. `property[].part` is a part of one item of a list, and such a section has a row for each item.
In a workbook that is redacted the fields with a pseudonym, such as `vm-…`, have these in place of their values.
"""


def documents() -> list[tuple[Path, str]]:
    """Every file with what should stand in it."""
    return [(_PAGE, _page()), (_MODULE, _module_text())]


def _page() -> str:
    """docs/fields.md as it should be."""
    return "\n".join([_HEAD, *("\n".join(_chapter(section)) + "\n" for section in SECTIONS.values())])


def _module_text() -> str:
    """The module with a RETURN that tells all fields."""
    before, _rows, after = _MODULE.read_text(encoding="utf-8").partition(_ROWS)
    return before + _ROWS + "\n".join(_contents()) + "\n" + after[after.index('"""') :]


def _chapter(section: Section) -> Iterator[str]:
    of = "each " + " or ".join(section.managed_types)
    yield f"## {section.key}"
    yield ""
    yield f"{section.description}: a row for {of if not section.items else 'each item of a list of ' + of}."
    yield ""
    yield "| field | type | unit | what it says | vSphere property | redacted |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for field in section.fields:
        yield f"| `{field.key}` | {field.kind} | {field.unit} | {field.description} | {_made_of(section, field)} | {_pseudonyms(field)} |"


def _made_of(section: Section, field: Field) -> str:
    made_of = [_SOURCES.get(path) or f"`{path}`{_since(section, path)}" for path in field.paths]
    if section.aggregates and field.key in section.aggregates.columns:
        made_of.insert(0, f"counted from {section.aggregates.section}" if section.aggregates.section != section.key else "the other rows")
    return ", ".join(made_of)


def _pseudonyms(field: Field) -> str:
    """What stands in its place in a redacted workbook."""
    prefixes = [*CATEGORIES[field.redact_as], *([KEYS[field.redact_as]] if field.redact_as in KEYS else [])] if field.redact_as else []
    return ", ".join(f"`{prefix}-…`" for prefix in prefixes)


def _since(section: Section, path: str) -> str:
    since = section.since.get(path.partition(ITEM)[0].rpartition(":")[2])
    return f" (since {since.removesuffix('.0')})" if since else ""


def _contents() -> Iterator[str]:
    yield "          contains:"
    for section in SECTIONS.values():
        yield f"            {section.key}:"
        yield "              description:"
        yield f"                - {section.description}."
        yield from _wrapped("Each has " + ", ".join(f"C({field.key})" for field in section.fields) + ".")
        yield "              type: list"
        yield "              elements: dict"
        yield "              returned: when it is among O(sections)"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 120, initial_indent=" " * 16 + "- ", subsequent_indent=" " * 18)


if __name__ == "__main__":
    for path, text in documents():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(_ROOT)}", file=sys.stderr)
