# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a delivery fails with, in an administrator's words."""

from __future__ import annotations

import socket
import ssl

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class DeliveryError(EstateError):
    """A delivery failed. The message is one line, error, value, remedy, and holds no secret.

    :ivar transient: a retry may help.
    """

    kind = "delivery"

    def __init__(self, message: str, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


def network_error(error: OSError, server: str) -> DeliveryError:
    """The error of a connection to a server, made or not."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted_certificate(server, error.verify_message)
    if isinstance(error, ssl.SSLError) and not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        reason = getattr(error, "reason", "") or error
        return DeliveryError(f"TLS with {server} failed ({reason}): check the port, and whether the server expects TLS from the start")
    if isinstance(error, DeadlineExceeded):
        return DeliveryError(f"{server} is too slow, {error}: check the network path, or raise deadline")
    if isinstance(error, TooManyBytes):
        return DeliveryError(f"{server} sent an invalid reply ({error}): check address and port")
    if isinstance(error, TimeoutError):
        return DeliveryError(f"{server} sent no reply in time: check the network path, or raise timeout", transient=True)
    if isinstance(error, socket.gaierror):
        return DeliveryError(f"the host name of {server} cannot be resolved ({error.strerror}): check its spelling", transient=True)
    return DeliveryError(f"no connection to {server} ({error.strerror or str(error) or type(error).__name__}): check address and port", transient=True)


def untrusted_certificate(server: str, reason: str) -> DeliveryError:
    """A server's certificate is not trusted."""
    return DeliveryError(f"the certificate of {server} is not trusted ({reason}): give the certificate of its CA as ca_path")
