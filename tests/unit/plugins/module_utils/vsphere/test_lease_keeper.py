# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import lease_keeper
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, DeadlinePassed, MethodFault, SessionExpired
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.lease_keeper import LeaseKeeper
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer

LEASE = MoRef("HttpNfcLease", "lease-1")


class Server(SoapServer):
    """Waits for signs of life: ``signs`` are the percents that came, ``enough`` is set after ``most`` of them."""

    def __init__(self, most=1):
        super().__init__()
        self.signs = []
        self.enough = threading.Event()
        self._most = most
        self.answers["HttpNfcLeaseProgress"] = self._sign

    def _sign(self, asked):
        self.signs.append(int(asked.text("percent")))
        if len(self.signs) >= self._most:
            self.enough.set()


@pytest.fixture
def kept(open_session, monkeypatch):
    """A function that keeps a lease until its server has enough, or the lease is lost; the keeper, and how often it was lost."""
    monkeypatch.setattr(lease_keeper, "_AGAIN", 0.0)

    def keeps(server, percent=0):
        lost = []

        def lose():
            lost.append(1)
            server.enough.set()

        keeper = LeaseKeeper(open_session(server), LEASE, 0.001, lose)
        keeper.percent = percent
        with keeper:
            assert server.enough.wait(10)
        return keeper, len(lost)

    return keeps


@pytest.mark.parametrize(("percent", "reported"), [(0, 0), (41, 41), (100, 99), (250, 99), (-3, 0)])
def test_first_sign_is_given_at_once(kept, percent, reported):
    server = Server()
    keeper, lost = kept(server, percent)
    assert (server.signs[0], keeper.error, lost) == (reported, None, 0)


def test_signs_are_given_again_and_again(kept):
    server = Server(most=2)
    kept(server)
    assert len(server.signs) >= 2


def test_lost_sign_is_given_again(kept):
    server = Server()
    server.troubles["HttpNfcLeaseProgress"] = [ConnectionDropped("closed"), b"<nonsense/>"]
    keeper, lost = kept(server)
    assert (server.signs, keeper.error, lost) == ([0], None, 0)


@pytest.mark.parametrize(
    ("trouble", "error"), [(Refusal("Timedout"), MethodFault), (Refusal("NotAuthenticated"), SessionExpired), (DeadlinePassed("too long"), DeadlinePassed)]
)
def test_lost_lease_is_reported_once(kept, trouble, error):
    server = Server()
    server.troubles["HttpNfcLeaseProgress"] = [trouble]
    keeper, lost = kept(server)
    assert isinstance(keeper.error, error) and lost == 1 and server.signs == []


def test_lease_that_ends_with_the_block_is_not_lost(kept, open_session):
    """The last sign may meet a lease that was completed meanwhile."""
    server = Server()
    ended = threading.Event()

    def after_the_end(_asked):
        server.enough.set()
        ended.wait(10)
        return Refusal("InvalidState")

    server.answers["HttpNfcLeaseProgress"] = after_the_end
    lost, before = [], set(threading.enumerate())
    keeper = LeaseKeeper(open_session(server), LEASE, 300, lambda: lost.append(1))
    with keeper:
        assert server.enough.wait(10)
    ended.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert (lost, keeper.error) == ([], None)
