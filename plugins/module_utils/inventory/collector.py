# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One source to rows, in two passes: the topology, then the rows, written page by page. Memory does not grow with the number of VMs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import SELF, TAGS, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.tags import CUSTOM_VALUES
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import (
    ATTRIBUTES_SECTION,
    MOST_NAMED,
    SCOPES_SECTION,
    TAGS_SECTION,
    TOPOLOGY_SECTION,
    unreadable,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE, PageReader
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.requested_properties import all_paths, all_shapes, wanted_properties
from ansible_collections.estate.vmware.plugins.module_utils.inventory.rows import RowMaker
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import containers
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology_reader import read_topology, repeated_objects
from ansible_collections.estate.vmware.plugins.module_utils.inventory.visibility import InvisibleObjects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError, wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: The tags of objects: object to category to names.
Tags = Mapping[MoRef, Mapping[str, Sequence[str]]]
TagsOf = Callable[[Sequence[MoRef]], Tags]


def collect(session: Session, request: ScanRequest, writer: ScanWriter, tags_of: TagsOf | None = None, progress: Progress | None = None) -> str:
    """Read the sections of one source into a scan. Sections that fail on the way are left out, with an issue.

    :param tags_of: called once a page; None where there are no tags.
    :param progress: called after each page.
    :returns: the hardware UUID of a standalone ESXi host, empty for a vCenter.
    :raises VsphereError: the topology cannot be read, or no section at all.
    :raises ScanFileError: the scan cannot be written.
    """
    sections = request.sections
    for section in sections:
        writer.add_section(section, section.fields)
    reader = PageReader(session, all_shapes(sections), all_paths(sections), request.page_size, progress or Progress())
    reading = read_topology(reader, session.is_vcenter, sections)
    below, not_found = containers(reading.topology, request.scopes)
    for issue in (*reading.issues, *(Issue(SCOPES_SECTION, "", kind, "missing", message) for kind, message in not_found)):
        writer.add_issue(issue)
    context = ScanContext(reading.topology, _custom_attributes(session, sections, writer), request.environment)
    invisible = InvisibleObjects(reading.topology, reader.has)
    rows = _RowReader(
        reader, writer, context, session.version, below if request.scopes else [None], _PageTags(tags_of, writer.add_issue), invisible, request.machines
    )
    machines = [section for section in sections if MACHINE in section.managed_types]
    others = [section for section in sections if section not in machines]
    failed: dict[str, VsphereError] = {}
    for together in filter(None, (others, machines)):
        began = time.monotonic()
        try:
            with wrap_unexpected_errors():
                rows.read(together)
        except VsphereError as error:
            failed.update((section.key, error) for section in together)
        for section in together:
            writer.add_seconds(section.key, time.monotonic() - began)
    if len(failed) == len(sections):
        raise next(iter(failed.values()))
    for key, reason in failed.items():
        writer.drop_section(key)
        writer.add_issue(Issue(key, "", "", reason.kind, f"the section could not be read: {reason}"))
    for section in sections:
        if section.key not in failed:
            writer.add_aggregates(section)
    for path in sorted(reader.unknown):
        writer.add_issue(Issue(TOPOLOGY_SECTION, "", path, "missing", "the server does not know this property"))
    for issue in invisible.issues():
        writer.add_issue(issue)
    return reading.hardware_uuid


def _custom_attributes(session: Session, sections: Sequence[Section], writer: ScanWriter) -> dict[int, str]:
    """Key to name of the custom attributes of the source, where a section needs them."""
    if any(CUSTOM_VALUES in section.properties for section in sections):
        try:
            return session.call_with_retries(session.custom_attributes)
        except VsphereError as error:
            writer.add_issue(Issue(ATTRIBUTES_SECTION, "", "field", error.kind, f"names of custom attributes could not be read: {error}"))
    return {}


class _PageTags:
    """Tags of the objects of a page; none any more once they could not be read."""

    def __init__(self, tags_of: TagsOf | None, report: Callable[[Issue], None]) -> None:
        self._tags_of = tags_of
        self._report = report

    def of(self, page: Sequence[ManagedObject]) -> Tags:
        if self._tags_of:
            try:
                return self._tags_of([item.ref for item in page])
            except VsphereError as error:
                self._tags_of = None
                self._report(Issue(TAGS_SECTION, "", "", error.kind, f"tags could not be read: {error}"))
        return {}


@dataclass(frozen=True)
class _RowReader:
    """Reads the rows of sections.

    :ivar below: containers to read below; None is the root folder. :ivar machines: VMs to read alone; None for all.
    """

    reader: PageReader
    writer: ScanWriter
    context: ScanContext
    version: tuple[int, ...]
    below: Sequence[MoRef | None]
    tags: _PageTags
    invisible: InvisibleObjects
    machines: Sequence[MoRef] | None

    def read(self, sections: Sequence[Section]) -> None:
        """Rows of sections, in one pass. A failed attempt is undone before the next one: a page cannot be requested twice.

        :raises VsphereError: they cannot be read to the end.
        """
        wanted = wanted_properties(sections, self.version)
        with_tags = any(TAGS in field.paths for section in sections for field in section.fields)
        makers = [(section.key, RowMaker(section, self.context, self.writer.add_issue)) for section in sections]

        def attempt() -> set[str]:
            unknown_types: set[str] = set()
            for section in sections:
                self.writer.clear_section(section.key)
            are_given = self.machines is not None and MACHINE in wanted
            for page in self.reader.given(wanted, self.machines or ()) if are_given else self.reader.pages(wanted, self.below):
                unknown_types.update(item.ref.type for item in page if item.ref.type not in wanted)
                tags = self.tags.of(page) if with_tags else {}
                objects = [_with_tags(item, tags) for item in page if not item.has_vanished]
                for key, maker in makers:
                    self.writer.add_rows(key, maker.rows(objects))
                self.invisible.add(page)
            return unknown_types

        unknown_types = self.reader.read(attempt)
        for issue in repeated_objects(sections[0].key, self.reader.repeated):
            self.writer.add_issue(issue)
        for name in sorted(unknown_types)[:MOST_NAMED]:
            self.writer.add_issue(unreadable(TOPOLOGY_SECTION, f"objects of type {name}, which this release does not know, are left out"))


def _with_tags(item: ManagedObject, tags: Tags) -> ManagedObject:
    """An object with what fields are computed from besides its properties."""
    return item._replace(properties={**item.properties, SELF: item.ref, TAGS: tags.get(item.ref)})
