# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check finds when things go wrong between its steps; real servers are in tests/integration."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory import connection_check
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import CertificateRejected, ConnectionDropped, Unreachable
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Handshake

#: Of each transport and each session.
ALL_LIMITS = []
CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", retries=1)


class FakeSession:
    """A session that is in order, but for the privileges that are missing and the clock."""

    missing = ()
    api = "vim25/8.0.2.0"
    user = {"userName": "EXAMPLE\\reader"}
    about = {"version": "8.0.2"}
    is_vcenter = True

    def __init__(self, connection, limits):
        ALL_LIMITS.append(limits)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def call_with_retries(self, attempt):
        return attempt()

    def current_time(self):
        return datetime.now(timezone.utc) + timedelta(seconds=90)

    def privileges_missing(self, privileges):
        type(self).needed = privileges
        return [name for name in privileges if name in self.missing]


@pytest.fixture
def transport(monkeypatch):
    """A function that says what the handshakes of a checked and of an unchecked connection bring: a certificate, or errors, one after another."""
    monkeypatch.setattr(connection_check, "Session", FakeSession)
    ALL_LIMITS.clear()

    def say(checked, unchecked=()):
        outcomes = {True: list(checked), False: list(unchecked)}

        class FakeTransport:
            def __init__(self, connection, limits):
                ALL_LIMITS.append(limits)
                self.outcomes = outcomes[connection.validate_certs]

            def pause(self, seconds):
                pass

            def handshake(self):
                outcome = self.outcomes.pop(0)
                if isinstance(outcome, Exception):
                    raise outcome
                return Handshake(outcome, "TLSv1.3")

        monkeypatch.setattr(connection_check, "HttpTransport", FakeTransport)

    return say


def found(connection=CONNECTION, sections=tuple(SECTIONS)):
    return connection_check.check_connection(connection, select(sections))


def test_privileges_of_all_sections_are_checked_once(transport):
    transport([b"certificate"])
    assert found()["ok"]
    assert FakeSession.needed == ["System.Anonymous", "System.View", "System.Read"]


def test_privileges_of_a_section_alone(transport, monkeypatch):
    transport([b"certificate"] * 2)
    wanting = dataclasses.replace(SECTIONS["hosts"], privileges=("System.Read", "Global.Licenses"))
    monkeypatch.setitem(SECTIONS, "hosts", wanting)
    monkeypatch.setattr(FakeSession, "missing", ("Global.Licenses",))
    assert found(sections=["vms"])["ok"]
    told = found(sections=["hosts"])
    assert (told["ok"], told["kind"], told["privileges_missing"]) == (False, "permission", ["Global.Licenses"])


def test_dropped_handshake_is_retried(transport, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    transport([ConnectionDropped("cut"), b"certificate"])
    assert found()["ok"]


def test_unreachable_host_is_tried_once(transport):
    transport([Unreachable("nothing answers")])
    told = found()
    assert (told["kind"], told["error"], told["tls"]) == ("unreachable", "nothing answers", None)


@pytest.mark.parametrize("checked", [b"certificate", CertificateRejected("it has expired")])
def test_one_deadline_for_all_checks(transport, checked):
    transport([checked], [b"certificate"])
    found()
    assert len(ALL_LIMITS) == 2 and ALL_LIMITS[0] is ALL_LIMITS[1]
    assert (ALL_LIMITS[0].timeout, ALL_LIMITS[0].deadline) == (CONNECTION.timeout, CONNECTION.deadline)


def test_failed_second_handshake_hides_no_certificate_error(transport):
    transport([CertificateRejected("it has expired")], [Unreachable("gone")])
    told = found()
    assert (told["kind"], told["error"], told["tls"]) == ("certificate", "it has expired", None)


def test_clock_difference_is_that_of_the_fastest_read(transport, monkeypatch):
    transport([b"certificate"])
    clock = iter([0.0, 4.0, 10.0, 10.5, 20.0, 23.0])
    monkeypatch.setattr(connection_check.time, "perf_counter", lambda: next(clock))
    told = found()
    assert told["round_trip_ms"] == 500.0
    assert told["clock_difference_seconds"] == pytest.approx(90 - 0.25, abs=0.1)
