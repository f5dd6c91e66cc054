# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads of a call."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.machine.transfers import Transfer, Transfers


def test_uploads_are_counted_together():
    transfers = Transfers()
    one, other = Transfer(transfers, 200), Transfer(transfers, 0)
    one.count(50)
    other.count(7)
    assert (transfers.sent, one.percent(), other.percent()) == (57, 25, 100)


def test_one_that_is_stopped_counts_no_more():
    transfers = Transfers()
    one = Transfer(transfers, 10)
    one.stop()
    with pytest.raises(Cancelled):
        one.count(0)
    assert (one.is_stopped, transfers.sent) == (True, 0)
