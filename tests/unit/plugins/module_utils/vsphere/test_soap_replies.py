# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decoder on replies as vCenter (xsi:type) and as the simulator (a prefix of its own) write them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import OR_TEXT, MoRef, presence
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import (
    LOCALIZED_FAULT,
    Fault,
    SoapFault,
    decode_page,
    decode_service_content,
    decode_updates,
    localized_fault,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError

VM = MoRef("VirtualMachine", "vm-1")


def envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def page(content: str, token: str = "", method: str = "RetrievePropertiesEx") -> bytes:
    token = f"<token>{token}</token>" if token else ""
    return envelope(f'<{method}Response xmlns="urn:vim25"><returnval>{token}{content}</returnval></{method}Response>')


def vm(*properties: str) -> str:
    return f'<objects><obj type="VirtualMachine">vm-1</obj>{"".join(properties)}</objects>'


def prop(path: str, kind: str, text: str, xsi: str = "xsi:type") -> str:
    return f'<propSet><name>{path}</name><val {xsi}="{kind}">{text}</val></propSet>'


def read(properties: str, shape=None):
    """The value of the one property that the reply holds."""
    (found,) = decode_page(page(vm(properties)), {"VirtualMachine": {"p": shape}} if shape is not None else {}).objects
    return found.properties["p"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("xsd:string", "a &amp; b", "a & b"),
        ("xsd:string", "", ""),
        ("xsd:int", "-5", -5),
        ("xsd:long", "9007199254740993", 9007199254740993),
        ("xsd:boolean", "true", True),
        ("xsd:boolean", "0", False),
        ("xsd:double", "0.5", 0.5),
        ("xsd:dateTime", "2025-02-20T14:30:00.123456Z", "2025-02-20T14:30:00.123456Z"),
        ("VirtualMachinePowerState", "hibernating", "hibernating"),
    ],
)
@pytest.mark.parametrize("xsi", ["xsi:type", 'xmlns:own="http://www.w3.org/2001/XMLSchema-instance" own:type'])
def test_simple_value_has_the_type_that_the_reply_names(kind, text, value, xsi):
    found = read(prop("p", kind, text, xsi))
    assert found == value
    assert type(found) is type(value)


def test_reference_keeps_its_type():
    text = '<propSet><name>p</name><val type="HostSystem" xsi:type="ManagedObjectReference">host-9</val></propSet>'
    assert read(text) == MoRef("HostSystem", "host-9")


@pytest.mark.parametrize("ids", [[], ["network-1"], ["network-1", "network-2"]])
def test_array_of_references_is_a_list_of_any_length(ids):
    refs = "".join(f'<ManagedObjectReference type="Network" xsi:type="ManagedObjectReference">{moid}</ManagedObjectReference>' for moid in ids)
    assert read(prop("p", "ArrayOfManagedObjectReference", refs)) == [MoRef("Network", moid) for moid in ids]


def test_references_that_are_only_counted_cost_nothing():
    refs = "".join(f'<ManagedObjectReference type="VirtualMachine">vm-{number}</ManagedObjectReference>' for number in range(3))
    assert read(prop("p", "ArrayOfManagedObjectReference", refs), [presence]) == [True, True, True]
    assert read(prop("p", "ArrayOfManagedObjectReference", ""), [presence]) == []


NICS = (
    "<GuestNicInfo><network>lan</network><ipAddress>10.0.0.1</ipAddress><macAddress>00:50</macAddress>"
    "<ipConfig><ipAddress><ipAddress>10.0.0.1</ipAddress></ipAddress></ipConfig><deviceConfigId>4000</deviceConfigId></GuestNicInfo>"
    "<GuestNicInfo><ipAddress>10.0.0.2</ipAddress><ipAddress>fe80::1</ipAddress><deviceConfigId>4001</deviceConfigId></GuestNicInfo>"
)


def test_shape_builds_what_it_names_and_skips_the_rest():
    shape = [{"network": str, "ipAddress": [str], "deviceConfigId": int}]
    assert read(prop("p", "ArrayOfGuestNicInfo", NICS), shape) == [
        {"network": "lan", "ipAddress": ["10.0.0.1"], "deviceConfigId": 4000},
        {"ipAddress": ["10.0.0.2", "fe80::1"], "deviceConfigId": 4001},
    ]


def test_shape_of_an_empty_array_is_an_empty_list():
    assert read(prop("p", "ArrayOfGuestNicInfo", ""), [{"network": str}]) == []


