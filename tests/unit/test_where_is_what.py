# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/contributing.md says truly where things are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
CHAPTER = GUIDE.partition("## Where is what\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| ([^|]+) \| `([^`]+)` \| `([^`]+)` \|$", CHAPTER, re.MULTILINE)


def defined(path: Path) -> set[str]:
    """The classes, functions, methods and module-level names that a file defines."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def test_there_is_a_table():
    header = 2
    assert len(ROWS) == CHAPTER.count("\n| ") - header >= 20


def test_each_file_defines_its_name():
    assert [f"{what}: {path} has no {name}" for what, path, name in ROWS if not (ROOT / path).exists() or name not in defined(ROOT / path)] == []


def test_folders_of_the_tree_exist():
    chapter = GUIDE.partition("## The tree\n")[2].partition("\n## ")[0]
    folders = [folder for first in re.findall(r"^\| (`[^|]+) \|", chapter, re.MULTILINE) for folder in re.findall(r"`([\w/]+)`", first)]
    assert len(folders) > 15 and [folder for folder in folders if not (ROOT / folder).is_dir()] == []
