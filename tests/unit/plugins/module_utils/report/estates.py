# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scans for tests, written through ScanWriter with the real catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, Issue, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Layout
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import WrittenWorkbook, write_workbook as write

FINISHED = "2025-02-20T14:30:00Z"


def make_scan(
    source: str,
    sections: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    path: str = IN_MEMORY,
    issues: Iterable[Issue] = (),
    seconds_of: Mapping[str, float] | None = None,
    **head: Any,
) -> Scan:
    """A finished scan with rows by field key. Without ``sections`` it has none, as that of a failed source."""
    with ScanWriter(str(path)) as writer:
        for key, rows in (sections or {}).items():
            fields = SECTIONS[key].fields
            writer.add_section(SECTIONS[key], fields)
            for row in rows:
                assert not set(row) - {field.key for field in fields}, set(row)
                kept = [None if row.get(field.key) is None else KINDS[field.kind].encode(row[field.key]) for field in fields]
                writer.add_rows(key, [tuple(kept)])
        for key, seconds in (seconds_of or {}).items():
            writer.add_seconds(key, seconds)
        for issue in issues:
            writer.add_issue(issue)
        writer.finish(ScanHead(**{**HEAD, "source": source, "address": f"{source}.example.com", **head}))
        return writer.reader()


#: What the certificate of a source says.
CERTIFICATE = {
    "subject": "CN=vc.example.com", "issuer": "CN=CA,DC=vsphere,DC=local", "not_before": "2024-03-12T08:00:00Z",
    "not_after": "2025-03-12T08:00:00Z", "fingerprint": "AB:CD", "days_left": 19,
}  # fmt: skip
HEAD = {
    "type": "vCenter",
    "about": {"version": "8.0.3", "build": "24022515", "full_name": "VMware vCenter Server 8.0.3 build-24022515"},
    "status": "ok",
    "started": "2025-02-20T14:29:48Z",
    "finished": FINISHED,
    "seconds": 12.25,
}


def vm(number: int, **fields: Any) -> dict[str, Any]:
    """A VM with everything set."""
    return {
        "moid": f"vm-{number}",
        "name": f"srv-app-{number:05}",
        "instance_uuid": f"5029f3c1-0000-4000-8000-{number:012}",
        "template": False,
        "power_state": ("poweredOn", "poweredOn", "poweredOff", "suspended")[number % 4],
        "host": f"esx{number % 8:02}.example.com",
        "processor": "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz",
        "cluster": "Production",
        "datacenter": "Madrid",
        "folder": "/Applications/Web",
        "vcpu": 1 + number % 8,
        "ram_mb": 2048 + 512 * (number % 30),
        "os_name": "Red Hat Enterprise Linux 9 (64-bit)",
        "os_edition": "Red Hat Enterprise Linux 9.4 (Plow)",
        "domain": "example.com",
        "ip_address": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        "mac_addresses": [f"00:50:56:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"],
        "disks": f"Hard disk 1: {40 + number % 100} GB thin [ds{number % 5:02}]",
        "storage_total_gb": 40.0 + number % 100,
        "provisioned_gb": 44.123456 + number % 100,
        "used_gb": 20.987654 + number % 50,
        "primary_network": "VLAN 120 Servers",
        "primary_datastore": f"ds{number % 5:02}",
        "tools_status": ("toolsOk", "toolsOld", "toolsNotRunning", "toolsNotInstalled")[number % 4],
        "tools_version": "12389",
        "hw_version": "vmx-20",
        "snapshot_count": number % 3,
        "created": "2024-05-06T07:08:09Z",
        "annotation": "Web shop\nAsk the web team" if number % 5 == 0 else "",
        **fields,
    }


def host(number: int, **fields: Any) -> dict[str, Any]:
    """A host with everything set."""
    return {
        "moid": f"host-{number}",
        "name": f"esx{number:02}.example.com",
        "uuid": f"4c4c4544-0000-4000-8000-{number:012}",
        "ip": f"10.255.0.{number}",
        "version": "8.0.3",
        "build": "24022510",
        "vendor": "Dell Inc.",
        "model": "PowerEdge R750",
        "serial": f"SN{number:05}",
        "cpu_model": "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz",
        "sockets": 2,
        "cores": 64,
        "threads": 128,
        "cpu_mhz": 2000,
        "ram_gb": 1024.0,
        "ram_used_gb": 700.5,
        "ram_free_gb": 323.5,
        "ram_usage_percent": 68.4,
        "cpu_usage_percent": 21.0,
        "connection_state": ("connected", "connected", "disconnected", "notResponding")[number % 4],
        "maintenance": number % 8 == 1,
        "cluster": "Production",
        "datacenter": "Madrid",
        "vm_count": 40,
        "datastores": ["ds00", "ds01", "ds02"],
        "boot_time": "2025-01-02T03:04:05Z",
        **fields,
    }