def test_polymorphic_elements_keep_their_type():
    devices = (
        '<VirtualDevice xsi:type="VirtualDisk"><key>2000</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[ds] a</fileName>'
        '<datastore type="Datastore">datastore-1</datastore><thinProvisioned>true</thinProvisioned></backing></VirtualDevice>'
        '<VirtualDevice xsi:type="VirtualQuantumDevice"><key>1</key></VirtualDevice>'
    )
    shape = [{"key": int, "backing": {"fileName": str, "datastore": MoRef, "thinProvisioned": bool}}]
    assert read(prop("p", "ArrayOfVirtualDevice", devices), shape) == [
        {
            "_type": "VirtualDisk",
            "key": 2000,
            "backing": {
                "_type": "VirtualDiskFlatVer2BackingInfo",
                "fileName": "[ds] a",
                "datastore": MoRef("Datastore", "datastore-1"),
                "thinProvisioned": True,
            },
        },
        {"_type": "VirtualQuantumDevice", "key": 1},
    ]


def test_recursive_shape():
    shape: dict = {"id": int}
    shape["childSnapshotList"] = [shape]
    trees = "<VirtualMachineSnapshotTree><id>1</id><childSnapshotList><id>2</id></childSnapshotList></VirtualMachineSnapshotTree>"
    assert read(prop("p", "ArrayOfVirtualMachineSnapshotTree", trees), [shape]) == [{"id": 1, "childSnapshotList": [{"id": 2}]}]


def test_structure_or_text_under_one_name():
    shape = {"vlanId": [{OR_TEXT: True, "start": int, "end": int}]}
    assert read(prop("p", "VlanIdSpec", "<vlanId>7</vlanId>"), shape)["vlanId"] == ["7"]
    assert read(prop("p", "TrunkSpec", "<vlanId><start>1</start><end>9</end></vlanId>"), shape)["vlanId"] == [{"start": 1, "end": 9}]


def test_structure_without_any_wanted_part_is_empty():
    shape = [{"backing": {"port": {"portgroupKey": str}}}]
    device = "<VirtualDevice><backing><port><switchUuid>50 1f</switchUuid><portKey>7</portKey></port></backing></VirtualDevice>"
    assert read(prop("p", "ArrayOfVirtualDevice", device), shape) == [{"backing": {"port": {}}}]


def test_text_around_skipped_parts_is_ignored():
    assert read(prop("p", "Thing", "\n <other> x <deeper>y</deeper></other> z <name>n</name>\n "), {"name": str}) == {"_type": "Thing", "name": "n"}


def test_shape_belongs_to_one_managed_object_type():
    content = (
        '<objects><obj type="Datastore">datastore-1</obj>'
        + prop("host", "ArrayOfDatastoreHostMount", '<DatastoreHostMount><key type="HostSystem">host-1</key></DatastoreHostMount>')
        + '</objects><objects><obj type="Network">network-1</obj>'
        + prop("host", "ArrayOfManagedObjectReference", '<ManagedObjectReference type="HostSystem">host-1</ManagedObjectReference>')
        + "</objects>"
    )
    datastore, network = decode_page(page(content), {"Datastore": {"host": [{"key": MoRef}]}}).objects
    assert datastore.properties["host"] == [{"key": MoRef("HostSystem", "host-1")}]
    assert network.properties["host"] == [MoRef("HostSystem", "host-1")]


def test_token_and_objects_of_a_later_page():
    found = decode_page(page(vm(prop("name", "xsd:string", "a")), "42", "ContinueRetrievePropertiesEx"), {})
    assert found.token == "42"
    assert [item.ref for item in found.objects] == [VM]


def test_no_objects_at_all():
    found = decode_page(envelope('<RetrievePropertiesExResponse xmlns="urn:vim25"></RetrievePropertiesExResponse>'), {})
    assert (found.objects, found.token) == ([], "")


def test_missing_property_has_a_fault():
    missing = (
        '<missingSet><path>config.uuid</path><fault><fault xsi:type="NoPermission"><object type="VirtualMachine">vm-1</object>'
        "<privilegeId>System.Read</privilegeId></fault><localizedMessage>Permission denied</localizedMessage></fault></missingSet>"
    )
    (found,) = decode_page(page(vm(missing)), {}).objects
    assert found.properties == {}
    assert found.missing == {"config.uuid": Fault("NoPermission", "Permission denied")}


def test_fault_is_raised_with_its_type():
    fault = (
        "<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>The session is not authenticated.</faultstring>"
        '<detail><NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated"><privilegeId>x</privilegeId></NotAuthenticatedFault></detail>'
        "</soapenv:Fault>"
    )
    with pytest.raises(SoapFault) as caught:
        decode_page(envelope(fault), {})
    assert caught.value.fault == Fault("NotAuthenticated", "The session is not authenticated.")


def test_fault_without_detail():
    with pytest.raises(SoapFault, match="soapenv:Server: no idea"):
        decode_page(envelope("<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>no idea</faultstring></soapenv:Fault>"), {})


