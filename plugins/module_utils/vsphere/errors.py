# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What can go wrong with a source, in words for people and in one word for programs."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError

#: In the path of every file of this collection.
_OURS = "estate/vmware/plugins/"


class VsphereError(EstateError):
    """A source cannot be read."""


class Unreachable(VsphereError):
    """Nothing answers at the address."""

    kind = "unreachable"
    transient = True


class ConnectionDropped(Unreachable):
    """The connection ended in the middle of a conversation."""


class ProxyUnreachable(Unreachable):
    """The proxy cannot be reached, and nobody knows of the source."""

    kind = "proxy"


class ProxyRefused(VsphereError):
    """The proxy does not open a way to the source."""

    kind = "proxy"


class TimedOut(VsphereError):
    """The source did not answer in time."""

    kind = "timeout"
    transient = True


class DeadlinePassed(VsphereError):
    """The scan as a whole took too long."""

    kind = "deadline"


class CertificateRejected(VsphereError):
    """The source's TLS certificate is not trusted, or not the one that was pinned."""

    kind = "certificate"


class AuthenticationFailed(VsphereError):
    """The source does not accept user name and password, or the session that it is told."""

    kind = "authentication"


class SkippedByOptions(VsphereError):
    """What nobody can expect to be read with the options that were given: no gap, but something to know."""

    kind = "left_out"


class NotVsphere(VsphereError):
    """Something answers, but it is no vCenter and no ESXi host."""

    kind = "not_vsphere"


class NotPermitted(VsphereError):
    """The account lacks a privilege without which nothing can be read."""

    kind = "permission"


class ServerFault(VsphereError):
    """The source answered with a fault that nothing above expects."""

    kind = "fault"


class NotReady(ServerFault):
    """The source, or a proxy before it, says that it cannot answer just now."""

    transient = True


class InvalidResponse(ServerFault):
    """The source answered with something that is neither SOAP nor what REST should say."""

    transient = True


class ResponseTooLarge(ServerFault):
    """The source answers with far more than was asked for, or more objects were asked for at a time than can be read."""


class UnexpectedResponse(ServerFault):
    """Something in the source's answers was met by a mistake of ours. The message says where, and nothing of what was said."""

    def __init__(self, error: Exception) -> None:
        place = ""
        for frame, line in traceback.walk_tb(error.__traceback__):
            path = frame.f_code.co_filename.rpartition(_OURS)
            place = f" in {path[2]}:{line}" if path[1] else place
        super().__init__(f"an answer of the server was not expected ({type(error).__name__}{place}): scan again, and report it if it stays")


@contextmanager
def wrap_unexpected_errors() -> Iterator[None]:
    """Turn every exception that is none of ours into :class:`UnexpectedResponse`. The one place that does.

    :raises EstateError: as it was raised, or UnexpectedResponse.
    """
    try:
        yield
    except EstateError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        found = UnexpectedResponse(error)
        # What was being read may be large.
        traceback.clear_frames(error.__traceback__)
        raise found from error


class SessionExpired(VsphereError):
    """The source knows nothing any more of our session, or of what was made in it."""

    kind = "session"
    transient = True


class UnknownProperty(ServerFault):
    """The source refuses a question because it does not know one of its properties.

    :ivar path: the property.
    """

    def __init__(self, path: str) -> None:
        super().__init__(f"the server does not know the property {path}")
        self.path = path


def is_reachable(error: EstateError) -> bool:
    """Whether the server answered at all and may answer better soon. Where nothing answers, a retry only delays the bad news."""
    return isinstance(error, (ConnectionDropped, NotReady))
