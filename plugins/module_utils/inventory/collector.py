# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One source to rows, page by page: nothing is kept but what the topology takes of the first pass.

First names and places of everything but VMs. Then the rows: those of small things, and those of VMs.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import ITEM, KEYED, KINDS, SELF, TAGS, Field, Section, merged, value_as_is
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.places import own_name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.tags import CUSTOM_VALUES
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue, ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import Scope, containers
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import (
    ESXI_TOPOLOGY_PROPERTIES,
    TOPOLOGY_PROPERTIES,
    TOPOLOGY_SHAPES,
    Topology,
    unescape,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    InvalidResponse,
    ResponseTooLarge,
    UnknownProperty,
    VsphereError,
    wrap_unexpected_errors,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_shape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session, version_tuple
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject

_MACHINE = "VirtualMachine"
_VCENTER_ONLY = frozenset(("ClusterComputeResource", "DistributedVirtualPortgroup", "DistributedVirtualSwitch", "OpaqueNetwork", "VirtualApp"))
_NO_PROPERTY = "InvalidProperty"
_ISSUE_KINDS = {"NoPermission": "no_permission", _NO_PROPERTY: "missing"}
_VANISHED = "ManagedObjectNotFound"
#: What functions of the catalog raise where a server answers what its own API forbids.
_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
#: Sections of issues of what no section shows: names and places, custom attributes and tags that rows are made of.
PLACES_SECTION = "places"
ATTRIBUTES_SECTION = "custom_attributes"
TAGS_SECTION = "tags"
SCOPES_SECTION = "scopes"
#: How many objects of which there is the same to say are named one by one.
_MOST_UNSEEN = 100
#: Pages in a row without a new object.
_MOST_IDLE = 10
#: How many times smaller pages become when one was too large.
_SMALLER = 8

#: The tags of objects: object to category to names.
Tags = Mapping[MoRef, Mapping[str, Sequence[str]]]
TagsOf = Callable[[Sequence[MoRef]], Tags]


def collect(session: Session, request: ScanRequest, writer: ScanWriter, tags_of: TagsOf | None = None, progress: Progress | None = None) -> str:
    """Read the sections of one source into a scan. Sections that fail on the way are left out, with an issue.

    :param tags_of: asked once a page; None where there are no tags.
    :param progress: told after each page.
    :returns: the hardware UUID of an ESXi host on its own, empty for a vCenter.
    :raises VsphereError: not even names and places can be read, or no section at all.
    :raises ScanFileError: the scan cannot be written.
    """
    sections = request.sections
    for section in sections:
        writer.add_section(section, section.fields)
    reader = _Reader(session, sections, writer, request.page_size, tags_of, progress or Progress())
    reader.read_places(request.environment)
    reader.narrow(request.scopes)
    machines = [section for section in sections if _MACHINE in section.managed_types]
    small = [section for section in sections if section not in machines]
    unread: dict[str, VsphereError] = {}
    for together in filter(None, (small, machines)):
        began = time.monotonic()
        try:
            with wrap_unexpected_errors():
                reader.read_rows(together)
        except VsphereError as error:
            unread.update((section.key, error) for section in together)
        for section in together:
            writer.add_seconds(section.key, time.monotonic() - began)
    if len(unread) == len(sections):
        raise next(iter(unread.values()))
    for key, error in unread.items():
        writer.drop_section(key)
        writer.add_issue(Issue(key, "", "", error.kind, f"the section could not be read: {error}"))
    for section in sections:
        if section.aggregates and not unread.keys() & {section.key, section.aggregates.section}:
            writer.add_aggregates(section)
    for path in sorted(reader.unknown):
        writer.add_issue(Issue(PLACES_SECTION, "", path, "missing", "the server does not know this property"))
    for issue in reader.issues_of_unseen():
        writer.add_issue(issue)
    return reader.hardware_uuid


class _Reader:
    """Asks a session for objects, again where that may help: without the properties that the server does not know, and for fewer at a time.

    :ivar unknown: those properties.
    """

    def __init__(self, session: Session, sections: Sequence[Section], writer: ScanWriter, page_size: int, tags_of: TagsOf | None, progress: Progress) -> None:
        self._session = session
        self._progress = progress
        self._sections = sections
        self._writer = writer
        self._largest_page = self._page_size = page_size
        self._tags_of = tags_of
        self._shapes: dict[str, Any] = dict(TOPOLOGY_SHAPES)
        for section in sections:
            for name in section.managed_types:
                self._shapes[name] = merged(self._shapes.get(name), _shapes(section))
        self._topology = Topology()
        self._paths = {path for paths in (*ESXI_TOPOLOGY_PROPERTIES.values(), *(section.properties for section in sections)) for path in paths}
        self._keyed = {path for path in self._paths if path.endswith(KEYED)}
        self.unknown: set[str] = set()
        #: Below what rows are read; None is the root folder.
        self._containers: list[MoRef | None] = [None]
        #: Objects that others refer to and that are not there for this account: a property that leads to it, and whose.
        self._unseen: dict[MoRef, tuple[str, str]] = {}
        #: How many objects of the last question came more than once.
        self._repeated = 0

    @property
    def hardware_uuid(self) -> str:
        """See :class:`Topology`."""
        return self._topology.hardware_uuid

    def read_places(self, environment: tuple[str, Any] | None) -> None:
        """What every object that is no VM is called and where it belongs, and what custom attributes are called."""

        def attempt() -> tuple[Topology, list[ManagedObject]]:
            topology = Topology()
            incomplete: list[ManagedObject] = []
            for page in self._pages(TOPOLOGY_PROPERTIES if self._session.is_vcenter else ESXI_TOPOLOGY_PROPERTIES):
                topology.add(page)
                incomplete += filter(_lacks, page)
            return topology, incomplete

        self._topology, incomplete = self._with_retries(attempt)
        self._note_repeated(PLACES_SECTION)
        cut = self._topology.complete()
        for ref in cut[:_MOST_UNSEEN]:
            name = self._topology.name(ref) or ref.moid
            self._writer.add_issue(Issue(PLACES_SECTION, name, "parent", "unreadable", "it lies within itself, or too deep: what is above it is left out"))
        if len(cut) > _MOST_UNSEEN:
            message = f"{len(cut) - _MOST_UNSEEN} more objects lie within themselves, or too deep"
            self._writer.add_issue(Issue(PLACES_SECTION, "", "parent", "unreadable", message))
        self._topology.environment = environment
        if any(CUSTOM_VALUES in section.properties for section in self._sections):
            try:
                self._topology.custom_attributes = self._session.call_with_retries(self._session.custom_attributes)
            except VsphereError as error:
                self._writer.add_issue(Issue(ATTRIBUTES_SECTION, "", "field", error.kind, f"names of custom attributes could not be read: {error}"))
        asked_again = {(name, path) for section in self._sections for name in section.managed_types for path in section.properties}
        for item in incomplete:
            paths = {path for path in item.missing if (item.ref.type, path) not in asked_again}
            _note_missing(PLACES_SECTION, item, paths, self._writer.add_issue)

    def narrow(self, scopes: Sequence[Scope]) -> None:
        """Read rows from now on of what lies below these alone."""
        if scopes:
            self._containers, missing = containers(self._topology, scopes)
            for kind, message in missing:
                self._writer.add_issue(Issue(SCOPES_SECTION, "", kind, "missing", message))

    def read_rows(self, sections: Sequence[Section]) -> None:
        """Rows of sections, in one question. What a failed attempt has written is taken back: pages cannot be asked for twice."""
        with_tags = any(TAGS in field.paths for section in sections for field in section.fields)
        wanted: dict[str, set[str]] = {}
        for section in sections:
            for name in section.managed_types:
                wanted.setdefault(name, set()).update(_paths(name, section, self._session.version))
        makers = [_RowMaker(section, self._topology, self._writer.add_issue) for section in sections]

        def attempt() -> None:
            for section in sections:
                self._writer.clear_section(section.key)
            strange.clear()
            for page in self._pages(wanted, self._containers):
                strange.update(item.ref.type for item in page if item.ref.type not in wanted)
                tags = self._tags(page) if with_tags else {}
                there = [_with_tags(item, tags) for item in page if not _has_vanished(item)]
                for section, maker in zip(sections, makers):
                    self._writer.add_rows(section.key, maker.rows(there))
                self._note_unseen(page)

        strange: set[str] = set()
        self._with_retries(attempt)
        self._note_repeated(sections[0].key)
        for name in sorted(strange)[:_MOST_UNSEEN]:
            self._writer.add_issue(Issue(PLACES_SECTION, "", "", "unreadable", f"objects of type {name}, which this release does not know, are left out"))

    def issues_of_unseen(self) -> Iterator[Issue]:
        """One for each object that others refer to and that is not there for this account, as far as there are not too many."""
        for ref, (path, whose) in list(self._unseen.items())[:_MOST_UNSEEN]:
            message = f"the account may not see {ref.type} {ref.moid}" + (f", to which {whose} refers" if whose else "")
            yield Issue(PLACES_SECTION, ref.moid, path, "no_permission", message)
        if (more := len(self._unseen) - _MOST_UNSEEN) > 0:
            yield Issue(PLACES_SECTION, "", "", "no_permission", f"the account may not see {more} more objects to which others refer")

    def _note_repeated(self, section: str) -> None:
        if self._repeated:
            message = f"{self._repeated} objects came again on a later page and are left out there"
            self._writer.add_issue(Issue(section, "", "", "unreadable", message))

    def _note_unseen(self, page: Sequence[ManagedObject]) -> None:
        new = {ref for ref in self._topology.unknown.keys() - self._unseen.keys() if self._has(ref.type)}
        for item in page if new else ():
            for path, value in item.properties.items():
                for ref in new.intersection(_references(value)):
                    self._unseen[ref] = (path, unescape(item.properties.get("name", "")))
                    new.remove(ref)
        # Whatever no object of the page refers to was met on the way up from one.
        self._unseen.update((ref, ("parent", "")) for ref in sorted(new))

    def _tags(self, page: Sequence[ManagedObject]) -> Tags:
        if self._tags_of:
            try:
                return self._tags_of([item.ref for item in page])
            except VsphereError as error:
                self._tags_of = None
                self._writer.add_issue(Issue(TAGS_SECTION, "", "", error.kind, f"tags could not be read: {error}"))
        return {}

    def _pages(self, wanted: Mapping[str, Iterable[str]], below: Sequence[MoRef | None] = (None,)) -> Iterator[list[ManagedObject]]:
        known = {name: sorted(set(paths) - self.unknown) for name, paths in wanted.items() if self._has(name)}
        question = {name: paths for name, paths in known.items() if paths}
        seen = _Seen()
        # A view of no types would be one of all.
        are_machines = list(question) == [_MACHINE]
        tell_total = self._progress.expect if are_machines and self._progress.wants_total and len(below) == 1 else None
        self._progress.restart()
        self._repeated = 0
        for container in below if question else ():
            here, idle = _Seen(), 0
            for page in retrieve(self._session, question, self._shapes, self._page_size, tell_total, container):
                all_objects = _each_once(page)
                objects = here.new(all_objects)
                self._repeated += len(all_objects) - len(objects)
                idle = 0 if objects else idle + 1
                if idle > _MOST_IDLE:
                    raise InvalidResponse("the server sends page after page without anything new: scan again, and report it if it stays")
                if len(below) > 1:
                    # A VM lies in a folder and in a resource pool.
                    objects = seen.new(objects)
                yield objects
                self._progress.advance(len(objects) if are_machines else 0)

    def _has(self, managed_type: str) -> bool:
        """Whether a server of this kind has such objects."""
        return self._session.is_vcenter or managed_type not in _VCENTER_ONLY

    def _with_retries(self, attempt: Callable[[], Result]) -> Result:
        """Make an attempt at one question, and others where something about it can be changed."""
        self._page_size = self._largest_page
        while True:
            try:
                return self._session.call_with_retries(attempt)
            except UnknownProperty as error:
                # A server may name any part of a path that has a key.
                new = {error.path} & self._paths - self.unknown or self._keyed - self.unknown
                if not new:
                    raise
                self.unknown |= new
            except ResponseTooLarge:
                # Hosts with hundreds of port groups, or VMs with hundreds of snapshots.
                if self._page_size == 1:
                    raise
                self._page_size = max(1, self._page_size // _SMALLER)
            # What was read in vain hangs in cycles with its error, and nobody searches for those while a scan is made.
            gc.collect()


class _Seen(defaultdict[str, set[str]]):
    """Objects there were so far: their ids, by type."""

    def __init__(self) -> None:
        super().__init__(set)

    def new(self, objects: Iterable[ManagedObject]) -> list[ManagedObject]:
        """Those of the objects that were not there, which they are from now on."""
        found = [item for item in objects if item.ref.moid not in self[item.ref.type]]
        for item in found:
            self[item.ref.type].add(item.ref.moid)
        return found


def _shapes(section: Section) -> dict[str, Any]:
    """The shapes of all properties that a section needs: as it says, else as pyVmomi declares them, else as the kind of the field says."""
    shapes = section.wanted_parts()
    for path, owner in section.properties.items():
        if path not in shapes and path not in TOPOLOGY_SHAPES[EVERY_TYPE]:
            declared = property_shape(owner, path)
            if declared is not None:
                shapes[path] = declared
    for field in section.fields:
        for path in field.paths if field.compute is value_as_is else ():
            plain = path.rpartition(":")[2]
            if ITEM not in plain and plain not in (SELF, TAGS):
                shapes.setdefault(plain, KINDS[field.kind].shape)
    return shapes


def _each_once(page: Sequence[ManagedObject]) -> list[ManagedObject]:
    """What a reply says of one object in two places, in one."""
    objects: dict[MoRef, ManagedObject] = {}
    for item in page:
        known = objects.setdefault(item.ref, item)
        if known is not item:
            known.properties.update(item.properties)
            known.missing.update(item.missing)
    for item in objects.values():
        # An entry that a list does not have is not set, whichever way a server says so.
        for path in [path for path, fault in item.missing.items() if path.endswith(KEYED) and fault.type == _NO_PROPERTY]:
            del item.missing[path]
    return list(objects.values())


def _paths(managed_type: str, section: Section, version: tuple[int, ...]) -> list[str]:
    """The property paths that a section needs of a managed object type, as far as the version spoken has them.

    What a section needs of all its types is asked of the first one, which the others are subclasses of.
    """
    return [
        path
        for path, owner in section.properties.items()
        if owner == managed_type
        and version_tuple(section.since.get(path, "")) <= version
        and (path not in section.until or version < version_tuple(section.until[path]))
    ]


class _RowMaker:
    """Makes the rows of one section."""

    def __init__(self, section: Section, topology: Topology, report: Callable[[Issue], None]) -> None:
        self._section = section
        self._properties = section.properties.keys()
        self._topology = topology
        self._report = report
        #: Path of a part of an item to the property that has the item, and the names that lead to the part.
        self._parts: dict[str, tuple[str, list[str]]] = {}
        self._columns: list[_Column] = []
        for field in section.fields:
            paths = [path.rpartition(":")[2] for path in field.paths]
            for path in paths:
                owner, marker, part = path.partition(ITEM)
                if marker:
                    self._parts[path] = (owner, part.strip(".").split(".") if part else [])
            owners = {path.partition(ITEM)[0] for path in paths}
            self._columns.append(_Column(field.key, paths, owners, _value_maker(field, paths, topology), field.compute is own_name))
        self._makers = [column.make for column in self._columns]
        #: Paths that all items of an object share.
        self._common = {path for column in self._columns for path in column.paths if path not in self._parts}

    def rows(self, objects: Iterable[ManagedObject]) -> list[tuple]:
        """The rows of objects, which have :data:`SELF` and :data:`TAGS` among their properties, as :meth:`ScanWriter.add_rows` takes them."""
        types = self._section.managed_types
        rows: list[tuple] = []
        for item in objects:
            if item.ref.type in types:
                _note_missing(self._section.key, item, self._properties, self._report)
                rows += [self._row(item, properties) for properties in (self._items(item) if self._section.items else [item.properties])]
        return rows

    def _items(self, item: ManagedObject) -> Iterator[dict[str, Any]]:
        """What each row is made of, where the rows are items of lists that an object has."""
        paths = self._section.items.paths
        if paths[0] in item.missing:
            return
        common = {path: item.properties.get(path) for path in self._common}
        try:
            for structures in self._section.items.expand(self._topology, *map(item.properties.get, paths)):
                properties = dict(common)
                for path, (owner, names) in self._parts.items():
                    part = structures.get(owner)
                    for name in names:
                        part = part.get(name) if isinstance(part, dict) else None
                    properties[path] = part
                yield properties
        except _NONSENSE as error:
            _note(self._section.key, item, paths[0], Fault("", f"rows cannot be made of it: {error!r}"), self._report)

    def _row(self, item: ManagedObject, properties: Mapping[str, Any]) -> tuple:
        if not item.missing:
            try:
                return tuple([make(properties) for make in self._makers])
            except _NONSENSE:
                # Which value it is, is found out below.
                pass
        return tuple([self._value(item, properties, column) for column in self._columns])

    def _value(self, item: ManagedObject, properties: Mapping[str, Any], column: _Column) -> Any:
        if not item.missing.keys().isdisjoint(column.properties) and not column.is_name:
            # What could not be read is unknown, and no value made of the rest. What the server does not know at all is not set.
            return None
        try:
            return column.make(properties)
        except _NONSENSE as error:
            # A server that answers what its own API forbids costs this one value, and says so.
            fault = Fault("", f"{column.key} cannot be made of it: {error!r}")
            _note(self._section.key, item, ", ".join(column.paths), fault, self._report)
            return None


class _Column(NamedTuple):
    """A field made ready for use: ``make`` takes path to value and returns what is kept. ``is_name``: it says whose row it is."""

    key: str
    paths: list[str]
    properties: set[str]
    make: Callable[[Mapping[str, Any]], Any]
    is_name: bool


def _value_maker(field: Field, paths: Sequence[str], topology: Topology) -> Callable[[Mapping[str, Any]], Any]:
    compute, encode = field.compute, KINDS[field.kind].encode
    if not paths:
        # Aggregates come at the end.
        return lambda properties: None
    first, *others = paths

    def make(properties: Mapping[str, Any]) -> Any:
        value = compute(topology, properties.get(first), *map(properties.get, others))
        return None if value is None else encode(value)

    def make_of_one(properties: Mapping[str, Any]) -> Any:
        value = compute(topology, properties.get(first))
        return None if value is None else encode(value)

    def make_as_is(properties: Mapping[str, Any]) -> Any:
        value = properties.get(first)
        return None if value is None else encode(value)

    # Millions of values are made in a scan: each in the shortest way that there is for it.
    return make_as_is if compute is value_as_is else make if others else make_of_one


def _references(value: Any) -> Iterator[MoRef]:
    """All references in a value."""
    if isinstance(value, MoRef):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _references(part)


def _with_tags(item: ManagedObject, tags: Tags) -> ManagedObject:
    """An object with what fields are made of besides its properties."""
    return item._replace(properties={**item.properties, SELF: item.ref, TAGS: tags.get(item.ref)})


def _has_vanished(item: ManagedObject) -> bool:
    """Deleted while it was being read."""
    return not item.properties and any(fault.type == _VANISHED for fault in item.missing.values())


def _lacks(item: ManagedObject) -> bool:
    return bool(item.missing)


def _note_missing(section: str, item: ManagedObject, paths: Container[str], report: Callable[[Issue], None]) -> None:
    """Tell which of these properties could not be read."""
    for path, fault in item.missing.items():
        if path in paths and fault.type != _VANISHED:
            _note(section, item, path, fault, report)


def _note(section: str, item: ManagedObject, path: str, fault: Fault, report: Callable[[Issue], None]) -> None:
    name = unescape(item.properties.get("name") or item.ref.moid)
    message = ": ".join(filter(None, (fault.type, fault.message)))
    report(Issue(section, name, path, _ISSUE_KINDS.get(fault.type, "unreadable"), message))
