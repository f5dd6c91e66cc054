# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""TLS contexts, and the content of certificates."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
from datetime import datetime, timezone

try:
    from cryptography import x509
except ImportError:
    # Only the description of a certificate needs it, and ansible-core requires it.
    x509 = None  # type: ignore[assignment]

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted

_TIME = "%Y-%m-%dT%H:%M:%SZ"
#: Characters of a SHA-1 fingerprint with its colons.
_SHA1_LENGTH = 59
_SUFFIXES = (".pem", ".crt", ".cer", ".0")


def verifying_context(ca_path: str | None, option: str = "ca_path") -> ssl.SSLContext:
    """A TLS context that trusts the CA certificates of the system, and those of a file or folder.

    :param option: name of the option, for messages.
    :raises InvalidOption: ``ca_path`` cannot be used.
    """
    context = ssl.create_default_context()
    # Certificates of vCenter's own CA lack extensions that the strict mode of Python 3.13 and later requires.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    for path in _certificate_files(ca_path, option):
        try:
            context.load_verify_locations(cafile=path)
        except ssl.SSLError as error:
            raise InvalidOption(f"{option}: {path} cannot be used ({error.reason or error}); give CA certificates in PEM format") from error
        except OSError as error:
            raise InvalidOption(f"{option}: {path} cannot be read ({error.strerror}); change its mode, or give another file") from error
    return context


def unverified_context() -> ssl.SSLContext:
    """A TLS context that accepts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fingerprint_of(certificate: bytes, algorithm: str = "sha256") -> str:
    """The fingerprint of a certificate in DER form, as ``AB:01:…``."""
    return hashlib.new(algorithm, certificate, usedforsecurity=False).digest().hex(":").upper()


def algorithm_of(fingerprint: str) -> str:
    """The algorithm of a fingerprint, by its length. Servers name the certificates of others by SHA-1; users give SHA-256."""
    return "sha1" if len(fingerprint) == _SHA1_LENGTH else "sha256"


def normalize_fingerprint(text: str, option: str = "fingerprint") -> str:
    """A SHA-256 fingerprint, with or without colons, as :func:`fingerprint_of` writes it.

    :param option: name of the option, for messages.
    :raises InvalidOption: it is no SHA-256 fingerprint.
    """
    digits = re.sub(r"[:\s]", "", text)
    if not re.fullmatch("[0-9a-fA-F]{64}", digits):
        remark = " as of SHA-1" if len(digits) == 40 else ""
        raise InvalidOption(f"{option} must be SHA-256, 64 hexadecimal digits with or without colons (got {quoted(text)}, {len(digits)} digits{remark})")
    return bytes.fromhex(digits).hex(":").upper()


def describe_certificate(certificate: bytes) -> dict[str, str]:
    """``subject``, ``issuer``, ``not_before`` and ``not_after`` (UTC) and ``fingerprint`` of a certificate in DER form.

    Without the library cryptography, or if it cannot parse the certificate, all but the fingerprint are empty.
    """
    found = {"subject": "", "issuer": "", "not_before": "", "not_after": "", "fingerprint": fingerprint_of(certificate)}
    if x509 is None:
        return found
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        found.update(
            subject=one_line(parsed.subject.rfc4514_string()),
            issuer=one_line(parsed.issuer.rfc4514_string()),
            not_before=_utc(parsed, "not_valid_before"),
            not_after=_utc(parsed, "not_valid_after"),
        )
    except Exception:  # pylint: disable=broad-exception-caught
        # The library raises errors of many types for malformed certificates.
        pass
    return found


def certificate_names(certificate: bytes) -> list[str] | None:
    """The host names and addresses of a certificate in DER form; None if it cannot be parsed."""
    if x509 is None:
        return None
    try:
        found = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return [str(name.value) for name in found if isinstance(name, (x509.DNSName, x509.IPAddress))]
    except x509.ExtensionNotFound:
        return []
    except Exception:  # pylint: disable=broad-exception-caught
        return None


def days_left(not_after: str) -> int | None:
    """Whole days until a certificate expires, below 0 after that; None if unknown.

    :param not_after: as of :func:`describe_certificate`.
    """
    return (datetime.strptime(not_after, _TIME).replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)).days if not_after else None


def _utc(certificate: x509.Certificate, name: str) -> str:
    # Old releases of cryptography have only times without a zone, of which new ones warn.
    time: datetime = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name).replace(tzinfo=timezone.utc)
    # strftime would write years before 1000 with fewer digits.
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _certificate_files(ca_path: str | None, option: str) -> list[str]:
    if not ca_path:
        return []
    if os.path.isdir(ca_path):
        try:
            files = sorted(os.path.join(ca_path, name) for name in os.listdir(ca_path))
        except OSError as error:
            raise InvalidOption(f"{option}: the folder {ca_path} cannot be read ({error.strerror}); change its mode") from error
        found = [path for path in files if path.endswith(_SUFFIXES)]
        if not found:
            raise InvalidOption(f"{option}: the folder {ca_path} holds no .pem, .crt, .cer or .0 file; put the CA certificates there")
        return found
    if not os.path.isfile(ca_path):
        raise InvalidOption(f"{option}: {os.path.abspath(ca_path)} does not exist; give a file or folder of CA certificates in PEM format")
    return [ca_path]
