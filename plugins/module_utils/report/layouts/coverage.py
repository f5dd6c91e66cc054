# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The last sheet: what was read, and what was not."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, NOTE, STATE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import SOURCE, STATUS_RULES

SECTIONS_READ = Block(
    "coverage",
    (
        SOURCE,
        Column("section", form=STATE),
        Column("status", form=STATE),
        Column("rows", form=INTEGER),
        Column("left_out", form=INTEGER),
        # Below one another: what is long in this table and in the last one.
        Column("error", cap=80),
        Column("issues", form=INTEGER),
        Column("seconds", form=DECIMAL),
    ),
    "header_all",
    title="title.coverage",
    rules=(*STATUS_RULES, Rule("bad", "status", ("unread",)), Rule("waiting", "status", ("filtered", "left_out"))),
)
ISSUES = Block(
    "issues",
    (
        SOURCE,
        Column("section", form=STATE),
        Column("kind", form=STATE),
        Column("object", cap=32),
        Column("property", cap=32),
        Column("message", form=NOTE, cap=80),
    ),
    "header_all",
    title="title.issues",
)
GAPS = Block(
    "gaps",
    (SOURCE, Column("section", form=STATE), Column("gap", cap=80)),
    "header_all",
    title="title.gaps",
    rules=(Rule("other"),),
)

COVERAGE = (SECTIONS_READ, GAPS, ISSUES)
