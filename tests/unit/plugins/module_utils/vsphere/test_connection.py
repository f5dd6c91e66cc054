# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import ssl

import pytest
from estates import CertificateAuthority

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection, merge_options

TOKEN = "52e1c1f6-0b1a-9d4e-0f7e-3f1e2d9a8b7c"
PIN = ":".join(f"{byte:02X}" for byte in range(128, 160))
OPTIONS = {
    "hostname": "vc.example.com",
    "username": "reader",
    "password": "s3cret",
    "port": 443,
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30,
    "deadline": 3600,
    "retries": 3,
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("VMWARE_")]:
        monkeypatch.delenv(name)


def connection(**options) -> Connection:
    return Connection.from_options({**OPTIONS, **options})


@pytest.mark.parametrize(
    ("hostname", "port", "host", "expected_port", "address"),
    [
        ("vc.example.com", 443, "vc.example.com", 443, "vc.example.com"),
        (" vc.example.com ", 8443, "vc.example.com", 8443, "vc.example.com:8443"),
        ("vc.example.com:9443", 443, "vc.example.com", 9443, "vc.example.com:9443"),
        ("https://vc.example.com/sdk", 443, "vc.example.com", 443, "vc.example.com"),
        ("https://vc.example.com:8443/ui/", 443, "vc.example.com", 8443, "vc.example.com:8443"),
        ("https://someone@vc.example.com", 443, "vc.example.com", 443, "vc.example.com"),
        ("10.0.0.1", 443, "10.0.0.1", 443, "10.0.0.1"),
        ("2001:db8::1", 443, "2001:db8::1", 443, "[2001:db8::1]"),
        ("[2001:db8::1]:444", 443, "2001:db8::1", 444, "[2001:db8::1]:444"),
    ],
)
def test_address_in_every_form(hostname, port, host, expected_port, address):
    found = connection(hostname=hostname, port=port)
    assert (found.host, found.port, found.address) == (host, expected_port, address)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hostname": "https://"}, "hostname must be a host name, an IP address or a URL .got 'https://'."),
        ({"hostname": "my vcenter"}, ".got 'my vcenter'."),
        ({"hostname": "vc:port"}, ".got 'vc:port'."),
        ({"hostname": ""}, "hostname must be a host name, .*got ''"),
        ({"hostname": "[vc]"}, "hostname must be a host name"),
        ({"hostname": "https://vc:0"}, "the port of hostname must be 1 to 65535 .got 0."),
        ({"hostname": "https://me:s3cret@"}, "hostname must be a host name, .*got ''"),
        ({"port": 0}, "port must be 1 to 65535 .got 0."),
        ({"port": 70000}, "port must be 1 to 65535 .got 70000."),
        ({"timeout": 0}, "timeout must be 1 or greater .got 0."),
        ({"deadline": -1}, "deadline must be 1 or greater .got -1."),
        ({"retries": 11}, "retries must be 0 to 10 .got 11."),
        ({"hostname": "vc..example.com"}, "got 'vc..example.com'"),
        ({"hostname": "x" * 64 + ".example.com"}, "hostname must be a host name"),
        ({"username": ""}, "username must be set: give username and password .* or session_token"),
        ({"password": ""}, "password must be set: give username and password .* or session_token"),
        ({"username": None, "password": None}, "username and password must be set"),
        ({"session_token": TOKEN}, "session_token contradicts password: .* leave one of the two options out"),
        ({"session_token": "a b"}, "session_token contradicts password"),
        ({"session_token": "a b", "password": None}, "session_token must be the value of the cookie"),
        ({"session_token": 'x"\r\nEvil: 1', "password": None}, "session_token must be the value of the cookie"),
        ({"session_token": '""', "password": None}, "session_token must be the value of the cookie"),
        ({"rest_session_token": TOKEN}, "rest_session_token contradicts password"),
        ({"rest_session_token": "a b", "password": None}, "rest_session_token must be the value of the header vmware-api-session-id"),
        ({"rest_session_token": TOKEN, "username": None, "password": None}, "username and password must be set"),
        ({"fingerprint": "AB:CD"}, "fingerprint must be SHA-256, .*got 'AB:CD', 4 digits"),
        ({"fingerprint": "ab" * 20}, "SHA-256, 64 .* 40 digits as of SHA-1"),
        ({"fingerprint": "xy" * 32}, "fingerprint must be SHA-256, .*got 'xyxy"),
        ({"fingerprint": PIN, "ca_path": "/ca.pem"}, "fingerprint contradicts ca_path: .* leave one of the two options out"),
        ({"fingerprint": PIN, "validate_certs": False}, "fingerprint contradicts validate_certs: false"),
        ({"proxy_port": 3128}, "proxy_port is given without proxy_host"),
        ({"proxy_username": "me"}, "proxy_username is given without proxy_host"),
        ({"proxy_password": "pr0xy"}, "proxy_password is given without proxy_host"),
        ({"proxy_host": "proxy"}, "proxy_port must be set: give the TCP port of proxy_host"),
        ({"proxy_host": "a proxy", "proxy_port": 3128}, "proxy_host must be .*got 'a proxy'"),
        ({"proxy_host": "proxy", "proxy_port": 70000}, "proxy_port must be 1 to 65535 .got 70000."),
        ({"proxy_host": "https://proxy", "proxy_port": 3128}, "proxy_host must be .* TLS"),
        ({"proxy_host": "http://me:pr0xy@", "proxy_port": 3128}, "proxy_host must be .*got ''"),
        ({"proxy_host": "proxy", "proxy_port": 3128, "proxy_username": "me"}, "proxy_username is given without proxy_password"),
        ({"proxy_host": "proxy", "proxy_port": 3128, "proxy_password": "pr0xy"}, "proxy_password is given without proxy_username"),
    ],
)
def test_unusable_option_is_named_with_its_value(options, message):
    with pytest.raises(InvalidOption, match=message) as caught:
        connection(**options)
    assert not any(secret in str(caught.value) for secret in ("s3cret", "pr0xy", TOKEN, "Evil"))


