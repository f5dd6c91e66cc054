# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Pages of objects, each object once. A read is repeated where something about it can be changed: a property that the server
does not know is left out, and pages that are too large become smaller."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KEYED
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import NO_PROPERTY
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, ResponseTooLarge, UnknownProperty
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve, retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

MACHINE = "VirtualMachine"
_VCENTER_ONLY = frozenset(("ClusterComputeResource", "DistributedVirtualPortgroup", "DistributedVirtualSwitch", "OpaqueNetwork", "VirtualApp"))
#: Pages in a row without a new object before a server is given up.
_MOST_REPEATED_PAGES = 10
#: By what the page size is divided when a page was too large.
_SMALLER = 8


class PageReader:
    """Reads objects of one source.

    :ivar unknown: properties that the server does not know, so far.
    :ivar repeated: objects of the last read that came more than once.
    :param shapes: see vsphere/xml_decoder.py. :param paths: every property that is ever requested.
    :param page_size: objects a page, at most. :param progress: called after each page.
    """

    def __init__(self, session: Session, shapes: Mapping[str, Any], paths: set[str], page_size: int, progress: Progress) -> None:
        self._session = session
        self._shapes = shapes
        self._paths = paths
        self._keyed = {path for path in paths if path.endswith(KEYED)}
        self._largest_page = self._page_size = page_size
        self._progress = progress
        self.unknown: set[str] = set()
        self.repeated = 0

    def read(self, attempt: Callable[[], Result]) -> Result:
        """Call an attempt, which goes through :meth:`pages`, until it succeeds or nothing is left to change.

        :raises VsphereError: the last attempt failed.
        """
        self._page_size = self._largest_page
        while True:
            try:
                return self._session.call_with_retries(attempt)
            except UnknownProperty as error:
                # Of a path with a key servers name any part.
                new = {error.path} & self._paths - self.unknown or self._keyed - self.unknown
                if not new:
                    raise
                self.unknown |= new
            except ResponseTooLarge:
                # Hosts with hundreds of port groups, VMs with hundreds of snapshots.
                if self._page_size == 1:
                    raise
                self._page_size = max(1, self._page_size // _SMALLER)
            # The objects of the failed attempt hang in cycles with its error, and the collector of cycles is off during a scan.
            gc.collect()

    def pages(self, wanted: Mapping[str, Iterable[str]], containers: Sequence[MoRef | None] = (None,)) -> Iterator[list[ManagedObject]]:
        """The objects below some containers, page by page.

        :param wanted: managed object type to properties. :param containers: None is the root folder.
        :raises VsphereError: the server fails, or repeats itself without end.
        """
        known = {name: sorted(set(paths) - self.unknown) for name, paths in wanted.items() if self.has(name)}
        properties = {name: paths for name, paths in known.items() if paths}
        are_machines = list(properties) == [MACHINE]
        on_total = self._progress.expect if are_machines and self._progress.wants_total and len(containers) == 1 else None
        self._progress.restart()
        self.repeated = 0
        seen = _Seen()
        # A view of no types would be one of all types.
        for container in containers if properties else ():
            here, repeated_pages = _Seen(), 0
            for page in retrieve(self._session, properties, self._shapes, self._page_size, on_total, container):
                all_objects = _joined(page)
                objects = here.new(all_objects)
                self.repeated += len(all_objects) - len(objects)
                repeated_pages = 0 if objects else repeated_pages + 1
                if repeated_pages > _MOST_REPEATED_PAGES:
                    raise InvalidResponse("the server sends page after page without new objects: scan again, and report it if it persists")
                if len(containers) > 1:
                    # A VM is in a folder and in a resource pool.
                    objects = seen.new(objects)
                yield objects
                self._progress.advance(len(objects) if are_machines else 0)

    def given(self, wanted: Mapping[str, Iterable[str]], refs: Sequence[MoRef]) -> Iterator[list[ManagedObject]]:
        """Some objects, page by page; those that do not exist are left out.

        :param wanted: as of :meth:`pages`. :raises VsphereError: the server fails.
        """
        properties = {name: sorted(set(paths) - self.unknown) for name, paths in wanted.items()}
        self._progress.restart()
        for start in range(0, len(refs), self._page_size):
            found = retrieve_objects(self._session, refs[start : start + self._page_size], properties, self._shapes)
            yield _joined(list(found.values()))
            self._progress.advance(len(found))

    def has(self, managed_type: str) -> bool:
        """Whether a server of this kind has such objects."""
        return self._session.is_vcenter or managed_type not in _VCENTER_ONLY


class _Seen(defaultdict[str, set[str]]):
    """Managed object type to the ids that came so far."""

    def __init__(self) -> None:
        super().__init__(set)

    def new(self, objects: Iterable[ManagedObject]) -> list[ManagedObject]:
        """Those that did not come before; they have from now on."""
        found = [item for item in objects if item.ref.moid not in self[item.ref.type]]
        for item in found:
            self[item.ref.type].add(item.ref.moid)
        return found


def _joined(page: Sequence[ManagedObject]) -> list[ManagedObject]:
    """The objects of a page, with all that its reply says of each in one."""
    objects: dict[MoRef, ManagedObject] = {}
    for item in page:
        known = objects.setdefault(item.ref, item)
        if known is not item:
            known.properties.update(item.properties)
            known.missing.update(item.missing)
    for item in objects.values():
        # Some servers report an entry that a list does not have as an unknown property; others say nothing.
        for path in [path for path, fault in item.missing.items() if path.endswith(KEYED) and fault.type == NO_PROPERTY]:
            del item.missing[path]
    return list(objects.values())
