# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""HTTP PUT, as WebDAV, Nexus, Artifactory and other stores take files."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import bound_tls, connected
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.common.tls import trusting_context, unchecked_context
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, of_network
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import WORKBOOK, Payload

HTTP_OPTIONS = {
    "url": {"type": "str"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "token": {"type": "str", "no_log": True},
    "headers": {"type": "dict", "no_log": True},
    "create_folders": {"type": "bool", "default": False},
}

#: Characters of a path that stay as they are; a percent sign is taken for one of an escape.
_SAFE = "/%:@!$&'()*+,;=~"
#: A host with its port, of characters that people see.
_PLAIN = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+")
_NO_FOLDER = (404, 409)
#: Answers that another attempt may change.
_PASSING = (408, 423, 425, 429, 500, 502, 503, 504)
_HINTS = {
    401: "check username and password, or token",
    403: "this account may not write there",
    404: "its folder does not exist; make it, or set create_folders: true",
    405: "nothing can be put there; check the url",
    407: "the proxy wants to know who you are",
    409: "its folder does not exist; make it, or set create_folders: true",
    411: "a proxy or server on the way does not take files",
    413: "it takes no file as large as this one",
    507: "there is no room for it",
}


class Http:
    """A place that takes files with PUT.

    :raises DeliveryError: options do not fit. :raises InvalidOption: the CA certificates cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], payload: Payload) -> None:
        parts = _parts(options["url"])
        self._parts = parts._replace(path=quote(payload.placed(parts.path or "/"), safe=_SAFE))
        self._parcel = payload
        self._create_folders = options["create_folders"]
        self.limits = TimeLimits(options["timeout"], options["deadline"])
        self._headers = {**(options["headers"] or {}), **_authorization(options)}
        _check_headers(self._headers)
        context = trusting_context(options["ca_path"]) if options["validate_certs"] else unchecked_context()
        self._opener = build_opener(_Plain(self.limits), _Tls(self.limits, bound_tls(context, self.limits)))
        self.where = f"{parts.scheme}://{parts.netloc}{self._parts.path}"
        in_the_clear = parts.scheme == "http" and self._headers
        self.warning = f"{self.where} is told credentials in the clear: use https" if in_the_clear else ""

    def deliver(self) -> str:
        """Put the file there; nothing to add.

        :raises DeliveryError: it is not there.
        """
        status, reason = self._put()
        if status in _NO_FOLDER and self._create_folders:
            for folder in _folders(self._parts):
                # One that exists, or that is not ours to make, is refused; what counts is whether the file then gets in.
                self._ask("MKCOL", folder)
            status, reason = self._put()
        if not 200 <= status < 300:
            hint = _HINTS.get(status, "the url points elsewhere; give its new one" if 300 <= status < 400 else "the server's log may say more")
            raise DeliveryError(f"the server answers {status} {reason}: {hint}", transient=status in _PASSING)
        return ""

    def _put(self) -> tuple[int, str]:
        with open(self._parcel.path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            return self._ask("PUT", self._parts.geturl(), file, {"Content-Type": WORKBOOK, "Content-Length": str(size)})

    def _ask(self, method: str, url: str, body: BinaryIO | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and reason of the answer."""
        request = Request(url, data=body, headers={**(headers or {}), **self._headers}, method=method)
        try:
            with self._opener.open(request) as answer:
                return answer.status, answer.reason
        except HTTPError as error:
            with error:
                return error.code, str(error.reason)
        except URLError as error:
            raise of_network(error.reason if isinstance(error.reason, OSError) else error, self._parts.netloc) from error
        except OSError as error:
            raise of_network(error, self._parts.netloc) from error
        except (http.client.HTTPException, ValueError) as error:
            raise DeliveryError(f"{self._parts.netloc} does not answer in HTTP ({type(error).__name__}): check address and port", transient=True) from error


class _Connection(http.client.HTTPConnection):
    """A connection whose waits end in time, and that listens even when it could not say all: a server that refuses may answer before it has read the file."""

    def __init__(self, *arguments: Any, limits: TimeLimits, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._create_connection = lambda address, *_more: connected(*address, limits)

    def request(self, *arguments: Any, **options: Any) -> None:
        self.connect()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().request(*arguments, **options)

    def getresponse(self) -> http.client.HTTPResponse:
        with self.sock.head():
            return super().getresponse()


class _TlsConnection(_Connection, http.client.HTTPSConnection):
    pass


class _Plain(HTTPHandler):
    def __init__(self, limits: TimeLimits) -> None:
        super().__init__()
        self._limits = limits

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req, limits=self._limits)


class _Tls(HTTPSHandler):
    def __init__(self, limits: TimeLimits, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._limits = limits

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_TlsConnection, req, context=self._context, limits=self._limits)


def _parts(url: str) -> SplitResult:
    try:
        url.encode()
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and _PLAIN.fullmatch(parts.netloc) and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise DeliveryError("url cannot be used: give one that begins with https:// and a host")
    if "@" in parts.netloc:
        raise DeliveryError("url holds a user: give that as username and password")
    return parts


def _folders(parts: SplitResult) -> Iterator[str]:
    """URLs of the folders above a file, the topmost first."""
    names = parts.path.split("/")[1:-1]
    for depth in range(1, len(names) + 1):
        yield parts._replace(path="/" + "/".join(names[:depth]) + "/", fragment="").geturl()


def _authorization(options: Mapping[str, Any]) -> dict[str, str]:
    username, password, token = options["username"], options["password"], options["token"]
    if token and (username or password):
        raise DeliveryError("token is given besides username or password: leave out one or the other")
    if bool(username) != bool(password):
        raise DeliveryError("username and password belong together: give both, or neither")
    if token:
        # Files that hold a token often end with a line break.
        return {"Authorization": f"Bearer {token.strip()}"}
    if username:
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}
    return {}


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        text = f"{name}{value}"
        # What http.client says of these holds their values.
        if not (text.isascii() and text.isprintable()):
            raise DeliveryError(f"headers: {quoted(name)} has a line break or a character beyond ASCII; take it out")
