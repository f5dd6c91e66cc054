# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The changes that can be made to a VM: the method, its task, and what shows that a change happened whose answer was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ON, OFF, SUSPENDED = "poweredOn", "poweredOff", "suspended"
POWER_STATE = "runtime.powerState"
#: Power state as people say it.
SAID = {ON: "on", OFF: "off", SUSPENDED: "suspended"}


@dataclass(frozen=True)
class Operation:
    """One kind of change.

    :ivar name: for messages and the journal: "power on". :ivar method: in pyVmomi's spelling.
    :ivar tasks: how the descriptionId of its task ends, ``powerOn`` of VirtualMachine.powerOn; none where the method starts no task.
    :ivar privilege: that the account needs on the object.
    :ivar further: other privileges that it may need, each with on what, or for what.
    :ivar state: property path to the value that shows that it happened, where the object's state alone can show it.
    :ivar removes: that the object is gone shows that it happened.
    :ivar makes: it makes a VM, which is known by its name and our mark.
    :ivar repeatable: a second one is refused or changes nothing more, so it may be sent again though the server might still carry out the first.
    :ivar done_faults: vSphere types of refusals that say that the object is as the operation leaves it.
    :ivar is_of_files: of a manager of files: what it makes or removes is there or gone, and no VM has its task.
    """

    name: str
    method: str
    tasks: tuple[str, ...]
    privilege: str
    state: tuple[str, Any] | None = None
    removes: bool = False
    makes: bool = False
    repeatable: bool = True
    done_faults: tuple[str, ...] = ()
    is_of_files: bool = False
    further: tuple[tuple[str, str], ...] = ()

    @property
    def leaves_traces(self) -> bool:
        """Whether anything can show that it happened."""
        return bool(self.tasks or self.state or self.removes or self.makes)


_INTERACT, _INVENTORY, _STATE = "VirtualMachine.Interact.", "VirtualMachine.Inventory.", "VirtualMachine.State."
_FILES, _CONFIG, _PROVISIONING = "Datastore.FileManagement", "VirtualMachine.Config.", "VirtualMachine.Provisioning."
_NO_TASK: tuple[str, ...] = ()
_POOL = ("Resource.AssignVMToPool", "on the resource pool")
_SPACE = ("Datastore.AllocateSpace", "on the datastores of new files")
_NETWORK = ("Network.Assign", "on the networks of adapters")
_EXTRA = (_CONFIG + "AdvancedConfig", "for `extra_config`, data for cloud-init and our marks")
_DISKS = ((_CONFIG + "AddNewDisk", "for new disks"), (_CONFIG + "AddExistingDisk", "for disks that are attached"))

POWER_ON = Operation("power on", "PowerOn", ("powerOn",), _INTERACT + "PowerOn", (POWER_STATE, ON))
POWER_OFF = Operation("power off", "PowerOff", ("powerOff",), _INTERACT + "PowerOff", (POWER_STATE, OFF))
SUSPEND = Operation("suspend", "Suspend", ("suspend",), _INTERACT + "Suspend", (POWER_STATE, SUSPENDED))
RESET = Operation("reset", "Reset", ("reset",), _INTERACT + "Reset", repeatable=False)
SHUT_DOWN = Operation("shut down the guest", "ShutdownGuest", _NO_TASK, _INTERACT + "PowerOff", (POWER_STATE, OFF))
REBOOT = Operation("reboot the guest", "RebootGuest", _NO_TASK, _INTERACT + "Reset", repeatable=False)

