# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""An OVF package: its descriptor, and its files with their checksums. An OVA file, or the folder of an ``.ovf`` file, here or at a URL."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, unquote

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.manifest import Checksum, parse_manifest
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError, Source, content_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.tar_index import Member, members_of
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body

#: Bytes of a descriptor and of a manifest.
_MAX_DESCRIPTOR_BYTES, _MAX_MANIFEST_BYTES = 8 << 20, 1 << 20


class Package:
    """Files by name, and the text of the descriptor, checked against the manifest if there is one.

    :ivar descriptor: XML. :ivar has_manifest: without one nothing is checked.
    """

    def __init__(self, name: str, descriptor: bytes, checksums: Mapping[str, Checksum] | None, find: Callable[[str], tuple[Source, Member]]) -> None:
        """:param find: the place of a file; raises PackageError."""
        self.name = name
        self.has_manifest = checksums is not None
        self._checksums = checksums or {}
        self._find = find
        try:
            self.descriptor = descriptor.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PackageError(f"the descriptor of {quoted(name)} is not UTF-8: save it as UTF-8") from error

    def file(self, name: str) -> Body:
        """A file of the package, by its ``href`` in the descriptor. Its checksum is compared while it is read.

        :raises PackageError: there is none, or the manifest has no checksum of it.
        """
        source, member = self._locate(name)
        checksum = self._checksum(member.name)
        return Body(member.size, lambda: _checked(source, member, checksum))

    def _locate(self, name: str) -> tuple[Source, Member]:
        # A descriptor writes names as URLs do, a manifest and an OVA mostly as they are.
        try:
            return self._find(name)
        except PackageError:
            if unquote(name) == name:
                raise
            return self._find(unquote(name))

    def _checksum(self, name: str) -> Checksum | None:
        if self.has_manifest and name not in self._checksums:
            raise PackageError(f"the manifest of {quoted(self.name)} has no checksum of {quoted(name)}: make the package anew, or remove its manifest")
        return self._checksums.get(name)


def open_ova(source: Source) -> Package:
    """Read the descriptor and the manifest of an OVA, whose members may have any order.

    :raises PackageError: it is none.
    """
    members = members_of(source)
    descriptors = [name for name in members if name.lower().endswith(".ovf")]
    if len(descriptors) != 1:
        raise PackageError(f"{quoted(source.name)} holds {len(descriptors) or 'no'} OVF descriptors, and an OVA holds one: give another file")
    member = members[descriptors[0]]
    manifest = members.get(member.name[:-4] + ".mf")
    checksums = None
    if manifest:
        checksums = parse_manifest(content_of(source, manifest.offset, manifest.size, _MAX_MANIFEST_BYTES, "the manifest"), manifest.name)
    descriptor = content_of(source, member.offset, member.size, _MAX_DESCRIPTOR_BYTES, "the descriptor")

    def find(name: str) -> tuple[Source, Member]:
        if name not in members:
            raise PackageError(f"{quoted(source.name)} has no file {quoted(name)}: it is incomplete, make or fetch it anew")
        return source, members[name]

    return _compared(Package(source.name, descriptor, checksums, find), descriptor, member.name)


def open_ovf(source: Source, beside: Callable[[str], Source | None]) -> Package:
    """Read a descriptor whose files lie beside it.

    :param beside: the file of a name in the same folder; None if there is none.
    :raises PackageError: it cannot be read.
    """
    name = posixpath.basename(source.name)
    descriptor = content_of(source, 0, source.size, _MAX_DESCRIPTOR_BYTES, "the descriptor")
    manifest = beside(posixpath.splitext(name)[0] + ".mf")
    checksums = None
    if manifest:
        checksums = parse_manifest(content_of(manifest, 0, manifest.size, _MAX_MANIFEST_BYTES, "the manifest"), manifest.name)

    def find(wanted: str) -> tuple[Source, Member]:
        path = posixpath.normpath(wanted)
        if "://" in wanted or path.startswith(("/", "..")):
            raise PackageError(f"the descriptor {quoted(source.name)} names {quoted(wanted)}, which is not in its folder: put the file there")
        found = beside(path)
        if not found:
            raise PackageError(f"{quoted(wanted)} is not beside {quoted(source.name)}: put it there")
        return found, Member(wanted, 0, found.size)

    return _compared(Package(source.name, descriptor, checksums, find), descriptor, name)


def url_beside(url: str, name: str) -> str:
    """The URL of a file in the folder of another; both without query."""
    return f"{url.rpartition('/')[0]}/{quote(name)}"


def _compared(package: Package, descriptor: bytes, name: str) -> Package:
    """The package, whose descriptor is as its manifest says."""
    if package.has_manifest:
        checksum = package._checksum(name)  # pylint: disable=protected-access
        if checksum:
            for _block in checksum.check(name, iter((descriptor,))):
                pass
    return package


def _checked(source: Source, member: Member, checksum: Checksum | None) -> Iterator[bytes]:
    blocks = source.blocks(member.offset, member.size)
    return checksum.check(member.name, blocks) if checksum else blocks
