# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Rows of sources for an inventory: read side by side, from scans of earlier, or out of a cache.

What is kept of a source is plain data that JSON can say, as it was read: nothing of it is derived from other options.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.collector import SCOPES_SECTION
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Cancelled, Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, Scan, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import find_scans
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError, wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import Source

#: Version of what is kept in a cache.
_FORMAT = 1
_MOST_ISSUES = 100


class SourceFailed(EstateError):
    """Sources could not be read. The message names each, and why."""

    kind = "source"
    limit = 100_000


def cache_key(source: Source, request: ScanRequest) -> str:
    """Where a cache keeps the answer of a source: another key for everything that changes the answer."""
    connection = source.connection
    # A session token does not say whose account it is.
    parts = [_FORMAT, source.alias, connection.address, connection.session_token, request.fingerprint(connection)]
    return "estate_vmware_" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass
class Answer:
    """What a source answered.

    :ivar finished: when it was read, ISO 8601 in UTC.
    :ivar sections: section to its fields and rows: ``{"fields": [key, …], "rows": [[value, …], …]}``.
    :ivar issues: the first ones, each with section, object, property, kind, message. :ivar issue_count: of all.
    :ivar identity: instance UUID of a vCenter, hardware UUID of an ESXi host; empty where nobody knows.
    """

    source: str
    address: str
    type: str
    finished: str
    sections: dict[str, dict[str, list]]
    issues: list[dict[str, str]] = field(default_factory=list)
    issue_count: int = 0
    identity: str = ""

    @classmethod
    def of(cls, scan: Scan, sections: Sequence[Section]) -> Answer:
        """What a scan holds of some sections.

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
        found = {}
        for section in sections:
            keys = [item.key for item in section.fields]
            found[section.key] = {"fields": keys, "rows": list(scan.rows(section.key, keys))}
        identity = str(head.about.get("instance_uuid") or "").lower()
        return cls(head.source, head.address, head.type, head.finished, found, [vars(issue) for issue in issues], scan.issue_count(), identity)

    @property
    def not_in_scope(self) -> dict[str, str]:
        """What the scopes name and this source does not have: message by what is named."""
        return {issue["message"].partition(";")[0]: issue["message"] for issue in self.issues if issue["section"] == SCOPES_SECTION}

    @property
    def gaps(self) -> str:
        """What could not be read, in a few words; empty for nothing. Of several sources not each has what a scope names."""
        count = self.issue_count - len(self.not_in_scope)
        first = next((issue for issue in self.issues if issue["section"] != SCOPES_SECTION), None)
        if first is None:
            return ""
        return f"{count} {'things' if count > 1 else 'thing'} could not be read, first: {first['object'] or first['section']}: {first['message']}"


class Cache:
    """Answers of earlier, by the plugin that Ansible is configured to use.

    :param plugin: a cache plugin, told to keep things as long as anybody may want them.
    :param lifetime: seconds for which an answer is fresh, 0 for ever.
    :param warn: tells people of what cannot be used.
    """

    def __init__(self, plugin: Any, lifetime: float, warn: Callable[[str], None]) -> None:
        self._plugin = plugin
        self._lifetime = lifetime
        self._warn = warn

    def fresh(self, key: str) -> Answer | None:
        """An answer that is young enough."""
        return self._get(key, self._lifetime)

    def last(self, key: str) -> Answer | None:
        """An answer of any age."""
        return self._get(key, 0)

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer. As one text: cache plugins walk through everything that is more."""
        try:
            self._plugin.set(key, {"format": _FORMAT, "written": int(time.time()), "answer": json.dumps(asdict(answer), ensure_ascii=False)})
        except Exception as error:  # pylint: disable=broad-except
            # Each plugin has errors of its own, and the inventory is whole without any.
            self._warn(f"the cache cannot keep what {answer.source} answered: {error}")

    def _get(self, key: str, lifetime: float) -> Answer | None:
        try:
            kept = self._plugin.get(key)
            if not kept or (lifetime and time.time() - kept["written"] > lifetime):
                return None
            if kept["format"] != _FORMAT:
                raise ValueError(f"it is of format {kept['format']}")
            return Answer(**json.loads(kept["answer"]))
        except KeyError:
            # Nothing is there, or something else is.
            if self._plugin.contains(key):
                self._warn(f"the cache holds something else under {key}, which is read anew")
            return None
        except (AnsibleError, TypeError, ValueError) as error:
            self._warn(f"the cache cannot be used for {key}, which is read anew: {error}")
            return None


