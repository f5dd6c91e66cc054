# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of make bench, which are environment variables.

* ``SIZES``: numbers of virtual machines (1000 10000 50000). ``RUNS``: rounds at each size (3).
* ``READERS``: who is measured beside ours (raw pyvmomi govmomi). ``PEER``: sizes at which community.vmware has one round (1000).
* ``PATIENCE``: how often a reading is measured again while others use the machine (3).
* ``RESULTS``: the page whose block of results is written anew (docs/benchmarks.md); empty for none.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from contenders import CONTENDERS, OURS, PEER, ROOT


class InvalidOption(Exception):
    """An option has a value that cannot be used; the message says which values can."""


@dataclass(frozen=True)
class Options:
    """What is measured.

    :ivar readers: keys of the contenders that have every round, in the order of the table.
    """

    sizes: tuple[int, ...]
    rounds: int
    patience: int
    readers: tuple[str, ...]
    peer_sizes: tuple[int, ...]
    results: Path | None

    @classmethod
    def from_environment(cls) -> Options:
        """:raises InvalidOption: a value cannot be used."""
        sizes = _numbers("SIZES", "1000 10000 50000")
        if not sizes:
            raise InvalidOption("SIZES: give a number of virtual machines")
        results = os.environ.get("RESULTS", str(ROOT / "docs" / "benchmarks.md"))
        return cls(
            sizes=sizes,
            rounds=_number("RUNS", 3, least=1),
            patience=_number("PATIENCE", 3, least=0),
            readers=_readers("READERS", "raw pyvmomi govmomi"),
            peer_sizes=_numbers("PEER", "1000"),
            results=Path(results) if results else None,
        )

    @property
    def with_peer(self) -> bool:
        """The peer takes part at one size at least."""
        return any(size in self.peer_sizes for size in self.sizes)


def _numbers(name: str, default: str) -> tuple[int, ...]:
    words = os.environ.get(name, default).replace(",", " ").split()
    if not all(word.isdecimal() and int(word) for word in words):
        raise InvalidOption(f"{name}: give numbers of virtual machines, such as {default}")
    return tuple(map(int, words))


def _number(name: str, default: int, least: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise InvalidOption(f"{name}: give a number of {least} or more, such as {default}")
    return int(text)


def _readers(name: str, default: str) -> tuple[str, ...]:
    wanted = {OURS, *os.environ.get(name, default).replace(",", " ").split()}
    known = [key for key in CONTENDERS if key != PEER]
    if not wanted <= set(known):
        raise InvalidOption(f"{name}: give some of {' '.join(known)}")
    return tuple(key for key in known if key in wanted)
