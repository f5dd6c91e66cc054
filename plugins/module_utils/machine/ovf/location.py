# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""An OVF package by its path or URL."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from contextlib import suppress
from urllib.parse import unquote, urljoin, urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.package import Package, open_ova, open_ovf, url_beside
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import FileSource, Moved, NoSuchPackageFile, PackageError, Source, UrlSource
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

_DESCRIPTOR = ".ovf"
#: URLs that one may lead to, one after the other.
_MAX_STEPS = 5
#: What cannot stand in a request: it has to be quoted in the URL.
_UNSENDABLE = re.compile(r"[^!-~]")


def open_package(location: str, connection: Connection, transport: HttpTransport) -> Package:
    """The package of an OVA or OVF, at a path of this machine or at an ``https`` URL.

    A URL is read with the CAs, the proxy and the timeouts of the connection, also from another host; a pinned fingerprint counts for the host of the
    connection alone. User name and password may stand in it, and are in no message. Redirections are followed.

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
    web = _Web(connection, transport)

    def beside(name: str) -> Source | None:
        base, mark, query = location.partition("?")
        with suppress(NoSuchPackageFile):
            return web.source(url_beside(base, name) + mark + query)
        return None

    source = web.source(location)
    is_descriptor = location.partition("?")[0].lower().endswith(_DESCRIPTOR)
    return open_ovf(source, beside) if is_descriptor else open_ova(source)


class _Web:
    """Opens URLs, with the trust of a connection. One that leads elsewhere is followed."""

    def __init__(self, connection: Connection, transport: HttpTransport) -> None:
        self._connection = connection
        self._transport = transport

    def source(self, url: str) -> UrlSource:
        """:raises PackageError: it cannot be read."""
        for _step in range(_MAX_STEPS):
            try:
                return self._open(url)
            except Moved as moved:
                # An account is for the host that it was given for.
                url = urljoin(_without_account(url), moved.target)
        raise PackageError(f"{quoted(_shown(url))} leads from URL to URL: give that of the file itself")

    def _open(self, url: str) -> UrlSource:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or 443
            host.encode("idna")
        except ValueError:
            parts, host, port = urlsplit(""), "", 0
        if parts.scheme != "https" or not host or _UNSENDABLE.search(parts.path + parts.query):
            raise PackageError(f"{quoted(_shown(url))} must be an https URL, or a path of this machine")
        headers = {}
        if parts.username is not None:
            account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = f"Basic {b64encode(account.encode()).decode()}"
        transport = self._transport
        if (host, port) != (self._connection.host.lower(), self._connection.port):
            transport = transport.to(self._connection.to_other_host(host, port))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return UrlSource(transport, path, _shown(url), headers)


def _without_account(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + mark + host.rpartition("@")[2] + slash + path


def secrets_in(location: str) -> list[str]:
    """What no output may show of a path or URL: the password of an account, as it is written and as it is meant, and its query."""
    scheme, mark, rest = location.partition("://")
    if not mark:
        return []
    account = rest.partition("/")[0].rpartition("@")[0]
    password = account.partition(":")[2]
    return [text for text in dict.fromkeys((password, unquote(password), rest.partition("?")[2])) if text]


def _shown(url: str) -> str:
    """A URL for messages: an account, or a token in its query, is a secret."""
    return _without_account(url).partition("?")[0]
