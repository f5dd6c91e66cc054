# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decoder and pyVmomi's own deserialiser on the same bytes: what pyVmomi can read, both read alike."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from pyVmomi import Iso8601, SoapAdapter, SoapStubAdapter, VmomiSupport, vim, vmodl

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, decode_page

VERSION = max((name for key, name in VmomiSupport.versionMap.items() if re.fullmatch(r"vim25/8\.0\.\d+\.\d+", key)), default=None)
STUB = SoapStubAdapter("localhost", version=VERSION)
REPLY = vmodl.query.PropertyCollector.RetrieveResult
CONTENT = vmodl.query.PropertyCollector.ObjectContent
MISSING = vmodl.query.PropertyCollector.MissingProperty
DEVICE = vim.vm.device
#: What pyVmomi neither writes nor reads as plain values.
SPECIAL = VmomiSupport.F_LINK | VmomiSupport.F_LINKABLE

PROPERTIES = {
    vim.VirtualMachine: (
        str, int, bool, vim.VirtualMachine.PowerState, vim.HostSystem, vim.Network.Array, vim.vm.GuestInfo.NicInfo.Array, DEVICE.VirtualDevice.Array,
        vim.vm.SnapshotTree.Array, vim.vm.Summary.QuickStats, vim.vm.FileInfo, vim.vm.GuestInfo.DiskInfo.Array, vim.option.OptionValue.Array, datetime,
    ),
    vim.HostSystem: (
        VmomiSupport.long, vim.host.Summary.HardwareSummary, vim.host.PortGroup.Array, vim.host.VirtualNicManager.NetConfig.Array,
        vim.host.SystemInfo, vim.HostSystem.ConnectionState, vim.Datastore.Array, VmomiSupport.double,
    ),
    vim.Datastore: (vim.Datastore.Summary, vim.Datastore.HostMount.Array, vim.host.VmfsVolume, VmomiSupport.GetVmodlType("string[]")),
    vim.Network: (vim.Network.Summary, vim.OpaqueNetwork.Summary, vim.Tag.Array, VmomiSupport.GetVmodlType("int[]"), VmomiSupport.binary),
}  # fmt: skip
SUBCLASSES = {
    DEVICE.VirtualDevice: (DEVICE.VirtualDisk, DEVICE.VirtualVmxnet3, DEVICE.VirtualIDEController, DEVICE.ParaVirtualSCSIController, DEVICE.VirtualCdrom),
    DEVICE.VirtualDevice.BackingInfo: (
        DEVICE.VirtualDisk.FlatVer2BackingInfo, DEVICE.VirtualDisk.SeSparseBackingInfo, DEVICE.VirtualEthernetCard.NetworkBackingInfo,
        DEVICE.VirtualEthernetCard.DistributedVirtualPortBackingInfo, DEVICE.VirtualEthernetCard.OpaqueNetworkBackingInfo,
    ),
    vim.Network: (vim.Network, vim.OpaqueNetwork, vim.dvs.DistributedVirtualPortgroup),
    vim.ManagedEntity: (vim.Folder, vim.VirtualMachine),
}  # fmt: skip

# XML knows no other control characters; of a line end its kind is lost, for both.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[chr(n) for n in range(32) if n not in (9, 10, 13)] + ["\ufffe", "\uffff"]))
PLAIN = {
    bool: st.booleans(),
    VmomiSupport.byte: st.integers(-128, 127).map(VmomiSupport.byte),
    VmomiSupport.short: st.integers(-(1 << 15), (1 << 15) - 1).map(VmomiSupport.short),
    int: st.integers(-(1 << 31), (1 << 31) - 1),
    VmomiSupport.long: st.integers(-(1 << 63), (1 << 63) - 1).map(VmomiSupport.long),
    float: st.floats(allow_nan=False, allow_infinity=False),
    VmomiSupport.double: st.floats(allow_nan=False, allow_infinity=False).map(VmomiSupport.double),
    str: TEXTS | st.sampled_from(["<a & b>", "]]>", "Büro/%2f", "🦆", " "]),
    datetime: st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc)),
    VmomiSupport.binary: st.binary().map(VmomiSupport.binary),
    object: st.booleans() | st.integers(0, 9) | st.text("ab"),
}


def is_structure(kind: Any) -> bool:
    return issubclass(kind, VmomiSupport.DataObject)


