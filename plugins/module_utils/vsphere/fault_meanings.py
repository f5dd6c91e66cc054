# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a refused or failed change means, and what to do about it, in an administrator's words."""

from __future__ import annotations

from string import Formatter

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault

_TOO_LITTLE = "the cluster, host or resource pool has too little CPU or memory left for its reservations: lower them, or choose another place"
_NO_LICENCE = "the licence of the server does not allow it: check the licence of the host and the vCenter"
#: vSphere type of a fault to its meaning and remedy. In braces: parts of the fault, see soap_replies.FAULT_PARTS.
_MEANINGS: dict[str, str] = {
    "ApplicationQuiesceFault": "the guest could not be quiesced: look in its event log, or do without quiesce",
    "CannotAccessFile": "the file {file} cannot be read: check the datastore and the path",
    "CannotAccessNetwork": "the host cannot use the network {network}: choose a network that the host has",
    "CannotAccessVmDisk": "a disk of the VM cannot be read: check that its datastore is connected",
    "ConcurrentAccess": "somebody else changed the VM meanwhile: run again",
    "CustomizationPending": "an earlier customization has not run yet: power the VM on, or wait until it has",
    "DuplicateName": "the name {name} is taken there: choose another name or folder",
    "FileAlreadyExists": "the file {file} exists already: choose another name, or remove the file",
    "FileFault": "the file {file} cannot be used: check the datastore and the path",
    "FileLocked": "the file {file} is in use: find out which VM or host uses it",
    "FileNotFound": "the file {file} does not exist: check the datastore and the path",
    "HostNotConnected": "the host is not connected: connect it, or choose another host",
    "InaccessibleDatastore": "the datastore {name} is not accessible: check it on the host",
    "InsufficientCpuResourcesFault": _TOO_LITTLE,
    "InsufficientFailoverResourcesFault": "HA keeps too little for failover: free resources of the cluster, or change its admission control",
    "InsufficientMemoryResourcesFault": _TOO_LITTLE,
    "InsufficientResourcesFault": _TOO_LITTLE,
    "InvalidArgument": "the server does not accept {invalidProperty}: check the option behind it",
    "InvalidDatastore": "the datastore {name} cannot be used for it: choose another datastore",
    "InvalidDeviceSpec": "the server does not accept device {deviceIndex} ({property}): check its place, its controller and its backing",
    "InvalidGuestLogin": "the guest refuses the account: check its user name and password",
    "InvalidName": "the server does not accept the name {name}: choose another one",
    "InvalidPowerState": "the VM is {existingState}, which does not allow it: change its power state first",
    "InvalidSnapshotFormat": "the snapshots do not allow it: remove or consolidate them first",
    "InvalidState": "the state of the object does not allow it: look at it in the vSphere Client",
    "InvalidVmConfig": "the server does not accept {property}: check the option behind it",
    "LicenseRestricted": _NO_LICENCE,
    "NicSettingMismatch": "the customization has not as many adapters as the VM: give networks for every adapter",
    "NoDiskSpace": "the datastore {datastore} has too little space left: free some, or choose another datastore",
    "NotEnoughLicenses": _NO_LICENCE,
    "NotSupported": "the server does not support it for this object: check its version, and whether it is a vCenter",
    "OutOfBounds": "the server does not accept the value of {argumentName}: check the option behind it",
    "ResourceInUse": "the object {name} is in use: wait, and run again",
    "RestrictedVersion": _NO_LICENCE,
    "SnapshotFault": "the snapshot failed: look at the VM's events",
    "SnapshotMoveToNonHomeNotSupported": "the VM has snapshots and cannot be moved so: remove them first",
    "TaskInProgress": "another task works on the object: wait until it has ended, and run again",
    "ToolsUnavailable": "VMware Tools do not run in the guest: start them, or do it without the guest",
    "UncustomizableGuest": "the guest operating system cannot be customized: check guest_id, or do without customization",
    "VirtualHardwareVersionNotSupported": "the host does not support the hardware version of the VM: choose a newer host or an older version",
    "VmConfigFault": "the configuration is refused: look at the VM's events",
}


def meaning(fault: Fault) -> str:
    """A fault in words, with what the server says, and a remedy."""
    text = _MEANINGS.get(fault.type)
    if text is None:
        return f"the server refuses it ({fault if fault.type or fault.message else 'no reason given'}): look at the object's events in the vSphere Client"
    words = {name: fault.text(name) for _literal, name, _format, _conversion in Formatter().parse(text) if name}
    said = f" ({fault})" if fault.message and fault.message not in words.values() else f" ({fault.type})"
    reason, _colon, remedy = text.partition(": ")
    reason = " ".join(reason.format(**words).replace("()", "").split())
    return f"{reason}{said}: {remedy}"
