# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Rows of sources for an inventory: read live in parallel, from scan files, or from a cache.

A cache holds plain JSON data as it was read; nothing in it depends on other options.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict

from ansible.errors import AnsibleError

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import SCOPES_SECTION
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import find_scans
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError, wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import Source

#: Version of a cached result.
_FORMAT = 1
_MOST_ISSUES = 100


class SourceFailed(EstateError):
    """Sources could not be read. The message names each with the reason."""

    kind = "source"
    limit = 100_000


def cache_key(source: Source, request: ScanRequest) -> str:
    """The key of a source's result in a cache: different for everything that changes the result."""
    connection = source.connection
    # A session token does not say whose account it is.
    parts = [_FORMAT, source.alias, connection.address, connection.session_token, request.fingerprint(connection)]
    return "estate_vmware_" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class SectionRows(TypedDict):
    """The rows of a section, each with a value for each field."""

    fields: list[str]
    rows: list[Sequence[Any]]


@dataclass
class SourceResult:
    """What was read of a source.

    :ivar finished: when it was read, ISO 8601 in UTC.
    :ivar sections: rows by section.
    :ivar issues: the first ones, each with section, object, property, kind, message. :ivar issue_count: of all.
    :ivar identity: instance UUID of a vCenter, hardware UUID of an ESXi host; empty where unknown.
    """

    source: str
    address: str
    type: str
    finished: str
    sections: dict[str, SectionRows]
    issues: list[dict[str, str]] = field(default_factory=list)
    issue_count: int = 0
    identity: str = ""

    @classmethod
    def of(cls, scan: Scan, sections: Sequence[Section]) -> SourceResult:
        """The rows of these sections in a scan.

        :raises SourceFailed: the scan failed, or lacks one of the sections.
        :raises ScanFileError: its file is damaged.
        """
        head = scan.head
        if head.status == FAILED:
            raise SourceFailed(head.error)
        issues = scan.issues(_MOST_ISSUES)
        for section in sections:
            if section.key not in scan.counts:
                reason = next((issue.message for issue in issues if issue.section == section.key), f"the scan has no section {section.key}")
                raise SourceFailed(reason)
        scan.check([section.key for section in sections])
        found: dict[str, SectionRows] = {}
        for section in sections:
            keys = [item.key for item in section.fields]
            found[section.key] = {"fields": keys, "rows": list(scan.rows(section.key, keys))}
        identity = str(head.about.get("instance_uuid") or "").lower()
        return cls(head.source, head.address, head.type, head.finished, found, [vars(issue) for issue in issues], scan.issue_count(), identity)

    @property
    def unmatched_scopes(self) -> dict[str, str]:
        """Names in the scopes that this source does not have, each with its message."""
        return {issue["message"].partition(";")[0]: issue["message"] for issue in self.issues if issue["section"] == SCOPES_SECTION}

    @property
    def issue_summary(self) -> str:
        """What could not be read, in a few words; empty for nothing. Unmatched scopes do not count: not every source has all names."""
        count = self.issue_count - len(self.unmatched_scopes)
        first = next((issue for issue in self.issues if issue["section"] != SCOPES_SECTION), None)
        if first is None:
            return ""
        return f"{count} {'things' if count > 1 else 'thing'} could not be read, first: {first['object'] or first['section']}: {first['message']}"


class Cache:
    """Earlier results, in the cache plugin that Ansible is configured to use.

    :param plugin: the cache plugin. Its timeout is 0 where expired results may be used.
    :param lifetime: seconds for which a result is fresh, 0 for ever.
    :param warn: called with a message for each entry that cannot be used.
    """

    def __init__(self, plugin: Any, lifetime: float, warn: Callable[[str], None]) -> None:
        self._plugin = plugin
        self._lifetime = lifetime
        self._warn = warn

    def fresh(self, key: str) -> SourceResult | None:
        """A result that has not expired."""
        return self._get(key, self._lifetime)

    def last(self, key: str) -> SourceResult | None:
        """A result of any age."""
        return self._get(key, 0)

    def put(self, key: str, result: SourceResult) -> None:
        """Store a result, as one text: cache plugins copy nested data value by value."""
        try:
            self._plugin.set(key, {"format": _FORMAT, "written": int(time.time()), "result": json.dumps(asdict(result), ensure_ascii=False)})
        except Exception as error:  # pylint: disable=broad-except
            # Each cache plugin has errors of its own, and the inventory is complete without a cache.
            self._warn(f"the cache cannot store the result of {result.source}: {error}")

    def _get(self, key: str, lifetime: float) -> SourceResult | None:
        try:
            kept = self._plugin.get(key)
            if not kept or (lifetime and time.time() - kept["written"] > lifetime):
                return None
            if kept["format"] != _FORMAT:
                raise ValueError(f"format {kept['format']} is not supported")
            return SourceResult(**json.loads(kept["result"]))
        except KeyError:
            # There is no entry, or one of something else.
            if self._plugin.contains(key):
                self._warn(f"cache entry {key} is not a result of this plugin; reading the source again")
            return None
        except (AnsibleError, TypeError, ValueError) as error:
            self._warn(f"cache entry {key} cannot be used; reading the source again: {error}")
            return None


