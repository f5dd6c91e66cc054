# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The first sheet of every layout: what was read, what it comes to, what to look at."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, PERCENT, STATE, TIME
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Chart, Column, Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.summary_tables import BESIDE_BAR, MOST, MOST_SOURCES

SOURCE = Column("source", cap=36)
#: Wide enough for any name that stands beside a bar.
_NAME_OF_BAR = BESIDE_BAR + 4

STATUS_RULES = (
    Rule("good", "status", ("ok",)),
    Rule("bad", "status", ("failed", "stale")),
    Rule("waiting", "status", ("partial", "duplicate")),
)
#: Of a certificate that ends within so many days, or has ended.
CERTIFICATE_RULES = (
    Rule("urgent", "certificate_days", below=7, marks=("certificate_expires", "certificate_days")),
    Rule("filling", "certificate_days", below=30, marks=("certificate_expires", "certificate_days")),
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


CHARTS = (
    Chart("vms_by_state", ("on", "off", "suspended"), axis="column.vms", fits=MOST_SOURCES),
    Chart("fullest_datastores", ("used_percent",), axis="column.used_percent"),
    Chart("esxi_versions", ("hosts",), axis="column.hosts", fits=MOST),
    Chart("guest_systems", ("vms",), axis="column.vms", fits=MOST),
)

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
        Column("certificate_expires", form=TIME),
        Column("certificate_days", form=INTEGER),
        Column("certificate_issuer", cap=40),
        Column("error", cap=80),
    ),
    "header_summary",
    rules=CERTIFICATE_RULES + STATUS_RULES,
    total=True,
    linked="source",
)
TOTALS = Block("totals", (Column("total", cap=42), Column("value", form=DECIMAL)), "header_summary", title="title.totals", charts=CHARTS)
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
STORES = Block(
    "datastores_to_look_at",
    (
        SOURCE,
        Column("store_state", ("state",), STATE),
        Column("datastore", ("name",)),
        Column("type"),
        Column("datacenter", cap=26),
        Column("affected_hosts", ("hosts",), cap=26),
    ),
    "header_summary",
    title="title.datastores_to_look_at",
    rules=(Rule("bad", "store_state", ("inaccessible",)), Rule("waiting", "store_state", ("lost", "read_only"))),
)
HOSTS = Block(
    "hosts_to_look_at",
    (
        SOURCE,
        Column("host_state", ("connection_state", "maintenance"), STATE, host_state),
        Column("name"),
        Column("esxi_version", ("version",)),
        Column("cluster"),
        Column("datacenter", cap=26),
    ),
    "header_summary",
    title="title.hosts_to_look_at",
    rules=HOST_RULES,
)
VMS_BY_STATE = Block(
    "vms_by_state",
    (Column("source", ("label",), cap=_NAME_OF_BAR), Column("on", form=INTEGER), Column("off", form=INTEGER), Column("suspended", form=INTEGER)),
    "header_summary",
    title="title.vms_by_state",
)
FULLEST = Block(
    "fullest_datastores",
    (Column("datastore", ("label",), cap=_NAME_OF_BAR), Column("used_percent", form=PERCENT)),
    "header_summary",
    title="title.fullest_datastores",
    rules=FULLNESS,
)
VERSIONS = Block("esxi_versions", (Column("esxi_version", ("label",)), Column("hosts", form=INTEGER)), "header_summary", title="title.esxi_versions")
GUESTS = Block("guest_systems", (Column("os_name", ("label",), cap=_NAME_OF_BAR), Column("vms", form=INTEGER)), "header_summary", title="title.guest_systems")

SUMMARY = (SOURCES, TOTALS, CRITICAL, STORES, HOSTS, VMS_BY_STATE, FULLEST, VERSIONS, GUESTS)
