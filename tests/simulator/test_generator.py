# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole estate: what was recorded of it is what plain pyVmomi reads, twice the same, with everything in it."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import estates
import pytest
from plain_pyvmomi import connect, ids, read
from pyVmomi import VmomiSupport, vim, vmodl

GIB = 1 << 30
VM_PATHS = [
    "name",
    "parent",
    "parentVApp",
    "resourcePool",
    "config.uuid",
    "config.instanceUuid",
    "config.template",
    "config.annotation",
    "config.createDate",
    "config.guestFullName",
    "config.firmware",
    "config.version",
    "config.files.vmPathName",
    "config.hardware.device",
    "config.hardware.numCPU",
    "config.hardware.memoryMB",
    "config.cpuHotAddEnabled",
    "config.changeTrackingEnabled",
    "config.bootOptions.efiSecureBootEnabled",
    "config.cpuAllocation.limit",
    "config.memoryAllocation.reservation",
    "runtime.host",
    "runtime.powerState",
    "runtime.connectionState",
    "runtime.bootTime",
    "runtime.consolidationNeeded",
    "guest.hostName",
    "guest.ipAddress",
    "guest.net",
    "guest.disk",
    "guest.toolsStatus",
    "guest.toolsVersionStatus2",
    "guest.guestDetailedData",
    "summary.quickStats",
    "summary.storage",
    "datastore",
    "network",
    "snapshot",
    "layoutEx",
    "customValue",
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[estates.Simulator, Path]]:
    folder = tmp_path_factory.mktemp("whole")
    with estates.start_simulator(folder, vms=250, record=folder / "record") as simulator:
        yield simulator, folder / "record"


@pytest.fixture(scope="module")
def record(whole: tuple[estates.Simulator, Path]) -> dict[str, dict[str, dict]]:
    """What was recorded, by section and managed object id."""
    sections: dict[str, dict[str, dict]] = {}
    for line in whole[1].read_text().split("\n")[:-1]:
        facts = json.loads(line)
        sections.setdefault(facts["section"], {})[str(facts.get("moid", facts.get("key")))] = facts
    return sections


@pytest.fixture(scope="module")
def found(whole: tuple[estates.Simulator, Path]) -> dict[type, dict[str, dict]]:
    wanted = {
        vim.VirtualMachine: VM_PATHS,
        vim.HostSystem: ["name", "summary", "hardware.systemInfo", "runtime", "vm", "network", "datastore", "config.dateTimeInfo"],
        vim.Datastore: ["name", "summary", "vm", "host", "info", "parent"],
        vim.Network: ["name", "vm", "host", "tag", "summary"],
        vim.dvs.DistributedVirtualPortgroup: ["config"],
        vim.ClusterComputeResource: ["name", "summary", "host", "configurationEx"],
        vim.ResourcePool: ["name", "vm", "parent"],
        vim.Folder: ["name"],
    }
    return read(connect(whole[0]), wanted, page=40)


