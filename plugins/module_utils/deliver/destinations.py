# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The ways to deliver, each in a file of its own, and how any of them is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.http import HTTP_OPTIONS, Http
from ansible_collections.estate.vmware.plugins.module_utils.deliver.mail import MAIL_OPTIONS, Mail
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.deliver.s3 import S3, S3_OPTIONS


class Destination(Protocol):
    """A place for a parcel, whose options were found in order.

    :ivar where: what people call it; holds no secret. :ivar warning: what they should know of it, often empty.
    :ivar limits: of all that it does.
    """

    where: str
    warning: str
    limits: TimeLimits

    def deliver(self) -> str:
        """Bring the parcel there; what to add to the good news, often nothing.

        :raises DeliveryError: it is not there. Sent again, it replaces what may be there of it.
        """


class DestinationType(NamedTuple):
    """What a type of destination takes: the options that it knows besides those of all, those of them that it needs, and what makes one of them."""

    options: Mapping[str, Any]
    needed: tuple[str, ...]
    destination: Callable[[Mapping[str, Any], Payload], Destination]
    #: Whether it can do without a file.
    reports: bool = False


WAYS: dict[str, DestinationType] = {
    "http": DestinationType(HTTP_OPTIONS, ("url",), Http),
    "s3": DestinationType(S3_OPTIONS, ("bucket",), S3),
    "mail": DestinationType(MAIL_OPTIONS, ("server", "sender", "recipients"), Mail, reports=True),
}

_COMMON = {
    "type": {"type": "str", "choices": list(WAYS), "required": True},
    "name": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "int", "default": 60},
    "deadline": {"type": "int", "default": 600},
}
#: The argument spec of a destination of any type.
DESTINATION_OPTIONS: dict[str, Any] = {
    **_COMMON,
    **{name: spec for way in WAYS.values() for name, spec in way.options.items()},
}
#: What AnsibleModule asks for by type.
NEEDED = [("type", name, list(way.needed)) for name, way in WAYS.items()]


def destination(options: Mapping[str, Any], payload: Payload) -> Destination:
    """The destination that somebody describes, with the options of DESTINATION_OPTIONS.

    :raises DeliveryError: they do not fit. :raises InvalidOption: its CA certificates cannot be used.
    """
    way = WAYS[options["type"]]
    known = {*_COMMON, *way.options}
    strange = sorted(name for name, spec in DESTINATION_OPTIONS.items() if name not in known and options[name] != spec.get("default"))
    if strange:
        raise DeliveryError(f"{', '.join(strange)}: a destination of type {options['type']} has no such option")
    for name in ("timeout", "deadline"):
        if options[name] < 1:
            raise DeliveryError(f"{name} must be 1 or greater (got {options[name]})")
    if not payload.path and not way.reports:
        raise DeliveryError(f"src is missing, the file that a destination of type {options['type']} gets")
    return way.destination(options, payload)


def call_with_retries(place: Destination, retries: int, delay: float) -> tuple[str, int]:
    """Deliver, and try again what may pass, as long as there is time.

    :param retries: how often to try again at most. :param delay: seconds before each further attempt.
    :return: what ``deliver`` returned, and the number of attempts.
    :raises DeliveryError: the last one, which says how often it was tried.
    """
    attempt = 1
    while True:
        try:
            return place.deliver(), attempt
        except DeliveryError as error:
            if not error.transient:
                raise
            if attempt > retries or delay >= place.limits.left:
                raise DeliveryError(f"{error} (attempts: {attempt})") from error
        place.limits.pause(delay)
        attempt += 1
