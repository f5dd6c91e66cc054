# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The first sheet of every layout: what was read, what it comes to, what to look at."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, PERCENT, STATE, TIME
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Chart, Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.summary_tables import BAR_NAME_LIMIT, MAX_ROWS, MAX_SOURCES

SOURCE = Column("source", max_width=36)
#: Wide enough for any name that stands beside a bar.
_NAME_OF_BAR = BAR_NAME_LIMIT + 4

STATUS_RULES = (
    Rule("good", "status", ("ok",)),
    Rule("bad", "status", ("failed", "stale")),
    Rule("warning", "status", ("partial", "duplicate")),
)
#: Of a certificate that ends within so many days, or has ended.
CERTIFICATE_RULES = (
    Rule("urgent", "certificate_days", below=7, targets=("certificate_expires", "certificate_days")),
    Rule("nearly_full", "certificate_days", below=30, targets=("certificate_expires", "certificate_days")),
)
FULLNESS = (
    Rule("full", "used_percent", at_least=85, whole_row=False),
    Rule("nearly_full", "used_percent", at_least=70, whole_row=False),
)
HOST_RULES = (
    Rule("normal", "host_state", ("connected",)),
    Rule("bad", "host_state", ("disconnected", "notResponding")),
    Rule("warning", "host_state", ("maintenance",)),
)


def host_state(connection: str | None, maintenance: bool | None) -> str | None:
    """Maintenance is what matters of a host, unless it is not connected."""
    return "maintenance" if maintenance and connection == "connected" else connection


CHARTS = (
    Chart("vms_by_state", ("on", "off", "suspended"), axis="column.vms", fits=MAX_SOURCES),
    Chart("fullest_datastores", ("used_percent",), axis="column.used_percent"),
    Chart("esxi_versions", ("hosts",), axis="column.hosts", fits=MAX_ROWS),
    Chart("guest_systems", ("vms",), axis="column.vms", fits=MAX_ROWS),
)

SOURCES = Block(
    "sources",
    (
        SOURCE,
        Column("status", format=STATE),
        Column("address"),
        Column("type"),
        Column("version", max_width=26),
        Column("vms", format=INTEGER),
        Column("on", format=INTEGER),
        Column("off", format=INTEGER),
        Column("suspended", format=INTEGER),
        Column("templates", format=INTEGER),
        Column("hosts", format=INTEGER),
        Column("datastores", format=INTEGER),
        Column("networks", format=INTEGER),
        Column("seconds", format=DECIMAL),
        Column("certificate_expires", format=TIME),
        Column("certificate_days", format=INTEGER),
        Column("certificate_issuer", max_width=40),
        Column("error", max_width=80),
    ),
    "header_summary",
    rules=CERTIFICATE_RULES + STATUS_RULES,
    total=True,
    linked="source",
)
TOTALS = Block("totals", (Column("total", max_width=42), Column("value", format=DECIMAL)), "header_summary", title="title.totals", charts=CHARTS)
CRITICAL = Block(
    "critical_datastores",
    (
        SOURCE,
        Column("used_percent", format=PERCENT),
        Column("datastore", ("name",)),
        Column("type"),
        Column("datacenter", max_width=26),
        Column("capacity", ("capacity_gb",), DECIMAL),
        Column("free", ("free_gb",), DECIMAL),
    ),
    "header_summary",
    title="title.critical_datastores",
    rules=FULLNESS,
)
STORES = Block(
    "datastores_to_look_at",
    (
        SOURCE,
        Column("store_state", ("state",), STATE),
        Column("datastore", ("name",)),
        Column("type"),
        Column("datacenter", max_width=26),
        Column("affected_hosts", ("hosts",), max_width=26),
    ),
    "header_summary",
    title="title.datastores_to_look_at",
    rules=(Rule("bad", "store_state", ("inaccessible",)), Rule("warning", "store_state", ("lost", "read_only"))),
)
HOSTS = Block(
    "hosts_to_look_at",
    (
        SOURCE,
        Column("host_state", ("connection_state", "maintenance"), STATE, host_state),
        Column("name"),
        Column("esxi_version", ("version",)),
        Column("cluster"),
        Column("datacenter", max_width=26),
    ),
    "header_summary",
    title="title.hosts_to_look_at",
    rules=HOST_RULES,
)
VMS_BY_STATE = Block(
    "vms_by_state",
    (Column("source", ("label",), max_width=_NAME_OF_BAR), Column("on", format=INTEGER), Column("off", format=INTEGER), Column("suspended", format=INTEGER)),
    "header_summary",
    title="title.vms_by_state",
)
FULLEST = Block(
    "fullest_datastores",
    (Column("datastore", ("label",), max_width=_NAME_OF_BAR), Column("used_percent", format=PERCENT)),
    "header_summary",
    title="title.fullest_datastores",
    rules=FULLNESS,
)
VERSIONS = Block("esxi_versions", (Column("esxi_version", ("label",)), Column("hosts", format=INTEGER)), "header_summary", title="title.esxi_versions")
GUESTS = Block(
    "guest_systems", (Column("os_name", ("label",), max_width=_NAME_OF_BAR), Column("vms", format=INTEGER)), "header_summary", title="title.guest_systems"
)

SUMMARY = (SOURCES, TOTALS, CRITICAL, STORES, HOSTS, VMS_BY_STATE, FULLEST, VERSIONS, GUESTS)
