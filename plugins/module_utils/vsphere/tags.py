# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Tags of managed objects: one request for thousands of objects, and one for each tag and each category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.json_values import elements, member, text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_SOURCE_TAGS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.rest import RestSession
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

#: Objects per request that vCenter accepts.
_BATCH = 2000

TAG, CATEGORY, ASSOCIATION = "cis/tagging/tag", "cis/tagging/category", "cis/tagging/tag-association"


class _Tag(NamedTuple):
    """A tag: its name, and the identifier of its category."""

    name: str
    category: str


class _Cache(dict[str, Result]):
    """Identifier to what was fetched for it; a new identifier is fetched when it is looked up."""

    def __init__(self, fetch: Callable[[str], Result]) -> None:
        super().__init__()
        self._fetch = fetch

    def __missing__(self, identifier: str) -> Result:
        if len(self) >= MAX_SOURCE_TAGS:
            raise ServerFault(f"the tagging service has more than {MAX_SOURCE_TAGS:,} tags: check what creates them, or set with_tags: false")
        found = self[identifier] = self._fetch(identifier)
        return found


class TagReader:
    """Reads tags in a REST session of its own; a context manager that logs in and out. An ESXi host has no tags."""

    def __init__(self, connection: Connection, transport: HttpTransport, version: tuple[int, ...]) -> None:
        """Connect to nothing yet; parameters as of RestSession."""
        self._rest = RestSession(connection, transport, version)
        # None for a tag or category that was deleted meanwhile.
        self._tags: _Cache[_Tag | None] = _Cache(lambda identifier: self._rest.get_item(TAG, identifier, _read_tag))
        self._categories: _Cache[str | None] = _Cache(lambda identifier: self._rest.get_item(CATEGORY, identifier, _read_category))

    def __enter__(self) -> TagReader:
        """Log in.

        :raises VsphereError: as RestSession does.
        """
        self._rest.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rest.__exit__(kind, error, trace)

    def tags_of(self, refs: Sequence[MoRef]) -> dict[MoRef, dict[str, list[str]]]:
        """The tags of managed objects: name of the category to names of the tags, both sorted. An object without tags has no entry.

        :raises VsphereError: they cannot be read, retries included.
        """
        found = {}
        unique = list(dict.fromkeys(refs))
        for start in range(0, len(unique), _BATCH):
            for ref, identifiers in self._attached(unique[start : start + _BATCH]).items():
                if named := self._named(identifiers):
                    found[ref] = named
        return found

    def _attached(self, refs: Sequence[MoRef]) -> dict[MoRef, list[str]]:
        """Identifiers of the tags of some objects, _BATCH of them at most."""

        def read(value: Any) -> dict[MoRef, list[str]]:
            attached: dict[MoRef, list[str]] = {ref: [] for ref in refs}
            for entry in elements(value, "list of objects"):
                if entry is None:
                    continue
                owner = member(entry, "object_id")
                ref = MoRef(text(member(owner, "type"), "type"), text(member(owner, "id"), "id"))
                # Ignore objects that were not requested.
                attached.get(ref, []).extend(text(identifier, "tag") for identifier in elements(member(entry, "tag_ids"), "list of tags"))
            return attached

        body = {"object_ids": [{"type": ref.type, "id": ref.moid} for ref in refs]}
        return self._rest.call_action(ASSOCIATION, "list-attached-tags-on-objects", body, read)

    def _named(self, identifiers: Iterable[str]) -> dict[str, list[str]]:
        """Category to tags, by name."""
        named: defaultdict[str, set[str]] = defaultdict(set)
        for tag in map(self._tags.__getitem__, identifiers):
            category = self._categories[tag.category] if tag else None
            if tag and category is not None:
                named[category].add(tag.name)
        return {category: sorted(named[category]) for category in sorted(named)}


def _read_tag(value: Any) -> _Tag:
    return _Tag(text(member(value, "name"), "name"), text(member(value, "category_id"), "category"))


def _read_category(value: Any) -> str:
    return text(member(value, "name"), "name")
