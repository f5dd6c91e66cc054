# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A scan on disk: one SQLite file a source, one table a section.

Besides the tables of its sections a scan file has

* ``scan``: one row: the source, the times and the result;
* ``sections``: the sections with their row counts and seconds;
* ``fields``: the columns of each section with kind, unit and description, so that readers need no catalog;
* ``issues``: what could not be read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import SkippedByOptions

#: Version of the tables. Readers reject later ones.
FORMAT = 1
SUFFIX = ".sqlite"
IN_MEMORY = ":memory:"
#: Format of times, all in UTC.
TIME = "%Y-%m-%dT%H:%M:%SZ"

OK = "ok"
PARTIAL = "partial"
FAILED = "failed"
#: Kind of issues that do not make a scan partial: the options given cannot read this.
LEFT_OUT = SkippedByOptions.kind


class ScanFileError(EstateError):
    """A scan file cannot be read or written. The message names the file and what to do."""

    kind = "scan_file"


@dataclass(frozen=True)
class Issue:
    """One thing that could not be read. Each text is one line.

    :ivar kind: no_permission, unreadable, missing, timeout, …, or :data:`LEFT_OUT`.
    """

    section: str
    object: str
    property: str
    kind: str
    message: str

    def __post_init__(self) -> None:
        for name, text in vars(self).items():
            object.__setattr__(self, name, one_line(text))


@dataclass
class ScanHead:
    """A scan without its rows.

    :ivar source: alias of the source. :ivar address: host name or address it was read from.
    :ivar type: vCenter or ESXi; empty if the source did not answer.
    :ivar about: product of the server: name, full_name, version, build, api_version, api_type, instance_uuid.
    :ivar certificate: subject, issuer, not_before, not_after, fingerprint, and days_left at the start of the scan, None if unknown;
        empty without a connection, and in files of older releases.
    :ivar status: ok, partial or failed. :ivar error: why it failed. :ivar error_kind: its kind, one word.
    :ivar started: and finished: ISO 8601 in UTC. :ivar seconds: between the two. :ivar calls: number of requests.
    :ivar request_fingerprint: see request.py; empty in files of older releases.
    """

    source: str
    address: str
    type: str = ""
    about: dict[str, str] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict)
    status: str = FAILED
    error_kind: str = ""
    error: str = ""
    started: str = ""
    finished: str = ""
    seconds: float = 0.0
    calls: int = 0
    request_fingerprint: str = ""


@dataclass(frozen=True)
class Standing:
    """A scan among the other scans of a report. It is in no scan file.

    :ivar last_read: for a source that could not be read: when its last good scan finished; empty without one.
    :ivar last_tried: when reading it failed then; empty if unknown.
    :ivar duplicate_of: another source that is the same server.
    """

    last_read: str = ""
    last_tried: str = ""
    duplicate_of: str = ""


def checksum(path: str) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
