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
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import FULLNESS, HOST_RULES, SOURCE, host_state


def _gb_of_mb(value: int | None) -> float | None:
    return None if value is None else value / 1024


ORIGIN = (SOURCE, Column("address", cap=36))

VM_COLUMNS = (
    Column("host", cap=36),
    Column("environment", cap=28),
    Column("hostname", ("name",)),
    Column("annotation", form=NOTE, cap=40),
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
    Column("system_vm", form=STATE),
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
    Column("host_state", ("connection_state", "maintenance"), STATE, host_state),
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
    Column("migration_appliance", form=YES_NO),
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
    Column("hosts_without_access", form=LIST, cap=30),
    Column("hosts_read_only", form=LIST, cap=30),
    Column("space_provisioned", ("provisioned_gb",), DECIMAL),
    Column("host_count", form=INTEGER),
    Column("registered", ("vm_count",), INTEGER),
    Column("datastore_cluster", ("cluster",)),
    Column("maintenance_mode", form=STATE),
    Column("datacenter"),
    Column("folder"),
    Column("duplicate_of"),
    Column("migration_appliance", form=YES_NO),
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
    # What is told of it is from before.
    Rule("stale", "connection_state", ("disconnected", "orphaned", "inaccessible", "invalid")),
)
EVERY_OTHER = Rule("other")
#: What no number counts.
_APPLIANCE = Rule("stale", "migration_appliance", truth=True)
DATASTORE_RULES = (
    _APPLIANCE,
    Rule("stale", "duplicate_of", is_set=True),
    Rule("bad", "accessible", truth=False),
    Rule("waiting", "hosts_without_access", is_set=True, whole_row=False),
    Rule("waiting", "hosts_read_only", is_set=True, whole_row=False),
    *FULLNESS,
    Rule("over", "space_provisioned", more_than="capacity", whole_row=False),
    EVERY_OTHER,
)
ALL_HOST_RULES = (
    _APPLIANCE,
    *HOST_RULES,
    Rule("stale", "host_state", ("disconnected", "notResponding"), marks=("ram_used", "ram_free", "cpu_usage", "ram_usage")),
)

LABELLED = (Column("tags", form=TAGS, cap=40),)


def _of_all(section: str, columns: tuple[Column, ...], rules: tuple[Rule, ...]) -> Block:
    return Block(section, ORIGIN + columns + LABELLED, "header_all", rules=rules, order_by=("name",), spread="custom_attributes")


ALL_VMS = _of_all("vms", VM_COLUMNS, VM_RULES)
ALL_HOSTS = _of_all("hosts", HOST_COLUMNS, ALL_HOST_RULES)
ALL_DATASTORES = _of_all("datastores", DATASTORE_COLUMNS, DATASTORE_RULES)
ALL_NETWORKS = _of_all("networks", NETWORK_COLUMNS, (EVERY_OTHER,))

ALL = (ALL_VMS, ALL_HOSTS, ALL_DATASTORES, ALL_NETWORKS)


def of_one_source(block: Block) -> Block:
    """The same block without the columns that its sheet's heading says once."""
    return replace(block, columns=block.columns[len(ORIGIN) :], header="header_source", title=f"title.{block.table}")
