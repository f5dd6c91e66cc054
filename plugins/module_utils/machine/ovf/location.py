# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""An OVF package by its path or URL."""

from __future__ import annotations

import os
import posixpath
from base64 import b64encode
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.package import Package, open_ova, open_ovf, url_beside
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import FileSource, NoSuchPackageFile, PackageError, Source, UrlSource
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

_DESCRIPTOR = ".ovf"


def open_package(location: str, connection: Connection, transport: HttpTransport) -> Package:
    """The package of an OVA or OVF, at a path of this machine or at an ``https`` URL.

    A URL is read with the CAs, the proxy and the timeouts of the connection, also from another host; a pinned fingerprint counts for the host of the
    connection alone. User name and password may stand in it, and are in no message.

    :param transport: of the connection. :raises PackageError: it cannot be read, or is no package.
    """
    if "://" in location:
        return _at_url(location, connection, transport)
    if not location.lower().endswith(_DESCRIPTOR):
        return open_ova(FileSource(location))
    folder = os.path.dirname(location)

    def beside(name: str) -> Source | None:
        path = os.path.join(folder, name)
        return FileSource(path) if os.path.isfile(path) else None

    return open_ovf(FileSource(location), beside)


def _at_url(location: str, connection: Connection, transport: HttpTransport) -> Package:
    try:
        parts = urlsplit(location)
        host, port = parts.hostname or "", parts.port or 443
        host.encode("idna")
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme != "https" or not host:
        raise PackageError(f"{quoted(location.rpartition('@')[2])} must be an https URL, or a path of this machine")
    headers = {}
    if parts.username is not None:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(account.encode()).decode()}"
    if (host, port) != (connection.host.lower(), connection.port):
        transport = transport.to(connection.to_other_host(host, port))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown = f"https://{parts.netloc.rpartition('@')[2]}"

    def at(path: str) -> UrlSource:
        # A query may hold a token.
        return UrlSource(transport, path, shown + path.partition("?")[0], headers)

    def beside(name: str) -> Source | None:
        with suppress(NoSuchPackageFile):
            return at(url_beside(path, name))
        return None

    return open_ovf(at(path), beside) if posixpath.splitext(parts.path)[1].lower() == _DESCRIPTOR else open_ova(at(path))
