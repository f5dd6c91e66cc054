# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first sheet of every layout: what was read, what it comes to, what to look at."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.declare import Block, Column, Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.forms import DECIMAL, INTEGER, PERCENT, STATE

SOURCE = Column("source", cap=24)

STATUS_RULES = (
    Rule("good", "status", ("ok",)),
    Rule("bad", "status", ("failed",)),
    Rule("waiting", "status", ("partial",)),
)
FULLNESS = (
    Rule("full", "used_percent", at_least=0.85, whole_row=False),
    Rule("filling", "used_percent", at_least=0.70, whole_row=False),
)
HOST_RULES = (
    Rule("calm", "host_state", ("connected",)),
    Rule("bad", "host_state", ("disconnected", "notResponding")),
    Rule("waiting", "host_state", ("maintenance",)),
)


def host_state(connection: str | None, maintenance: bool | None) -> str | None:
    """Maintenance is what matters of a host, unless it is not connected."""
    return "maintenance" if maintenance and connection == "connected" else connection


SOURCES = Block(
    "sources",
    (
        SOURCE,
        Column("status", form=STATE),
        Column("address"),
        Column("type"),
        Column("version", cap=26),
        Column("vms", form=INTEGER),
        Column("on", form=INTEGER),
        Column("off", form=INTEGER),
        Column("suspended", form=INTEGER),
        Column("templates", form=INTEGER),
        Column("hosts", form=INTEGER),
        Column("datastores", form=INTEGER),
        Column("networks", form=INTEGER),
        Column("seconds", form=DECIMAL),
        Column("error", cap=80),
    ),
    "header_summary",
    rules=STATUS_RULES,
    total=True,
    linked="source",
)
TOTALS = Block("totals", (Column("total", cap=32), Column("value")), "header_summary", title="title.totals")
CRITICAL = Block(
    "critical_datastores",
    (
        SOURCE,
        Column("used_percent", form=PERCENT),
        Column("datastore", ("name",)),
        Column("type"),
        Column("datacenter", cap=26),
        Column("capacity", ("capacity_gb",), DECIMAL),
        Column("free", ("free_gb",), DECIMAL),
    ),
    "header_summary",
    title="title.critical_datastores",
    rules=FULLNESS,
)

SUMMARY = (SOURCES, TOTALS, CRITICAL)
