# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import check_names, live_sources, scan_paths

ACCOUNT = {"username": "reader", "password": "s3cret"}
PIN = ":".join(["AB"] * 32)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("VMWARE_")]:
        monkeypatch.delenv(name)


def as_it_is(value):
    return value


def sources(**given):
    return live_sources(given, "/etc/inventories", as_it_is)


def test_one_source_at_the_top():
    (source,) = sources(hostname="https://vc.example.com:8443/ui", ca_path="cas/vc.pem", validate_certs=True, **ACCOUNT)
    assert source.alias == "https://vc.example.com:8443/ui"
    assert (source.connection.address, source.connection.username, source.connection.password) == ("vc.example.com:8443", "reader", "s3cret")
    assert source.connection.ca_path == "/etc/inventories/cas/vc.pem"
    assert sources(hostname="vc", source="madrid", **ACCOUNT)[0].alias == "madrid"


def test_environment_stands_for_what_is_not_given(monkeypatch):
    for name, value in {"HOST": "https://vc.example.com/", "USER": "awx", "PASSWORD": "fr0m-env", "VALIDATE_CERTS": "False", "PORT": "444"}.items():
        monkeypatch.setenv(f"VMWARE_{name}", value)
    (source,) = sources()
    connection = source.connection
    assert (connection.address, connection.username, connection.password, connection.validate_certs) == ("vc.example.com:444", "awx", "fr0m-env", False)
    assert sources(hostname="other", port=443)[0].connection.address == "other"
    assert [source.alias for source in sources(sources=[{"hostname": "a"}, {"source": "b"}])] == ["a", "b"]


def test_sources_share_what_stands_beside_them():
    first, second, third = sources(
        sources=[
            {"hostname": "vc1"},
            {"source": "lima", "hostname": "vc2", "username": "other", "password": "0ther", "port": 444, "ca_path": "/own.pem"},
            {"hostname": "vc3", "session_token": "t0ken"},
        ],
        ca_path="shared.pem",
        timeout=7,
        **ACCOUNT,
    )
    assert [source.alias for source in (first, second, third)] == ["vc1", "lima", "vc3"]
    assert {source.connection.timeout for source in (first, second, third)} == {7}
    assert (first.connection.username, first.connection.password, first.connection.ca_path) == ("reader", "s3cret", "/etc/inventories/shared.pem")
    assert (second.connection.username, second.connection.password, second.connection.port) == ("other", "0ther", 444)
    assert second.connection.ca_path == "/own.pem"
    assert (third.connection.session_token, third.connection.password) == ("t0ken", ""), "its own way to be known silences the shared one"


def test_way_to_trust_of_a_source_silences_the_shared_one():
    (source,) = sources(sources=[{"hostname": "vc", "fingerprint": PIN}], ca_path="/shared.pem", **ACCOUNT)
    assert (source.connection.fingerprint, source.connection.ca_path) == (PIN, None)
    (source,) = sources(sources=[{"hostname": "vc", "fingerprint": PIN}], validate_certs=False, **ACCOUNT)
    assert (source.connection.fingerprint, source.connection.validate_certs) == (PIN, True)


def test_paths_begin_in_the_folder_of_the_file(monkeypatch):
    monkeypatch.setenv("PLACE", "/srv/place")
    monkeypatch.setenv("HOME", "/home/me")
    assert scan_paths({"scans": ["night", "/abs/x.vmscan", "$PLACE/y", "~/z"]}, "/etc/inventories", as_it_is) == [
        "/etc/inventories/night", "/abs/x.vmscan", "/srv/place/y", "/home/me/z",
    ]  # fmt: skip
    assert scan_paths({"scans": "night"}, "/e", as_it_is) == ["/e/night"]
    assert scan_paths({"sources": []}, "/e", as_it_is) == []


def test_options_are_resolved_before_they_are_used():
    def upper(value):
        if isinstance(value, list):
            return [upper(one) for one in value]
        return {name: upper(part) for name, part in value.items()} if isinstance(value, dict) else value.upper()

    found = live_sources({"sources": [{"hostname": "vc1", "source": "a"}], "username": "u", "password": "p"}, "/", upper)
    assert [(source.alias, source.connection.host, source.connection.password) for source in found] == [("A", "vc1", "P")]
    assert scan_paths({"scans": ["x"]}, "/e", upper) == ["/e/X"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["hostname"]),
        ({"hostname": ""}, ["hostname", "must be a host name"]),
        ({"hostname": "vc"}, ["username", "must be set"]),
        ({"hostname": "vc", **ACCOUNT, "port": "many"}, ["port", "int"]),
        ({"hostname": "vc", **ACCOUNT, "port": 0}, ["port", "0"]),
        ({"hostname": "vc", **ACCOUNT, "validate_certs": "perhaps"}, ["validate_certs", "perhaps"]),
        ({"hostname": "vc", **ACCOUNT, "session_token": "t0ken"}, ["session_token", "password", "contradicts"]),
        ({"hostname": "vc", **ACCOUNT, "fingerprint": PIN, "validate_certs": False}, ["fingerprint", "contradicts"]),
        ({"sources": []}, ["sources", "list"]),
        ({"sources": None}, ["sources", "list"]),
        ({"sources": {"hostname": "vc"}}, ["sources", "list"]),
        ({"sources": ["vc"]}, ["sources[0]", "mapping"]),
        ({"sources": [{"hostname": "vc", **ACCOUNT}, {"host": "vc"}]}, ["sources[1]", "host", "did you mean hostname?"]),
        ({"sources": [{"hostname": "vc", "username": "reader"}]}, ["sources[0]", "password", "must be set"]),
        ({"sources": [{"username": "reader"}], **ACCOUNT}, ["sources[0]", "hostname"]),
        ({"sources": [{"hostname": "vc", "timeout": 0}], **ACCOUNT}, ["sources[0]", "timeout", "0"]),
        ({"sources": [{"hostname": "a"}, {"hostname": "b"}, {"source": "a", "hostname": "c"}], **ACCOUNT}, ["sources", "2 of them", "called a"]),
        ({"sources": [{"hostname": "a"}], "source": "x", **ACCOUNT}, ["source", "with sources"]),
    ],
)
def test_sources_that_cannot_be(given, words):
    with pytest.raises(InvalidOption) as error:
        sources(**given)
    message = str(error.value)
    assert all(word in message for word in words), message
    assert not any(secret in message for secret in ("s3cret", "t0ken"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scans": []}, ["scans", "list of scan files"]),
        ({"scans": None}, ["scans", "list of scan files"]),
        ({"scans": [7]}, ["scans", "list of scan files"]),
        ({"scans": ["night"], "hostname": "vc", "password": "s3cret"}, ["scans", "with hostname, password"]),
        ({"scans": ["night"], "sources": []}, ["scans", "with sources"]),
    ],
)
def test_scans_that_cannot_be(given, words):
    with pytest.raises(InvalidOption) as error:
        scan_paths(given, "/e", as_it_is)
    assert all(word in str(error.value) for word in words) and "s3cret" not in str(error.value)


def test_option_that_is_unknown():
    check_names(["a", "b"], ["a", "b", "c"])
    with pytest.raises(InvalidOption, match=r"hostnme is not an option; did you mean hostname\?"):
        check_names(["hostnme"], ["hostname", "sources"])
    with pytest.raises(InvalidOption, match="colour is not an option; there are hostname, sources"):
        check_names(["colour"], ["sources", "hostname"])
