# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    ConnectionDropped,
    NotReady,
    TimedOut,
    UnexpectedResponse,
    Unreachable,
    VsphereError,
    is_reachable,
    wrap_unexpected_errors,
)


def test_errors_of_our_own_are_raised_as_they_are():
    for error in (TimedOut("late"), InvalidOption("port must be a number")):
        with pytest.raises(type(error)) as caught, wrap_unexpected_errors():
            raise error
        assert caught.value is error


def test_other_errors_name_the_place_and_nothing_of_the_response():
    with pytest.raises(UnexpectedResponse) as caught, wrap_unexpected_errors():
        Connection.from_options({"hostname": "s3cret", "ca_path": object()} | {"port": None, "validate_certs": None, "retries": None})
    message = str(caught.value)
    assert message.startswith("unexpected response of the server (TypeError in module_utils/")
    assert message.endswith("scan again; report it if it persists") and "s3cret" not in message
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.parametrize(("error", "expected"), [(ConnectionDropped, True), (NotReady, True), (Unreachable, False), (TimedOut, False), (VsphereError, False)])
def test_first_connection_is_retried_only_where_a_server_answers(error, expected):
    assert is_reachable(error("why")) is expected
