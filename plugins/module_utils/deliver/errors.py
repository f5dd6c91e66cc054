# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What keeps a file from a destination, in words for people."""

from __future__ import annotations

import socket
import ssl

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class DeliveryError(EstateError):
    """A delivery failed. The message says why and what to do, in one line, and holds no secret.

    :ivar transient: a retry may help.
    """

    kind = "delivery"

    def __init__(self, message: str, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


def of_network(error: OSError, server: str) -> DeliveryError:
    """What went wrong on the way to a server, while connecting or later."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(server, error.verify_message)
    if isinstance(error, ssl.SSLError) and not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        why = getattr(error, "reason", "") or error
        return DeliveryError(f"{server} does not speak TLS as it should ({why}): check the port, and whether it wants TLS from the beginning")
    if isinstance(error, DeadlineExceeded):
        return DeliveryError(f"{server} is too slow, {error} altogether: check the network path, or raise deadline")
    if isinstance(error, TooManyBytes):
        return DeliveryError(f"{server} does not answer as it should ({error}): check address and port")
    if isinstance(error, TimeoutError):
        return DeliveryError(f"{server} does not answer in time: check the way to it, or give it more of timeout", transient=True)
    if isinstance(error, socket.gaierror):
        return DeliveryError(f"the name of {server} is not known here ({error.strerror}): check its spelling", transient=True)
    return DeliveryError(f"no connection with {server} ({error.strerror or str(error) or type(error).__name__}): check address and port", transient=True)


def untrusted(server: str, why: str) -> DeliveryError:
    """A server's certificate is not trusted."""
    return DeliveryError(f"the certificate of {server} is not trusted ({why}): give the certificate of its CA as ca_path")
