# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""VMs, hosts, datastores and networks as tables, which every layout has."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import (
    CODE,
    DECIMAL,
    INTEGER,
    LIST,
    NOTE,
    PERCENT,
    STATE,
    TAGS,
    TIME,
    YES_NO,
)
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import FULLNESS, HOST_RULES, SOURCE, host_state
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Rule


def _gb_of_mb(value: int | None) -> float | None:
    return None if value is None else value / 1024


ORIGIN = (SOURCE, Column("address", max_width=36))

VM_COLUMNS = (
    Column("host", max_width=36),
    Column("environment", max_width=28),
    Column("hostname", ("name",)),
    Column("annotation", format=NOTE, max_width=40),
    Column("power_state", format=STATE),
    Column("processor", max_width=44),
    Column("vcpu", format=INTEGER),
    Column("primary_datastore"),
    Column("primary_network"),
    Column("domain"),
    Column("os_name", max_width=36),
    Column("os_edition", max_width=36),
    Column("tools_status", format=STATE),
    Column("tools_version"),
    Column("hw_version"),
    Column("ip_address"),
    Column("mac", ("mac_addresses",), LIST, max_width=36),
    Column("ram", ("ram_mb",), DECIMAL, _gb_of_mb, unit="GB"),
    Column("disks", max_width=44),
    Column("storage_total", ("storage_total_gb",), DECIMAL),
    Column("cluster"),
    Column("datacenter"),
    Column("folder"),
    Column("provisioned", ("provisioned_gb",), DECIMAL),
    Column("used", ("used_gb",), DECIMAL),
    Column("snapshots", ("snapshot_count",), INTEGER),
    Column("created", format=TIME),
    Column("template", format=YES_NO),
    Column("system_vm", format=STATE),
    Column("connection_state", format=STATE),
    Column("all_datastores", ("datastores",), LIST, max_width=40),
    Column("all_networks", ("networks",), LIST, max_width=40),
    Column("dns_name"),
    Column("instance_uuid", max_width=38),
)
HOST_COLUMNS = (
    Column("name"),
    Column("ip"),
    Column("esxi_version", ("version",)),
    Column("build"),
    Column("cpu_model", max_width=44),
    Column("cores", format=INTEGER),
    Column("threads", format=INTEGER),
    Column("ram_total", ("ram_gb",), DECIMAL),
    Column("ram_used", ("ram_used_gb",), DECIMAL),
    Column("ram_free", ("ram_free_gb",), DECIMAL),
    Column("datastores", format=LIST, max_width=40),
    Column("host_state", ("connection_state", "maintenance"), STATE, host_state),
    Column("cluster"),
    Column("vendor"),
    Column("model"),
    Column("serial"),
    Column("datacenter"),
    Column("sockets", format=INTEGER),
    Column("cpu_mhz", format=INTEGER),
    Column("cpu_usage", ("cpu_usage_percent",), PERCENT),
    Column("ram_usage", ("ram_usage_percent",), PERCENT),
    Column("registered", ("vm_count",), INTEGER),
    Column("boot_time", format=TIME),
    Column("migration_appliance", format=YES_NO),
    Column("uuid", max_width=38),
)
DATASTORE_COLUMNS = (
    Column("datastore", ("name",)),
    Column("type"),
    Column("capacity", ("capacity_gb",), DECIMAL),
    Column("free", ("free_gb",), DECIMAL),
    Column("space_used", ("used_gb",), DECIMAL),
    Column("used_percent", format=PERCENT),
    Column("hosts", format=LIST, max_width=40),
    Column("accessible", format=YES_NO),
    Column("hosts_without_access", format=LIST, max_width=30),
    Column("hosts_read_only", format=LIST, max_width=30),
    Column("space_provisioned", ("provisioned_gb",), DECIMAL),
    Column("host_count", format=INTEGER),
    Column("registered", ("vm_count",), INTEGER),
    Column("datastore_cluster", ("cluster",)),
    Column("maintenance_mode", format=STATE),
    Column("datacenter"),
    Column("folder"),
    Column("duplicate_of"),
    Column("migration_appliance", format=YES_NO),
    Column("url", max_width=40),
)
NETWORK_COLUMNS = (
    Column("network", ("name",)),
    Column("type", format=STATE),
    Column("vlan", format=CODE),
    Column("switch"),
    Column("hosts", format=LIST, max_width=40),
    Column("connected", ("vm_count",), INTEGER),
    Column("host_count", format=INTEGER),
    Column("accessible", format=YES_NO),
    Column("datacenter"),
    Column("folder"),
)

VM_RULES = (
    Rule("good", "power_state", ("poweredOn",)),
    Rule("bad", "power_state", ("poweredOff",)),
    Rule("warning", "power_state", ("suspended",)),
    # What is told of it is from before.
    Rule("stale", "connection_state", ("disconnected", "orphaned", "inaccessible", "invalid")),
)
EVERY_OTHER = Rule("banded")
#: What no number counts.
_APPLIANCE = Rule("stale", "migration_appliance", truth=True)
DATASTORE_RULES = (
    _APPLIANCE,
    Rule("stale", "duplicate_of", is_set=True),
    Rule("bad", "accessible", truth=False),
    Rule("warning", "hosts_without_access", is_set=True, whole_row=False),
    Rule("warning", "hosts_read_only", is_set=True, whole_row=False),
    *FULLNESS,
    Rule("overcommitted", "space_provisioned", more_than="capacity", whole_row=False),
    EVERY_OTHER,
)
ALL_HOST_RULES = (
    _APPLIANCE,
    *HOST_RULES,
    Rule("stale", "host_state", ("disconnected", "notResponding"), targets=("ram_used", "ram_free", "cpu_usage", "ram_usage")),
)

LABELLED = (Column("tags", format=TAGS, max_width=40),)


def _of_all(section: str, columns: tuple[Column, ...], rules: tuple[Rule, ...]) -> Block:
    return Block(section, ORIGIN + columns + LABELLED, "header_all", rules=rules, order_by=("name",), map_columns="custom_attributes")


ALL_VMS = _of_all("vms", VM_COLUMNS, VM_RULES)
ALL_HOSTS = _of_all("hosts", HOST_COLUMNS, ALL_HOST_RULES)
ALL_DATASTORES = _of_all("datastores", DATASTORE_COLUMNS, DATASTORE_RULES)
ALL_NETWORKS = _of_all("networks", NETWORK_COLUMNS, (EVERY_OTHER,))

ALL = (ALL_VMS, ALL_HOSTS, ALL_DATASTORES, ALL_NETWORKS)


def of_one_source(block: Block) -> Block:
    """The same block without the columns that its sheet's heading says once."""
    return replace(block, columns=block.columns[len(ORIGIN) :], header_style="header_source", title=f"title.{block.table}")
