# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""How the customization of guests has ended, by events: servers before vSphere 7.0.2 say it in no property."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_SUCCEEDED = "CustomizationSucceeded"
_FAILED = (
    "CustomizationFailed",
    "CustomizationUnknownFailure",
    "CustomizationSysprepFailed",
    "CustomizationLinuxIdentityFailed",
    "CustomizationNetworkSetupFailed",
)
_SHAPE = [{"vm": {"vm": MoRef}, "fullFormattedMessage": str}]
#: Seconds between two looks at the events of all VMs.
PAUSE = 5.0


class CustomizationEvents:
    """The events of all VMs since a time, read by one request that all waits share.

    :param since: of the server's clock.
    """

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._looked = 0.0
        self._turn = threading.Lock()
        #: Empty for success, else why it failed.
        self._outcomes: dict[MoRef, str] = {}

    def outcome(self, vm: MoRef, session: Session) -> str | None:
        """Why the customization of a VM failed, empty if it succeeded, None while it goes on.

        :raises VsphereError: events cannot be read.
        """
        with self._turn:
            if vm not in self._outcomes and time.monotonic() - self._looked >= PAUSE:
                for event in session.call_with_retries(lambda: self._read(session)) or ():
                    ref = event.get("vm", {}).get("vm")
                    if isinstance(ref, MoRef):
                        failed = event.get(TYPE) != _SUCCEEDED
                        self._outcomes[ref] = (one_line(event.get("fullFormattedMessage", ""), 200) or "no reason given") if failed else ""
                self._looked = time.monotonic()
            return self._outcomes.get(vm)

    def _read(self, session: Session) -> Any:
        spec = vim_type("EventFilterSpec")(
            entity=vim_type("EventFilterSpecByEntity")(entity=session.object(MoRef("Folder", session.manager("rootFolder").moid)), recursion="all"),
            time=vim_type("EventFilterSpecByTime")(beginTime=self._since),
            # Servers know them by one of these spellings.
            eventTypeId=[prefix + name for prefix in ("", "vim.event.") for name in (_SUCCEEDED, *_FAILED)],
        )
        return session.invoke(session.manager("eventManager"), "QueryEvent", spec, shape=_SHAPE)
