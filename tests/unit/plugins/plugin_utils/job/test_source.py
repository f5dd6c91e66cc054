# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import Source, check_serial, name_and_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

GOOD = {"vmware_hostname": "vc.example.com", "vmware_username": "reader", "vmware_password": "s3cret", "vmware_collect_source": "vc"}


def evaluated(value):
    if isinstance(value, str) and "typo" in value:
        raise KeyError("'typo' is undefined")
    return value


def source(environment=(), **variables) -> Source:
    return Source.from_variables("host", Variables({**GOOD, **variables}, evaluated), dict(environment))


def test_valid_source(tmp_path):
    found = source(vmware_collect_dest=str(tmp_path / "scans"), vmware_port="8443", vmware_collect_keep="3")
    assert (found.alias, found.folder, found.option_errors, found.connection_errors) == ("vc", str(tmp_path / "scans"), [], [])
    assert (found.connection.address, found.connection.username, found.connection.password) == ("vc.example.com:8443", "reader", "s3cret")
    assert (found.reading["keep"], found.request.with_tags, found.request.environment, found.progress) == (3, True, None, True)
    assert not list(tmp_path.iterdir()), "nothing is made"


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"vmware_collect_max_age": "banana"}, "vmware_collect_max_age must be seconds, or a number with s, m, h or d, such as 12h (got 'banana')"),
        ({"vmware_collect_keep": -1}, "vmware_collect_keep must be 0 or greater (got -1)"),
        ({"vmware_collect_page_size": 0}, "vmware_collect_page_size must be 1 to 100000 (got 0)"),
        ({"vmware_collect_throttle": -2}, "vmware_collect_throttle must be 0 or greater (got -2)"),
        ({"vmware_collect_check_connections": "some"}, "vmware_collect_check_connections must be never, each or all (got 'some')"),
        ({"vmware_collect_sections": ["vms", "vmss"]}, "vmware_collect_sections: 'vmss' is unknown; did you mean vms?"),
        ({"vmware_collect_sections": []}, "vmware_collect_sections: it is empty; name at least one, or leave the option out to read all"),
        ({"vmware_collect_fields": {"vms": ["nmae"]}}, "vmware_collect_fields of vms: nmae cannot be read; did you mean name?"),
        ({"vmware_collect_environment_from": {"folder_level": 0}}, "vmware_collect_environment_from.folder_level must be 1 or greater (got 0)"),
        ({"vmware_collect_page_size": 10**5000}, "vmware_collect_page_size must be 1 to 100000 (got more than can be shown)"),
        ({"vmware_collect_dest": "a\0b"}, "vmware_collect_dest must be a path (got 'a\\x00b')"),
        ({"vmware_collect_dest": "\ud800"}, "vmware_collect_dest must be a path (got '\\ud800')"),
        ({"vmware_collect_dest": "/proc/version/scans"}, "vmware_collect_dest must be a folder (/proc/version is none)"),
    ],
)
def test_invalid_option_of_the_role(variables, line):
    found = source(**variables)
    assert (found.option_errors, found.connection_errors) == ([line], [])


@pytest.mark.parametrize(
    ("environment", "variables", "line"),
    [
        ({}, {"vmware_port": 0}, "vmware_port must be 1 to 65535 (got 0)"),
        ({}, {"vmware_port": "inf"}, "vmware_port must be a whole number (got 'inf')"),
        ({}, {"vmware_ca_path": "\0"}, "vmware_ca_path must be a path (got '\\x00')"),
        ({}, {"vmware_port": "x"}, "vmware_port must be a whole number (got 'x')"),
        ({"VMWARE_PORT": "0"}, {}, "VMWARE_PORT must be 1 to 65535 (got 0)"),
        ({"VMWARE_TIMEOUT": "long"}, {}, "VMWARE_TIMEOUT must be a whole number (got 'long')"),
        ({}, {"vmware_ca_path": "/nowhere.pem"}, "vmware_ca_path: /nowhere.pem does not exist; give a file or folder of CA certificates in PEM format"),
        ({"VMWARE_CA_PATH": "/nowhere.pem"}, {}, "VMWARE_CA_PATH: /nowhere.pem does not exist; give a file or folder of CA certificates in PEM format"),
        ({}, {"vmware_password": "{{ typo }}"}, "vmware_password cannot be evaluated: \"'typo' is undefined\""),
        (
            {},
            {"vmware_password": None},
            "vmware_password must be set: give vmware_username and vmware_password of the account to log in with, or vmware_session_token",
        ),
        (
            {},
            {"vmware_fingerprint": "AB" * 32, "vmware_validate_certs": False},
            "vmware_fingerprint contradicts vmware_validate_certs: false: either trust the one certificate with this fingerprint, or any;"
            " leave one of the two options out",
        ),
    ],
)
def test_invalid_option_of_the_connection_has_the_name_that_the_user_wrote(environment, variables, line):
    found = source(environment, **variables)
    assert (found.option_errors, found.connection_errors, found.connection) == ([], [line], None)
    assert "s3cret" not in str(found.connection_errors)


def test_folder_is_not_writable_without_a_valid_dest():
    assert not os.path.isdir(source(vmware_collect_dest="a\0b").folder)


def test_long_values_hide_no_other_error():
    found = source(vmware_hostname="x " * 10_000, vmware_fingerprint="y" * 10_000)
    assert [line.partition(" ")[0] for line in found.connection_errors] == ["vmware_hostname", "vmware_fingerprint"]
    assert max(map(len, found.connection_errors)) < 300


def test_empty_environment_variables_are_not_set():
    assert source({"VMWARE_PORT": "", "VMWARE_CA_PATH": ""}).connection.port == 443


@pytest.mark.parametrize("given", [None, 10, "10", "25%", [1, "20%"]])
def test_valid_serial(given):
    assert check_serial(Variables({"vmware_collect_serial": given}, evaluated)) == []


@pytest.mark.parametrize("given", ["banana", -5, "", "10 %", [1, "many"], {}])
def test_invalid_serial(given):
    line = f"vmware_collect_serial must be a number of sources or a percentage, such as 10 or 25% (got {given!r})"
    assert check_serial(Variables({"vmware_collect_serial": given}, evaluated)) == [line]


def test_name_and_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert name_and_folder("host", Variables({}, evaluated)) == ("host", str(tmp_path / "vmware-inventory" / "scans"))
    assert name_and_folder("host", Variables({"vmware_collect_source": "vc", "vmware_collect_dest": "/scans"}, evaluated)) == ("vc", "/scans")
