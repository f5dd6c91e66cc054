# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The sheets that a workbook has when they are asked for."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import (
    CODE,
    DECIMAL,
    INTEGER,
    LIST,
    NOTE,
    PERCENT,
    STATE,
    TIME,
    YES_NO,
)
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.objects import EVERY_OTHER, LABELLED
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import FULLNESS, SOURCE
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Rule, View


def _used_percent(free: float | None) -> float | None:
    return None if free is None else 100 - free


CLUSTERS = Block(
    "clusters",
    (
        SOURCE,
        Column("cluster", ("name",)),
        Column("overall_status", format=STATE),
        Column("datacenter"),
        Column("host_count", format=INTEGER),
        Column("effective_hosts", format=INTEGER),
        Column("registered", ("vm_count",), INTEGER),
        Column("cores", format=INTEGER),
        Column("threads", format=INTEGER),
        Column("cpu_total", ("cpu_mhz",), INTEGER),
        Column("effective_cpu", ("effective_cpu_mhz",), INTEGER),
        Column("ram_total", ("ram_gb",), DECIMAL),
        Column("effective_ram", ("effective_ram_gb",), DECIMAL),
        Column("drs", ("drs_enabled",), YES_NO),
        Column("drs_behavior", format=STATE),
        Column("ha", ("ha_enabled",), YES_NO),
        Column("admission_control", ("ha_admission_control",), YES_NO),
        Column("failover_level", ("ha_failover_level",), INTEGER),
        Column("evc_mode"),
        Column("vsan", ("vsan_enabled",), YES_NO),
        Column("hosts", format=LIST, max_width=40),
        Column("folder"),
        *LABELLED,
    ),
    "header_all",
    title="title.clusters",
    rules=(
        Rule("good", "overall_status", ("green",), whole_row=False),
        Rule("warning", "overall_status", ("yellow",), whole_row=False),
        Rule("bad", "overall_status", ("red",), whole_row=False),
        EVERY_OTHER,
    ),
    order_by=("name",),
    map_columns="custom_attributes",
)
SNAPSHOTS = Block(
    "vm_snapshots",
    (
        SOURCE,
        Column("vm"),
        Column("snapshot", ("name",)),
        Column("age", ("age_days",), INTEGER),
        Column("taken", ("created",), TIME),
        Column("size", ("size_gb",), DECIMAL),
        Column("current", format=YES_NO),
        Column("parent"),
        Column("vm_state", ("state",), STATE),
        Column("quiesced", format=YES_NO),
        Column("annotation", ("description",), NOTE, max_width=60),
    ),
    "header_all",
    title="title.snapshots",
    rules=(
        Rule("bad", "age", at_least=31, whole_row=False),
        Rule("warning", "age", at_least=8, whole_row=False),
    ),
    order_by=("vm",),
)
DISKS = Block(
    "vm_disks",
    (
        SOURCE,
        Column("vm"),
        Column("disk", ("label",)),
        Column("capacity", ("capacity_gb",), DECIMAL),
        Column("thin", format=YES_NO),
        Column("eager_zeroed", format=YES_NO),
        Column("raw", format=YES_NO),
        Column("disk_mode", ("mode",), STATE),
        Column("sharing", format=STATE),
        Column("datastore"),
        Column("file", max_width=60),
        Column("controller"),
        Column("controller_type"),
        Column("unit", format=INTEGER),
        Column("uuid", max_width=38),
    ),
    "header_all",
    title="title.disks",
    rules=(EVERY_OTHER,),
    order_by=("vm",),
)
NICS = Block(
    "vm_nics",
    (
        SOURCE,
        Column("vm"),
        Column("adapter", ("label",)),
        Column("adapter_type", ("adapter",)),
        Column("mac"),
        Column("network"),
        Column("vlan", format=CODE),
        Column("switch"),
        Column("adapter_connected", ("connected",), YES_NO),
        Column("start_connected", format=YES_NO),
        Column("ipv4", format=LIST, max_width=40),
        Column("ipv6", format=LIST, max_width=44),
    ),
    "header_all",
    title="title.nics",
    rules=(EVERY_OTHER,),
    order_by=("vm",),
)
PARTITIONS = Block(
    "vm_partitions",
    (
        SOURCE,
        Column("vm"),
        Column("path"),
        Column("filesystem"),
        Column("capacity", ("capacity_gb",), DECIMAL),
        Column("free", ("free_gb",), DECIMAL),
        Column("used_percent", ("free_percent",), PERCENT, _used_percent),
    ),
    "header_all",
    title="title.partitions",
    rules=(*FULLNESS, EVERY_OTHER),
    order_by=("vm", "path"),
)
IP_ADDRESSES = Block(
    "ip_addresses",
    (
        SOURCE,
        Column("vm"),
        Column("ip"),
        Column("family"),
        Column("adapter", ("label",)),
        Column("mac"),
        Column("network"),
        Column("vlan", format=CODE),
        Column("switch"),
        Column("adapter_connected", ("connected",), YES_NO),
        Column("host"),
        Column("cluster"),
    ),
    "header_all",
    title="title.ip_addresses",
    rules=(EVERY_OTHER,),
    section="vm_nics",
)

EXTRAS = (
    Sheet("clusters", (CLUSTERS,), view=View(frozen_columns=2), extra=True),
    Sheet("snapshots", (SNAPSHOTS,), view=View(frozen_columns=3), extra=True),
    Sheet("disks", (DISKS,), view=View(frozen_columns=3), extra=True),
    Sheet("nics", (NICS,), view=View(frozen_columns=3), extra=True),
    Sheet("partitions", (PARTITIONS,), view=View(frozen_columns=3), extra=True),
    Sheet("ip_addresses", (IP_ADDRESSES,), view=View(frozen_columns=3), extra=True),
)