def test_record_names_the_machines(record: dict, found: dict) -> None:
    rows, facts = found[vim.VirtualMachine], record["vms"]
    assert rows.keys() == facts.keys()
    assert len(rows) == 250
    hosts = {moid: row["name"] for moid, row in found[vim.HostSystem].items()}
    for moid, row in rows.items():
        fact = facts[moid]
        assert row["name"] == fact["name"].replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")
        assert hosts[row["runtime.host"]._GetMoId()] == fact["host"]
        assert row.get("config.uuid") == fact.get("bios_uuid")
        assert row["runtime.powerState"] == fact["power_state"]
        assert row["runtime.connectionState"] == fact["connection_state"]
        assert row["summary.quickStats"].uptimeSeconds == (fact["uptime_seconds"] or None)
        for path, key in {
            "config.instanceUuid": "instance_uuid",
            "config.template": "template",
            "config.annotation": "annotation",
            "config.firmware": "firmware",
            "config.version": "hw_version",
            "config.hardware.numCPU": "vcpu",
            "config.hardware.memoryMB": "ram_mb",
            "guest.hostName": "dns_name",
            "config.guestFullName": "os_configured",
            "guest.ipAddress": "guest_ip_address",
            "guest.toolsStatus": "tools_status",
            "guest.toolsVersionStatus2": "tools_version_status",
            "config.files.vmPathName": "vmx_path",
            "config.cpuHotAddEnabled": "cpu_hot_add",
            "config.changeTrackingEnabled": "change_tracking",
            "config.bootOptions.efiSecureBootEnabled": "secure_boot",
            "runtime.consolidationNeeded": "consolidation_needed",
            "config.memoryAllocation.reservation": "memory_reservation_mb",
        }.items():
            reported = None if row.get(path) == "(none)" else row.get(path)
            assert reported == fact.get(key), (path, fact["name"])
        assert (row.get("config.cpuAllocation.limit") or -1) == fact.get("cpu_limit_mhz", -1)
        for path, key in {"config.createDate": "created", "runtime.bootTime": "boot_time"}.items():
            reported = row.get(path) if path in row and row[path].year > 1970 else None
            assert reported == (VmomiSupport.Iso8601.ParseISO8601(fact[key]) if key in fact else None)
        assert (row["resourcePool"] is None if "resourcePool" in row else True) == ("resource_pool" not in fact)
        if "parentVApp" in row:
            assert "parent" not in row and fact["vapp"]
        names = {**found[vim.Datastore], **found[vim.Network]}
        for path, key in {"datastore": "datastores", "network": "networks"}.items():
            assert sorted(unquote(names[one]["name"]) for one in ids(row[path])) == fact[key]


def test_record_has_the_devices(record: dict, found: dict) -> None:
    for moid, row in found[vim.VirtualMachine].items():
        devices = row.get("config.hardware.device") or []
        disks = [device for device in devices if isinstance(device, vim.vm.device.VirtualDisk)]
        facts = record["vms"][moid]["vm_disks"]
        by_key = {device.key: device for device in devices}
        assert [
            (
                disk.deviceInfo.label,
                disk.key,
                disk.capacityInBytes / GIB,
                disk.backing.diskMode,
                disk.backing.sharing,
                disk.backing.fileName,
                disk.backing.uuid,
                disk.unitNumber,
                type(by_key[disk.controllerKey]).__name__.rpartition(".")[2],
            )
            for disk in disks
        ] == [
            (fact["label"], fact["key"], fact["capacity_gb"], fact["mode"], fact["sharing"], fact["file"], fact["uuid"], fact["unit"], fact["controller_type"])
            for fact in facts
        ]
        assert [getattr(disk.backing, "thinProvisioned", None) for disk in disks] == [fact.get("thin") for fact in facts]
        assert [isinstance(disk.backing, vim.vm.device.VirtualDisk.RawDiskMappingVer1BackingInfo) for disk in disks] == [fact["raw"] for fact in facts]
        for disk in disks:
            assert disk.key in by_key[disk.controllerKey].device
        cards = [device for device in devices if isinstance(device, vim.vm.device.VirtualEthernetCard)]
        facts = record["vms"][moid]["vm_nics"]
        assert [(card.key, card.macAddress, card.connectable.connected, type(card).__name__.rpartition(".")[2]) for card in cards] == [
            (fact["key"], fact.get("mac"), fact["connected"], fact["adapter"]) for fact in facts
        ]
        reported: dict[int, set[str]] = {}
        for nic in row.get("guest.net") or []:
            configured = [one.ipAddress for one in nic.ipConfig.ipAddress] if nic.ipConfig else []
            reported.setdefault(nic.deviceConfigId, set()).update(nic.ipAddress or configured)
        for fact in facts:
            assert {*fact.get("ipv4", ()), *fact.get("ipv6", ())} == reported.get(fact["key"], set())
        everything = set().union(*reported.values(), filter(None, [row.get("guest.ipAddress")]))
        assert sorted(record["vms"][moid].get("ip_addresses") or []) == sorted(everything)
        assert [(disk.diskPath, disk.capacity / GIB, disk.freeSpace / GIB) for disk in row.get("guest.disk") or []] == [
            (fact["path"], fact["capacity_gb"], fact["free_gb"]) for fact in record["vms"][moid]["vm_partitions"]
        ]