def read_scans(paths: Sequence[str], sections: Sequence[Section], warn: Callable[[str], None]) -> list[Answer]:
    """What scans of earlier hold, of several of one source the newest. Where that failed, the newest that did not stands in for it, with a warning.

    :raises SourceFailed: one is of a source that could never be read, or cannot be read itself.
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
        raise SourceFailed(f"scans: {', '.join(paths)} hold no scan; scan a source first, or name other folders")
    for source, (started, _path, error) in failed.items():
        if source in good and started >= good[source][0]:
            warn(f"{source} could not be read at {started}, its scan of {good[source][0]} is used: {error}")

    def read(path: str) -> Answer:
        scan = Scan.open(path)
        try:
            return Answer.of(scan, sections)
        finally:
            scan.close()

    return _all_or_none({source: _attempt(read, path) for source, path in newest.items()})


def read_live(
    sources: Sequence[Source], request: ScanRequest, side_by_side: int, cache: Cache | None, use_fresh: bool, use_stale: bool, warn: Callable[[str], None]
) -> list[Answer]:
    """What sources answer, in their order.

    :param side_by_side: how many at a time.
    :param cache: where answers are kept; None for nowhere. :param use_fresh: what is fresh in it counts.
    :param use_stale: what is in it counts where a source cannot be read, with a warning.
    :raises SourceFailed: a source could not be read.
    """
    answers: dict[str, Answer | Exception] = {}
    missing = []
    for source in sources:
        kept = cache.fresh(cache_key(source, request)) if cache and use_fresh else None
        if kept:
            answers[source.alias] = kept
        else:
            missing.append(source)

    is_over = threading.Event()

    def read(source: Source) -> Answer:
        scan = scan_source(source.connection, source.alias, request, IN_MEMORY, _UntilOver(is_over))
        # The database of a scan in memory is only for the thread that made it.
        return Answer.of(scan, request.sections)

    with ThreadPoolExecutor(max_workers=max(1, min(side_by_side, len(missing)))) as readers:
        try:
            read_now = dict(zip(missing, readers.map(lambda source: _attempt(read, source), missing)))
        except BaseException:
            # Of an interrupt only this thread hears.
            is_over.set()
            raise
    for source, answer in read_now.items():
        key = cache_key(source, request)
        if isinstance(answer, Answer):
            if cache:
                cache.put(key, answer)
        elif use_stale and cache and (old := cache.last(key)):
            warn(f"{source.alias} could not be read, what it answered at {old.finished} is used: {answer}")
            answer = old
        answers[source.alias] = answer
    return _all_or_none({source.alias: answers[source.alias] for source in sources})


class _UntilOver(Progress):
    """Ends a reading with the page at hand, logged out, when nobody waits for it any more."""

    def __init__(self, is_over: threading.Event) -> None:
        super().__init__()
        self._is_over = is_over

    def advance(self, machines: int) -> None:
        super().advance(machines)
        if self._is_over.is_set():
            raise Cancelled("the inventory was interrupted")


def _attempt(read: Callable[[Any], Answer], what: Any) -> Answer | Exception:
    try:
        with wrap_unexpected_errors():
            return read(what)
    except (SourceFailed, ScanFileError, VsphereError, InvalidOption) as error:
        return error


def _all_or_none(answers: Mapping[str, Answer | Exception]) -> list[Answer]:
    failed = {source: answer for source, answer in answers.items() if isinstance(answer, Exception)}
    if failed:
        count = f"{len(failed)} of {len(answers)} sources" if len(answers) > 1 else "the source"
        raise SourceFailed(f"{count} could not be read: " + "; ".join(f"{source}: {error}" for source, error in failed.items()))
    return list(answers.values())  # type: ignore[arg-type]
