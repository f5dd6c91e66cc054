# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The members of an OVA file, which is a tar archive: their names and places. Nothing is unpacked."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError, Source, content_of

#: Members of one OVA; they have five or ten.
_MAX_MEMBERS = 1000
#: Bytes of one header, the long names and sizes that belong to it included.
_MAX_HEADER_BYTES = 1 << 16


@dataclass(frozen=True)
class Member:
    """A file in an OVA, by its place there in bytes."""

    name: str
    offset: int
    size: int


def members_of(source: Source) -> dict[str, Member]:
    """The files of an OVA, in any order, by name. Only their headers are read.

    :raises PackageError: it is no OVA, or one with things in it that an OVA does not have.
    """
    found: dict[str, Member] = {}
    try:
        with tarfile.open(fileobj=_Reader(source), mode="r:", errorlevel=2) as archive:
            for number, member in enumerate(archive, 1):
                name = member.name.removeprefix("./")
                if not member.isreg() or number > _MAX_MEMBERS:
                    raise PackageError(f"{quoted(source.name)} is no OVA: {quoted(name)} in it is {'one too many' if member.isreg() else 'no file'}")
                if name in found:
                    raise PackageError(f"{quoted(source.name)} holds {quoted(name)} twice: make the OVA anew")
                if member.offset_data + member.size > source.size:
                    raise PackageError(f"{quoted(source.name)} ends within {quoted(name)}: fetch it again, it is incomplete")
                found[name] = Member(name, member.offset_data, member.size)
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise PackageError(f"{quoted(source.name)} is no OVA ({error}): give an OVA file, or the .ovf file of a folder") from error
    return found


class _Reader(io.RawIOBase):
    """A source as tarfile reads it. It asks for headers alone; what claims to be a larger one is refused."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _MAX_HEADER_BYTES:
            raise ValueError("a header is too large")
        size = max(0, min(size, self._source.size - self._position))
        content = content_of(self._source, self._position, size, _MAX_HEADER_BYTES, "a header")
        self._position += len(content)
        return content
