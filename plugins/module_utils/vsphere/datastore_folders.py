# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The folders at the top of a datastore, as its browser lists them."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault, ServerFault, TimedOut
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.fault_meanings import meaning
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, Shapes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import LOCALIZED_FAULT, localized_fault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type

_STATE, _ERROR, _RESULT = "info.state", "info.error", "info.result"
_SHAPES: Shapes = {"Task": {_STATE: str, _ERROR: LOCALIZED_FAULT, _RESULT: {"file": [{"path": str}]}}}
#: Seconds between two looks at the task, at first and at most, and how long it may take in all.
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGEST = 0.02, 1.0, 300.0


def folder_names(session: Session, browser: MoRef, datastore: str) -> frozenset[str]:
    """The names of the folders at the top of a datastore.

    :param browser: its property ``browser``. :param datastore: its name.
    :raises VsphereError: they cannot be listed.
    """
    return session.call_with_retries(partial(_search, session, browser, datastore))


def _search(session: Session, browser: MoRef, datastore: str) -> frozenset[str]:
    spec = managed_type("HostDatastoreBrowserSearchSpec")(query=[managed_type("FolderFileQuery")()])
    task: Any = session.invoke(browser, "Search", f"[{datastore}]", spec)
    pause, waited = _FIRST_PAUSE, 0.0
    while waited < _LONGEST:
        found = retrieve_objects(session, [task], {"Task": [*_SHAPES["Task"]]}, _SHAPES).get(task)
        if found is None:
            raise ServerFault(f"the folders of the datastore {quoted(datastore)} cannot be listed: the server has forgotten {task.moid}; run again")
        if found.properties.get(_STATE) == "success":
            return frozenset(item.get("path", "") for item in (found.properties.get(_RESULT) or {}).get("file") or ())
        if found.properties.get(_STATE) == "error":
            fault = localized_fault(found.properties.get(_ERROR))
            raise MethodFault(f"the folders of the datastore {quoted(datastore)} cannot be listed: {meaning(fault)}", fault)
        session.transport.pause(pause)
        pause, waited = min(2 * pause, _LONGEST_PAUSE), waited + pause
    raise TimedOut(f"the datastore {quoted(datastore)} has not listed its folders within {_LONGEST:.0f} s: look at it in the datastore browser")