def test_fault_with_only_the_name_of_a_property():
    detail = '<detail><InvalidPropertyFault xsi:type="InvalidProperty"><name>config.createDate</name></InvalidPropertyFault></detail>'
    with pytest.raises(SoapFault, match="InvalidProperty: config.createDate"):
        decode_page(envelope(f"<soapenv:Fault><faultcode>x</faultcode><faultstring/>{detail}</soapenv:Fault>"), {})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><body>hello</body></html>",
        page(vm())[:-20],
        b"<Envelope>text</Envelope>",
        b"<Envelope><Body>text</Body></Envelope>",
        b'<?xml version="1.0" encoding="klingon"?><Envelope/>',
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><Envelope><Body/></Envelope>",
        page("<objects>text</objects>"),
        page("<objects><propSet><val>1</val></propSet></objects>"),
        page("<objects><obj>no type</obj><missingSet><fault/></missingSet></objects>"),
    ],
)
def test_reply_that_is_no_page(data):
    with pytest.raises(DecodeError):
        decode_page(data, {})


def test_fault_that_is_only_text():
    with pytest.raises(SoapFault, match="oops"):
        decode_page(envelope("<soapenv:Fault>oops</soapenv:Fault>"), {})


def test_service_content():
    body = (
        '<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">group-d1</rootFolder>'
        '<propertyCollector type="PropertyCollector">pc</propertyCollector><viewManager type="ViewManager">vm</viewManager>'
        '<sessionManager type="SessionManager">sm</sessionManager>'
        "<about><apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion></about></returnval></RetrieveServiceContentResponse>"
    )
    found = decode_service_content(envelope(body))
    assert found["rootFolder"] == MoRef("Folder", "group-d1")
    assert found["about"] == {"apiType": "VirtualCenter", "apiVersion": "8.0.2.0"}


@pytest.mark.parametrize("content", ["", "<returnval/>", "text", "<returnval><about><apiType>VirtualCenter</apiType></about></returnval>"])
def test_service_content_of_something_else(content):
    with pytest.raises(DecodeError):
        decode_service_content(envelope(f"<RetrieveServiceContentResponse>{content}</RetrieveServiceContentResponse>"))


def updates(objects: str, version: str = "2", truncated: str = "", missing: str = "") -> bytes:
    found = f"<version>{version}</version><filterSet><filter type='PropertyFilter'>f</filter>{objects}{missing}</filterSet>{truncated}"
    return envelope(f'<WaitForUpdatesExResponse xmlns="urn:vim25"><returnval>{found}</returnval></WaitForUpdatesExResponse>')


def update(kind: str, moid: str, *changes: str) -> str:
    return f'<objectSet><kind>{kind}</kind><obj type="Task">{moid}</obj>{"".join(changes)}</objectSet>'


def change(path: str, kind: str = "xsd:string", text: str = "") -> str:
    return f'<changeSet><name>{path}</name><op>assign</op><val xsi:type="{kind}">{text}</val></changeSet>'


ERROR = '<fault xsi:type="InvalidPowerState"><existingState>poweredOff</existingState></fault><localizedMessage>Not on.</localizedMessage>'


def test_updates_have_the_new_values():
    gone = "<missingSet><obj type='Task'>task-3</obj></missingSet>"
    left = update("leave", "vm-1").replace('"Task"', '"VirtualMachine"')
    found = decode_updates(
        updates(update("enter", "task-1", change("info.progress", "xsd:int", "5")) + update("leave", "task-2") + left, missing=gone),
        {"Task": {"info.progress": int}},
        9,
    )
    forgotten = [(MoRef("Task", moid), {}, True) for moid in ("task-2", "task-3")]
    assert found == ("2", [(MoRef("Task", "task-1"), {"info.progress": 5}, False), *forgotten], False)
    assert decode_updates(updates("", truncated="<truncated>true</truncated>"), {}, 9).is_truncated


def test_no_update_within_the_wait_is_none():
    assert decode_updates(envelope('<WaitForUpdatesExResponse xmlns="urn:vim25"/>'), {}, 9) == ("", [], False)


def test_error_of_a_task_is_a_fault():
    answer = updates(update("modify", "task-1", change("info.error", "LocalizedMethodFault", ERROR)))
    ((_ref, values, _gone),) = decode_updates(answer, {"Task": {"info.error": LOCALIZED_FAULT}}, 9).updates
    fault = localized_fault(values["info.error"])
    assert (fault.type, fault.message, fault.text("existingState")) == ("InvalidPowerState", "Not on.", "poweredOff")
    assert str(fault) == "InvalidPowerState: Not on."


@pytest.mark.parametrize("value", [None, "text", {"fault": "text"}, {}])
def test_what_is_no_fault_is_one_without_a_type(value):
    assert localized_fault(value).type == ""


@pytest.mark.parametrize("objects", ["<objectSet><kind>modify</kind></objectSet>", "<objectSet><kind>enter</kind><obj>x</obj></objectSet>"])
def test_update_of_no_object_is_refused(objects):
    with pytest.raises(DecodeError):
        decode_updates(updates(objects), {}, 9)
