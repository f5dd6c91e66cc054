# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ssl

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidOption
from estates import CertificateAuthority

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
        ({"hostname": "https://"}, "hostname: 'https://' names no host"),
        ({"hostname": "my vcenter"}, "hostname: 'my vcenter' names no host"),
        ({"hostname": "vc:port"}, "hostname: 'vc:port' names no host"),
        ({"hostname": ""}, "hostname: '' names no host"),
        ({"hostname": "[vc]"}, "names no host"),
        ({"hostname": "https://vc:0"}, "port: 0 is no TCP port"),
        ({"hostname": "https://me:s3cret@"}, "hostname: '' names no host"),
        ({"port": 0}, "port: 0 is no TCP port"),
        ({"port": 70000}, "port: 70000 is no TCP port"),
        ({"timeout": 0}, "timeout: 0 is too short"),
        ({"deadline": -1}, "deadline: -1 is too short"),
        ({"retries": 11}, "retries: 11 is no number of further attempts"),
        ({"username": ""}, "username: it is empty"),
        ({"password": ""}, "password: it is empty"),
    ],
)
def test_unusable_option_is_named_with_its_value(options, message):
    with pytest.raises(InvalidOption, match=message):
        connection(**options)


def test_password_is_in_no_text_of_the_connection():
    assert "s3cret" not in repr(connection())


def test_certificates_are_checked_unless_told_otherwise():
    assert connection().tls_context().verify_mode == ssl.CERT_REQUIRED
    assert connection().tls_context().check_hostname
    assert connection(validate_certs=False).tls_context().verify_mode == ssl.CERT_NONE


@pytest.mark.parametrize("as_folder", [False, True])
def test_ca_certificates_of_a_file_or_folder_are_trusted(tmp_path, as_folder):
    authority = CertificateAuthority(tmp_path)
    known = connection().tls_context().cert_store_stats()["x509_ca"]
    context = connection(ca_path=str(tmp_path if as_folder else authority.path)).tls_context()
    assert context.cert_store_stats()["x509_ca"] == known + 1


def test_ca_path_that_is_not_there(tmp_path):
    with pytest.raises(InvalidOption, match="ca_path: .*nowhere.pem does not exist"):
        connection(ca_path=str(tmp_path / "nowhere.pem")).tls_context()


def test_ca_path_that_is_no_certificate(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("hello")
    with pytest.raises(InvalidOption, match="ca_path: .*ca.pem cannot be used"):
        connection(ca_path=str(path)).tls_context()


def test_ca_folder_without_certificates(tmp_path):
    (tmp_path / "README").write_text("hello")
    with pytest.raises(InvalidOption, match="holds no .pem"):
        connection(ca_path=str(tmp_path)).tls_context()
