# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A scan that is recent enough is not made again: a job that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK, TIME, Scan, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import Scope
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

_AGE = re.compile(r"(\d{1,9}) ?([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def age(text: str, option: str) -> timedelta:
    """Seconds, or a number with its unit: ``3600``, ``90m``, ``12h``, ``7d``.

    :raises InvalidOption: it is neither.
    """
    found = _AGE.fullmatch(text.strip())
    if not found:
        raise InvalidOption(f"{option} must be seconds, or a number with s, m, h or d, such as 12h (got {quoted(text)})")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def question(connection: Connection, sections: Sequence[Section], environment: tuple[str, Any] | None, with_tags: bool, scopes: Sequence[Scope] = ()) -> str:
    """All that decides what a scan of an address holds, as a text that is the same where that is."""
    asked = {
        "account": connection.username,
        "environment": environment,
        "scopes": [[[step.kind, *step.names] for step in scope] for scope in scopes],
        "sections": {section.key: [field.key for field in section.fields] for section in sections},
        "tags": with_tags and connection.opens_rest,
    }
    return json.dumps(asked, ensure_ascii=False, sort_keys=True)


def recent_scan(path: str, source: str, address: str, asked: str, most: timedelta) -> Scan | None:
    """The scan of this file, where it is whole, of this source, of this very question, and was begun no longer ago than that."""
    try:
        scan = Scan.open(path)
    except ScanFileError:
        return None
    head = scan.head
    if head.started and (head.source, head.address, head.request_fingerprint, head.status) == (source, address, asked, OK):
        began = datetime.strptime(head.started, TIME).replace(tzinfo=timezone.utc)
        # A scan of the future says nothing about its age, nor does a damaged one.
        with suppress(ScanFileError):
            if timedelta(0) <= datetime.now(timezone.utc) - began < most:
                scan.check()
                return scan
    scan.close()
    return None
