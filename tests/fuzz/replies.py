# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies for the fuzzer to break, like those of a vCenter and of the simulator. All of it is made up here."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import OR_TEXT, MoRef

_SNAPSHOT: dict = {"id": int}
_SNAPSHOT["childSnapshotList"] = [_SNAPSHOT]

#: What the decoder is asked for; the replies hold more.
SHAPES = {
    "VirtualMachine": {
        "config.hardware.device": [
            {
                "key": int,
                "deviceInfo": {"label": str},
                "macAddress": str,
                "capacityInKB": int,
                "backing": {"fileName": str, "thinProvisioned": bool, "datastore": MoRef, "port": {"portgroupKey": str}},
            }
        ],
        "guest.net": [{"ipAddress": [str], "connected": bool}],
        "snapshot.rootSnapshotList": [_SNAPSHOT],
    },
    "DistributedVirtualPortgroup": {"config.defaultPortConfig": {"vlan": {"vlanId": [{OR_TEXT: True, "start": int, "end": int}], "inherited": bool}}},
}

_MACHINE = """<objects><obj type="VirtualMachine">vm-{n}</obj>
<propSet><name>name</name><val xsi:type="xsd:string">caf\u00e9 &amp; b\u00fcro%2f{n} \U0001f986</val></propSet>
<propSet><name>config.hardware.memoryMB</name><val xsi:type="xsd:int">{n}096</val></propSet>
<propSet><name>config.template</name><val xsi:type="xsd:boolean">false</val></propSet>
<propSet><name>runtime.powerState</name><val xsi:type="VirtualMachinePowerState">poweredOn</val></propSet>
<propSet><name>runtime.bootTime</name><val xsi:type="xsd:dateTime">2025-02-20T14:30:00.123456Z</val></propSet>
<propSet><name>runtime.host</name><val type="HostSystem" xsi:type="ManagedObjectReference">host-{n}</val></propSet>
<propSet><name>network</name><val xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="Network" \
xsi:type="ManagedObjectReference">network-1</ManagedObjectReference></val></propSet>
<propSet><name>guest.net</name><val xsi:type="ArrayOfGuestNicInfo"><GuestNicInfo><network>lan</network><ipAddress>10.0.0.{n}</ipAddress>\
<ipAddress>fe80::1</ipAddress><connected>true</connected><ipConfig><ipAddress><ipAddress>10.0.0.1</ipAddress></ipAddress></ipConfig></GuestNicInfo></val></propSet>
<propSet><name>config.hardware.device</name><val xsi:type="ArrayOfVirtualDevice"><VirtualDevice xsi:type="VirtualDisk"><key>2000</key>\
<deviceInfo><label>Hard disk 1</label><summary>41,943,040 KB</summary></deviceInfo><backing xsi:type="VirtualDiskFlatVer2BackingInfo">\
<fileName>[ds] a/a.vmdk</fileName><datastore type="Datastore">datastore-1</datastore><thinProvisioned>true</thinProvisioned></backing>\
<capacityInKB>41943040</capacityInKB></VirtualDevice><VirtualDevice xsi:type="VirtualVmxnet3"><key>4000</key><backing \
xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo"><port><switchUuid>50 1f</switchUuid><portgroupKey>dvportgroup-1</portgroupKey></port>\
</backing><macAddress>00:50:56:00:00:{n}</macAddress></VirtualDevice></val></propSet>
<propSet><name>snapshot.rootSnapshotList</name><val xsi:type="ArrayOfVirtualMachineSnapshotTree"><VirtualMachineSnapshotTree><id>1</id>\
<childSnapshotList><id>2</id></childSnapshotList></VirtualMachineSnapshotTree></val></propSet>
<propSet><name>config.extraConfig</name><val xsi:type="ArrayOfOptionValue"><OptionValue xsi:type="OptionValue"><key>a</key>\
<value xsi:type="xsd:string">b</value></OptionValue></val></propSet>
<propSet><name>guest.bits</name><val xsi:type="ArrayOfInt"><int>1</int><int>2</int></val></propSet>
<missingSet><path>config.uuid</path><fault><fault xsi:type="NoPermission"><object type="VirtualMachine">vm-{n}</object>\
<privilegeId>System.Read</privilegeId></fault><localizedMessage>Permission denied</localizedMessage></fault></missingSet></objects>"""

_PORT_GROUP = """<objects><obj type="DistributedVirtualPortgroup">dvportgroup-1</obj><propSet><name>config.defaultPortConfig</name>\
<val xsi:type="VMwareDVSPortSetting"><vlan xsi:type="VmwareDistributedVirtualSwitchTrunkVlanSpec"><inherited>false</inherited>\
<vlanId><start>1</start><end>9</end></vlanId></vlan></val></propSet></objects>"""

_CONTENT = "".join(
    f'<{name} type="{name[0].upper()}{name[1:]}">{name}</{name}>' for name in ("rootFolder", "propertyCollector", "sessionManager", "viewManager")
) + ("<about><name>VMware vCenter Server</name><apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion></about>")

_FAULT = """<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>The session is not authenticated.</faultstring><detail>\
<NotAuthenticatedFault xmlns="urn:vim25" xsi:type="NotAuthenticated"><object type="Folder">group-d1</object><name>p</name></NotAuthenticatedFault>\
</detail></soapenv:Fault>"""


def replies() -> list[bytes]:
    """Whole replies: pages of both styles, a first and a last one, results of other methods, faults."""
    machines = "".join(_MACHINE.format(n=n) for n in range(10, 14))
    methods = [
        ("RetrievePropertiesEx", f"<returnval><token>7</token>{machines}</returnval>"),
        ("ContinueRetrievePropertiesEx", f"<returnval>{_PORT_GROUP}{_MACHINE.format(n=1)}</returnval>"),
        ("RetrievePropertiesEx", ""),
        ("RetrieveServiceContent", f"<returnval>{_CONTENT}</returnval>"),
        ("CreateContainerView", '<returnval type="ContainerView">session[1]2</returnval>'),
    ]
    bodies = [f'<{method}Response xmlns="urn:vim25">{inside}</{method}Response>' for method, inside in methods]
    whole = [_envelope(body) for body in [*bodies, _FAULT]]
    return [reply.encode() for reply in [*whole, *map(_as_the_simulator, whole)]]


def _envelope(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


def _as_the_simulator(reply: str) -> str:
    own = ' xmlns:_XMLSchema-instance="http://www.w3.org/2001/XMLSchema-instance" _XMLSchema-instance:type='
    return reply.replace(" xsi:type=", own)
