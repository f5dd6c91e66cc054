# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A REST session with a vCenter, for tags, which SOAP does not have: log in, send requests, log out.

A vCenter has one or both of two generations of the REST API, see _GENERATIONS; this file alone knows of them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result, call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import defer_signals
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import REST_SESSION_HEADER, Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    InvalidResponse,
    NotPermitted,
    NotReady,
    ServerFault,
    SessionExpired,
    SkippedByOptions,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.json_values import UnexpectedValue, parse_json
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport, Reply


class _Generation(NamedTuple):
    """One generation of the REST API.

    :ivar since: the first API version that has it. :ivar session: path of the session.
    :ivar session_info: method and path of a request about an existing session.
    :ivar items: path of the list of a resource. :ivar item: path of an item of a resource. :ivar action: path of an action on a resource.
    :ivar wraps: each response is an object with one member, ``value``.
    """

    since: tuple[int, ...]
    session: str
    session_info: tuple[str, str]
    items: str
    item: str
    action: str
    wraps: bool


#: Newest first.
_GENERATIONS = (
    _Generation((7, 0, 2), "/api/session", ("GET", "/api/session"), "/api/{}", "/api/{}/{}", "/api/{}?action={}", False),
    _Generation(
        (),
        "/rest/com/vmware/cis/session",
        ("POST", "/rest/com/vmware/cis/session?~action=get"),
        "/rest/com/vmware/{}",
        "/rest/com/vmware/{}/id:{}",
        "/rest/com/vmware/{}?~action={}",
        True,
    ),
)
#: A session id that can be sent in a header.
_KEY = re.compile(r"[!-~]+")

_UNAUTHENTICATED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_FIRST_REDIRECT, _TOO_MANY, _FIRST_SERVER_ERROR = 300, 429, 500


