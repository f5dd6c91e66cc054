# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Uploads to the URLs of an import lease, which may be those of an ESXi host that a vCenter names."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

#: Method and media type of a stream-optimized disk, and of any other file.
_DISK, _OTHER = ("POST", "application/x-vnd.vmware-streamVmdk"), ("PUT", "application/octet-stream")
#: Hexadecimal digits of SHA-1 and SHA-256.
_THUMBPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")


class UploadFailed(VsphereError):
    """A file did not reach the server, or it is not known whether it did. The lease is to be aborted."""

    kind = "upload"


class LeaseUploads:
    """Sends files to the URLs of import leases. Threads may share it."""

    def __init__(self, connection: Connection, transport: HttpTransport) -> None:
        """Connect to nothing yet.

        :param connection: to the server that made the lease. :param transport: to it; uploads have connections of their own, within the same deadline.
        """
        self._connection = connection
        self._transport = transport
        self._transports: dict[Connection, HttpTransport] = {}
        self._lock = threading.Lock()

    def send(self, url: str, thumbprint: str, body: Body, *, disk: bool, sent: Callable[[int], None] | None = None) -> None:
        """Send one file, once.

        :param url: ``HttpNfcLeaseDeviceUrl.url``; its host may be ``*``, which is the host that we are connected to.
        :param thumbprint: ``sslThumbprint`` beside it: the certificate that another host must have; empty if CAs decide.
        :param sent: called with the length of each block that was sent.
        :raises UploadFailed: it did not arrive. :raises EstateError: what the body's source raises.
        """
        host, path = self._target(url, thumbprint)
        method, media_type = _DISK if disk else _OTHER
        counted = Body(body.length, lambda: body.blocks(sent))
        try:
            reply = self._transport_to(host).request(method, path, counted, {"Content-Type": media_type})
        except VsphereError as error:
            if isinstance(error, UploadFailed):
                raise
            failed = UploadFailed(f"the upload to {host.address} failed, {error}")
            failed.kind = error.kind
            raise failed from error
        if reply.status >= 300:
            reason = f"HTTP status {reply.status} {reply.reason}"
            raise UploadFailed(f"{host.address} refused the upload ({reason}): check the free space of the datastore, and that the disk is stream-optimized")

    def abort(self) -> None:
        """Make the uploads of other threads fail at once, with UploadFailed."""
        with self._lock:
            for transport in self._transports.values():
                transport.abort_requests()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for transport in self._transports.values():
                transport.close()

    def _target(self, url: str, thumbprint: str) -> tuple[Connection, str]:
        """The host of a URL, and the path there.

        :raises InvalidResponse: it is no URL for us.
        """
        pin = re.sub(r"[:\s]", "", thumbprint).upper()
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            host.encode("idna")
        except ValueError:
            host, port = "", None
        if not host or parts.scheme != "https" or (pin and not _THUMBPRINT.fullmatch(pin)) or re.search(r"[^!-~]", parts.path + parts.query):
            raise InvalidResponse("the server named no usable URL for the upload: report it if it persists")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if host == "*":
            return self._connection, path
        if (host, port or 443) == (self._connection.host.lower(), self._connection.port):
            return self._connection, path
        other = self._connection.to_other_host(host, port or 443)
        if pin and other.validate_certs:
            other = dataclasses.replace(other, fingerprint=bytes.fromhex(pin).hex(":").upper())
        return other, path

    def _transport_to(self, host: Connection) -> HttpTransport:
        with self._lock:
            if host not in self._transports:
                self._transports[host] = self._transport.to(host)
            return self._transports[host]
