# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


@pytest.fixture
def made(tmp_path) -> Callable[..., Any]:
    """A function that writes a workbook and reads it back."""

    def make(scans, language="en", **how):
        # openpyxl wants a file that is called one.
        path = tmp_path / "read.xlsx"
        os.replace(estates.write_workbook(scans, tmp_path, language, **how), path)
        return openpyxl.load_workbook(path)

    return make
