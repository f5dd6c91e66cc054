# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault, UnknownProperty

SAID = "\x1b[2J\r\n" + "x" * 1_000_000


@pytest.mark.parametrize("kind", [ServerFault, UnknownProperty, DeliveryError, ScanFileError, ReportError, InvalidOption])
def test_message_is_short_and_printable(kind):
    message = str(kind(f"it says {SAID}: look there"))
    assert message.isprintable() and len(message) <= kind.limit
    assert message.endswith(": look there")


def test_issue_is_short_and_printable():
    issue = Issue("vms", SAID, SAID, "unreadable", SAID)
    assert all(text.isprintable() and len(text) <= 500 for text in vars(issue).values())


def test_each_wrong_option_has_a_line():
    error = InvalidOption(*(f"option {number}: {SAID}: change it" for number in range(5)))
    assert len(error.lines) == 5 and all(len(line) <= 500 and line.endswith(": change it") for line in error.lines)
    assert all(f"option {number}:" in str(error) for number in range(5))
