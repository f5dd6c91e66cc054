# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Feed the decoder broken and hostile replies: its invariants must hold, in bounded memory and time.

A reply that breaks one is written to a folder. To run it again: fuzz_decode.py --replay FILE
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from random import Random

from fuzzing import Fuzzer
from invariants import check
from mutations import BENDING, BREAKING, HEAVY
from replies import SHAPES, replies

#: Seconds of CPU for one reply, and for each megabyte of it: it is decoded in three ways, on a slow machine.
BASE_SECONDS, SECONDS_PER_MEGABYTE = 1.0, 2.0
#: Bytes that the whole process may allocate. The largest replies have some 25 MB.
MEMORY = 1 << 30


class TooSlow(Exception):
    """A reply took longer than its size allows."""


def cases(seed: int) -> Iterator[bytes]:
    """Broken replies without end, the same for the same seed."""
    random = Random(seed)
    whole = replies()
    while True:
        data = random.choice(whole)
        mutations = random.choices(BENDING, k=random.choice([1, 1, 2, 3, 5, 10]))
        if random.random() < 0.3:
            mutations.append(random.choice(BREAKING))
        if random.random() < 0.05:
            mutations.append(random.choice(HEAVY))
        for mutation in mutations:
            data = mutation(random, data, random.choice(whole))
        yield data


def run(data: bytes) -> str:
    """Decode one reply, see invariants.check().

    :raises TooSlow: it takes too long. Others: an invariant is broken.
    """
    start = time.process_time()
    outcome = check(data, SHAPES)
    took = time.process_time() - start
    if took > BASE_SECONDS + SECONDS_PER_MEGABYTE * len(data) / (1 << 20):
        raise TooSlow(f"{took:.1f} s for {len(data)} bytes")
    return outcome


FUZZER: Fuzzer[bytes] = Fuzzer(cases, run, bytes, bytes, ".xml")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.exit(FUZZER.main(__doc__.splitlines()[0]))
