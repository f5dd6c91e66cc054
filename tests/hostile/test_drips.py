# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources and proxies that drip: they send a byte now and then, without end. Only their own scan fails, and in time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from drips import DRIPS, LONG, drip, listening
from hostile_vcenter import SILENT, HostileVcenter, Request, machine, page

#: Seconds for a wait and for a scan, and seconds after which a scan is late: twice the deadline, a grace period, and a slow machine.
TIMEOUT, DEADLINE, LATE = 1, 2, 25
_REST = "/rest/com/vmware/cis/session"
_TAGS = "/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags-on-objects"
_SOME_TIME, _MUCH_TIME = {"deadline": 6}, {"deadline": 60}
_IN = json.dumps({"value": "abc"})
DRIPPING_METHODS = ("RetrieveServiceContent", "RetrievePropertiesEx")


def dripping(kind: str = "body") -> Callable[[HostileVcenter, Request], Any]:
    """A reply that never ends."""

    def answer(_server: HostileVcenter, request: Request) -> Any:
        drip(request.connection, *DRIPS[kind])
        return SILENT

    return answer


def _second_page(_server: HostileVcenter, request: Request) -> str | None:
    return page(machine(1), "next") if b"VirtualMachine" in request.body else None


def _rest_logout(server: HostileVcenter, request: Request) -> Any:
    return dripping()(server, request) if request.line.startswith("DELETE") else _IN


def _tls_drip(connection: socket.socket) -> None:
    drip(connection, b"\x16\x03\x03\x40\x00\x02", b"\x00", 0.3)


def _proxy_drip(kind: str) -> Callable[[socket.socket], None]:
    return lambda connection: drip(connection, *DRIPS[kind])


#: Name to replies of the source, further options, the expected status, and the allowed kinds of error.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, set[str]]] = {
    "next page": ({"RetrievePropertiesEx": _second_page, "ContinueRetrievePropertiesEx": dripping()}, _SOME_TIME, "partial", {"deadline"}),
    "login of tags": ({_REST: dripping()}, {**_SOME_TIME, "with_tags": True}, "partial", {"deadline"}),
    "tags": ({_REST: _IN, _TAGS: dripping()}, {**_SOME_TIME, "with_tags": True}, "partial", {"deadline"}),
    "logout": ({"Logout": dripping()}, _MUCH_TIME, "ok", set()),
    "logout of tags": ({_REST: _rest_logout}, {**_MUCH_TIME, "with_tags": True}, "partial", {"fault"}),
    **{
        f"{kind} of {method}": ({method: dripping(kind)}, {}, "failed", {"deadline", "timeout", "not_vsphere", "fault"})
        for kind in DRIPS
        for method in DRIPPING_METHODS
    },
    "TLS": ({}, {"port": listening(_tls_drip)}, "failed", {"timeout", "deadline"}),
    "TLS, silent": ({}, {"port": listening(lambda connection: time.sleep(LONG))}, "failed", {"timeout", "deadline"}),
    **{
        f"{kind} of a proxy": ({}, {"proxy_host": "127.0.0.1", "proxy_port": listening(_proxy_drip(kind))}, "failed", {"timeout", "deadline", "proxy"})
        for kind in ("nothing", "header", "100 continue", "100 continue, a flood")
    },
}


def _outcome(answers: dict[str, Any], options: dict[str, Any]) -> tuple[str, set[str], float]:
    """Status and kinds of errors of a scan, and the seconds that it took."""
    with HostileVcenter(answers) as server:
        begun = time.monotonic()
        scan = server.scan(**{"timeout": TIMEOUT, "deadline": DEADLINE, "retries": 3, **options})
        return scan.head.status, {scan.head.error_kind, *(issue.kind for issue in scan.issues())} - {""}, time.monotonic() - begun


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Future[tuple[str, set[str], float]]]]:
    """Many cases at once, those that take longest first: most of their time they wait."""
    with ThreadPoolExecutor(8) as pool:
        yield {name: pool.submit(_outcome, answers, options) for name, (answers, options, *_right) in CASES.items()}


@pytest.mark.parametrize("case", CASES)
def test_ends_in_time(outcomes, case):
    *_what, right, kinds = CASES[case]
    status, found, seconds = outcomes[case].result(120)
    assert seconds < LATE
    assert status == right and found <= kinds, found
