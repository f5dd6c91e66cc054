# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Makes one VM of an OVF package: begins the import, sends the files, completes it. What fails leaves no VM."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import SessionExpired, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.lease_keeper import LeaseKeeper
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, Lease, begin_import, look_at
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import LeaseUploads, UploadFailed

_READY, _DONE, _INITIALIZING = "ready", "done", "initializing"
#: Seconds between two looks at a lease that is not ready: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


def import_vm(
    session: Session,
    uploads: LeaseUploads,
    spec: object,
    files: Mapping[ImportFile, Body],
    place: tuple[MoRef, MoRef | None, MoRef | None],
    sent: Callable[[int], None] | None = None,
) -> MoRef:
    """Make the VM; returns it once it is complete. Blocks as long as the files take.

    :param spec: and ``files`` of ovf_import.ImportSpec, with the bodies of the package. :param place: resource pool, folder and host.
    :param sent: called with the length of each block that was sent, and with 0 now and then; what it raises ends the import.
    :raises EstateError: there is no VM. :raises UploadFailed: with ``kind`` unknown: there may be one, which the server removes after a time.
    """
    lease = _begin(session, spec, place)
    try:
        found = _await_ready(session, lease, sent)
        _send_all(session, uploads, lease, found, files, sent)
        _complete(session, lease)
    except BaseException as error:
        _abort(session, lease, error)
        raise
    if found.vm is None:
        raise UploadFailed("the server completed the import and named no VM: look for it, and report it if it persists")
    return found.vm


def _begin(session: Session, spec: object, place: tuple[MoRef, MoRef | None, MoRef | None]) -> MoRef:
    number = session.number
    try:
        return begin_import(session, spec, *place)
    except SessionExpired:
        # Refused, so it did not begin.
        session.renew(number)
        return begin_import(session, spec, *place)


def _await_ready(session: Session, lease: MoRef, sent: Callable[[int], None] | None) -> Lease:
    pause = _FIRST_PAUSE
    while (found := session.call_with_retries(lambda: look_at(session, lease))).state == _INITIALIZING:
        if sent:
            sent(0)
        session.transport.pause(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    if found.state != _READY:
        raise UploadFailed(f"the import ended before its files were sent (it is {quoted(found.state)}): look at the server's events")
    return found


def _send_all(
    session: Session, uploads: LeaseUploads, lease: MoRef, found: Lease, files: Mapping[ImportFile, Body], sent: Callable[[int], None] | None
) -> None:
    missing = [file.path for file in files if file.device not in found.targets]
    if missing:
        raise UploadFailed(f"the server names no URL for {quoted(missing[0])}: report it if it persists")
    total, done = max(1, sum(body.length for body in files.values())), 0

    def lost() -> None:
        uploads.abort()

    with LeaseKeeper(session, lease, found.timeout, lost) as keeper:

        def count(length: int) -> None:
            nonlocal done
            done += length
            keeper.percent = 100 * done // total
            if keeper.error:
                raise UploadFailed(f"the server has ended the import, {keeper.error}")
            if sent:
                sent(length)

        for file, body in files.items():
            count(0)
            target = found.targets[file.device]
            try:
                uploads.send(target.url, target.thumbprint, body, disk=file.is_disk, sent=count)
            except VsphereError as error:
                # The upload fails because the lease was lost.
                if keeper.error:
                    raise UploadFailed(f"the server has ended the import, {keeper.error}") from error
                raise


def _complete(session: Session, lease: MoRef) -> None:
    """End the lease well. After a lost answer its state tells whether that was done."""
    begun = time.monotonic()
    try:
        session.invoke(lease, "Complete")
    except VsphereError as error:
        if not error.transient:
            raise
        session.transport.pause(_FIRST_PAUSE)
        if look_at(session, lease).state == _DONE:
            return
        raise UploadFailed(f"the import could not be completed within {time.monotonic() - begun:.0f} s, {error}") from error


def _abort(session: Session, lease: MoRef, why: BaseException) -> None:
    """End the lease: the server removes the VM. Where that fails, the lease ends by itself."""
    try:
        with session.transport.grace_period():
            session.invoke(lease, "Abort", None)
    except VsphereError as error:
        with suppress(EstateError), session.transport.grace_period():
            if look_at(session, lease).state not in (_READY, _INITIALIZING):
                return
        if isinstance(why, EstateError) and error.transient:
            failed = UploadFailed(f"{why}; the import could not be ended either: the server removes its VM when it times out, look for it later")
            failed.kind = "unknown"
            raise failed from why
