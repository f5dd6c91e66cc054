# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Connections through an HTTP proxy, made with its method CONNECT. TLS runs inside, from here to the source."""

from __future__ import annotations

import base64
import http.client
import socket
from contextlib import closing
from dataclasses import dataclass, field

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import BoundedSocket, TooManyBytes, open_connection
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, ProxyRefused, ProxyUnreachable, TimedOut, Unreachable

_AUTHENTICATION_REQUIRED = 407
#: Statuses of a proxy that tried, and got no connection to the source.
_BAD_GATEWAYS = (502, 503, 504)


def in_url(host: str) -> str:
    """A host as it is written before a port: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy, reached in plain HTTP; credentials are sent only if there is a user name."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Host and port, for messages."""
        return f"{in_url(self.host)}:{self.port}"

    def connect(self, host: str, port: int, limits: TimeLimits) -> BoundedSocket:
        """Open a TCP connection to a source through the proxy.

        :raises VsphereError: there is none; ProxyUnreachable, ProxyRefused, or Unreachable if the proxy cannot reach the source.
        :raises DeadlineExceeded: the deadline has passed.
        """
        tunnel = self._open(limits)
        try:
            self._send_connect(f"{in_url(host.encode('idna').decode())}:{port}", tunnel, limits.timeout)
        except BaseException:
            tunnel.close()
            raise
        return tunnel

    def _open(self, limits: TimeLimits) -> BoundedSocket:
        try:
            return open_connection(self.host, self.port, limits)
        except DeadlineExceeded:
            raise
        except TimeoutError as error:
            raise ProxyUnreachable(f"the proxy {self.address} does not answer within {limits.timeout:.3g} s: check proxy_host and proxy_port") from error
        except socket.gaierror as error:
            raise ProxyUnreachable(f"the name of the proxy {self.address} cannot be resolved ({error.strerror}): check proxy_host") from error
        except OSError as error:
            reason = error.strerror or error
            raise ProxyUnreachable(f"no connection to the proxy {self.address} ({reason}): check proxy_host and proxy_port") from error

    def _send_connect(self, target: str, tunnel: BoundedSocket, timeout: float) -> None:
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if self.username:
            credentials = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {credentials}")
        try:
            tunnel.sendall("\r\n".join([*lines, "", ""]).encode())
            # Reading the response reads nothing of the source ahead: in TLS the client sends first.
            with closing(http.client.HTTPResponse(tunnel, method="CONNECT")) as response, tunnel.response_head():
                response.begin()
        except DeadlineExceeded:
            raise
        except TimeoutError as error:
            raise TimedOut(f"the proxy {self.address} has not reached {target} within {timeout:.3g} s: check hostname and port, or raise timeout") from error
        except TooManyBytes as error:
            raise ProxyRefused(f"the server at {self.address} is no HTTP proxy ({error}): check proxy_host and proxy_port") from error
        except OSError as error:
            raise ConnectionDropped(f"the proxy {self.address} closed the connection: check its log") from error
        except (http.client.HTTPException, ValueError) as error:
            raise ProxyRefused(f"the server at {self.address} is no HTTP proxy ({type(error).__name__}): check proxy_host and proxy_port") from error
        if not 200 <= response.status < 300:
            raise self._refusal(target, response.status, f"HTTP status {response.status} {response.reason}")

    def _refusal(self, target: str, status: int, reason: str) -> ProxyRefused | Unreachable:
        if status == _AUTHENTICATION_REQUIRED and self.username:
            return ProxyRefused(f"the proxy {self.address} rejects the login of {self.username} ({reason}): check proxy_username and proxy_password")
        if status == _AUTHENTICATION_REQUIRED:
            return ProxyRefused(f"the proxy {self.address} requires a login ({reason}): give proxy_username and proxy_password")
        if status in _BAD_GATEWAYS:
            return Unreachable(f"the proxy {self.address} cannot reach {target} ({reason}): check hostname, port and the proxy's network path")
        return ProxyRefused(f"the proxy {self.address} does not connect to {target} ({reason}): allow it there, or check proxy_host and proxy_port")