def datastore(number: int, **fields: Any) -> dict[str, Any]:
    """A datastore; number of them by number fuller and fuller."""
    used = min(100.0, 10.0 + 20 * number)
    return {
        "moid": f"datastore-{number}",
        "name": f"ds{number:02}",
        "type": "VMFS",
        "capacity_gb": 4096.0,
        "free_gb": 4096 * (1 - used / 100),
        "used_gb": 4096 * used / 100,
        "used_percent": used,
        "provisioned_gb": 5000.0,
        "accessible": True,
        "maintenance_mode": "normal",
        "hosts": [f"esx{index:02}.example.com" for index in range(8)],
        "host_count": 8,
        "vm_count": 0,
        "datacenter": "Madrid",
        "folder": "/",
        "url": f"ds:///vmfs/volumes/{number:08}/",
        **fields,
    }


def network(number: int, **fields: Any) -> dict[str, Any]:
    """A network."""
    return {
        "moid": f"network-{number}",
        "name": f"VLAN {100 + number} Servers",
        "type": ("Standard", "Distributed", "Uplink", "Opaque")[number % 4],
        "vlan": (str(100 + number), "trunk 1-10,20", "pvlan 100", None)[number % 4],
        "switch": "vSwitch0",
        "accessible": True,
        "hosts": ["esx00.example.com", "esx01.example.com"],
        "host_count": 2,
        "vm_count": 3,
        "datacenter": "Madrid",
        "folder": "/",
        **fields,
    }


def cluster(number: int, **fields: Any) -> dict[str, Any]:
    """A cluster with everything set."""
    return {
        "moid": f"domain-c{number}",
        "name": ("Production", "Test", "Edge", "Backup")[number % 4] + (f" {number}" if number > 3 else ""),
        "datacenter": "Madrid",
        "folder": "/",
        "hosts": [f"esx{index:02}.example.com" for index in range(8)],
        "host_count": 8,
        "effective_hosts": 6,
        "cores": 512,
        "threads": 1024,
        "cpu_mhz": 1024000,
        "ram_gb": 8192.0,
        "effective_cpu_mhz": 900000,
        "effective_ram_gb": 7000.0,
        "vm_count": 300,
        "drs_enabled": True,
        "drs_behavior": ("fullyAutomated", "partiallyAutomated", "manual")[number % 3],
        "ha_enabled": number % 2 == 0,
        "ha_admission_control": True,
        "ha_failover_level": 1,
        "evc_mode": "intel-icelake",
        "vsan_enabled": False,
        "overall_status": ("green", "yellow", "red", "gray")[number % 4],
        **fields,
    }


def snapshot(number: int, **fields: Any) -> dict[str, Any]:
    """A snapshot; number of them by number older and older."""
    return {
        "moid": f"vm-{number}",
        "vm": f"srv-app-{number:05}",
        "snapshot": f"snapshot-{number}",
        "name": "Before the upgrade",
        "description": "Ask the web team before you remove it",
        "created": "2025-01-20T14:30:00Z",
        "age_days": 3 * number,
        "size_gb": 1.5 * number,
        "quiesced": False,
        "state": "poweredOn",
        "id": number,
        "current": True,
        **fields,
    }


def disk(number: int, **fields: Any) -> dict[str, Any]:
    """A virtual disk."""
    return {
        "moid": f"vm-{number}",
        "vm": f"srv-app-{number:05}",
        "label": "Hard disk 1",
        "key": 2000,
        "capacity_gb": 40.0 + number % 100,
        "thin": True,
        "mode": ("persistent", "independent_persistent", "independent_nonpersistent")[number % 3],
        "sharing": "sharingNone",
        "raw": False,
        "datastore": f"ds{number % 5:02}",
        "file": f"[ds{number % 5:02}] srv-app-{number:05}/srv-app-{number:05}.vmdk",
        "controller": "SCSI controller 0",
        "controller_type": "ParaVirtualSCSIController",
        "unit": 0,
        "uuid": f"6000c290-0000-4000-8000-{number:012}",
        **fields,
    }


