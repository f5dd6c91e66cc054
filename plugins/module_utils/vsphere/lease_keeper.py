# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Keeps an import lease alive while its files are sent. A server ends a lease, and removes its VM, that gives no sign of life."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import SessionExpired, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Seconds between two signs of life, and after one that was lost.
_INTERVAL, _AGAIN = 20.0, 5.0
#: So many of them fit into the timeout of a lease.
_SIGNS = 4


class LeaseKeeper:
    """Reports the progress of a lease from a thread of its own, also while the server takes no data; a context manager.

    :ivar percent: what is reported, 0 to 99. :ivar error: why the lease is lost; None while it is not.
    """

    def __init__(self, session: Session, lease: MoRef, timeout: float, lost: Callable[[], None]) -> None:
        """Report nothing yet.

        :param timeout: ``leaseTimeout``, in seconds. :param lost: called once, from the thread, when the lease is lost: it ends the uploads.
        """
        self.percent = 0
        self.error: EstateError | None = None
        self._session = session
        self._lease = lease
        self._interval = max(0.1, min(_INTERVAL, timeout / _SIGNS))
        self._lost = lost
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Report no more. What is under way is not waited for: the lease can be completed or aborted meanwhile."""
        self._stopped.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                self._session.invoke(self._lease, "Progress", min(99, max(0, int(self.percent))))
                pause = self._interval
            except EstateError as error:
                # A lost sign is given again, a lost lease is not.
                if isinstance(error, VsphereError) and error.transient and not isinstance(error, SessionExpired):
                    pause = min(_AGAIN, self._interval)
                    continue
                if not self._stopped.is_set():
                    self.error = error
                    self._lost()
                return
