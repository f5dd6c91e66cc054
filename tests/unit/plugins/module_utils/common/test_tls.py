# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import ssl
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from estates import CertificateAuthority

from ansible_collections.estate.vmware.plugins.module_utils.common import tls

#: The names that a certificate is for.
NAMES = "2.5.29.17"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate in DER form, and its PEM file."""
    path, _key = CertificateAuthority(tmp_path_factory.mktemp("ca")).issue('vc, of "ours"')
    return ssl.PEM_cert_to_DER_cert(path.read_text()), path


def test_fingerprint_is_what_openssl_says(certificate, program):
    der, path = certificate
    openssl = subprocess.run([program("openssl"), "x509", "-noout", "-fingerprint", "-sha256", "-in", str(path)], check=True, capture_output=True, text=True)
    assert openssl.stdout.strip().endswith("=" + tls.fingerprint_of(der))
    assert tls.fingerprint_of(der).replace(":", "").lower() == hashlib.sha256(der).hexdigest()


def test_description_of_a_certificate(certificate):
    found = tls.describe_certificate(certificate[0])
    assert (found["subject"], found["issuer"]) == ('CN=vc\\, of \\"ours\\"', "CN=simulator-ca")
    assert found["not_before"] < found["not_after"] and len(found["not_after"]) == len("2026-01-01T00:00:00Z")
    assert found["fingerprint"] == tls.fingerprint_of(certificate[0])


@pytest.mark.parametrize("reason", ["no library", "garbage"])
def test_without_cryptography_only_the_fingerprint_is_known(certificate, monkeypatch, reason):
    der = certificate[0] if reason == "no library" else b"garbage"
    if reason == "no library":
        monkeypatch.setattr(tls, "x509", None)
    found = tls.describe_certificate(der)
    assert found.pop("fingerprint") == tls.fingerprint_of(der)
    assert set(found.values()) == {""}


def made(*extensions, name="vc", until=datetime(2060, 1, 1)):
    """A certificate in DER form of an unusual form."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 5, datetime(2020, 1, 1), until)
    for number, value in extensions:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(number), value), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    "odd",
    [
        made().replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),
        made((NAMES, b"0\x05\x82\x03a.b"), ("2.5.29.99", b"0\x05\x82\x03a.b")).replace(b"\x06\x03\x55\x1d\x63", b"\x06\x03\x55\x1d\x11"),
        made((NAMES, b"0\x05\xa3\x03a.b")),
        made((NAMES, b"junk")),
        b"",
    ],
    ids=["version 8", "names twice", "names of an odd sort", "no names", "nothing"],
)
def test_malformed_certificate_has_only_a_fingerprint(odd):
    assert tls.certificate_names(odd) is None
    assert tls.describe_certificate(odd)["fingerprint"] == tls.fingerprint_of(odd)


def test_names_in_a_certificate_are_one_line():
    found = tls.describe_certificate(made(name="a\x1b[31m\n\u202eb"))
    assert found["subject"] == found["issuer"] == "CN=a [31m b"


def test_certificate_that_expired_in_the_first_year():
    found = tls.describe_certificate(made().replace(b"20600101000000Z", b"00010101000000Z"))
    assert found["not_after"] == "0001-01-01T00:00:00Z"
    assert tls.days_left(found["not_after"]) < -700_000


@pytest.mark.parametrize(
    ("ahead", "days"), [(timedelta(days=6, hours=23), 6), (timedelta(minutes=5), 0), (timedelta(minutes=-5), -1), (timedelta(days=-3), -3)]
)
def test_days_until_a_certificate_expires(ahead, days):
    moment = datetime.now(timezone.utc) + ahead + timedelta(seconds=30)
    assert tls.days_left(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == days


def test_days_of_a_certificate_without_dates():
    assert tls.days_left("") is None
