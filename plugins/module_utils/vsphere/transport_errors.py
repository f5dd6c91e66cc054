# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Errors of sockets, TLS and HTTP as errors with a remedy."""

from __future__ import annotations

import http.client
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    ConnectionDropped,
    DeadlinePassed,
    NotVsphere,
    ResponseTooLarge,
    TimedOut,
    Unreachable,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_REPLY_BYTES

_CHECK_ADDRESS = "check hostname, port and the firewalls in between"
_TRUST = "give the certificate of its CA as ca_path, or pin it with fingerprint"
#: OpenSSL's verification errors that no CA certificate cures, and their remedies.
_CERTIFICATE_REMEDIES = {
    9: "check the clock of this machine",
    10: "have it renewed, and check the clock of this machine",
}


@contextmanager
def translate_transport_errors(connection: Connection, max_bytes: int = MAX_REPLY_BYTES) -> Iterator[None]:
    """Turn what sockets, TLS and HTTP raise into VsphereError. The one place that does.

    :param max_bytes: that the reply may have, for the message.
    """
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        remedy = _CERTIFICATE_REMEDIES.get(error.verify_code, _TRUST)
        raise CertificateRejected(
            f"the certificate is not trusted ({error.verify_message}): {remedy}; only in a lab, switch the check off with validate_certs: false"
        ) from error
    except (ssl.SSLEOFError, http.client.IncompleteRead, EOFError, ConnectionResetError, BrokenPipeError) as error:
        raise ConnectionDropped("connection closed mid-response: check the server and any proxies") from error
    except ssl.SSLError as error:
        reason = getattr(error, "reason", None) or error
        raise NotVsphere(f"the server does not speak TLS as a vCenter does ({reason}): check hostname and port") from error
    except socket.gaierror as error:
        raise Unreachable(f"the host name cannot be resolved ({error.strerror}): check hostname and the name servers of this machine") from error
    except DeadlineExceeded as error:
        raise DeadlinePassed(f"it took longer than {connection.deadline} s altogether: raise deadline, or find out what slows the server") from error
    except TimeoutError as error:
        raise TimedOut(f"no answer within {connection.timeout} s: {_CHECK_ADDRESS}, or raise timeout") from error
    except TooManyBytes as error:
        raise ResponseTooLarge(f"the server's response is larger than {max_bytes >> 20} MB: scan again; report it if it persists") from error
    except zlib.error as error:
        raise NotVsphere.because(f"its response cannot be unzipped, {error}") from error
    except OSError as error:
        raise Unreachable(f"no connection ({error.strerror or error}): {_CHECK_ADDRESS}") from error
    except (http.client.HTTPException, ValueError) as error:
        # http.client converts some headers unchecked.
        raise NotVsphere.because(f"{type(error).__name__}: {error}") from error