def test_record_has_the_storage(record: dict, found: dict) -> None:
    for moid, row in found[vim.VirtualMachine].items():
        fact = record["vms"][moid]
        if "used_gb" not in fact:
            assert "layoutEx" not in row and "summary.storage" not in row
            continue
        storage, layout = row["summary.storage"], row["layoutEx"]
        assert sum(file.size for file in layout.file) == storage.committed == fact["used_gb"] * GIB
        assert (storage.committed + storage.uncommitted) / GIB == fact["provisioned_gb"]
        nodes, waiting = [], list(row["snapshot"].rootSnapshotList) if "snapshot" in row else []
        while waiting:
            nodes.append(waiting.pop())
            waiting += nodes[-1].childSnapshotList
        assert {(node.id, unquote(node.name), node.state, node.quiesced) for node in nodes} == {
            (one["id"], one["name"], one["state"], one["quiesced"]) for one in fact["vm_snapshots"]
        }
        if nodes:
            sizes = {file.key: file.size for file in layout.file}
            first = {key for disk in layout.disk for key in disk.chain[0].fileKey}
            grown = {key for disk in layout.disk for unit in disk.chain for key in unit.fileKey}
            grown |= {key for shot in layout.snapshot for disk in shot.disk for unit in disk.chain for key in unit.fileKey}
            kept = {key for shot in layout.snapshot for key in (shot.dataKey, shot.memoryKey)} - {-1}
            assert sum(sizes[key] for key in (grown - first) | kept) / GIB == fact["snapshot_size_gb"]
            assert sum(one["size_gb"] for one in fact["vm_snapshots"]) == pytest.approx(fact["snapshot_size_gb"])


def test_record_has_the_rest(record: dict, found: dict) -> None:
    for moid, row in found[vim.HostSystem].items():
        fact = record["hosts"][moid]
        hardware = row["summary"].hardware
        assert " ".join(hardware.cpuModel.split()) == fact["cpu_model"]
        system = row["hardware.systemInfo"]
        identifiers = [system.serialNumber, *(info.identifierValue for info in system.otherIdentifyingInfo)]
        assert next(text for text in identifiers if text and text.strip() not in ("", "To Be Filled By O.E.M.", "Not Specified")) == fact["serial"]
        assert row["runtime"].connectionState == fact["connection_state"]
        assert (len(row["vm"]), hardware.memorySize / GIB) == (fact["vm_count"], fact["ram_gb"])
        assert row["summary"].quickStats.overallCpuUsage == fact["cpu_usage_mhz"]
        assert list(row["config.dateTimeInfo"].ntpConfig.server) == fact["ntp_servers"]
    for moid, row in found[vim.Datastore].items():
        fact = record["datastores"][moid]
        assert (row["summary"].capacity / GIB, row["summary"].freeSpace / GIB) == (fact["capacity_gb"], fact["free_gb"])
        assert ("cluster" in fact) == isinstance(row["parent"], vim.StoragePod)
        assert (len(row["vm"]), len(row["host"])) == (fact["vm_count"], len(fact["hosts"]))
    for moid, row in found[vim.Network].items():
        fact = record["networks"][moid]
        assert (unquote(row["name"]), len(row["vm"]), len(row["host"])) == (fact["name"], fact["vm_count"], len(fact["hosts"]))
        assert (fact["type"] == "Uplink") == any(tag.key == "SYSTEM/DVS.UPLINKPG" for tag in row["tag"])
    for moid, row in found[vim.ClusterComputeResource].items():
        fact = record["clusters"][moid]
        assert (row["name"], row["summary"].numEffectiveHosts, row["configurationEx"].drsConfig.enabled) == (
            fact["name"],
            fact["effective_hosts"],
            fact["drs_enabled"],
        )


