# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS, environment_variable

GIVEN = {"hostname": "vc.example.com", "username": "svc", "password": "s3cret"}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in CONNECTION_OPTIONS:
        monkeypatch.delenv(environment_variable(name), raising=False)


def connection(**options):
    result = ArgumentSpecValidator(CONNECTION_OPTIONS).validate({**GIVEN, **options})
    assert result.error_messages == []
    return Connection.from_options(result.validated_parameters)


@pytest.mark.parametrize("empty", ["", " ", "\t\n"])
def test_empty_variables_are_not_set(monkeypatch, empty):
    expected = connection()
    for name in CONNECTION_OPTIONS:
        monkeypatch.setenv(environment_variable(name), empty)
    assert connection() == expected
    assert ArgumentSpecValidator(CONNECTION_OPTIONS).validate({}).error_messages == ["missing required arguments: hostname"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("port", "8443", 8443), ("validate_certs", "False", False), ("timeout", " 7 ", 7), ("ca_path", "/x/ca.pem", "/x/ca.pem"), ("retries", "0", 0)],
)
def test_variables_replace_options(monkeypatch, name, text, value):
    monkeypatch.setenv(environment_variable(name), text)
    assert getattr(connection(), name) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("port", "x", "VMWARE_PORT must be a number (got 'x')"),
        ("proxy_port", "80.5", "VMWARE_PROXY_PORT must be a number (got '80.5')"),
        ("timeout", "30s", "VMWARE_TIMEOUT must be a number (got '30s')"),
        ("deadline", "1h", "VMWARE_DEADLINE must be a number (got '1h')"),
        ("retries", "no", "VMWARE_RETRIES must be a number (got 'no')"),
        ("validate_certs", "maybe", "VMWARE_VALIDATE_CERTS must be true or false (got 'maybe')"),
    ],
)
def test_error_names_the_variable(monkeypatch, name, text, words):
    monkeypatch.setenv(environment_variable(name), text)
    with pytest.raises(InvalidOption) as error:
        connection()
    assert str(error.value) == words


def test_all_wrong_variables_are_reported_together(monkeypatch):
    monkeypatch.setenv("VMWARE_PORT", "x")
    monkeypatch.setenv("VMWARE_RETRIES", "y")
    with pytest.raises(InvalidOption, match="VMWARE_PORT must be .*; VMWARE_RETRIES must be "):
        connection()


def test_option_that_is_given_needs_no_variable(monkeypatch):
    monkeypatch.setenv("VMWARE_PORT", "x")
    assert connection(port=8443).port == 8443
