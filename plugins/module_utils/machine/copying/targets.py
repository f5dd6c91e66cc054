# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where copies go: a directory for each on its datastore."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.copying import Target, Turns
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.names import free_directory
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_folders import folder_names
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, short_text

_BROWSER, _TYPE = "browser", "summary.type"
_SHAPES = {EVERY_TYPE: {_BROWSER: MoRef, _TYPE: short_text}}
#: Types of datastores on which directories are objects of their own, which the manager of files does not make.
_OBJECT_STORES = {"vsan": "vSAN", "vsand": "vSAN", "VVOL": "vVol"}
#: Copies that write to one datastore at a time.
_PER_DATASTORE = 4


class Targets:
    """Finds them. What it knows of a datastore is read once."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places
        self._known: dict[MoRef, dict[str, Any]] = {}
        self._taken: dict[MoRef, set[str]] = {}
        self._turns: dict[MoRef, Turns] = {}

    def refusal(self, datastore: MoRef) -> str:
        """Why copies cannot go to a datastore; empty where they can.

        :raises VsphereError: it cannot be read.
        """
        known = self._read(datastore)
        if _BROWSER not in known:
            return "the account cannot browse it: give it Datastore.Browse there"
        if kind := _OBJECT_STORES.get(known.get(_TYPE, "")):
            return f"it is a {kind} datastore, where copies have no directory: choose another one, or clone"
        return ""

    def target(self, name: str, datacenter: MoRef, datastore: MoRef, pool: MoRef, host: MoRef | None) -> Target:
        """Where the copy of a name goes: its directory is not there yet, and no other copy has it.

        :raises NotPossible: see :meth:`refusal`. :raises VsphereError: the folders of the datastore cannot be listed.
        """
        if reason := self.refusal(datastore):
            raise NotPossible(f"{self._places.name(datastore)}: {reason}")
        browser, store = self._known[datastore][_BROWSER], stored(self._places.name(datastore))
        if datastore not in self._taken:
            self._taken[datastore] = set(folder_names(self._session, browser, store))
        return Target(
            datacenter=datacenter,
            datacenter_path=below_root(self._places.path(datacenter)),
            datastore=store,
            browser=browser,
            directory=free_directory(name, self._taken[datastore]),
            taken=self._taken[datastore],
            files=self._session.manager("fileManager"),
            disks=self._session.manager("virtualDiskManager"),
            pool=pool,
            host=host,
            keeps_format=self._session.is_vcenter,
            turns=self._turns.setdefault(datastore, Turns(_PER_DATASTORE)),
        )

    def _read(self, datastore: MoRef) -> dict[str, Any]:
        if datastore not in self._known:
            read = retrieve_objects(self._session, [datastore], {"Datastore": [_BROWSER, _TYPE]}, _SHAPES)
            self._known[datastore] = read[datastore].properties if datastore in read else {}
        return self._known[datastore]


def below_root(path: str) -> str:
    """The path of a datacenter as DatastoreFile takes it."""
    return path.removeprefix("/")