def read_scans(paths: Sequence[str], sections: Sequence[Section], warn: Callable[[str], None]) -> list[SourceResult]:
    """The newest scan of each source; where that one failed, the newest good one, with a warning.

    :raises SourceFailed: a source has no good scan, or a file cannot be read.
    """
    good: dict[str, tuple[str, str]] = {}
    failed: dict[str, tuple[str, str, str]] = {}
    try:
        for path in find_scans(paths):
            scan = Scan.open(path)
            head = scan.head
            if head.status == FAILED:
                failed[head.source] = max(failed.get(head.source, ("", "", "")), (head.started, path, head.error))
            else:
                good[head.source] = max(good.get(head.source, ("", "")), (head.started, path))
            scan.close()
    except ScanFileError as error:
        raise SourceFailed(str(error)) from error
    newest = {source: (good.get(source) or failed[source])[1] for source in {**good, **failed}}
    if not newest:
        raise SourceFailed(f"scans: no scan files in {', '.join(paths)}: scan a source first, or name another folder")
    for source, (started, _path, reason) in failed.items():
        if source in good and started >= good[source][0]:
            warn(f"{source} could not be read at {started}; using its scan of {good[source][0]}: {reason}")

    def read(path: str) -> SourceResult:
        scan = Scan.open(path)
        try:
            return SourceResult.of(scan, sections)
        finally:
            scan.close()

    return _all_or_none({source: _read_or_error(read, path) for source, path in newest.items()})


def read_live(
    sources: Sequence[Source], request: ScanRequest, parallel: int, cache: Cache | None, use_fresh: bool, use_stale: bool, warn: Callable[[str], None]
) -> list[SourceResult]:
    """Read sources, or take their results from the cache; in their order.

    :param parallel: how many to read at a time.
    :param cache: None to use none. :param use_fresh: use fresh results in it.
    :param use_stale: use expired results in it where a source cannot be read, with a warning.
    :raises SourceFailed: a source could not be read.
    """
    results: dict[str, SourceResult | Exception] = {}
    missing = []
    for source in sources:
        kept = cache.fresh(cache_key(source, request)) if cache and use_fresh else None
        if kept:
            results[source.alias] = kept
        else:
            missing.append(source)

    interrupted = threading.Event()

    def read(source: Source) -> SourceResult:
        scan = scan_source(source.connection, source.alias, request, IN_MEMORY, _InterruptibleProgress(interrupted))
        # A scan in memory can only be read by the thread that wrote it.
        return SourceResult.of(scan, request.sections)

    with ThreadPoolExecutor(max_workers=max(1, min(parallel, len(missing)))) as readers:
        try:
            read_now = dict(zip(missing, readers.map(lambda source: _read_or_error(read, source), missing)))
        except BaseException:
            # Only this thread gets the interrupt.
            interrupted.set()
            raise
    for source, result in read_now.items():
        key = cache_key(source, request)
        if isinstance(result, SourceResult):
            if cache:
                cache.put(key, result)
        elif use_stale and cache and (old := cache.last(key)):
            warn(f"{source.alias} could not be read; using its cached result of {old.finished}: {result}")
            result = old
        results[source.alias] = result
    return _all_or_none({source.alias: results[source.alias] for source in sources})


class _InterruptibleProgress(Progress):
    """Cancels a scan after the current page, which logs out, once the inventory was interrupted."""

    def __init__(self, interrupted: threading.Event) -> None:
        super().__init__()
        self._interrupted = interrupted

    def advance(self, machines: int) -> None:
        super().advance(machines)
        if self._interrupted.is_set():
            raise Cancelled("the inventory was interrupted")


def _read_or_error(read: Callable[[Any], SourceResult], what: Any) -> SourceResult | Exception:
    try:
        with wrap_unexpected_errors():
            return read(what)
    except (SourceFailed, ScanFileError, VsphereError, InvalidOption) as error:
        return error


def _all_or_none(results: Mapping[str, SourceResult | Exception]) -> list[SourceResult]:
    failed = {source: result for source, result in results.items() if isinstance(result, Exception)}
    if failed:
        count = f"{len(failed)} of {len(results)} sources" if len(results) > 1 else "the source"
        raise SourceFailed(f"{count} could not be read: " + "; ".join(f"{source}: {error}" for source, error in failed.items()))
    return list(results.values())  # type: ignore[arg-type]
