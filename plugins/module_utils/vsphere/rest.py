# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A session with the REST side of a vCenter, which alone knows tags: log in, ask, log out.

A vCenter answers in one of two ways, or in both, see _GENERATIONS; nobody else needs to know in which.
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
    """One of the ways in which a vCenter answers.

    :ivar since: the first API version that does. :ivar session: path of the session.
    :ivar look: method and path that tell of a session that exists.
    :ivar item: path of an item of a resource. :ivar action: path of an action on a resource.
    :ivar wraps: every value is the member ``value`` of a structure.
    """

    since: tuple[int, ...]
    session: str
    look: tuple[str, str]
    item: str
    action: str
    wraps: bool


#: Newest first.
_GENERATIONS = (
    _Generation((7, 0, 2), "/api/session", ("GET", "/api/session"), "/api/{}/{}", "/api/{}?action={}", False),
    _Generation(
        (),
        "/rest/com/vmware/cis/session",
        ("POST", "/rest/com/vmware/cis/session?~action=get"),
        "/rest/com/vmware/{}/id:{}",
        "/rest/com/vmware/{}?~action={}",
        True,
    ),
)
#: What may stand in a header.
_KEY = re.compile(r"[!-~]+")

_UNAUTHENTICATED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_ELSEWHERE, _TOO_MANY, _BROKEN = 300, 429, 500


class RestSession:
    """An authenticated session; a context manager that logs in and out, but for a session that was given. What fails in passing is tried again."""

    def __init__(self, connection: Connection, transport: HttpTransport, version: tuple[int, ...]) -> None:
        """Connect to nothing yet.

        :param transport: to the server; it stays open, and its deadline counts.
        :param version: API version of the server, (8, 0, 2, 0) for example; empty where it is not known.
        """
        self._connection = connection
        self._transport = transport
        # Those to try; once the server has answered, the one that it speaks.
        self._generations = [generation for generation in _GENERATIONS if not version or version >= generation.since]
        self._key = ""
        self._token = connection.rest_session_token

    def __enter__(self) -> RestSession:
        """Log in.

        :raises VsphereError: SkippedByOptions where neither an account nor a session of REST was given, ServerFault where the server
            does not know REST; others as of Session.
        """
        if not self._connection.can_use_rest:
            raise SkippedByOptions("session_token opens no session of REST: give rest_session_token too, or with_tags: false")
        try:
            self._with_retries(self._log_in)
        except BaseException:
            self._log_out()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._transport.grace_period():
            self._log_out()

    def item(self, resource: str, identifier: str, read: Callable[[Any], Result]) -> Result | None:
        """Ask for an item of a resource; None where it is not, or not any more.

        :param resource: such as ``cis/tagging/tag``.
        :param read: makes the result of plain JSON; raises UnexpectedValue where that is not as it should be.
        :raises VsphereError: no result came.
        """

        def attempt() -> Result | None:
            reply = self._ask("GET", self._generation.item.format(resource, quote(identifier, safe=":")))
            return None if reply.status == _NOT_FOUND else self._result(reply, read)

        return self._with_retries(attempt)

    def act(self, resource: str, action: str, question: Any, read: Callable[[Any], Result]) -> Result:
        """Ask for an action on a resource.

        :param question: plain JSON.
        :param read: as of item().
        :raises VsphereError: no result came.
        """
        body = json.dumps(question).encode()
        return self._with_retries(lambda: self._result(self._ask("POST", self._generation.action.format(resource, action), body), read))

    @property
    def _generation(self) -> _Generation:
        return self._generations[0]

    def _with_retries(self, attempt: Callable[[], Result]) -> Result:
        return call_with_retries(attempt, self._connection.retries, sleep=self._transport.pause)

    @defer_signals()
    def _log_in(self) -> None:
        ask = self._look if self._token else self._open
        reply = ask()
        while reply.status == _NOT_FOUND and len(self._generations) > 1:
            del self._generations[0]
            reply = ask()
        if reply.status == _UNAUTHENTICATED:
            raise self._stranger()
        self._key = self._result(reply, self._given_key if self._token else _session_key)
        # A path of one generation means nothing in another, not even that an item is gone.
        del self._generations[1:]

    def _open(self) -> Reply:
        account = f"{self._connection.username}:{self._connection.password}"
        return self._request("POST", self._generation.session, {"Authorization": f"Basic {b64encode(account.encode()).decode()}"})

    def _look(self) -> Reply:
        method, path = self._generation.look
        return self._request(method, path, {REST_SESSION_HEADER: self._token})

    def _given_key(self, told: Any) -> str:
        if not isinstance(told, dict):
            raise self._stranger()
        return self._token

    def _stranger(self) -> AuthenticationFailed:
        if self._token:
            return AuthenticationFailed(
                "the server has no session of this rest_session_token: it has ended, or it is another server's; give the token of a new one"
            )
        return AuthenticationFailed(
            f"the login of {self._connection.username} to the tagging service is refused: check username, with its domain where it has one, and password"
        )

    @defer_signals()
    def _log_out(self) -> None:
        key, self._key = self._key, ""
        if key and not self._token:
            # Where this fails the session ends by itself; what was read is worth more than that.
            with suppress(VsphereError):
                self._request("DELETE", self._generation.session, {REST_SESSION_HEADER: key})

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Ask within the session, or within a new one where it was lost."""
        if not self._key:
            self._log_in()
        reply = self._request(method, path, {REST_SESSION_HEADER: self._key}, body)
        if reply.status == _UNAUTHENTICATED:
            # It may be there still, and somebody in between said this.
            self._log_out()
            raise SessionExpired(f"the tagging service has ended the session of {self._connection.account}: scan again, and look there for what ends sessions")
        return reply

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        return self._transport.request(method, path, body, {"Accept": "application/json", "Content-Type": "application/json", **headers})

    def _result(self, reply: Reply, read: Callable[[Any], Result]) -> Result:
        if reply.status >= _ELSEWHERE:
            raise self._refusal(reply.status)
        try:
            value = parse_json(reply.body)
            return read(_unwrapped(value) if self._generation.wraps else value)
        except UnexpectedValue as error:
            raise InvalidResponse(f"the answer of the tagging service cannot be used, {error}: scan again, and report it if it stays") from error

    def _refusal(self, status: int) -> VsphereError:
        # The server's own words are left out: nobody knows what they repeat.
        if status == _FORBIDDEN:
            return NotPermitted(f"{self._connection.account} may not read tags: give the account the role Read-only at the top, propagating")
        kind = NotReady if status == _TOO_MANY or status >= _BROKEN else ServerFault
        return kind(
            f"the tagging service of {self._connection.address} does not answer (HTTP status {status}): see there whether all services run, and scan again"
        )


def _unwrapped(value: Any) -> Any:
    if not isinstance(value, dict) or "value" not in value:
        raise UnexpectedValue("it holds no value")
    return value["value"]


def _session_key(value: Any) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise UnexpectedValue("it names no session")
    return value
