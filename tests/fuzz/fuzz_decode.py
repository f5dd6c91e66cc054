# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Feed the decoder broken and hostile replies and see that it keeps its invariants, in bounded memory and time.

Whatever breaks an invariant is written to the folder of finds, to be replayed: fuzz_decode.py --replay FILE
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from invariants import check
from mutations import BENDING, BREAKING, HEAVY
from replies import SHAPES, replies

#: Seconds of CPU that any input may take, and seconds a megabyte of it besides: three ways to decode, on a slow machine.
BASE, PER_MEGABYTE = 1.0, 2.0
#: What the whole process may allocate. The largest inputs have some 25 MB.
MEMORY = 1 << 30


class TooSlow(Exception):
    """An input took longer than its size allows."""


def inputs(seed: int) -> Iterator[bytes]:
    """Broken replies without end, always the same of one seed."""
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


def judge(data: bytes) -> str:
    """What becomes of one input, see invariants.check; TooSlow where that takes too long."""
    start = time.process_time()
    outcome = check(data, SHAPES)
    took = time.process_time() - start
    if took > BASE + PER_MEGABYTE * len(data) / (1 << 20):
        raise TooSlow(f"{took:.1f} s for {len(data)} bytes")
    return outcome


def fuzz(seconds: float, most: int | None, seed: int, finds: Path) -> int:
    """Judge inputs until the time is up or there were enough; the number of finds."""
    outcomes: Counter[str] = Counter()
    start = time.monotonic()
    for number, data in enumerate(inputs(seed)):
        if number == most or time.monotonic() - start >= seconds:
            break
        try:
            outcomes[judge(data)] += 1
        except Exception:
            outcomes["find"] += 1
            finds.mkdir(parents=True, exist_ok=True)
            path = finds / f"{seed}-{number}.xml"
            path.write_bytes(data)
            print(f"{path}: {traceback.format_exc(limit=-1).strip().splitlines()[-1]}", file=sys.stderr)
    took = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(f"seed {seed}: {outcomes.total()} inputs in {took:.0f} s, {outcomes.total() / took:.0f} inputs/s, peak {peak} MB: {counts}")
    return outcomes["find"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--inputs", type=int, help="stop after so many")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the same seed makes the same inputs; else another one each time")
    parser.add_argument("--finds", type=Path, default=Path(".build/fuzz"), help="folder for inputs that break an invariant (%(default)s)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="judge this one input and show what it raises")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if options.replay:
        print(judge(options.replay.read_bytes()))
        return 0
    return 1 if fuzz(options.seconds, options.inputs, options.seed, options.finds) else 0


if __name__ == "__main__":
    sys.exit(main())
