# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The consolidated workbook: every source in one file."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.report.declare import Block, Column, Layout, Rule, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.forms import (
    CODE,
    DECIMAL,
    INTEGER,
    LIST,
    PERCENT,
    STATE,
    TIME,
    YES_NO,
)


def _gb_of_mb(value: int | None) -> float | None:
    return None if value is None else value / 1024


def _host_state(connection: str | None, maintenance: bool | None) -> str | None:
    return "maintenance" if maintenance and connection == "connected" else connection


SOURCE = Column("source", cap=24)
ORIGIN = (SOURCE, Column("address", cap=26))

VM_COLUMNS = (
    Column("host", cap=26),
    Column("environment", cap=20),
    Column("hostname", ("name",)),
    Column("annotation", cap=40),
    Column("power_state", form=STATE),
    Column("processor", cap=44),
    Column("vcpu", form=INTEGER),
    Column("primary_datastore"),
    Column("primary_network"),
    Column("domain"),
    Column("os_name", cap=36),
    Column("os_edition", cap=36),
    Column("tools_status", form=STATE),
    Column("tools_version"),
    Column("hw_version"),
    Column("ip_address"),
    Column("mac", ("mac_addresses",), LIST, cap=36),
    Column("ram", ("ram_mb",), DECIMAL, _gb_of_mb),
    Column("disks", cap=44),
    Column("storage_total", ("storage_total_gb",), DECIMAL),
    Column("cluster"),
    Column("datacenter"),
    Column("folder"),
    Column("provisioned", ("provisioned_gb",), DECIMAL),
    Column("used", ("used_gb",), DECIMAL),
    Column("snapshots", ("snapshot_count",), INTEGER),
    Column("created", form=TIME),
    Column("template", form=YES_NO),
    Column("connection_state", form=STATE),
    Column("all_datastores", ("datastores",), LIST, cap=40),
    Column("all_networks", ("networks",), LIST, cap=40),
    Column("dns_name"),
    Column("instance_uuid", cap=38),
)
HOST_COLUMNS = (
    Column("name"),
    Column("ip"),
    Column("esxi_version", ("version",)),
    Column("build"),
    Column("cpu_model", cap=44),
    Column("cores", form=INTEGER),
    Column("threads", form=INTEGER),
    Column("ram_total", ("ram_gb",), DECIMAL),
    Column("ram_used", ("ram_used_gb",), DECIMAL),
    Column("ram_free", ("ram_free_gb",), DECIMAL),
    Column("datastores", form=LIST, cap=40),
    Column("host_state", ("connection_state", "maintenance"), STATE, _host_state),
    Column("cluster"),
    Column("vendor"),
    Column("model"),
    Column("serial"),
    Column("datacenter"),
    Column("sockets", form=INTEGER),
    Column("cpu_mhz", form=INTEGER),
    Column("cpu_usage", ("cpu_usage_percent",), PERCENT),
    Column("ram_usage", ("ram_usage_percent",), PERCENT),
    Column("registered", ("vm_count",), INTEGER),
    Column("boot_time", form=TIME),
    Column("uuid", cap=38),
)
DATASTORE_COLUMNS = (
    Column("datastore", ("name",)),
    Column("type"),
    Column("capacity", ("capacity_gb",), DECIMAL),
    Column("free", ("free_gb",), DECIMAL),
    Column("space_used", ("used_gb",), DECIMAL),
    Column("used_percent", form=PERCENT),
    Column("hosts", form=LIST, cap=40),
    Column("accessible", form=YES_NO),
    Column("space_provisioned", ("provisioned_gb",), DECIMAL),
    Column("host_count", form=INTEGER),
    Column("registered", ("vm_count",), INTEGER),
    Column("datastore_cluster", ("cluster",)),
    Column("maintenance_mode", form=STATE),
    Column("datacenter"),
    Column("folder"),
    Column("url", cap=40),
)
NETWORK_COLUMNS = (
    Column("network", ("name",)),
    Column("type", form=STATE),
    Column("vlan", form=CODE),
    Column("switch"),
    Column("hosts", form=LIST, cap=40),
    Column("connected", ("vm_count",), INTEGER),
    Column("host_count", form=INTEGER),
    Column("accessible", form=YES_NO),
    Column("datacenter"),
    Column("folder"),
)

VM_RULES = (
    Rule("good", "power_state", ("poweredOn",)),
    Rule("bad", "power_state", ("poweredOff",)),
    Rule("waiting", "power_state", ("suspended",)),
)
HOST_RULES = (
    Rule("calm", "host_state", ("connected",)),
    Rule("bad", "host_state", ("disconnected", "notResponding")),
    Rule("waiting", "host_state", ("maintenance",)),
)
STATUS_RULES = (
    Rule("good", "status", ("ok",)),
    Rule("bad", "status", ("failed",)),
    Rule("waiting", "status", ("partial",)),
)
EVERY_OTHER = Rule("other")
FULLNESS = (
    Rule("full", "used_percent", at_least=0.85, whole_row=False),
    Rule("filling", "used_percent", at_least=0.70, whole_row=False),
)

ALL_VMS = Block("vms", ORIGIN + VM_COLUMNS, "header_all", rules=VM_RULES, order_by=("name",))
ALL_HOSTS = Block("hosts", ORIGIN + HOST_COLUMNS, "header_all", rules=HOST_RULES, order_by=("name",))
ALL_DATASTORES = Block("datastores", ORIGIN + DATASTORE_COLUMNS, "header_all", rules=(*FULLNESS, EVERY_OTHER), order_by=("name",))
ALL_NETWORKS = Block("networks", ORIGIN + NETWORK_COLUMNS, "header_all", rules=(EVERY_OTHER,), order_by=("name",))

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
SECTIONS_READ = Block(
    "coverage",
    (
        SOURCE,
        Column("section", form=STATE),
        Column("status", form=STATE),
        Column("rows", form=INTEGER),
        Column("left_out", form=INTEGER),
        Column("issues", form=INTEGER),
        Column("error", cap=80),
    ),
    "header_all",
    title="title.coverage",
    rules=(*STATUS_RULES, Rule("bad", "status", ("unread",)), Rule("waiting", "status", ("filtered",))),
)
ISSUES = Block(
    "issues",
    (
        SOURCE,
        Column("section", form=STATE),
        Column("kind", form=STATE),
        Column("object", cap=32),
        Column("property", cap=32),
        Column("message", cap=80),
    ),
    "header_all",
    title="title.issues",
)


def _on_source_sheet(block: Block) -> Block:
    """The same block without the columns that its sheet's heading says once."""
    return replace(block, columns=block.columns[len(ORIGIN):], header="header_source", title=f"title.{block.table}")


ALL = (ALL_VMS, ALL_HOSTS, ALL_DATASTORES, ALL_NETWORKS)

LAYOUT = Layout(
    sheets=(
        Sheet("summary", (SOURCES, TOTALS, CRITICAL), heading="estate"),
        Sheet("source", tuple(_on_source_sheet(block) for block in ALL), heading="source", frozen=3, each_source=True),
        Sheet("vms", (ALL_VMS,), frozen=5),
        Sheet("hosts", (ALL_HOSTS,), frozen=3),
        Sheet("datastores", (ALL_DATASTORES,), frozen=3),
        Sheet("networks", (ALL_NETWORKS,), frozen=3),
        Sheet("coverage", (SECTIONS_READ, ISSUES), heading="coverage"),
    ),
)
