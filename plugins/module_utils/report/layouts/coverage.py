# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The last sheet: what was read, and what was not."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, NOTE, STATE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import SOURCE, STATUS_RULES
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Rule

SECTIONS_READ = Block(
    "coverage",
    (
        SOURCE,
        Column("section", format=STATE),
        Column("status", format=STATE),
        Column("rows", format=INTEGER),
        Column("left_out", format=INTEGER),
        # Below one another: what is long in this table and in the last one.
        Column("error", max_width=80),
        Column("issues", format=INTEGER),
        Column("seconds", format=DECIMAL),
    ),
    "header_all",
    title="title.coverage",
    rules=(*STATUS_RULES, Rule("bad", "status", ("unread",)), Rule("warning", "status", ("filtered", "left_out"))),
)
ISSUES = Block(
    "issues",
    (
        SOURCE,
        Column("section", format=STATE),
        Column("kind", format=STATE),
        Column("object", max_width=32),
        Column("property", max_width=32),
        Column("message", format=NOTE, max_width=80),
    ),
    "header_all",
    title="title.issues",
)
GAPS = Block(
    "gaps",
    (SOURCE, Column("section", format=STATE), Column("gap", max_width=80)),
    "header_all",
    title="title.gaps",
    rules=(Rule("banded"),),
)

COVERAGE = (SECTIONS_READ, GAPS, ISSUES)