def test_all_wrong_options_are_named_as_the_user_wrote_them():
    with pytest.raises(InvalidOption) as caught:
        Connection.from_options({**OPTIONS, "port": 0, "retries": 11, "password": "", "fingerprint": "AB"}, lambda name: f"vmware_{name}")
    assert str(caught.value) == (
        "vmware_port must be 1 to 65535 (got 0); vmware_retries must be 0 to 10 (got 11); vmware_password must be set: give vmware_username and"
        " vmware_password of the account to log in with, or vmware_session_token; vmware_fingerprint must be SHA-256, 64 hexadecimal digits with or"
        " without colons (got 'AB', 2 digits)"
    )


def test_secrets_are_in_no_representation():
    found = connection(proxy_host="proxy:3128", proxy_username="me", proxy_password="pr0xy")
    assert (found.password, found.proxy.password) == ("s3cret", "pr0xy")
    assert "s3cret" not in repr(found) and "pr0xy" not in repr(found)
    assert TOKEN not in repr(connection(password=None, session_token=TOKEN))


@pytest.mark.parametrize(
    "text", [TOKEN, f" {TOKEN} ", f'"{TOKEN}"', f'vmware_soap_session="{TOKEN}"', f'vmware_soap_session="{TOKEN}"; Path=/; HttpOnly; Secure']
)
def test_session_token_as_people_copy_it(text):
    found = connection(username=None, password=None, session_token=text)
    assert (found.session_token, found.password, found.can_use_rest) == (TOKEN, "", False)
    assert found.account == "the account of session_token"


@pytest.mark.parametrize("text", [TOKEN, f" {TOKEN}\n", f"vmware-api-session-id: {TOKEN}"])
def test_rest_session_token_as_people_copy_it(text):
    found = connection(username=None, password=None, session_token="s0ap", rest_session_token=text)
    assert (found.session_token, found.rest_session_token, found.can_use_rest) == ("s0ap", TOKEN, True)
    assert TOKEN not in repr(found)


@pytest.mark.parametrize("text", [PIN, PIN.lower(), PIN.replace(":", ""), PIN.replace(":", "").lower(), f" {PIN}\n"])
def test_fingerprint_in_every_spelling(text):
    found = connection(fingerprint=text)
    assert found.fingerprint == PIN
    assert found.tls_context().verify_mode == ssl.CERT_NONE, "the fingerprint decides"


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("proxy.example.com", 3128, "proxy.example.com:3128"),
        ("proxy.example.com:8080", None, "proxy.example.com:8080"),
        ("http://proxy.example.com:8080/", 3128, "proxy.example.com:8080"),
        ("2001:db8::9", 3128, "[2001:db8::9]:3128"),
    ],
)
def test_proxy_in_every_form(host, port, address):
    assert connection(proxy_host=host, proxy_port=port).proxy.address == address


@pytest.mark.parametrize("nothing", [None, ""])
def test_options_that_are_empty_are_not_given(nothing):
    names = ("session_token", "ca_path", "fingerprint", "proxy_host", "proxy_username", "proxy_password")
    found = connection(**dict.fromkeys(names, nothing))
    assert (found.session_token, found.fingerprint, found.proxy, found.password) == ("", "", None, "s3cret")


