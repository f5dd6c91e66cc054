# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Errors of reading a source. What each kind means and what to do about it: common/error_kinds.py."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault

#: In the path of every file of this collection.
_COLLECTION_PATH = "estate/vmware/plugins/"


class VsphereError(EstateError):
    """A source cannot be read.

    :ivar was_sent: whether any of the request may have reached the source. :ivar cookie: of a reply whose body was lost.
    """

    was_sent = True
    cookie = ""


class Unreachable(VsphereError):
    """Nothing answers at the address."""

    kind = "unreachable"
    transient = True


class ConnectionDropped(Unreachable):
    """The connection was closed before the response was complete."""


class ProxyUnreachable(Unreachable):
    """The proxy cannot be reached, so nothing is known of the source."""

    kind = "proxy"


class ProxyRefused(VsphereError):
    """The proxy does not connect to the source."""

    kind = "proxy"


class TimedOut(VsphereError):
    """The source did not answer within the timeout."""

    kind = "timeout"
    transient = True


class DeadlinePassed(VsphereError):
    """The scan as a whole took longer than the deadline."""

    kind = "deadline"


class CertificateRejected(VsphereError):
    """The source's TLS certificate is not trusted, or not the pinned one."""

    kind = "certificate"


class AuthenticationFailed(VsphereError):
    """The source rejects user name and password, or the session token."""

    kind = "authentication"


class SkippedByOptions(VsphereError):
    """The options given do not suffice to read something. No gap in the scan, but worth an issue."""

    kind = "left_out"


class NotVsphere(VsphereError):
    """A server answers that is neither a vCenter nor an ESXi host."""

    kind = "not_vsphere"

    @classmethod
    def because(cls, reason: str) -> NotVsphere:
        """With the message of all such errors."""
        return cls(f"a server answers, but it is neither a vCenter nor an ESXi host ({reason}): check hostname and port")


class NotPermitted(VsphereError):
    """The account lacks a privilege that is needed to read anything."""

    kind = "permission"


class ServerFault(VsphereError):
    """The source answered with a fault that nothing handles."""

    kind = "fault"


class MethodFault(ServerFault):
    """The source refuses a call: nothing has happened.

    :ivar fault: what it says.
    """

    kind = "refused"

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.fault = fault


class ObjectGone(MethodFault):
    """The called object, or one of the arguments, does not exist (any more)."""

    kind = "gone"


class OutcomeUnknown(VsphereError):
    """The answer to a change was lost, and nothing tells whether it was carried out."""

    kind = "unknown"


class NotReady(ServerFault):
    """The source, or a proxy before it, is not ready to answer yet."""

    transient = True


class InvalidResponse(ServerFault):
    """The response is not what SOAP or REST of vSphere defines."""

    transient = True


class ResponseTooLarge(ServerFault):
    """The response is far larger than expected, or holds more objects than can be read at a time."""


class UnexpectedResponse(ServerFault):
    """Our own code failed on a response. The message names the place, and repeats nothing of the response."""

    def __init__(self, error: Exception) -> None:
        place = ""
        for frame, line in traceback.walk_tb(error.__traceback__):
            path = frame.f_code.co_filename.rpartition(_COLLECTION_PATH)
            place = f" in {path[2]}:{line}" if path[1] else place
        super().__init__(f"unexpected response of the server ({type(error).__name__}{place}): scan again; report it if it persists")


class SessionExpired(VsphereError):
    """The source does not know the session any more, or a view or page token that was made in it."""

    kind = "session"
    transient = True


class UnknownProperty(ServerFault):
    """The source refuses a request because it does not know one of the properties.

    :ivar path: the property.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"the server does not know the property {path}")
        self.path = path


@contextmanager
def wrap_unexpected_errors() -> Iterator[None]:
    """Turn every exception that is no EstateError into UnexpectedResponse. The one place that does.

    :raises EstateError: as it was raised, or UnexpectedResponse.
    """
    try:
        yield
    except EstateError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        wrapped = UnexpectedResponse(error)
        # The frames may hold a large page.
        traceback.clear_frames(error.__traceback__)
        raise wrapped from error


def is_reachable(error: EstateError) -> bool:
    """Whether the server answered at all and may answer better soon. Where nothing answers, a retry only delays the bad news."""
    return isinstance(error, (ConnectionDropped, NotReady))
