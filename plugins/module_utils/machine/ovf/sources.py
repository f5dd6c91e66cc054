# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where an OVF package is read from: a local file, or a URL. Both are read from any place on, and never as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Protocol

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import BLOCK_BYTES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Download, HttpTransport

_OK, _PARTIAL, _NOT_FOUND = 200, 206, 404
_MOVED = (301, 302, 303, 307, 308)
#: Digits of the size of a file.
_MAX_DIGITS = 19


class PackageError(EstateError):
    """An OVF package cannot be read, or is not what it should be."""

    kind = "package"


class NoSuchPackageFile(PackageError):
    """A web server has no such file."""


class Moved(PackageError):
    """A web server has the file at another URL.

    :ivar target: that URL, as the server wrote it.
    """

    def __init__(self, message: str, target: str) -> None:
        super().__init__(message)
        self.target = target


class Source(Protocol):
    """A file that is read from any place on."""

    name: str
    size: int

    def blocks(self, offset: int, length: int) -> Iterator[bytes]:
        """So many bytes from there on, block by block.

        :raises PackageError: it cannot be read, or ends before.
        """


class FileSource:
    """A file of this machine."""

    def __init__(self, path: str) -> None:
        """:raises PackageError: it cannot be read."""
        self.name = path
        try:
            with open(path, "rb") as file:
                self.size = file.seek(0, os.SEEK_END)
        except OSError as error:
            raise self._unreadable(error) from error

    def blocks(self, offset: int, length: int) -> Iterator[bytes]:
        """As of Source."""
        try:
            with open(self.name, "rb") as file:
                file.seek(offset)
                while length and (block := file.read(min(BLOCK_BYTES, length))):
                    length -= len(block)
                    yield block
        except OSError as error:
            raise self._unreadable(error) from error
        if length:
            raise PackageError(f"{quoted(self.name)} became shorter while it was read: start again when nothing writes it")

    def _unreadable(self, error: OSError) -> PackageError:
        return PackageError(f"{quoted(self.name)} cannot be read ({error.strerror}): check the path and the rights on it")


class UrlSource:
    """A file of a web server. Parts of it are requested where the server can do that; else it is read from the start each time."""

    def __init__(self, transport: HttpTransport, path: str, name: str, headers: Mapping[str, str] | None = None) -> None:
        """Ask for its size.

        :param transport: to its server. :param path: path and query of the URL. :param name: the URL without secrets, for messages.
        :param headers: of each request, such as Authorization.
        :raises PackageError: it cannot be read.
        """
        self.name = name
        self._transport = transport
        self._path = path
        self._headers = dict(headers or {})
        try:
            # Not HEAD: a signed URL is often for GET alone.
            with transport.download(path, {**self._headers, "Range": "bytes=0-0"}) as reply:
                self.size = self._size_in(reply)
                self._etag = reply.headers.get("ETag", "")
        except VsphereError as error:
            raise self._failed(str(error)) from error

    def _size_in(self, reply: Download) -> int:
        if reply.status in _MOVED and (target := reply.headers.get("Location", "")):
            raise Moved(f"{quoted(self.name)} is at another URL (HTTP status {reply.status} {reply.reason}): give that one", target)
        if reply.status == _NOT_FOUND:
            raise NoSuchPackageFile(f"{quoted(self.name)} does not exist (HTTP status {reply.status} {reply.reason}): check the URL")
        if reply.status == _PARTIAL:
            total = reply.headers.get("Content-Range", "").rpartition("/")[2]
            size = int(total) if total.isascii() and total.isdigit() and len(total) < _MAX_DIGITS else None
        elif reply.status == _OK:
            size = reply.length
        else:
            raise self._failed(f"HTTP status {reply.status} {reply.reason}")
        if size is None:
            raise self._failed("the server does not say how long it is")
        return size

    def blocks(self, offset: int, length: int) -> Iterator[bytes]:
        """As of Source."""
        if not length:
            return
        headers = {**self._headers, "Range": f"bytes={offset}-{offset + length - 1}"}
        if self._etag and not self._etag.startswith("W/"):
            headers["If-Match"] = self._etag
        try:
            with self._transport.download(self._path, headers) as reply:
                if reply.status not in (_OK, _PARTIAL):
                    raise self._failed(f"HTTP status {reply.status} {reply.reason}")
                part = reply.headers.get("Content-Range", "")
                if reply.status == _PARTIAL and part and not part.startswith(f"bytes {offset}-"):
                    raise self._failed("the server sends another part than it was asked for")
                yield from self._part(reply.blocks, 0 if reply.status == _PARTIAL else offset, length)
        except VsphereError as error:
            raise self._failed(str(error)) from error

    def _part(self, blocks: Iterator[bytes], skip: int, length: int) -> Iterator[bytes]:
        for block in blocks:
            part = block[skip : skip + length] if skip < len(block) else b""
            skip = max(0, skip - len(block))
            length -= len(part)
            if part:
                yield part
            if not length:
                return
        raise self._failed("it is shorter than the server said")

    def _failed(self, reason: str) -> PackageError:
        return PackageError(f"{quoted(self.name)} cannot be read ({reason}): check the URL and that the server lets us read it")


def content_of(source: Source, offset: int, length: int, limit: int, what: str) -> bytes:
    """A part of a source that fits into memory.

    :param limit: bytes that it may have. :param what: it is, for messages.
    :raises PackageError: it is larger, or cannot be read.
    """
    if length > limit:
        raise PackageError(f"{what} of {quoted(source.name)} has {length} bytes, more than {limit}: this is no OVF package")
    return b"".join(source.blocks(offset, length))
