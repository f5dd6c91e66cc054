# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OVF descriptors, manifests, stream-optimized disks and OVA files, made for tests."""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_NAMESPACES = {
    "xmlns": "http://schemas.dmtf.org/ovf/envelope/1",
    "xmlns:ovf": "http://schemas.dmtf.org/ovf/envelope/1",
    "xmlns:rasd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData",
    "xmlns:vssd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData",
}
_SECTOR = 512


def descriptor(
    disks: Mapping[str, int],
    *,
    sizes: Mapping[str, int] | None = None,
    networks: Sequence[str] = ("lan",),
    properties: Mapping[str, str] | None = None,
    eula: str = "",
    cpus: int = 2,
    memory_mb: int = 1024,
) -> str:
    """The descriptor of one machine.

    :param disks: name of the file and capacity in bytes of each disk, on one LSI controller.
    :param sizes: of the files in bytes.
    :param properties: keys of vApp properties, with their defaults.
    """
    references = disk_list = items = ""
    for number, (name, capacity) in enumerate(disks.items()):
        references += f'<File ovf:id="file{number}" ovf:href={quoteattr(name)} ovf:size="{(sizes or {}).get(name, 0)}"/>'
        disk_list += f'<Disk ovf:diskId="disk{number}" ovf:fileRef="file{number}" ovf:capacity="{capacity}"/>'
        items += _item(100 + number, 17, AddressOnParent=number, HostResource=f"ovf:/disk/disk{number}", Parent=3)
    for number, name in enumerate(networks):
        items += _item(50 + number, 10, Connection=name, ResourceSubType="VmxNet3")
    names = "".join(f"<Network ovf:name={quoteattr(name)}/>" for name in networks)
    keys = "".join(
        f'<Property ovf:key={quoteattr(key)} ovf:type="string" ovf:userConfigurable="true" ovf:value={quoteattr(value)}/>'
        for key, value in (properties or {}).items()
    )
    namespaces = " ".join(f"{key}={quoteattr(uri)}" for key, uri in _NAMESPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Envelope {namespaces}>'
        f"<References>{references}</References><DiskSection><Info>Disks</Info>{disk_list}</DiskSection>"
        f'<NetworkSection><Info>Networks</Info>{names}</NetworkSection><VirtualSystem ovf:id="appliance"><Info>One</Info>'
        + (f"<EulaSection><Info>Licence</Info><License>{escape(eula)}</License></EulaSection>" if eula else "")
        + (f"<ProductSection><Info>Product</Info>{keys}</ProductSection>" if keys else "")
        + "<VirtualHardwareSection><Info>Hardware</Info><System><vssd:ElementName>hardware</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>"
        "<vssd:VirtualSystemType>vmx-15</vssd:VirtualSystemType></System>"
        + _item(1, 3, VirtualQuantity=cpus)
        + _item(2, 4, VirtualQuantity=memory_mb)
        + _item(3, 6, Address=0, ResourceSubType="lsilogic")
        + items
        + "</VirtualHardwareSection></VirtualSystem></Envelope>"
    )


def _item(number: int, kind: int, **values: object) -> str:
    # In the alphabetical order that the schema asks for.
    everything = {"ElementName": f"device {number}", "InstanceID": number, "ResourceType": kind, **values}
    return "<Item>" + "".join(f"<rasd:{name}>{escape(str(value))}</rasd:{name}>" for name, value in sorted(everything.items())) + "</Item>"


def stream_disk(content: bytes, capacity: int = 1 << 30) -> bytes:
    """A disk in the stream-optimized format of VMware, whose first grain holds this content."""
    text = '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="streamOptimized"\n'
    text += f'RDONLY {capacity // _SECTOR} SPARSE "disk.vmdk"\n'
    numbers = (3, 0x30001, capacity // _SECTOR, 128, 1, 1, 512, 0, (1 << 64) - 1, 128)
    head = struct.pack("<4sIIQQQQIQQQ?4s", b"KDMV", *numbers, False, b"\n \r\n")
    packed = zlib.compress(content.ljust(1 << 16, b"\0")[: 1 << 16])
    grain = struct.pack("<QI", 0, len(packed)) + packed
    return b"".join(part.ljust(-len(part) % _SECTOR + len(part), b"\0") for part in (head, text.encode(), grain, b"\0" * _SECTOR))


def manifest(files: Mapping[str, bytes], algorithm: str = "SHA256") -> bytes:
    """The checksums of files, as SHA1, SHA256 or SHA512."""
    return "".join(f"{algorithm}({name})= {hashlib.new(algorithm.lower(), content).hexdigest()}\n" for name, content in files.items()).encode()


def write_ova(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    """Write an OVA file with these members, in this order."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path
