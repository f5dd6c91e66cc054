# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One source to rows: two passes, each object read once.

First everything small, from which the lookup is made and every section but vms. Then VMs, page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import KINDS, Section
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.hosts import HOSTS
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.networks import NETWORKS
from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import PLACES, Lookup, unescape
from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import Issue, ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import Fault, ManagedObject, MoRef, Shapes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import UnknownProperty, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retry import Result
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session, version_tuple

_MACHINE = "VirtualMachine"
#: A path that stands for the object itself and is asked of nobody.
_SELF = "self"
_VCENTER_ONLY = frozenset(("DistributedVirtualPortgroup", "DistributedVirtualSwitch", "OpaqueNetwork"))
_ISSUE_KINDS = {"NoPermission": "no_permission", "InvalidProperty": "missing"}
_VANISHED = "ManagedObjectNotFound"
#: Section of issues of objects that no section shows, but whose names and places rows are made of.
PLACES_SECTION = "places"


def collect(session: Session, sections: Sequence[Section], writer: ScanWriter, page_size: int) -> None:
    """Read the sections of one source into a scan. A section that fails on the way is left out, with an issue.

    :raises VsphereError: not even names and places can be read.
    :raises ScanFileError: the scan cannot be written.
    """
    # Port groups of hosts are read for the lookup, so this shape is needed whatever the sections.
    shapes = {name: section.shapes for section in (HOSTS, NETWORKS, *sections) for name in section.managed_types}
    small = [section for section in sections if _MACHINE not in section.managed_types]
    reader = _Reader(session, shapes, page_size)
    objects = reader.read_small(small)
    lookup = Lookup(objects.values())
    shown = {name for section in small for name in section.managed_types}
    for item in objects.values():
        if item.ref.type not in shown:
            _note_missing(PLACES_SECTION, item, writer.add_issue)

    for section in sections:
        writer.add_section(section, section.fields)
        maker = _RowMaker(section, lookup, writer.add_issue)
        if section in small:
            writer.add_rows(section.key, maker.rows(item for item in objects.values() if item.ref.type in section.managed_types))
            continue
        try:
            reader.read_machines(section, writer, maker)
        except VsphereError as error:
            writer.drop_section(section.key)
            writer.add_issue(Issue(section.key, "", "", error.kind, f"the section could not be read: {error}"))
    for path in sorted(reader.unknown):
        writer.add_issue(Issue(PLACES_SECTION, "", path, "missing", "the server does not know this property"))


class _Reader:
    """Asks a session for objects, again where that may help, and without the properties that the server does not know.

    :ivar unknown: those properties.
    """

    def __init__(self, session: Session, shapes: Shapes, page_size: int) -> None:
        self._session = session
        self._shapes = shapes
        self._page_size = page_size
        self.unknown: set[str] = set()

    def read_small(self, sections: Sequence[Section]) -> dict[MoRef, ManagedObject]:
        """Every object that is no VM, in one question."""
        wanted = {name: set(paths) for name, paths in PLACES.items() if self._session.is_vcenter or name not in _VCENTER_ONLY}
        for section in sections:
            for name in wanted.keys() & set(section.managed_types):
                wanted[name].update(_paths(name, section, self._session.version))

        def attempt() -> dict[MoRef, ManagedObject]:
            objects: dict[MoRef, ManagedObject] = {}
            for page in self._pages(wanted):
                for item in page:
                    known = objects.setdefault(item.ref, item)
                    known.properties.update(item.properties)
                    known.missing.update(item.missing)
            return objects

        return self._persistently(attempt)

    def read_machines(self, section: Section, writer: ScanWriter, maker: _RowMaker) -> None:
        """Every VM, written page by page. What a failed attempt has written is taken back: pages cannot be asked for twice."""
        wanted = {_MACHINE: _paths(_MACHINE, section, self._session.version)}

        def attempt() -> None:
            writer.clear_section(section.key)
            for page in self._pages(wanted):
                writer.add_rows(section.key, maker.rows(page))

        self._persistently(attempt)

    def _pages(self, wanted: Mapping[str, Iterable[str]]) -> Iterator[list[ManagedObject]]:
        known = {name: sorted(set(paths) - self.unknown) for name, paths in wanted.items()}
        return retrieve(self._session, known, self._shapes, self._page_size)

    def _persistently(self, attempt: Callable[[], Result]) -> Result:
        while True:
            try:
                return self._session.persistently(attempt)
            except UnknownProperty as error:
                if not error.path or error.path in self.unknown:
                    raise
                self.unknown.add(error.path)


def _paths(managed_type: str, section: Section, version: tuple[int, ...]) -> list[str]:
    """The property paths that a section needs of a managed object type, as far as the version spoken has them.

    What a section needs of all its types is asked of the first one, which the others are subclasses of.
    """
    owned = (path.rpartition(":") for field in section.fields for path in field.paths)
    paths = {path for owner, _colon, path in owned if path != _SELF and (owner or section.managed_types[0]) == managed_type}
    return sorted(path for path in paths if version_tuple(section.since.get(path, "")) <= version)


class _RowMaker:
    """Makes the rows of one section."""

    def __init__(self, section: Section, lookup: Lookup, report: Callable[[Issue], None]) -> None:
        self._section = section
        self._lookup = lookup
        self._report = report
        self._plan = [
            (field, [path.rpartition(":")[2] for path in field.paths], field.how, KINDS[field.kind].keep) for field in section.fields
        ]

    def rows(self, objects: Iterable[ManagedObject]) -> list[tuple]:
        return [self._row(item) for item in objects if not _has_vanished(item)]

    def _row(self, item: ManagedObject) -> tuple:
        _note_missing(self._section.key, item, self._report)
        properties = {**item.properties, _SELF: item.ref}
        values = []
        for field, paths, how, keep in self._plan:
            if item.missing and not item.missing.keys().isdisjoint(paths):
                # What could not be read is unknown, and no value made of the rest.
                values.append(None)
                continue
            try:
                value = how(self._lookup, *map(properties.get, paths))
                values.append(None if value is None else keep(value))
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                # A server that answers what its own API forbids costs this one value, and says so.
                _note(self._section.key, item, ", ".join(paths), Fault("", f"{field.key} cannot be made of it: {error!r}"), self._report)
                values.append(None)
        return tuple(values)


def _has_vanished(item: ManagedObject) -> bool:
    """Deleted while it was being read."""
    return not item.properties and any(fault.type == _VANISHED for fault in item.missing.values())


def _note_missing(section: str, item: ManagedObject, report: Callable[[Issue], None]) -> None:
    for path, fault in item.missing.items():
        if fault.type != _VANISHED:
            _note(section, item, path, fault, report)


def _note(section: str, item: ManagedObject, path: str, fault: Fault, report: Callable[[Issue], None]) -> None:
    name = unescape(item.properties.get("name") or item.ref.moid)
    message = ": ".join(filter(None, (fault.type, fault.message)))
    report(Issue(section, name, path, _ISSUE_KINDS.get(fault.type, "unreadable"), message))