def nic(number: int, **fields: Any) -> dict[str, Any]:
    """A network adapter."""
    return {
        "moid": f"vm-{number}",
        "vm": f"srv-app-{number:05}",
        "label": "Network adapter 1",
        "key": 4000,
        "adapter": "VirtualVmxnet3",
        "mac": f"00:50:56:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
        "network": "VLAN 120 Servers",
        "switch": "vSwitch0",
        "vlan": "120",
        "connected": True,
        "start_connected": True,
        "ipv4": [f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"],
        "ipv6": [f"fe80::250:56ff:fe00:{number:x}"],
        **fields,
    }


def partition(number: int, **fields: Any) -> dict[str, Any]:
    """A file system of a guest."""
    return {
        "moid": f"vm-{number}",
        "vm": f"srv-app-{number:05}",
        "path": "/",
        "filesystem": "xfs",
        "capacity_gb": 40.0,
        "free_gb": 40.0 * (number % 11) / 10,
        "free_percent": 10.0 * (number % 11),
        **fields,
    }


def extra_sections(vms: int = 6, clusters: int = 4) -> dict[str, list[dict[str, Any]]]:
    """The sections that only extra sheets show, with one row each a VM."""
    return {
        "clusters": [cluster(number) for number in range(clusters)],
        "vm_disks": [disk(number) for number in range(vms)],
        "vm_nics": [nic(number) for number in range(vms)],
        "vm_partitions": [partition(number) for number in range(vms)],
        "vm_snapshots": [snapshot(number) for number in range(vms)],
    }


def sections(vms: int = 6, hosts: int = 8, datastores: int = 5, networks: int = 4) -> dict[str, list[dict[str, Any]]]:
    """All sections, with this many rows each."""
    return {
        "vms": [vm(number) for number in range(vms)],
        "hosts": [host(number) for number in range(hosts)],
        "datastores": [datastore(number) for number in range(datastores)],
        "networks": [network(number) for number in range(networks)],
    }


def estate() -> list[Scan]:
    """Three sources: one whole with a template, one partial, one failed."""
    whole = sections()
    whole["vms"].append(vm(90, name="tpl-rhel9", template=True, power_state="poweredOff"))
    part = sections(4, 2, 2, 0)
    del part["networks"]
    return [
        make_scan("madrid", whole),
        make_scan(
            "lima",
            part,
            status="partial",
            issues=[
                Issue("networks", "", "", "no_permission", "the account may not see networks"),
                Issue("vms", "vm-3", "config.annotation", "unreadable", "NoPermission"),
            ],
        ),
        make_scan("quito", status="failed", type="", about={}, error="esx9.example.com did not answer within 30 s", error_kind="timeout", seconds=30.0),
    ]


def make_damaged_scan(path: Path) -> None:
    """A scan file that opens, and of which a part in the middle cannot be read."""
    make_scan("a", sections(500), path=path).close()
    with open(path, "r+b") as stream:
        stream.seek(64 * 1024)
        stream.write(b"\xff" * 32 * 1024)


def report_data(*scans: Scan, layout: str = "consolidated", missing: Sequence[str] = ()) -> ReportData:
    """Scans with a layout."""
    return ReportData(scans, LAYOUTS[layout].with_extra(()), missing)


def written_workbook(scans: Sequence[Scan], layout: Layout, folder: Any, language: str = "en", missing: Sequence[str] = (), **options: Any) -> WrittenWorkbook:
    """The workbook of scans, written to a folder."""
    return write(build_report(ReportData(scans, layout, missing)), LANGUAGES[language], str(folder), **options)


def write_workbook(scans: Sequence[Scan], folder: Any, language: str = "en", layout: str = "consolidated", extra: Sequence[str] = (), **options: Any) -> str:
    """The workbook of scans, its path."""
    return written_workbook(scans, LAYOUTS[layout].with_extra(extra), folder, language, **options).path


def rows_below(sheet: Any, header: list[str]) -> list[dict[str, Any]]:
    """The rows of a sheet below the header row that begins with these cells, up to an empty row."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(index for index, row in enumerate(rows) if row[: len(header)] == header)
    found = []
    for row in rows[start + 1 :]:
        if not any(value is not None for value in row):
            break
        found.append({key: value for key, value in zip(rows[start], row) if key is not None})
    return found
