# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""OVF packages: read, and compared with what items say. What is wrong is said before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.targets import Targets
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.answers import check_answers
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.envelope import Envelope, read_envelope
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.import_state import CONFIG_SHAPE
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.location import open_package
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.package import Package
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import NETWORK
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.first_of_several import FirstOfSeveral
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import OvfOf
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Place, Reading, Source, SourceKind
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.uploaded import MadeOfFirst, Uploaded
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, ImportSpec, read_descriptor
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


class OvfPackage(Source):
    """A package, for all VMs of an item.

    :param is_alone: the item makes one VM. :param targets: of copies; None to clone.
    """

    can_change = False

    def __init__(self, reading: Reading, wanted: OvfOf, package: Package, envelope: Envelope, is_alone: bool, targets: Targets | None) -> None:
        super().__init__(NEW)
        self.path = package.name
        self._reading = reading
        self._wanted = wanted
        self._package = package
        self._envelope = envelope
        self._is_alone = is_alone
        self._targets = targets
        self._first = FirstOfSeveral()
        self._uploaded: Uploaded | None = None

    def steps(self, new: NewVm) -> list[Step]:
        """Not before :meth:`at`."""
        raise TypeError("the place of a VM comes first")

    def disks_size(self, one: WantedVm) -> int:
        """As of Source. Which disk of the descriptor one of the item is, is not known yet."""
        return max(self._envelope.capacity, super().disks_size(one))

    def at(self, one: WantedVm, place: Place) -> tuple[WantedVm, Source]:
        """As of Source: the server reads the descriptor, once for all VMs of the item."""
        problems: list[str] = []
        # Values of a numbered VM differ from those of the first one.
        own = _source_of(one)
        properties = check_answers(own, f"{one.where}.source", one.wanted.properties, self._envelope, problems)
        source: Source
        if problems:
            raise InvalidOption(*problems)
        if self._uploaded is None:
            made, files = self._read(one, place, properties)
            source = self._uploaded = Uploaded(self._reading, self.path, made, files, self._is_alone, self._first)
        else:
            source = MadeOfFirst(self.path, self._uploaded.state, self._first, self._targets)
        wanted = replace(one.wanted, properties={**one.wanted.properties, **own.properties})
        return replace(one, wanted=wanted), source

    def _read(self, one: WantedVm, place: Place, properties: Mapping[str, str]) -> tuple[ImportSpec, dict[ImportFile, Body]]:
        problems: list[str] = []
        networks = self._networks(f"{one.where}.source", place, problems)
        if problems:
            raise InvalidOption(*problems)
        placement, session = place.placement, self._reading.session

        def attempt() -> ImportSpec:
            return read_descriptor(
                session,
                self._package.descriptor,
                _needed(placement.pool),
                _needed(placement.datastore),
                stored(one.name),
                host=placement.host,
                networks=networks,
                properties=properties,
                provisioning=self._wanted.provisioning,
                deployment_option=self._wanted.deployment_option,
                shape=CONFIG_SHAPE,
            )

        made = session.call_with_retries(attempt)
        problems = [f"{self._wanted.option}: the server refuses {quoted(self.path)} ({error})" for error in made.errors]
        files: dict[ImportFile, Body] = {}
        for file in made.files:
            try:
                files[file] = self._package.file(file.path)
            except PackageError as error:
                problems.append(f"{self._wanted.option}: {error}")
        if problems:
            raise InvalidOption(*problems)
        return made, files

    def _networks(self, where: str, place: Place, problems: list[str]) -> dict[str, MoRef]:
        """Those of the descriptor to those of the server: the one that is given, or the one that has the same name."""
        places, found = self._reading.places, {}
        placement = place.placement
        target = placement.target
        for name in self._envelope.networks:
            option, given = f"{where}.networks.{name}", self._wanted.networks.get(name)
            try:
                found[name] = places.find(option, NETWORK, given or name, placement.datacenter)
                if target:
                    places.check_reach(option, found[name], target)
            except InvalidOption as error:
                lines = [f"{where}.networks must say which network {quoted(name)} of the OVF is: no other has its name where the VM goes"]
                problems += error.lines if given else lines
        return found


class Packages(SourceKind):
    """Items whose source is an OVF package."""

    def check(self, one: WantedVm) -> None:
        """As of SourceKind."""
        if not self.reading.session.is_vcenter and one.customization:
            self.reading.problems.append(f"{one.where}.customization: a standalone ESXi host cannot customize guests: leave it out")

    def find(self, new: Sequence[WantedVm]) -> list[Source | None]:
        """As of SourceKind."""
        counts = Counter(_source_of(one).option for one in new)
        found: dict[str, Source | None] = {}
        packages: dict[str, tuple[Package, Envelope]] = {}
        targets = None if self.reading.session.is_vcenter else Targets(self.reading.session, self.reading.places)
        for one in new:
            source = _source_of(one)
            if source.option in found:
                continue
            found[source.option] = None
            try:
                if source.location not in packages:
                    package = open_package(source.location, self.reading.connection, self.reading.session.transport)
                    packages[source.location] = package, read_envelope(package.name, package.descriptor)
                found[source.option] = OvfPackage(self.reading, source, *packages[source.location], counts[source.option] == 1, targets)
            except PackageError as error:
                self.reading.problems.append(f"{source.option}: {error}")
        return [found[_source_of(one).option] for one in new]


def _source_of(one: WantedVm) -> OvfOf:
    if not isinstance(one.source, OvfOf):
        raise TypeError("an item of another source has no package")
    return one.source


def _needed(ref: MoRef | None) -> MoRef:
    if ref is None:
        raise InvalidOption("placement must have a resource pool and a datastore")
    return ref
