# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of module_utils know only those below them: report → estate → vsphere → common, and deliver → vsphere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[4] / "plugins" / "module_utils"
FORBIDDEN = {
    "common": ("vsphere", "inventory", "report", "deliver"),
    "vsphere": ("inventory", "report", "deliver"),
    "inventory": ("report", "deliver"),
    "report": ("vsphere", "deliver"),
    "deliver": ("inventory", "report"),
}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_go_downwards(room):
    files = list((ROOMS / room).rglob("*.py"))
    assert files
    for file in files:
        imported = re.findall(r"^\s*(?:from|import) ansible_collections\.estate\.vmware\.plugins\.module_utils\.(\w+)", file.read_text(), re.MULTILINE)
        assert not set(imported) & set(FORBIDDEN[room]), file


def test_init_files_are_empty():
    assert all(file.read_text() == "" for file in ROOMS.rglob("__init__.py"))
