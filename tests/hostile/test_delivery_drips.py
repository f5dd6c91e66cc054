# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations that drip: they send a byte now and then, without end. Only their own delivery fails, and in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from drips import DRIPS, drip, listening

from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, create_destination, deliver_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

_LATE = 25
_GREETINGS = {
    "silence": (b"", b"", 0.3),
    "greeting": (b"220-", b"a", 0.3),
    "greetings": (b"", b"220-a\r\n", 0.3),
    "greetings, a flood": (b"", b"220-a\r\n" * 1000, 0),
    "answer to EHLO": (b"220 a\r\n250-", b"a", 0.3),
    "answers to EHLO": (b"220 a\r\n", b"250-a\r\n", 0.3),
    "answer to a sender": (b"220 a\r\n250 a\r\n250", b"a", 0.3),
}
_MAIL = {"type": "mail", "server": "127.0.0.1", "tls": "none", "sender": "a@example.com", "recipients": ["b@example.com"]}
_TLS = (b"\x16\x03\x03\x40\x00\x02", b"\x00", 0.3)


def _http(port: int) -> dict[str, Any]:
    return {"type": "http", "url": f"http://127.0.0.1:{port}/"}


def _s3(port: int) -> dict[str, Any]:
    return {"type": "s3", "url": f"http://127.0.0.1:{port}", "bucket": "estate", "access_key": "me", "secret_key": "mine", "region": "us-east-1"}


def _mail(port: int) -> dict[str, Any]:
    return {**_MAIL, "port": port}


def _mail_tls(port: int) -> dict[str, Any]:
    return {**_MAIL, "port": port, "tls": "tls", "validate_certs": False}


def _https(port: int) -> dict[str, Any]:
    return {"type": "http", "url": f"https://127.0.0.1:{port}/", "validate_certs": False}


_HEADS = [kind for kind in DRIPS if "body" not in kind and "trailers" not in kind and "chunk" not in kind]
#: Name to the function that makes the options of a destination on a port, and what the server there drips.
CASES: dict[str, tuple[Callable[[int], dict[str, Any]], tuple[bytes, bytes, float]]] = {
    **{f"{kind} of HTTP": (_http, DRIPS[kind]) for kind in _HEADS},
    **{f"{kind} of S3": (_s3, DRIPS[kind]) for kind in ("header", "body", "100 continue")},
    **{f"{kind} of mail": (_mail, drips) for kind, drips in _GREETINGS.items()},
    "TLS of HTTP": (_https, _TLS),
    "TLS of mail": (_mail_tls, _TLS),
}


def _outcome(options: dict[str, Any], path: str) -> tuple[str, float]:
    """The error of a delivery, and the seconds that it took."""
    defaults = {name: spec.get("default") for name, spec in DESTINATION_OPTIONS.items()}
    begun = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        deliver_with_retries(create_destination({**defaults, **options}, Payload(path)), 5, 0)
    return str(caught.value), time.monotonic() - begun


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[tuple[str, float]]]]:
    """Run many cases at once: most of the time they wait."""
    file = tmp_path_factory.mktemp("delivery") / "estate.xlsx"
    file.write_bytes(b"workbook")
    with ThreadPoolExecutor(8) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield {
            name: pool.submit(_outcome, {**of(listening(lambda connection, drips=drips: drip(connection, *drips))), "timeout": 1, "deadline": 3}, str(file))
            for name, (of, drips) in CASES.items()
        }


@pytest.mark.parametrize("case", CASES)
def test_ends_in_time(outcomes, case):
    why, seconds = outcomes[case].result(120)
    assert seconds < _LATE
    assert any(part in why for part in ("raise deadline", "no reply in time", "sends more than it should")), why
