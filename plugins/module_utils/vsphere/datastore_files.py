# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Files of datastores over HTTP, below ``/folder`` of a vCenter or an ESXi host."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, NotReady, ServerFault, SessionExpired
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply

#: Bytes of a file that is read into memory: configuration files of VMs have a few thousand.
_MAX_TEXT_BYTES = 4 << 20
_UNKNOWN_SESSION, _FORBIDDEN, _NOT_FOUND, _UNAVAILABLE = 401, 403, 404, 503


class NoSuchFile(ServerFault):
    """There is no such file, or no such folder for a new one."""


@dataclass(frozen=True)
class DatastoreFile:
    """A file of a datastore. Names as vSphere has them: ``/`` in a name is ``%2f``.

    :ivar datacenter: path from below the root folder, ``ha-datacenter`` on an ESXi host.
    """

    datacenter: str
    datastore: str
    path: str

    def __str__(self) -> str:
        return f"[{self.datastore}] {self.path}"

    @property
    def url_path(self) -> str:
        """Path and query of its URL."""
        return f"/folder/{quote(self.path)}?dcPath={quote(self.datacenter, safe='')}&dsName={quote(self.datastore, safe='')}"


def read_text(session: Session, file: DatastoreFile, max_bytes: int = _MAX_TEXT_BYTES) -> bytes:
    """The content of a small file.

    :raises NoSuchFile: there is none. :raises VsphereError: it cannot be read, or is larger than ``max_bytes``.
    """
    return bytes(_checked(session.file_request("GET", file.url_path, max_bytes=max_bytes), file, "read").body)


def size_of(session: Session, file: DatastoreFile) -> int | None:
    """Its size in bytes; None if there is no such file.

    :raises VsphereError: that cannot be found out.
    """
    try:
        reply = _checked(session.file_request("HEAD", file.url_path), file, "read")
    except NoSuchFile:
        return None
    length = reply.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def write(session: Session, file: DatastoreFile, body: bytes | Body) -> None:
    """Write a file, over one that is there. Its folder must exist. Sent once.

    :raises NoSuchFile: the folder does not exist. :raises VsphereError: it was not written, or whether it was is not known.
    """
    _checked(session.file_request("PUT", file.url_path, body), file, "written")


def _checked(reply: Reply, file: DatastoreFile, done: str) -> Reply:
    if reply.status < 300:
        return reply
    what, reason = f"{quoted(str(file))} cannot be {done}", f"HTTP status {reply.status} {reply.reason}"
    if reply.status == _UNKNOWN_SESSION:
        raise SessionExpired(f"{what}: the server has ended the session ({reason}): start again")
    if reply.status == _FORBIDDEN:
        raise NotPermitted(f"{what} ({reason}): give the account Datastore.FileManagement and Datastore.Browse there, and see that no running VM has it open")
    if reply.status == _NOT_FOUND:
        raise NoSuchFile(f"{what}: the file, its folder or the datastore does not exist ({reason}): check the path")
    if reply.status >= _UNAVAILABLE:
        raise NotReady(f"{what}: the server is not ready ({reason}): wait until all its services run")
    raise ServerFault(f"{what} ({reason}): check the free space of the datastore and the server's log")
