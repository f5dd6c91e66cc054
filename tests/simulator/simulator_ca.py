# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority made on the spot, for servers of tests and of the demo."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALIDITY = datetime.timedelta(days=30)
#: Clocks that differ a little must not refuse a certificate that was made a moment ago.
BACKDATE = datetime.timedelta(hours=1)

KEY_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class CertificateAuthority:
    """Issues server certificates that strict checking (RFC 5280) accepts. Its own key is never written.

    Those that it issues are of an age: one of more than VALIDITY has expired.
    """

    def __init__(self, folder: str | os.PathLike[str], name: str = "simulator-ca", age: datetime.timedelta = datetime.timedelta(0)) -> None:
        self.age = age
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / f"{_file_name(name)}.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        public = self._key.public_key()
        self._certificate = (
            _builder(self._name, self._name, public)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self,
        common_name: str,
        ips: Iterable[str] = ("127.0.0.1",),
        dns: Iterable[str] = ("localhost",),
    ) -> tuple[Path, Path]:
        """Make a server certificate and its key; return the paths of both."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key()
        names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips]
        names += [x509.DNSName(name) for name in dns]
        issuer, signer = self._issuer(_name(common_name), key)
        certificate = (
            _builder(_name(common_name), issuer, public, self.age)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage("digital_signature"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )

        certificate_path = self.folder / f"{_file_name(common_name)}.crt"
        key_path = self.folder / f"{_file_name(common_name)}.key"
        certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_private(key_path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return certificate_path, key_path

    def _issuer(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
        """Who signs a certificate."""
        return self._name, self._key


class SelfSigned(CertificateAuthority):
    """Makes certificates that each sign themselves, as an ESXi host does that nobody has given one. Its path is that of the last one."""

    def issue(self, common_name: str, ips: Iterable[str] = ("127.0.0.1",), dns: Iterable[str] = ("localhost",)) -> tuple[Path, Path]:
        self.path, key_path = super().issue(common_name, ips, dns)
        return self.path, key_path

    def _issuer(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
        return subject, key


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    age: datetime.timedelta = datetime.timedelta(0),
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc) - age
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + VALIDITY)
    )


def _key_usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in uses for use in KEY_USES})


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text)


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
