# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import (
    DESTINATION_OPTIONS,
    DESTINATION_TYPES,
    create_destination,
    deliver_with_retries,
)
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload


def options(**given):
    return {**{name: spec.get("default") for name, spec in DESTINATION_OPTIONS.items()}, **given}


HTTP = {"type": "http", "url": "https://files.example.com/inventory/"}
S3 = {"type": "s3", "bucket": "estate"}
MAIL = {"type": "mail", "server": "smtp.example.com", "sender": "a@example.com", "recipients": ["b@example.com"]}
PAYLOAD = Payload("/tmp/estate 1.xlsx")


@pytest.mark.parametrize(
    ("given", "location"),
    [
        (HTTP, "https://files.example.com/inventory/estate%201.xlsx"),
        ({**HTTP, "url": "https://files.example.com/a b/%41ño.xlsx?sig=secret"}, "https://files.example.com/a%20b/%41%C3%B1o.xlsx"),
        ({**HTTP, "url": "https://files.example.com"}, "https://files.example.com/estate%201.xlsx"),
        (S3, "s3://estate/estate 1.xlsx"),
        ({**S3, "key": "/nightly/"}, "s3://estate/nightly/estate 1.xlsx"),
        ({**S3, "key": "x.xlsx"}, "s3://estate/x.xlsx"),
        (MAIL, "b@example.com"),
    ],
)
def test_location(given, location):
    assert create_destination(options(**given), PAYLOAD).location == location


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({**HTTP, "bucket": "b", "tls": "none"}, "bucket, tls: a destination of type http has no such option"),
        ({**HTTP, "timeout": 0}, "timeout must be 1 or greater (got 0)"),
        ({**MAIL, "deadline": -1}, "deadline must be 1 or greater (got -1)"),
        ({**HTTP, "url": "ftp://files.example.com/"}, "url must begin with https:// and a host name"),
        ({**HTTP, "url": "https://files.example.com:port/"}, "url must begin with https:// and a host name"),
        ({**HTTP, "url": "https://me:hidden@files.example.com/"}, "url must not contain a user"),
        ({**HTTP, "url": "https://files\x1b.example.com/"}, "url must begin with https:// and a host name"),
        ({**HTTP, "url": "https://files.example.com/\ud800"}, "url must begin with https:// and a host name"),
        ({**MAIL, "port": 99999}, "port must be 1 to 65535 (got 99999)"),
        ({**MAIL, "port": 0}, "port must be 1 to 65535 (got 0)"),
        ({**MAIL, "attachment_limit": float("nan")}, "attachment_limit must be 0 or greater (got nan)"),
        ({**MAIL, "attachment_limit": -1}, "attachment_limit must be 0 or greater (got -1)"),
        ({**HTTP, "username": "me"}, "username and password must be set together"),
        ({**HTTP, "token": "t", "username": "me", "password": "hidden"}, "token contradicts username and password"),
        ({**HTTP, "headers": {"X-Key": "hidden\nInjected: 1"}}, "'X-Key' has a line break"),
        ({**HTTP, "token": "hidden\nInjected: 1"}, "'Authorization' has a line break"),
        ({**S3, "access_key": "me"}, "access_key and secret_key must be set together"),
        ({**S3, "ca_path": "/nowhere.pem"}, "ca_path: /nowhere.pem does not exist"),
        ({**S3, "url": "no url"}, "boto3 refused these options: Invalid endpoint"),
        ({**MAIL, "password": "hidden"}, "username and password must be set together"),
        ({**MAIL, "recipients": ["b@example.com", "b"]}, "recipients: 'b' is not a mail address"),
        ({**MAIL, "sender": "a@example.com\nBcc: c@example.com"}, "is not a mail address"),
    ],
)
def test_options_that_contradict(given, message):
    with pytest.raises((DeliveryError, InvalidOption)) as caught:
        create_destination(options(**given), PAYLOAD)
    assert message in str(caught.value) and "hidden" not in str(caught.value) and not caught.value.transient


@pytest.mark.parametrize("given", [HTTP, S3])
def test_only_a_mail_goes_without_a_file(given):
    with pytest.raises(DeliveryError, match="src must be set for a destination of type"):
        create_destination(options(**given), Payload(""))
    assert create_destination(options(**MAIL), Payload("")).location


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({**HTTP, "url": "http://files.example.com/", "token": "t"}, True),
        ({**HTTP, "url": "http://files.example.com/"}, False),
        ({**HTTP, "token": "t"}, False),
        ({**MAIL, "tls": "none", "username": "me", "password": "p"}, True),
        ({**MAIL, "tls": "none"}, False),
        (S3, False),
    ],
)
def test_warning_of_unencrypted_credentials(given, warned):
    assert bool(create_destination(options(**given), PAYLOAD).warning) == warned


def test_no_option_has_two_specs():
    for name in {name for known in DESTINATION_TYPES.values() for name in known.options}:
        specs = [known.options[name] for known in DESTINATION_TYPES.values() if name in known.options]
        assert all(spec == specs[0] == DESTINATION_OPTIONS[name] for spec in specs), name


def test_the_role_knows_every_type():
    variables = yaml.safe_load((Path(__file__).parents[5] / "roles" / "vmware_deliver" / "vars" / "main.yml").read_text(encoding="utf-8"))
    assert variables["vmware_deliver_types"] == sorted(["copy", *DESTINATION_TYPES])


class Failing:
    """A destination that fails in these ways, one after another, and then succeeds."""

    def __init__(self, *errors, left=60.0):
        self.errors = list(errors)
        self.remaining = left
        self.pauses = []
        self.limits = self

    def deliver(self):
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.remaining -= seconds


def transient():
    return DeliveryError("not now", transient=True)


def test_transient_errors_are_retried():
    place = Failing(transient(), transient())
    assert deliver_with_retries(place, 2, 7) == ("done", 3)
    assert place.pauses == [7, 7]


@pytest.mark.parametrize(("left", "attempts"), [(60, 3), (7, 1), (8, 2), (14, 2)])
def test_last_error_has_the_number_of_attempts(left, attempts):
    place = Failing(*[transient()] * 9, left=left)
    with pytest.raises(DeliveryError, match=rf"^not now \(attempts: {attempts}\)$"):
        deliver_with_retries(place, 2, 7)


def test_other_errors_are_not_retried():
    place = Failing(DeliveryError("never"))
    with pytest.raises(DeliveryError, match="^never$"):
        deliver_with_retries(place, 5, 1)
    assert place.pauses == []
