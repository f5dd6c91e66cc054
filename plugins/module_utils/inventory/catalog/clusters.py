# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section clusters: a row a ClusterComputeResource."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TEXT,
    Aggregates,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import CUSTOM_ATTRIBUTES, DATACENTER, FOLDER, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import references, sizes, tags, values

#: Some releases set only one of these; the newer one is second.
CONFIGURATIONS = ("configuration.", "configurationEx.")


def _configured(key: str, part: str, kind: str, description: str, **more: Any) -> Field:
    """A field of a part of the configuration."""
    return Field(key, tuple(whole + part for whole in CONFIGURATIONS), kind, description, compute=values.first_set, **more)


CLUSTERS = Section(
    key="clusters",
    managed_types=("ClusterComputeResource",),
    description="Clusters",
    fields=(
        MOID,
        name("cluster"),
        DATACENTER,
        FOLDER,
        Field("hosts", "host", LIST, "Its hosts", compute=references.names, redact_as="host"),
        Field("host_count", "host", INTEGER, "Number of its hosts", compute=values.count, unit="hosts"),
        Field("effective_hosts", "summary.numEffectiveHosts", INTEGER, "Number of hosts that are connected and not in maintenance mode", unit="hosts"),
        Field("cores", "summary.numCpuCores", INTEGER, "CPU cores of all hosts", unit="cores"),
        Field("threads", "summary.numCpuThreads", INTEGER, "CPU threads of all hosts", unit="threads"),
        Field("cpu_mhz", "summary.totalCpu", INTEGER, "CPU capacity of all hosts", unit="MHz"),
        Field("ram_gb", "summary.totalMemory", REAL, "Memory of all hosts", compute=sizes.gb, unit="GB"),
        Field("effective_cpu_mhz", "summary.effectiveCpu", INTEGER, "CPU available to VMs", unit="MHz"),
        Field("effective_ram_gb", "summary.effectiveMemory", REAL, "Memory available to VMs", compute=sizes.gb_of_mb, unit="GB"),
        Field("vm_count", "summary.usageSummary.totalVmCount", INTEGER, "VMs and templates on its hosts, or by vCenter if vms are not read", unit="VMs"),
        _configured("drs_enabled", "drsConfig.enabled", BOOLEAN, "DRS is on"),
        _configured("drs_behavior", "drsConfig.defaultVmBehavior", TEXT, "manual, partiallyAutomated or fullyAutomated", redact_as=None),
        _configured("ha_enabled", "dasConfig.enabled", BOOLEAN, "vSphere HA is on"),
        _configured("ha_admission_control", "dasConfig.admissionControlEnabled", BOOLEAN, "vSphere HA admission control is on"),
        _configured("ha_failover_level", "dasConfig.failoverLevel", INTEGER, "Number of host failures to tolerate", unit="hosts"),
        Field("evc_mode", "summary.currentEVCModeKey", TEXT, "EVC mode", redact_as=None),
        Field("vsan_enabled", "configurationEx.vsanConfigInfo.enabled", BOOLEAN, "vSAN is on"),
        Field("overall_status", "summary.overallStatus", TEXT, "green, yellow, red or gray", redact_as=None),
        CUSTOM_ATTRIBUTES,
        TAGGED,
    ),
    shapes=tags.SHAPES,
    # No VMs may mean that the account cannot see their hosts, so the count of vCenter stays.
    aggregates=Aggregates(
        section="vms",
        join_on={"cluster": "name", "datacenter": "datacenter"},
        columns={"vm_count": "CASE count(*) WHEN 0 THEN clusters.vm_count ELSE count(*) END"},
    ),
)
