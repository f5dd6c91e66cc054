# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The manifest of an OVF package: a checksum of each of its files."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError

_LINE = re.compile(r"\s*(SHA1|SHA256|SHA512)\s*\((.+)\)\s*=\s*([0-9A-Fa-f]+)\s*")
_DIGITS = {"SHA1": 40, "SHA256": 64, "SHA512": 128}


@dataclass(frozen=True)
class Checksum:
    """Of one file.

    :ivar algorithm: as hashlib names it. :ivar digest: hexadecimal, in lower case.
    """

    algorithm: str
    digest: str

    def check(self, name: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same blocks. The last one is given out only if all of them have the checksum: who waits for all gets no wrong file.

        :raises PackageError: they have another.
        """
        computed, held = hashlib.new(self.algorithm, usedforsecurity=False), b""
        for block in blocks:
            computed.update(block)
            if held:
                yield held
            held = block
        if not hmac.compare_digest(computed.hexdigest(), self.digest):
            raise PackageError(
                f"{quoted(name)} has the checksum {computed.hexdigest()}, and its manifest says {self.digest}: it was changed or damaged, fetch it again"
            )
        if held:
            yield held


def parse_manifest(text: bytes, name: str) -> dict[str, Checksum]:
    """Checksums by the name of their file.

    :param name: of the manifest, for messages.
    :raises PackageError: it has a line that is none.
    """
    found: dict[str, Checksum] = {}
    for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line)
        if not parts or len(parts[3]) != _DIGITS[parts[1]]:
            raise PackageError(f"line {number} of {quoted(name)} must be a checksum like SHA256(disk.vmdk)= 0123… (got {quoted(line.strip())})")
        found[parts[2].strip()] = Checksum(parts[1].lower(), parts[3].lower())
    return found
