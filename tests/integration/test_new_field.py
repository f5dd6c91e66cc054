# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/contributing.md says of a new field, done in a copy of the collection."""

from __future__ import annotations

import re
import shutil

import openpyxl
import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration import running

GUIDE = running.REPOSITORY / "docs" / "contributing.md"
EXAMPLE = re.compile(r"```python\n# (plugins/\S+)\n(.+)\n(.+)\n```")


@pytest.fixture
def examples():
    """Path to the line that is there and the line to add below it."""
    return {path: (known, new) for path, known, new in EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the collection, the one that modules are run of."""
    root = tmp_path / "collections" / "ansible_collections" / "estate" / "vmware"
    shutil.copytree(running.REPOSITORY / "plugins", root / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(running.REPOSITORY / "meta", root / "meta")
    monkeypatch.setattr(running, "COLLECTIONS", tmp_path / "collections")
    return root


def add(root, path, known, new):
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(known + "\n") == 1, f"{path} has the line of the guide no more"
    (root / path).write_text(text.replace(known + "\n", f"{known}\n{new}\n"), encoding="utf-8")


@pytest.fixture
def simulator(tmp_path):
    with start_simulator(tmp_path / "simulator", vms=3) as started:
        yield started


def scan(folder, simulator, **options):
    connection = {key.removeprefix("vmware_"): value for key, value in running.source(simulator).items()}
    result = running.run_module(folder, "vmware_inventory_facts", **connection, **options)
    assert not result["failed"], result
    return result["ansible_facts"]["vmware_inventory"]


def test_one_line_of_the_catalog_is_a_field_of_facts_and_of_scan_files(tmp_path, copy, examples, simulator):
    catalog = [path for path in examples if "/catalog/" in path]
    assert len(catalog) == 1
    add(copy, catalog[0], *examples[catalog[0]])
    rows = scan(tmp_path, simulator, sections=["vms"], fields={"vms": ["swap_placement"]})["sections"]["vms"]
    assert [row["swap_placement"] for row in rows] == ["inherit"] * 3


def test_one_column_and_one_label_a_language_show_it(tmp_path, copy, examples, simulator):
    for path, lines in examples.items():
        add(copy, path, *lines)
    languages = {path.rpartition("/")[2].removesuffix(".py") for path in examples if "/translations/" in path}
    assert languages == {path.stem for path in (copy / "plugins/module_utils/report/translations").glob("??.py")}
    facts = scan(tmp_path, simulator, sections=["vms"])
    headers = set()
    for language in languages:
        dest = tmp_path / f"{language}.xlsx"
        made = running.run_module(tmp_path, "vmware_inventory_export", scans=[facts], dest=str(dest), language=language)
        assert not made["failed"], made
        table = list(openpyxl.load_workbook(dest).worksheets[2].values)
        (column,) = [number for number, value in enumerate(table[1]) if value == "inherit"]
        headers.add(table[0][column])
    assert headers == {"Swap file", "Archivo de intercambio", "Fichier d'échange", "交换文件"}
