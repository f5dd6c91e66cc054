# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and words that were replaced by the field's own do not come back: file names, syntax trees, messages and pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = ("plugins", "tests")

#: Stems of files that no file in a folder, or below it, has any more. What took their place: docs/contributing.md, "Where is what".
OLD_FILES = {
    "plugins/module_utils": ("estate", "derive"),
    "plugins/module_utils/vsphere": ("clock", "decode", "line", "retry", "soap", "tls", "typed", "undisturbed", "wire"),
    "plugins/module_utils/common": ("nearest", "parts"),
    "plugins/module_utils/inventory": ("check", "earlier", "labels", "lookup", "recent", "view"),
    "plugins/module_utils/report": (
        "compare",
        "declare",
        "export",
        "fill",
        "forms",
        "grid",
        "inputs",
        "labels",
        "look",
        "outline",
        "package",
        "plan",
        "scope",
        "shell",
    ),
    "plugins/module_utils/deliver": ("letter", "parcel", "ways"),
    "plugins/plugin_utils/inventory": ("community", "filling", "here", "questions", "reading", "wishes"),
    "tests": ("promises", "receivers", "sight", "spoil", "test_rooms", "test_truth", "truth"),
}

#: Names that nothing below a folder, or in a file, is called any more: a class, function, parameter, variable or attribute, or one in a class.
OLD_NAMES = {
    "plugins": (
        "Abandoned",
        "AnswerTooLarge",
        "ConnectionCut",
        "LeftOut",
        "LoginRefused",
        "SessionLost",
        "UnreadableAnswer",
        "does_answer",
        "is_worth_it",
        "last_words",
        "nothing_unexpected",
        "persistently",
        "readable_answer",
    ),
    "plugins/module_utils/vsphere": ("Line", "Wire", "_patience", "give_up", "hidden", "inherited", "moment", "opens_rest", "present", "wire", "word"),
    "plugins/module_utils/common": ("Part", "bound_tls", "end_with", "hint", "holds", "left", "nearest", "undisturbed"),
    "plugins/module_utils/inventory": ("ESXI_PLACES", "Lookup", "PLACES", "PLACES_SHAPES", "Totals", "View"),
    "plugins/module_utils/inventory/catalog/field.py": (
        "Aggregates.by",
        "Aggregates.of",
        "Aggregates.sums",
        "Field.how",
        "Field.private",
        "Field.text",
        "Items.each",
        "Kind.keep",
        "Kind.read",
        "PUBLIC",
    ),
    "plugins/module_utils/inventory/redaction.py": ("SORTS", "sort"),
    "plugins/module_utils/inventory/scanfile.py": ("asked",),
    "plugins/module_utils/report": ("MADE", "Shown", "spread"),
    "plugins/module_utils/report/pagination.py": ("Page", "Part", "Run"),
    "plugins/module_utils/deliver": ("Way", "passing", "placed", "where"),
    "plugins/plugin_utils/inventory": ("Answer", "Filling", "Question", "Ways", "Wishes", "drop_local", "leads_here", "speaks", "wishes"),
    "tests": ("ROOMS", "Sight", "Spoiled", "put_in", "room", "sight", "spoil", "spoiled"),
}
#: (File, name) that may stay, and why.
NAMES_THAT_STAY: dict[tuple[str, str], str] = {}

#: Words of a private vocabulary in texts that people read: the plain word, and places where a word is the right one.
OLD_WORDS = {
    r"rooms?": "package",
    r"doors?": "module",
    r"houses?": "project",
    r"told": "reported",
    r"ill will": "hostile",
    r"promised": "provisioned",
    r"wanted by nobody|nobody wants": "not requested",
    r"in passing": "temporary",
    r"for want of": "because of a missing",
    r"taken up again": "resumed",
    r"is no number": "must be a number",
}
#: (File, word) that may stay, and why.
WORDS_THAT_STAY: dict[tuple[str, str], str] = {}


def python_files() -> list[Path]:
    return sorted(path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.py"))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names(tree: ast.AST, inside: str = "") -> Iterator[str]:
    """Every name that a file gives to something: as it is, or behind the name of its class and a dot."""
    for node in ast.iter_child_nodes(tree):
        below = inside
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{inside}{node.name}"
            below = f"{node.name}." if isinstance(node, ast.ClassDef) else inside
        elif isinstance(node, ast.arg):
            yield f"{inside}{node.arg}"
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield f"{inside}{node.id if isinstance(node, ast.Name) else node.attr}"
        yield from names(node, below)


def old_names(path: Path) -> Iterator[str]:
    """The old names that a file still gives to something."""
    old = {name for place, listed in OLD_NAMES.items() if path.is_relative_to(ROOT / place) for name in listed}
    for name in names(ast.parse(path.read_text(encoding="utf-8"))):
        for candidate in {name, name.rpartition(".")[2]} & old:
            if (shown(path), candidate) not in NAMES_THAT_STAY:
                yield candidate


def texts(path: Path) -> Iterator[str]:
    """What a file says to people: all of a page, the strings of a program."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield content
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def pages() -> list[Path]:
    """All that people read: pages, options, messages and docstrings."""
    found = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("tests/*/README.md"),
        *ROOT.glob("roles/**/*.md"),
        *ROOT.glob("roles/**/*.yml"),
        *ROOT.glob("playbooks/*.yml"),
    ]
    return sorted([*found, *(ROOT / "plugins").rglob("*.py")])


@pytest.mark.parametrize("folder", OLD_FILES)
def test_no_file_has_its_old_name(folder):
    stems = {path.stem for path in (ROOT / folder).rglob("*") if ".build" not in path.parts and "__pycache__" not in path.parts}
    below = {stem for other, listed in OLD_FILES.items() if other.startswith(f"{folder}/") for stem in listed}
    assert stems & set(OLD_FILES[folder]) - below == set()


def test_nothing_has_its_old_name():
    found = {shown(path): sorted(set(old_names(path))) for path in python_files()}
    assert {path: listed for path, listed in found.items() if listed} == {}


def test_listed_places_exist():
    assert [place for place in [*OLD_FILES, *OLD_NAMES] if not (ROOT / place).exists()] == []
    assert [path for path, _name in [*NAMES_THAT_STAY, *WORDS_THAT_STAY] if not (ROOT / path).exists()] == []


def test_people_read_plain_words():
    pattern = re.compile(rf"\b({'|'.join(OLD_WORDS)})\b", re.IGNORECASE)
    found = {
        shown(path): words
        for path in pages()
        if (
            words := sorted(
                {word.lower() for text in texts(path) for word in pattern.findall(text)} - {word for at, word in WORDS_THAT_STAY if at == shown(path)}
            )
        )
    }
    assert found == {}