def test_everything_is_in_it(record: dict, found: dict) -> None:
    machines, hosts, networks = (list(record[section].values()) for section in ("vms", "hosts", "networks"))
    assert {vm["connection_state"] for vm in machines} == {"connected", "disconnected", "orphaned", "inaccessible"}
    assert {vm["power_state"] for vm in machines} == {"poweredOn", "poweredOff", "suspended"}
    assert {vm.get("tools_status") for vm in machines} > {"toolsOk", "toolsOld", "toolsNotRunning", "toolsNotInstalled"}
    assert {host["connection_state"] for host in hosts} == {"connected", "disconnected", "notResponding"}
    assert any(host["maintenance"] for host in hosts)
    assert len({host["cpu_model"] for host in hosts}) >= 5
    assert {network["type"] for network in networks} == {"Standard", "Distributed", "NSX", "Uplink", "Opaque"}
    assert {network.get("vlan", "").partition(" ")[0] for network in networks} >= {"", "110", "trunk", "pvlan"}
    assert any(len(network.get("host_vlans", ())) > 1 for network in networks)
    assert {store["type"] for store in record["datastores"].values()} >= {"VMFS", "NFS", "NFS41", "vsan", "VVOL"}
    disks = [disk for vm in machines for disk in vm["vm_disks"]]
    assert any(disk["raw"] for disk in disks) and any(disk.get("eager_zeroed") for disk in disks)
    assert {disk["mode"] for disk in disks} == {"persistent", "independent_persistent"}
    assert len({disk["controller_type"] for disk in disks}) == 4
    backings = {
        type(device.backing)
        for row in found[vim.VirtualMachine].values()
        for device in row.get("config.hardware.device") or ()
        if isinstance(device, vim.vm.device.VirtualEthernetCard)
    }
    assert len(backings) == 3
    snapshots = [vm["vm_snapshots"] for vm in machines if vm["vm_snapshots"]]
    assert 0.1 < len(snapshots) / len(machines) < 0.2
    assert any(sum("parent" not in one for one in tree) > 1 for tree in snapshots)
    equal = [vm for vm in machines if vm["name"] == "equal-name"]
    assert len({vm.get("folder", vm.get("vapp")) for vm in equal}) == 2
    assert any(vm["name"].startswith("vCLS-") for vm in machines)
    assert {"tab\there", "trailing blanks  ", "already%2fescaped"} <= {vm["name"] for vm in machines}
    assert any("vapp" in vm for vm in machines) and any(vm.get("template") for vm in machines)


def tag_answers(simulator: estates.Simulator, objects: list[dict]) -> tuple[bytes, bytes]:
    """Which tags the objects have, and what the first tag is called."""
    context = ssl.create_default_context(cafile=str(simulator.ca_path))
    root = f"https://{simulator.host}:{simulator.port}/rest/com/vmware/cis/"

    def ask(path: str, body: object = None, **headers: str) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        return opener.open(urllib.request.Request(root + path, data, headers), timeout=10).read()

    login = base64.b64encode(f"{simulator.username}:{simulator.password}".encode()).decode()
    session = {"vmware-api-session-id": json.loads(ask("session", {}, Authorization=f"Basic {login}"))["value"]}
    attached = ask("tagging/tag-association?~action=list-attached-tags-on-objects", {"object_ids": objects}, **session)
    first = next(entry["tag_ids"][0] for entry in json.loads(attached)["value"] if entry["tag_ids"])
    return attached, ask(f"tagging/tag/id:{first}", **session)


def test_labels(whole: tuple[estates.Simulator, Path], record: dict, found: dict) -> None:
    objects = [{"type": "VirtualMachine", "id": moid} for moid in record["vms"]]
    attached, tag = tag_answers(whole[0], objects)
    counts = {entry["object_id"]["id"]: len(entry["tag_ids"] or ()) for entry in json.loads(attached)["value"]}
    assert counts == {moid: sum(map(len, fact.get("tags", {}).values())) for moid, fact in record["vms"].items()}
    assert json.loads(tag)["value"]["name"] in {name for fact in record["vms"].values() for names in fact.get("tags", {}).values() for name in names}
    attributes = {int(key): fact["name"] for key, fact in record["custom_attributes"].items()}
    for moid, row in found[vim.VirtualMachine].items():
        assert {attributes[value.key]: value.value for value in row["customValue"]} == record["vms"][moid].get("custom_attributes", {})


ENVELOPE = (
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<Body><{0} xmlns="urn:vim25">{1}</{0}></Body></Envelope>'
)