def parts_of(kind: Any) -> list[Any]:
    """What a data object of this type can hold and these tests can make."""
    return [
        part for part in kind._GetPropertyList()
        if part.name not in ("dynamicType", "dynamicProperty") and not part.flags & SPECIAL
        and VmomiSupport.IsChildVersion(VERSION, part.version) and is_known(getattr(part.type, "Item", part.type))
    ]  # fmt: skip


def is_known(kind: Any) -> bool:
    return kind in PLAIN or issubclass(kind, (VmomiSupport.Enum, VmomiSupport.ManagedObject)) or (is_structure(kind) and not issubclass(kind, Exception))


def value_of(draw: Any, kind: Any, depth: int = 0) -> Any:
    """Any value of a type of pyVmomi."""
    if kind in PLAIN:
        return draw(PLAIN[kind])
    if issubclass(kind, list):
        return kind([value_of(draw, kind.Item, depth) for _item in range(draw(st.integers(0, 3)))])
    kind = draw(st.sampled_from(SUBCLASSES.get(kind, (kind,))))
    if issubclass(kind, VmomiSupport.Enum):
        return getattr(kind, draw(st.sampled_from(kind.values)))
    if issubclass(kind, VmomiSupport.ManagedObject):
        return kind(draw(st.sampled_from(["group-d1", "ha-host", "vm-17"])))
    return structure_of(draw, kind, depth)


def structure_of(draw: Any, kind: Any, depth: int) -> Any:
    made = kind()
    parts = parts_of(kind)
    optional = [part.name for part in parts if part.flags & VmomiSupport.F_OPTIONAL]
    chosen = draw(st.sets(st.sampled_from(optional), max_size=4)) if optional and depth < 3 else set()
    for part in parts:
        if part.name in chosen or not part.flags & VmomiSupport.F_OPTIONAL:
            value = value_of(draw, part.type, depth + 1)
            if isinstance(value, list) and not value and not part.flags & VmomiSupport.F_OPTIONAL:
                value = part.type([value_of(draw, part.type.Item, depth + 1)])
            setattr(made, part.name, value)
    return made


def shape_of(draw: Any, kind: Any, depth: int = 0) -> Any:
    """A shape that names some parts of a type."""
    if issubclass(kind, list):
        return [shape_of(draw, kind.Item, depth)]
    if kind is bool or kind is str:
        return kind
    for plain in (int, float):
        if issubclass(kind, plain):
            return plain
    if issubclass(kind, VmomiSupport.ManagedObject):
        return MoRef
    if not is_structure(kind):
        return str
    parts = {part.name: part.type for actual in SUBCLASSES.get(kind, (kind,)) for part in parts_of(actual) if part.type is not object}
    chosen = draw(st.sets(st.sampled_from(sorted(parts)), max_size=5)) if parts and depth < 4 else set()
    return {name: shape_of(draw, parts[name], depth + 1) for name in sorted(chosen)}


@st.composite
def replies(draw: Any) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """A reply as pyVmomi writes it, sometimes with the prefixes of the simulator, and shapes for some of it."""
    contents, shapes = [], {}
    for owner in draw(st.lists(st.sampled_from(list(PROPERTIES)), min_size=1, max_size=3)):
        kinds = draw(st.lists(st.sampled_from(PROPERTIES[owner]), max_size=3))
        # One path has one type, whichever object it is of.
        values = {VmomiSupport.GetVmodlName(kind): (kind, value_of(draw, kind)) for kind in kinds}
        properties = [vmodl.DynamicProperty(name=path, val=value) for path, (_kind, value) in values.items()]
        shaped = shapes.setdefault(owner._wsdlName, {})
        for path, (kind, _value) in values.items():
            if kind is not object and draw(st.booleans()):
                shaped.setdefault(path, shape_of(draw, kind))
        missing = []
        if draw(st.booleans()):
            fault = draw(st.sampled_from([vim.fault.NoPermission, vim.fault.NotAuthenticated]))
            missing.append(MISSING(path="p", fault=fault(object=vim.Folder("group-d1"), privilegeId="System.Read", msg=draw(PLAIN[str]))))
        contents.append(CONTENT(obj=owner("moid-1"), propSet=properties, missingSet=missing))
    result = REPLY(token=draw(st.sampled_from([None, "1"])), objects=contents)
    data = SoapAdapter.Serialize(result, VmomiSupport.Object(name="returnval", type=REPLY, flags=0, version=VERSION), VERSION)
    if draw(st.booleans()):
        data = re.sub(rb' xsi:(type="[^"]*")', rb' xmlns:_X="http://www.w3.org/2001/XMLSchema-instance" _X:\1', data)
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        b'<RetrievePropertiesExResponse xmlns="urn:vim25">' + data + b"</RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>"
    ), shapes


