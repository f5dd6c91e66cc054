# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Checks whether a source can be read: its certificate, the login and the privileges. Used before a scan, or after a failed one."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import about, type_of
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    NotPermitted,
    VsphereError,
    is_reachable,
    wrap_unexpected_errors,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

#: Reads of the clock; the fastest one is the most exact.
_CLOCK_READS = 3


def empty_result(address: str = "") -> dict[str, Any]:
    """The result before the first check. Each check replaces a part of it."""
    return {
        "ok": False,
        "kind": "",
        "error": "",
        "address": address,
        "tls": None,
        "protocol": "",
        "login": None,
        "type": "",
        "about": {},
        "clock_difference_seconds": None,
        "round_trip_ms": None,
        "privileges_missing": None,
    }


def check_connection(connection: Connection, sections: Iterable[Section]) -> dict[str, Any]:
    """Connect, log in and check the privileges that a scan of these sections needs, as far as possible.

    :returns: what ``vmware_connection_info`` documents as ``connection``. Nothing is raised for a source that cannot be read.
    """
    found, limits = empty_result(connection.address), connection.limits()
    try:
        with wrap_unexpected_errors():
            _check_certificate(connection, limits, found)
            _check_session(connection, limits, sections, found)
        found["ok"] = True
    except (VsphereError, InvalidOption) as error:
        found["kind"], found["error"] = error.kind, connection.mask_secrets(str(error))
    return found


def _check_certificate(connection: Connection, limits: TimeLimits, found: dict[str, Any]) -> None:
    is_checked = connection.validate_certs or bool(connection.fingerprint)
    try:
        found["tls"] = _handshake(connection, limits, "" if is_checked else "it was not checked: validate_certs is false")
    except CertificateRejected as error:
        with suppress(VsphereError):
            found["tls"] = _handshake(dataclasses.replace(connection, validate_certs=False, fingerprint=""), limits, str(error))
        raise


def _handshake(connection: Connection, limits: TimeLimits, verify_error: str) -> dict[str, Any]:
    """The certificate of the source. No request is sent."""
    transport = HttpTransport(connection, limits)
    shown = call_with_retries(transport.handshake, connection.retries, should_retry=is_reachable, sleep=transport.pause)
    return {"version": shown.version, **tls.describe_certificate(shown.certificate), "verified": not verify_error, "verify_error": verify_error}


def _check_session(connection: Connection, limits: TimeLimits, sections: Iterable[Section], found: dict[str, Any]) -> None:
    needed = list(dict.fromkeys(privilege for section in sections for privilege in section.privileges))
    with Session(connection, limits) as session:
        found["protocol"] = session.api
        found["login"] = {"username": session.user.get("userName", "")}
        found["type"], found["about"] = type_of(session), about(session)
        found["clock_difference_seconds"], found["round_trip_ms"] = session.call_with_retries(lambda: _clock(session))
        found["privileges_missing"] = session.call_with_retries(lambda: session.privileges_missing(needed))
    if missing := found["privileges_missing"]:
        raise NotPermitted(f"{connection.account} lacks {', '.join(missing)} on the root folder: give it the role Read-only there, propagating to children")


def _clock(session: Session) -> tuple[float, float]:
    """Seconds by which the clock of the server is ahead of ours, and milliseconds that a request takes."""

    def read() -> tuple[float, float]:
        sent, start = datetime.now(timezone.utc), time.perf_counter()
        server_time = session.current_time()
        seconds = time.perf_counter() - start
        # The server reads its clock about halfway.
        return seconds, (server_time - sent).total_seconds() - seconds / 2

    seconds, ahead = min(read() for _number in range(_CLOCK_READS))
    return round(ahead, 2), round(seconds * 1000, 1)
