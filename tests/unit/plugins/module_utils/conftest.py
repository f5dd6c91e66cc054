# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of several layers share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import SoapServer

CONNECTION = Connection("vc.example.com", 443, "operator", "s3cret", retries=2)


@pytest.fixture
def open_session(monkeypatch) -> Iterator[Callable[..., session.Session]]:
    """A function that opens a real session with a SoapServer; options of the connection are keywords. It is closed after the test."""
    with ExitStack() as opened:

        def opens(server: SoapServer, **options: Any) -> session.Session:
            monkeypatch.setattr(session, "HttpTransport", lambda connection, limits: server)
            return opened.enter_context(session.Session(dataclasses.replace(CONNECTION, **options)))

        yield opens
