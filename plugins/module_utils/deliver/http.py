# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Upload with HTTP PUT, to WebDAV, Nexus, Artifactory and other stores."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, cast
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import BoundedSocket, bounded_tls_context, open_connection
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.common.tls import unverified_context, verifying_context
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, network_error
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

HTTP_OPTIONS = {
    "url": {"type": "str"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "token": {"type": "str", "no_log": True},
    "headers": {"type": "dict", "no_log": True},
    "create_folders": {"type": "bool", "default": False},
}

#: Characters of a path that are not escaped; a percent sign is part of an escape.
_SAFE = "/%:@!$&'()*+,;=~"
#: A host with its port, without spaces and control characters.
_NETLOC = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+")
_NO_FOLDER = (404, 409)
#: Statuses of which a retry may help.
_TRANSIENT = (408, 423, 425, 429, 500, 502, 503, 504)
_HINTS = {
    401: "check username and password, or token",
    403: "this account has no right to write there",
    404: "its folder does not exist; make it, or set create_folders: true",
    405: "the server takes no files at this url; check url",
    407: "the proxy requires a login: add it to the proxy URL in the environment",
    409: "its folder does not exist; make it, or set create_folders: true",
    411: "a proxy or the server takes no uploads",
    413: "the file is too large for the server",
    507: "the server has no space left",
}


class Http:
    """A URL to which the file is uploaded.

    :raises DeliveryError: options do not fit. :raises InvalidOption: the CA certificates cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], payload: Payload) -> None:
        parts = _split_url(options["url"])
        self._url = parts._replace(path=quote(payload.target_path(parts.path or "/"), safe=_SAFE))
        self._payload = payload
        self._create_folders = options["create_folders"]
        self.limits = TimeLimits(options["timeout"], options["deadline"])
        self._headers = {**(options["headers"] or {}), **_authorization(options)}
        _check_headers(self._headers)
        context = verifying_context(options["ca_path"]) if options["validate_certs"] else unverified_context()
        self._opener = build_opener(_HttpHandler(self.limits), _HttpsHandler(self.limits, bounded_tls_context(context, self.limits)))
        self.location = f"{parts.scheme}://{parts.netloc}{self._url.path}"
        is_unencrypted = parts.scheme == "http" and self._headers
        self.warning = f"credentials go to {self.location} unencrypted: use https" if is_unencrypted else ""

    def deliver(self) -> str:
        """Upload the file; no remark.

        :raises DeliveryError: it was not uploaded.
        """
        status, reason = self._put()
        if status in _NO_FOLDER and self._create_folders:
            for folder in _folders(self._url):
                # Refused where the folder exists or may not be made; the upload shows whether that matters.
                self._request("MKCOL", folder)
            status, reason = self._put()
        if not 200 <= status < 300:
            hint = _HINTS.get(status, "url redirects; give the new one" if 300 <= status < 400 else "see the server's log")
            raise DeliveryError(f"the server responded {status} {reason}: {hint}", transient=status in _TRANSIENT)
        return ""

    def _put(self) -> tuple[int, str]:
        with open(self._payload.path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            return self._request("PUT", self._url.geturl(), file, {"Content-Type": self._payload.content_type, "Content-Length": str(size)})

    def _request(self, method: str, url: str, body: BinaryIO | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and reason of the response."""
        request = Request(url, data=body, headers={**(headers or {}), **self._headers}, method=method)
        try:
            with self._opener.open(request) as response:
                return response.status, response.reason
        except HTTPError as error:
            with error:
                return error.code, str(error.reason)
        except URLError as error:
            raise network_error(error.reason if isinstance(error.reason, OSError) else error, self._url.netloc) from error
        except OSError as error:
            raise network_error(error, self._url.netloc) from error
        except (http.client.HTTPException, ValueError) as error:
            raise DeliveryError(f"{self._url.netloc} sent no HTTP response ({type(error).__name__}): check address and port", transient=True) from error


class _HttpConnection(http.client.HTTPConnection):
    """A connection whose waits end in time. It reads the response even where sending fails: a server that refuses may respond before it has read the file."""

    def __init__(self, *arguments: Any, limits: TimeLimits, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # What http.client opens a connection with.
        self._create_connection = lambda address, *_more: open_connection(address[0], address[1], limits)

    def request(self, *arguments: Any, **options: Any) -> None:
        self.connect()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().request(*arguments, **options)

    def getresponse(self) -> http.client.HTTPResponse:
        with cast(BoundedSocket, self.sock).response_head():
            return super().getresponse()


class _HttpsConnection(_HttpConnection, http.client.HTTPSConnection):
    pass


class _HttpHandler(HTTPHandler):
    def __init__(self, limits: TimeLimits) -> None:
        super().__init__()
        self._connection = partial(_HttpConnection, limits=limits)

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HttpsHandler(HTTPSHandler):
    def __init__(self, limits: TimeLimits, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._connection = partial(_HttpsConnection, context=context, limits=limits)

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


def _split_url(url: str) -> SplitResult:
    try:
        url.encode()
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and _NETLOC.fullmatch(parts.netloc) and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise DeliveryError("url must begin with https:// and a host name")
    if "@" in parts.netloc:
        raise DeliveryError("url must not contain a user: set username and password")
    return parts


def _folders(parts: SplitResult) -> Iterator[str]:
    """URLs of the folders above a file, the topmost first."""
    names = parts.path.split("/")[1:-1]
    for depth in range(1, len(names) + 1):
        yield parts._replace(path="/" + "/".join(names[:depth]) + "/", fragment="").geturl()


def _authorization(options: Mapping[str, Any]) -> dict[str, str]:
    username, password, token = options["username"], options["password"], options["token"]
    if token and (username or password):
        raise DeliveryError("token contradicts username and password: leave one of them out")
    if bool(username) != bool(password):
        raise DeliveryError("username and password must be set together")
    if token:
        # Files with a token often end with a line break.
        return {"Authorization": f"Bearer {token.strip()}"}
    if username:
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}
    return {}


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        text = f"{name}{value}"
        # The message of http.client would hold their values.
        if not (text.isascii() and text.isprintable()):
            raise DeliveryError(f"headers: {quoted(name)} has a line break or a character beyond ASCII: remove it")
