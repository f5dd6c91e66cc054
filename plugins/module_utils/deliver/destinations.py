# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The types of destinations, each in a file of its own, and the retries of any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.http import HTTP_OPTIONS, Http
from ansible_collections.estate.vmware.plugins.module_utils.deliver.mail import MAIL_OPTIONS, Mail
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.deliver.s3 import S3, S3_OPTIONS


class Destination(Protocol):
    """Where a payload goes. Its options have been checked.

    :ivar location: its address, for messages; holds no secret. :ivar warning: about its options; empty for none.
    :ivar limits: the time that a delivery may take, all attempts together.
    """

    location: str
    warning: str
    limits: TimeLimits

    def deliver(self) -> str:
        """Deliver the payload; a remark for the user, often empty. Another delivery replaces this one.

        :raises DeliveryError: it was not delivered.
        """


class DestinationType(NamedTuple):
    """Options of a type of destination besides those of all, the required ones of them, and what makes a destination of them."""

    options: Mapping[str, Any]
    required: tuple[str, ...]
    create: Callable[[Mapping[str, Any], Payload], Destination]
    needs_file: bool = True


DESTINATION_TYPES: dict[str, DestinationType] = {
    "http": DestinationType(HTTP_OPTIONS, ("url",), Http),
    "s3": DestinationType(S3_OPTIONS, ("bucket",), S3),
    "mail": DestinationType(MAIL_OPTIONS, ("server", "sender", "recipients"), Mail, needs_file=False),
}

_COMMON: dict[str, Any] = {
    "type": {"type": "str", "choices": list(DESTINATION_TYPES), "required": True},
    "name": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "int", "default": 60},
    "deadline": {"type": "int", "default": 600},
}
#: The argument spec of a destination of any type.
DESTINATION_OPTIONS: dict[str, Any] = {
    **_COMMON,
    **{name: spec for destination_type in DESTINATION_TYPES.values() for name, spec in destination_type.options.items()},
}
#: The ``required_if`` of that spec.
REQUIRED_BY_TYPE = [("type", name, list(destination_type.required)) for name, destination_type in DESTINATION_TYPES.items()]


def create_destination(options: Mapping[str, Any], payload: Payload) -> Destination:
    """The destination with these options, which are those of DESTINATION_OPTIONS.

    :raises DeliveryError: they do not fit. :raises InvalidOption: its CA certificates cannot be used.
    """
    name = options["type"]
    destination_type = DESTINATION_TYPES[name]
    known = {*_COMMON, *destination_type.options}
    unknown = sorted(option for option, spec in DESTINATION_OPTIONS.items() if option not in known and options[option] != spec.get("default"))
    if unknown:
        raise DeliveryError(f"{', '.join(unknown)}: a destination of type {name} has no such option")
    for option in ("timeout", "deadline"):
        in_range(option, options[option], 1)
    if not payload.path and destination_type.needs_file:
        raise DeliveryError(f"src must be set for a destination of type {name}")
    return destination_type.create(options, payload)


def deliver_with_retries(destination: Destination, retries: int, delay: float) -> tuple[str, int]:
    """Deliver, with retries of transient errors while there is time.

    :param retries: at most. :param delay: seconds before each.
    :return: what ``deliver`` returned, and the number of attempts.
    :raises DeliveryError: the last one, with the number of attempts where a retry can help.
    """
    attempts = 0

    def attempt() -> str:
        nonlocal attempts
        attempts += 1
        return destination.deliver()

    def should_retry(error: EstateError) -> bool:
        return error.transient and delay < destination.limits.remaining

    try:
        return call_with_retries(attempt, retries, should_retry=should_retry, sleep=destination.limits.pause, pause=lambda _number: delay), attempts
    except DeliveryError as error:
        if not error.transient:
            raise
        raise DeliveryError(f"{error} (attempts: {attempts})") from error