CREATE = Operation("create", "CreateVm", ("createVm",), _INVENTORY + "Create", makes=True, further=(_POOL, _SPACE, _EXTRA, _NETWORK, *_DISKS))
CLONE = Operation(
    "clone",
    "Clone",
    ("clone",),
    _PROVISIONING + "Clone",
    makes=True,
    further=(
        (_PROVISIONING + "DeployTemplate", "in place of that, on a template"),
        (_INVENTORY + "CreateFromExisting", "on the folder"),
        _POOL,
        _SPACE,
        _EXTRA,
        (_PROVISIONING + "Customize", "for `customization`"),
        (_PROVISIONING + "ReadCustSpecs", "on the vCenter, for `customization.spec`"),
        (_INTERACT + "PowerOn", "on the folder, for `power`"),
        (_CONFIG + "…", "as to reconfigure, for what differs from the source"),
    ),
)
IMPORT = Operation("import", "ImportVApp", _NO_TASK, "VApp.Import", repeatable=False, further=(_SPACE, _NETWORK))
REGISTER = Operation("register", "RegisterVm", ("registerVm",), _INVENTORY + "Register", makes=True, further=(_POOL,))
MAKE_DIRECTORY = Operation("make the directory", "MakeDirectory", _NO_TASK, _FILES, makes=True, is_of_files=True)
COPY_DISK = Operation("copy a disk", "CopyVirtualDisk", ("copyVirtualDisk",), _FILES, makes=True, is_of_files=True)
DELETE_DIRECTORY = Operation("delete the directory", "DeleteFile", ("deleteFile",), _FILES, removes=True, done_faults=("FileNotFound",), is_of_files=True)
RECONFIGURE = Operation(
    "reconfigure",
    "Reconfigure",
    ("reconfigure",),
    _CONFIG + "Settings",
    further=(
        (_CONFIG + "…", "of each [setting](vm-settings.md)"),
        *_DISKS,
        (_CONFIG + "RemoveDisk", "for disks that go, or are detached"),
        (_CONFIG + "DiskExtend", "for disks that grow"),
        (_CONFIG + "AddRemoveDevice", "for other devices that come or go"),
        (_CONFIG + "EditDevice", "for devices that change"),
        _SPACE,
        _NETWORK,
        _EXTRA,
        (_CONFIG + "Rename", "to retire"),
    ),
)
UPGRADE = Operation(
    "upgrade the hardware",
    "UpgradeVirtualHardware",
    ("upgradeVirtualHardware",),
    _CONFIG + "UpgradeVirtualHardware",
    done_faults=("AlreadyUpgraded",),
)
CUSTOMIZE = Operation("customize the guest", "Customize", ("customize",), _PROVISIONING + "Customize")
RENAME = Operation("rename", "Rename", ("rename",), _CONFIG + "Rename")
RELOCATE = Operation(
    "relocate", "Relocate", ("relocate",), "Resource.ColdMigrate", further=(("Resource.HotMigrate", "in place of that, on a VM that runs"), _POOL, _SPACE)
)
SET_ATTRIBUTE = Operation("set a custom attribute", "SetCustomValue", _NO_TASK, "Global.SetCustomField")
MOVE = Operation("move to the folder", "MoveInto", ("moveInto",), _INVENTORY + "Move", further=((_INVENTORY + "Move", "on the VM, too"),))
CREATE_FOLDER = Operation("create the folder", "CreateFolder", _NO_TASK, "Folder.Create", makes=True)
DESTROY = Operation("destroy", "Destroy", ("destroy",), _INVENTORY + "Delete", removes=True)
UNREGISTER = Operation("unregister", "Unregister", _NO_TASK, _INVENTORY + "Unregister", removes=True)
MARK_TEMPLATE = Operation("mark as template", "MarkAsTemplate", _NO_TASK, _PROVISIONING + "MarkAsTemplate", ("config.template", True))
MARK_VM = Operation("mark as virtual machine", "MarkAsVirtualMachine", _NO_TASK, _PROVISIONING + "MarkAsVM", ("config.template", False), further=(_POOL,))
UPDATE_TOOLS = Operation("update VMware Tools", "UpgradeTools", ("upgradeTools",), _INTERACT + "ToolsInstall", repeatable=False)

TAKE_SNAPSHOT = Operation("take a snapshot", "CreateSnapshot", ("createSnapshot",), _STATE + "CreateSnapshot", repeatable=False)
REMOVE_SNAPSHOT = Operation("remove a snapshot", "Remove", ("remove", "removeSnapshot"), _STATE + "RemoveSnapshot", removes=True)
REVERT_SNAPSHOT = Operation("revert to a snapshot", "Revert", ("revert", "revertToSnapshot"), _STATE + "RevertToSnapshot", repeatable=False)
CONSOLIDATE = Operation("consolidate the disks", "ConsolidateDisks", ("consolidateDisks",), _STATE + "RemoveSnapshot")

_SERVICES = "Host.Config.NetService"
START_SERVICE = Operation("start a service of a host", "Start", _NO_TASK, _SERVICES)
STOP_SERVICE = Operation("stop a service of a host", "Stop", _NO_TASK, _SERVICES)
SET_SERVICE_POLICY = Operation("set when a service of a host starts", "UpdatePolicy", _NO_TASK, _SERVICES)

#: All of them, for the docs.
OPERATIONS: tuple[Operation, ...] = tuple(value for value in globals().values() if isinstance(value, Operation))

#: vSphere type of a refusal that passes by itself: another task works on the object, or too much is going on.
PASSING = frozenset(("TaskInProgress", "ResourceInUse", "FileLocked"))


def has_happened(operation: Operation, properties: Mapping[str, Any]) -> bool:
    """Whether the state of an object shows that it is as the operation leaves it."""
    return operation.state is not None and properties.get(operation.state[0]) == operation.state[1]