# AWX puts VMWARE_USER, VMWARE_PASSWORD and VMWARE_VALIDATE_CERTS into the environment of every job.
@pytest.mark.parametrize(
    ("environment", "options", "expected"),
    [
        ({"VMWARE_PASSWORD": "s3cret"}, {"session_token": TOKEN}, {"session_token": TOKEN, "password": ""}),
        ({"VMWARE_SESSION_TOKEN": TOKEN}, {"session_token": TOKEN}, {"session_token": "", "password": "s3cret"}),
        ({"VMWARE_VALIDATE_CERTS": "no"}, {"validate_certs": False, "fingerprint": PIN}, {"validate_certs": True, "fingerprint": PIN}),
        ({"VMWARE_FINGERPRINT": PIN}, {"validate_certs": False, "fingerprint": PIN}, {"validate_certs": False, "fingerprint": ""}),
        ({"VMWARE_CA_PATH": "~/ca.pem"}, {"ca_path": os.path.expanduser("~/ca.pem"), "fingerprint": PIN}, {"ca_path": None, "fingerprint": PIN}),
    ],
)
def test_given_option_takes_precedence_over_the_environment(monkeypatch, environment, options, expected):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = connection(**options)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        ({"VMWARE_PASSWORD": "s3cret", "VMWARE_SESSION_TOKEN": TOKEN}, {"session_token": TOKEN}),
        ({"VMWARE_PASSWORD": "another"}, {"session_token": TOKEN}),
        ({"VMWARE_VALIDATE_CERTS": "true"}, {"validate_certs": False, "fingerprint": PIN}),
    ],
)
def test_environment_that_contradicts_itself(monkeypatch, environment, options):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidOption, match="contradicts"):
        connection(**options)


def test_certificates_are_verified_by_default():
    assert connection().tls_context().verify_mode == ssl.CERT_REQUIRED
    assert connection().tls_context().check_hostname
    assert connection(validate_certs=False).tls_context().verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize("as_folder", [False, True])
def test_ca_certificates_of_a_file_or_folder_are_trusted(tmp_path, as_folder):
    authority = CertificateAuthority(tmp_path)
    known = connection().tls_context().cert_store_stats()["x509_ca"]
    context = connection(ca_path=str(tmp_path if as_folder else authority.path)).tls_context()
    assert context.cert_store_stats()["x509_ca"] == known + 1


def test_missing_ca_path(tmp_path):
    with pytest.raises(InvalidOption, match="ca_path: .*nowhere.pem does not exist"):
        connection(ca_path=str(tmp_path / "nowhere.pem")).tls_context()


def test_ca_path_without_a_certificate(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("hello")
    with pytest.raises(InvalidOption, match="ca_path: .*ca.pem cannot be used"):
        connection(ca_path=str(path)).tls_context()


def test_ca_path_without_permission(tmp_path, monkeypatch):
    authority = CertificateAuthority(tmp_path)

    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, who may read everything.
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", refuse)
    with pytest.raises(InvalidOption, match=r"ca_path: .*simulator-ca.pem cannot be read \(Permission denied\)"):
        connection(ca_path=str(authority.path)).tls_context()


def test_ca_folder_without_certificates(tmp_path):
    (tmp_path / "README").write_text("hello")
    with pytest.raises(InvalidOption, match="holds no .pem"):
        connection(ca_path=str(tmp_path)).tls_context()


@pytest.mark.parametrize(
    ("own", "shared", "together"),
    [
        ({"hostname": "a"}, {"hostname": "b", "port": 444}, {"hostname": "a", "port": 444}),
        ({"session_token": TOKEN}, {"username": "u", "password": "p"}, {"session_token": TOKEN, "username": "u"}),
        ({"password": "p"}, {"session_token": TOKEN, "username": "u"}, {"password": "p", "username": "u"}),
        ({"fingerprint": PIN}, {"ca_path": "/ca", "validate_certs": False}, {"fingerprint": PIN}),
        ({"ca_path": "/ca"}, {"fingerprint": PIN, "validate_certs": True}, {"ca_path": "/ca", "validate_certs": True}),
        ({"validate_certs": False}, {"fingerprint": PIN, "ca_path": "/ca"}, {"validate_certs": False, "ca_path": "/ca"}),
        ({"validate_certs": True}, {"fingerprint": PIN}, {"validate_certs": True, "fingerprint": PIN}),
        ({}, {"fingerprint": PIN, "ca_path": "/ca"}, {"fingerprint": PIN, "ca_path": "/ca"}),
    ],
)
def test_own_options_take_precedence_over_shared_ones(own, shared, together):
    assert merge_options(own, shared) == together