def raw_answer(simulator: estates.Simulator, kinds: list[str]) -> bytes:
    """All properties of all objects of some types, as they come over the wire."""
    context = ssl.create_default_context(cafile=str(simulator.ca_path))
    cookie = ""

    def ask(method: str, arguments: str) -> bytes:
        nonlocal cookie
        request = urllib.request.Request(simulator.url, ENVELOPE.format(method, arguments).encode(), {"SOAPAction": "urn:vim25", "Cookie": cookie})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        with opener.open(request, timeout=30) as answer:
            cookie = answer.headers.get("Set-Cookie", cookie).partition(";")[0]
            return answer.read()

    root = "ha-folder-root" if simulator.kind == "esxi" else "group-d1"
    ask(
        "Login",
        f'<_this type="SessionManager">{"ha-sessionmgr" if simulator.kind == "esxi" else "SessionManager"}</_this>'
        f"<userName>{simulator.username}</userName><password>{simulator.password}</password>",
    )
    view = ask(
        "CreateContainerView",
        f'<_this type="ViewManager">ViewManager</_this><container type="Folder">{root}</container>'
        + "".join(f"<type>{kind}</type>" for kind in kinds)
        + "<recursive>true</recursive>",
    )
    moid = view.partition(b'type="ContainerView">')[2].partition(b"<")[0].decode()
    asked = "".join(f"<propSet><type>{kind}</type><all>true</all></propSet>" for kind in kinds)
    return ask(
        "RetrievePropertiesEx",
        f'<_this type="PropertyCollector">{"ha-property-collector" if simulator.kind == "esxi" else "propertyCollector"}</_this>'
        f'<specSet>{asked}<objectSet><obj type="ContainerView">{moid}</obj><skip>true</skip><selectSet xsi:type="TraversalSpec">'
        "<type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet></specSet><options/>",
    )


KINDS = [
    "VirtualMachine",
    "HostSystem",
    "Datastore",
    "Network",
    "DistributedVirtualPortgroup",
    "OpaqueNetwork",
    "ClusterComputeResource",
    "Folder",
    "ResourcePool",
]


def test_same_name_same_estate(tmp_path: Path) -> None:
    def answers(**options: object) -> tuple:
        record = tmp_path / "record"
        with estates.start_simulator(tmp_path, vms=120, record=record, password="same", **options) as simulator:
            objects = [{"type": "VirtualMachine", "id": f"vm-{number}"} for number in range(400)]
            return connect(simulator).content.about.instanceUuid, record.read_bytes(), raw_answer(simulator, KINDS), tag_answers(simulator, objects)

    first = answers(name="one")
    assert answers(name="one") == first
    assert len(first[2]) > 120 * 30_000
    for other in (answers(name="two"), answers(name="one", seed=2)):
        assert all(a != b for a, b in zip(first, other, strict=True))


def test_large_estates_start_fast(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, vms=10_000, timeout=30) as simulator:
        status = Path(f"/proc/{simulator.process.pid}/status").read_text()
        assert int(status.partition("VmHWM:")[2].split()[0]) < 1_000_000, "kB of memory"


def test_same_esxi(tmp_path: Path) -> None:
    def answer() -> bytes:
        with estates.start_simulator(tmp_path, kind="esxi", vms=15) as simulator:
            return raw_answer(simulator, ["VirtualMachine", "HostSystem", "Datastore", "Network"])

    assert answer() == answer()


@pytest.mark.parametrize(("api", "refused"), [("6.5", 3), ("6.7.3", 2), ("7.0.3.0", 1), ("8.0.3.0", 0)])
def test_young_properties_are_refused(tmp_path: Path, api: str, refused: int) -> None:
    young = ["config.createDate", "summary.quickStats.overallCpuReadiness", "guest.guestDetailedData"]
    with estates.start_simulator(tmp_path, vms=5, api_version=api) as simulator:
        service = connect(simulator)
        answers = []
        for path in young:
            with suppress(vmodl.query.InvalidProperty):
                answers.append(read(service, {vim.VirtualMachine: [path]}))
    assert len(answers) == 3 - refused