class RestSession:
    """An authenticated session; a context manager that logs in and out. A session that was given is only used. Transient errors are retried."""

    def __init__(self, connection: Connection, transport: HttpTransport, version: tuple[int, ...]) -> None:
        """Connect to nothing yet.

        :param transport: to the server, with the deadline; it is not closed.
        :param version: API version of the server, (8, 0, 2, 0) for example; empty if unknown.
        """
        self._connection = connection
        self._transport = transport
        # Those to try; after the login only the one that the server has.
        self._generations = [generation for generation in _GENERATIONS if not version or version >= generation.since]
        self._key = ""
        self._token = connection.rest_session_token

    def __enter__(self) -> RestSession:
        """Log in.

        :raises VsphereError: SkippedByOptions if neither an account nor a REST session was given, ServerFault if the server
            has no REST; others as of Session.
        """
        if not self._connection.can_use_rest:
            raise SkippedByOptions("session_token is not valid for REST, which tags need: give rest_session_token too, or set with_tags: false")
        try:
            self._with_retries(self._log_in)
        except BaseException:
            self._log_out()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._transport.grace_period():
            self._log_out()

    def get_item(self, resource: str, identifier: str, read: Callable[[Any], Result]) -> Result | None:
        """An item of a resource; None if there is none (any more).

        :param resource: such as ``cis/tagging/tag``.
        :param read: makes the result of parsed JSON; raises UnexpectedValue if that is not as it should be.
        :raises VsphereError: there is no result.
        """

        def attempt() -> Result | None:
            reply = self._send("GET", self._generation.item.format(resource, quote(identifier, safe=":")))
            return None if reply.status == _NOT_FOUND else self._result(reply, read)

        return self._with_retries(attempt)

    def get_list(self, resource: str, read: Callable[[Any], Result]) -> Result:
        """The list of identifiers of a resource; parameters as of get_item().

        :raises VsphereError: there is no result.
        """
        return self._with_retries(lambda: self._result(self._send("GET", self._generation.items.format(resource)), read))

    def call_action(self, resource: str, action: str, arguments: Any, read: Callable[[Any], Result]) -> Result:
        """The result of an action on a resource.

        :param arguments: sent as JSON.
        :param read: as of get_item().
        :raises VsphereError: there is no result.
        """
        body = json.dumps(arguments).encode()
        return self._with_retries(lambda: self._result(self._send("POST", self._generation.action.format(resource, action), body), read))

    @property
    def _generation(self) -> _Generation:
        return self._generations[0]

    def _with_retries(self, attempt: Callable[[], Result]) -> Result:
        return call_with_retries(attempt, self._connection.retries, sleep=self._transport.pause)

    @defer_signals()
    def _log_in(self) -> None:
        log_in = self._look_up_session if self._token else self._create_session
        reply = log_in()
        while reply.status == _NOT_FOUND and len(self._generations) > 1:
            del self._generations[0]
            reply = log_in()
        if reply.status == _UNAUTHENTICATED:
            raise self._authentication_error()
        self._key = self._result(reply, self._given_key if self._token else _session_key)
        # Status 404 of another generation's path would look like an item that is gone.
        del self._generations[1:]

    def _create_session(self) -> Reply:
        account = f"{self._connection.username}:{self._connection.password}"
        return self._request("POST", self._generation.session, {"Authorization": f"Basic {b64encode(account.encode()).decode()}"})

    def _look_up_session(self) -> Reply:
        method, path = self._generation.session_info
        return self._request(method, path, {REST_SESSION_HEADER: self._token})

    def _given_key(self, session_info: Any) -> str:
        if not isinstance(session_info, dict):
            raise self._authentication_error()
        return self._token

    def _authentication_error(self) -> AuthenticationFailed:
        if self._token:
            return AuthenticationFailed(
                "the server has no session of this rest_session_token: it has ended, or belongs to another server; give the token of a new one"
            )
        return AuthenticationFailed(
            f"the login of {self._connection.username} to the tagging service is refused: check username, with its domain where it has one, and password"
        )

    @defer_signals()
    def _log_out(self) -> None:
        key, self._key = self._key, ""
        if key and not self._token:
            # If this fails, the session ends by itself; what was read is kept.
            with suppress(VsphereError):
                self._request("DELETE", self._generation.session, {REST_SESSION_HEADER: key})

    def _send(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Send a request in the session; log in first if there is none."""
        if not self._key:
            self._log_in()
        reply = self._request(method, path, {REST_SESSION_HEADER: self._key}, body)
        if reply.status == _UNAUTHENTICATED:
            # The session may still exist: a proxy may have sent this status.
            self._log_out()
            raise SessionExpired(f"the tagging service has ended the session of {self._connection.account}: scan again, and look there for what ends sessions")
        return reply

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        return self._transport.request(method, path, body, {"Accept": "application/json", "Content-Type": "application/json", **headers})

    def _result(self, reply: Reply, read: Callable[[Any], Result]) -> Result:
        if reply.status >= _FIRST_REDIRECT:
            raise self._refusal(reply.status)
        try:
            value = parse_json(reply.body)
            return read(_unwrapped(value) if self._generation.wraps else value)
        except UnexpectedValue as error:
            raise InvalidResponse(f"the response of the tagging service cannot be used, {error}: scan again; report it if it persists") from error

    def _refusal(self, status: int) -> VsphereError:
        # The server's own message is left out: it may repeat secrets.
        if status == _FORBIDDEN:
            return NotPermitted(f"{self._connection.account} may not read tags: give the account the role Read-only at the top, propagating")
        kind = NotReady if status == _TOO_MANY or status >= _FIRST_SERVER_ERROR else ServerFault
        return kind(f"the tagging service of {self._connection.address} answers HTTP status {status}: check that all its services run, and scan again")


def _unwrapped(value: Any) -> Any:
    if not isinstance(value, dict) or "value" not in value:
        raise UnexpectedValue("it holds no value")
    return value["value"]


def _session_key(value: Any) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise UnexpectedValue("it names no session")
    return value
