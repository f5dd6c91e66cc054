# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A scan on disk: one SQLite file a source, one table a section.

Besides the tables of its sections a scan file has

* ``scan``: one row, what was read, when, and how it ended;
* ``sections``: the sections it holds, with their row counts and seconds;
* ``fields``: the columns of each section with kind and unit, so that a reader needs no catalog of its own;
* ``issues``: a row each thing that could not be read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import SkippedByOptions

#: Version of the tables below. A reader refuses files of a later one.
FORMAT = 1
SUFFIX = ".sqlite"
IN_MEMORY = ":memory:"
#: How times are written, all in UTC.
TIME = "%Y-%m-%dT%H:%M:%SZ"

OK = "ok"
PARTIAL = "partial"
FAILED = "failed"
#: Kind of an issue that makes no scan partial: what the options given cannot read.
LEFT_OUT = SkippedByOptions.kind


class ScanFileError(EstateError):
    """A scan file cannot be read or written. The message names the file and what to do."""

    kind = "scan_file"


@dataclass(frozen=True)
class Issue:
    """One thing that could not be read. Each text is one line, whatever a server said.

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
    """What is known of a scan besides its rows.

    :ivar source: alias of the source. :ivar address: host name or address it was read from.
    :ivar type: vCenter, ESXi, or empty when the source did not answer.
    :ivar about: product facts of the server: name, full_name, version, build, api_version, api_type, instance_uuid.
    :ivar certificate: what its certificate says: subject, issuer, not_before, not_after, fingerprint, and days_left when reading began, None
        where that is not known; empty where there was no connection, and in files of releases that did not say so.
    :ivar status: ok, partial or failed. :ivar error: why it failed; its kind is a word for programs.
    :ivar started: and finished: ISO 8601 in UTC. :ivar seconds: between the two. :ivar calls: requests that it took.
    :ivar request_fingerprint: what was read, see reuse.py; empty in files of older releases.
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
    """What is known of a scan beside others of a report; in no file.

    :ivar last_read: of a source that could not be read, when one of its scans that did not fail was finished; empty where there is none.
    :ivar last_tried: when reading it failed then; empty where nobody knows.
    :ivar duplicate_of: the source that is the same one.
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