def check_leaf(ours: Any, theirs: Any, typed: bool) -> None:
    """:param typed: the reply or a shape tells the type; else a value is its text."""
    if isinstance(theirs, VmomiSupport.ManagedObject):
        assert ours == MoRef(type(theirs)._wsdlName, theirs._moId)
    elif isinstance(theirs, datetime):
        assert Iso8601.ParseISO8601(ours) == theirs
    elif isinstance(theirs, VmomiSupport.binary):
        assert base64.b64decode(ours) == theirs
    elif isinstance(theirs, str):
        assert isinstance(ours, str) and ours == theirs
    elif typed:
        assert ours == theirs and ours.__class__ is next(kind for kind in (bool, int, float) if isinstance(theirs, kind))
    else:
        assert ours == {True: "true", False: "false"}[theirs] if isinstance(theirs, bool) else type(theirs)(ours) == theirs


def set_parts(theirs: Any) -> dict[str, Any]:
    found = {part.name: getattr(theirs, part.name) for part in theirs._GetPropertyList()}
    return {name: value for name, value in found.items() if value is not None and not (isinstance(value, list) and not value)}


def check_type(ours: dict[str, Any], theirs: Any, declared: Any) -> None:
    if theirs.__class__ is not declared or TYPE in ours:
        assert ours[TYPE] == type(theirs)._wsdlName


def check_unshaped(ours: Any, theirs: Any, declared: Any = object, typed: bool = False) -> None:
    if isinstance(theirs, list):
        assert isinstance(ours, list) and len(ours) == len(theirs)
        for mine, other in zip(ours, theirs):
            check_unshaped(mine, other, theirs.Item, typed)
    elif isinstance(theirs, VmomiSupport.DataObject):
        parts = set_parts(theirs)
        if ours == "":
            # Nothing tells a structure without parts from an empty text.
            assert not parts
            return
        check_type(ours, theirs, declared)
        assert ours.keys() - {TYPE} == parts.keys()
        for name, part in parts.items():
            mine = [ours[name]] if isinstance(part, list) and len(part) == 1 else ours[name]
            kind = theirs._GetPropertyInfo(name).type
            check_unshaped(mine, part, kind, kind is object)
    else:
        check_leaf(ours, theirs, typed)


def check_shaped(ours: Any, theirs: Any, shape: Any, declared: Any = object) -> None:
    if isinstance(shape, list):
        assert isinstance(ours, list) and len(ours) == len(theirs)
        for mine, other in zip(ours, theirs):
            check_shaped(mine, other, shape[0], theirs.Item)
    elif isinstance(shape, dict):
        check_type(ours, theirs, declared)
        parts = {name: part for name, part in set_parts(theirs).items() if name in shape}
        assert ours.keys() - {TYPE} == parts.keys()
        for name, part in parts.items():
            check_shaped(ours[name], part, shape[name], theirs._GetPropertyInfo(name).type)
    else:
        check_leaf(ours, theirs, True)


@pytest.mark.skipif(VERSION is None, reason="pyVmomi knows no vSphere 8")
@settings(derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(replies())
def test_random_replies_decode_as_pyvmomi_decodes_them(reply):
    data, shapes = reply
    theirs = SoapAdapter.SoapResponseDeserializer(STUB).Deserialize(data, REPLY)
    for given_shapes in ({}, shapes):
        ours = decode_page(data, given_shapes)
        assert ours.token == (theirs.token or "")
        assert [item.ref for item in ours.objects] == [MoRef(type(item.obj)._wsdlName, item.obj._moId) for item in theirs.objects]
        for mine, other in zip(ours.objects, theirs.objects):
            assert mine.missing == {item.path: Fault(type(item.fault)._wsdlName, item.fault.msg) for item in other.missingSet}
            shaped = given_shapes.get(mine.ref.type, {})
            assert mine.properties.keys() == {item.name for item in other.propSet}
            for item in other.propSet:
                if item.name in shaped:
                    check_shaped(mine.properties[item.name], item.val, shaped[item.name])
                else:
                    check_unshaped(mine.properties[item.name], item.val, typed=True)
