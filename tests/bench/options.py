# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of make bench, which are environment variables.

* ``SIZES``: numbers of virtual machines to scan (1000 10000 50000); empty for no scan. ``RUNS``: rounds at each size (3).
* ``READERS``: who is measured beside ours (raw pyvmomi govmomi). ``PEER``: sizes at which community.vmware has one round (1000).
* ``WORKBOOKS``: numbers of virtual machines to write a workbook of (10000 100000); empty for none. ``SOURCES``: out of how many scans (4 20).
* ``WRITERS``: who is measured beside ours (openpyxl xlsxwriter pandas), pandas at the smaller sizes alone.
* ``INVENTORIES``: numbers of virtual machines to make an inventory of (1000 10000); empty for none. ``LISTERS``: what is measured
  beside ours of one vCenter (five cache scans keyed graph bare peer), the peer in one round.
* ``JOBS``: numbers of virtual machines that each of four sources of the whole job has (2500); empty for none.
* ``JOB_SOURCES``: two numbers of sources of one virtual machine: the CPU of a job with the second, less that of a job with the first,
  is the CPU of Ansible itself (10 50); empty for no such jobs.
* ``CHANGES``: numbers of virtual machines that are changed with one task (200); empty for none. ``CHANGE_PEERS``: how many of them modules of
  community.vmware change, in one round (10); 0 for none. ``CHANGE_AMONG``: among how many one is found, and memory is measured (10000); 0 for neither.
* ``PATIENCE``: how often a reading is measured again while others use the machine (3).
* ``RESULTS``: the page whose block of results is written anew (docs/benchmarks.md); empty for none.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from contenders import CONTENDERS, LISTERS, OURS, PEER, RAW, ROOT, WRITERS


class InvalidOption(Exception):
    """An option has a value that cannot be used; the message says which values can."""


@dataclass(frozen=True)
class Options:
    """What is measured.

    :ivar readers: and listers and writers: keys of the contenders that have every round, in the order of the table.
    """

    sizes: tuple[int, ...]
    rounds: int
    patience: int
    readers: tuple[str, ...]
    peer_sizes: tuple[int, ...]
    workbooks: tuple[int, ...]
    sources: tuple[int, ...]
    writers: tuple[str, ...]
    inventories: tuple[int, ...]
    listers: tuple[str, ...]
    jobs: tuple[int, ...]
    job_sources: tuple[int, ...]
    changes: tuple[int, ...]
    change_peers: int
    change_among: int
    results: Path | None

    @classmethod
    def from_environment(cls) -> Options:
        """:raises InvalidOption: a value cannot be used."""
        results = os.environ.get("RESULTS", str(ROOT / "docs" / "benchmarks.md"))
        return cls(
            sizes=_numbers("SIZES", "1000 10000 50000"),
            rounds=_number("RUNS", 3, least=1),
            patience=_number("PATIENCE", 3, least=0),
            readers=_some("READERS", "raw pyvmomi govmomi", [key for key in CONTENDERS if key != PEER]),
            peer_sizes=_numbers("PEER", "1000"),
            workbooks=_numbers("WORKBOOKS", "10000 100000"),
            sources=_numbers("SOURCES", "4 20"),
            writers=_some("WRITERS", "openpyxl xlsxwriter pandas", list(WRITERS)),
            inventories=_numbers("INVENTORIES", "1000 10000"),
            listers=_some("LISTERS", "five cache scans keyed graph bare peer", [key for key in LISTERS if key != RAW]),
            jobs=_numbers("JOBS", "2500"),
            job_sources=_two_numbers("JOB_SOURCES", "10 50"),
            changes=_numbers("CHANGES", "200"),
            change_peers=_number("CHANGE_PEERS", 10, least=0),
            change_among=_number("CHANGE_AMONG", 10_000, least=0),
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


def _two_numbers(name: str, default: str) -> tuple[int, ...]:
    numbers = _numbers(name, default)
    if numbers and (len(numbers) != 2 or not 0 < numbers[0] < numbers[1]):
        raise InvalidOption(f"{name}: give two numbers of sources, the smaller one first, such as {default}")
    return numbers


def _number(name: str, default: int, least: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise InvalidOption(f"{name}: give a number of {least} or more, such as {default}")
    return int(text)


def _some(name: str, default: str, known: list[str]) -> tuple[str, ...]:
    """Ours and those that are named, in the order of the known ones."""
    wanted = {OURS, *os.environ.get(name, default).replace(",", " ").split()}
    if not wanted <= set(known):
        raise InvalidOption(f"{name}: give some of {' '.join(known)}")
    return tuple(key for key in known if key in wanted)
