# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The way through an HTTP proxy: a tunnel, made with CONNECT. TLS runs inside it, from here to the source."""

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
#: What a proxy answers that has tried: nothing answers behind it.
_BAD_GATEWAYS = (502, 503, 504)


def in_url(host: str) -> str:
    """A host as it stands before a port: an IPv6 address has brackets there."""
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy that is spoken to in plain HTTP. Without a user name it gets no credentials."""

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """Host and port as people write them."""
        return f"{in_url(self.host)}:{self.port}"

    def connect(self, host: str, port: int, limits: TimeLimits) -> BoundedSocket:
        """A TCP connection to a source, by way of the proxy.

        :raises VsphereError: there is none; it says whether the proxy or what lies behind it is to blame.
        :raises DeadlineExceeded: the deadline has passed.
        """
        tunnel = self._reach(limits)
        try:
            self._ask_for(f"{in_url(host.encode('idna').decode())}:{port}", tunnel, limits.timeout)
        except BaseException:
            tunnel.close()
            raise
        return tunnel

    def _reach(self, limits: TimeLimits) -> BoundedSocket:
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

    def _ask_for(self, target: str, tunnel: BoundedSocket, timeout: float) -> None:
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if self.username:
            credentials = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {credentials}")
        try:
            tunnel.sendall("\r\n".join([*lines, "", ""]).encode())
            # Nothing of the source is read ahead with the answer: in TLS it is the client that speaks first.
            with closing(http.client.HTTPResponse(tunnel, method="CONNECT")) as answer, tunnel.response_head():
                answer.begin()
        except DeadlineExceeded:
            raise
        except TimeoutError as error:
            raise TimedOut(f"the proxy {self.address} has not reached {target} within {timeout:.3g} s: check hostname and port, or raise timeout") from error
        except TooManyBytes as error:
            raise ProxyRefused(f"what answers at {self.address} is no HTTP proxy ({error}): check proxy_host and proxy_port") from error
        except OSError as error:
            raise ConnectionDropped(f"the proxy {self.address} has cut the connection: look there for the reason") from error
        except (http.client.HTTPException, ValueError) as error:
            raise ProxyRefused(f"what answers at {self.address} is no HTTP proxy ({type(error).__name__}): check proxy_host and proxy_port") from error
        if not 200 <= answer.status < 300:
            raise self._refusal(target, answer.status, f"HTTP status {answer.status} {answer.reason}")

    def _refusal(self, target: str, status: int, reason: str) -> ProxyRefused | Unreachable:
        if status == _AUTHENTICATION_REQUIRED and self.username:
            return ProxyRefused(f"the proxy {self.address} refuses the login of {self.username} ({reason}): check proxy_username and proxy_password")
        if status == _AUTHENTICATION_REQUIRED:
            return ProxyRefused(f"the proxy {self.address} wants a login ({reason}): give proxy_username and proxy_password")
        if status in _BAD_GATEWAYS:
            return Unreachable(f"the proxy {self.address} cannot reach {target} ({reason}): check hostname, port and the way from there")
        return ProxyRefused(f"the proxy {self.address} does not connect to {target} ({reason}): have it allowed there, or check proxy_host and proxy_port")
