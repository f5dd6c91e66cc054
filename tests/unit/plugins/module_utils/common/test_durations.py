# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption


@pytest.mark.parametrize(("text", "seconds"), [("0", 0), ("90", 90), ("90s", 90), ("5m", 300), ("12h", 43_200), (" 7 d ", 604_800)])
def test_ages(text, seconds):
    assert age(text, "max_age") == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5h", "1w", "h"])
def test_invalid_ages(text):
    with pytest.raises(InvalidOption, match="max_age must be seconds, or"):
        age(text, "max_age")
