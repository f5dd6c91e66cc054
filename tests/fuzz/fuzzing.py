# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both fuzzers share: the loop over random cases, the files of failures, the command line."""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Case = TypeVar("Case")

FAILURE = "failure"


@dataclass(frozen=True)
class Fuzzer(Generic[Case]):
    """What one fuzzer does.

    :ivar cases: random cases without end, the same for the same seed.
    :ivar run: runs a case and returns the name of its outcome; whatever it raises is a failure.
    :ivar dump: a case as the bytes of a file. :ivar load: the reverse. :ivar suffix: of that file.
    """

    cases: Callable[[int], Iterator[Case]]
    run: Callable[[Case], str]
    dump: Callable[[Case], bytes]
    load: Callable[[bytes], Case]
    suffix: str

    def fuzz(self, seconds: float, most: int | None, seed: int, folder: Path) -> int:
        """Run cases until the time is up or there were enough; write each that fails to the folder, and print a summary.

        :returns: the number of failures.
        """
        outcomes: Counter[str] = Counter()
        start = time.monotonic()
        for number, case in enumerate(self.cases(seed)):
            if number == most or time.monotonic() - start >= seconds:
                break
            try:
                outcomes[self.run(case)] += 1
            except Exception:
                outcomes[FAILURE] += 1
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{seed}-{number}{self.suffix}"
                path.write_bytes(self.dump(case))
                print(f"{path}: {traceback.format_exc(limit=-1).strip().splitlines()[-1]}", file=sys.stderr)
        took = time.monotonic() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"seed {seed}: {outcomes.total()} cases in {took:.0f} s, {outcomes.total() / took:.0f} a second, peak {peak} MB: {counts}")
        return outcomes[FAILURE]

    def main(self, description: str) -> int:
        """The command line; returns the exit status."""
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--cases", type=int, help="stop after so many")
        parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the same seed makes the same cases; the default differs each time")
        parser.add_argument("--finds", type=Path, default=Path(".build/fuzz"), help="folder for cases that fail (%(default)s)")
        parser.add_argument("--replay", type=Path, metavar="FILE", help="run this one case and show what it raises")
        options = parser.parse_args()
        if options.replay:
            print(self.run(self.load(options.replay.read_bytes())))
            return 0
        return 1 if self.fuzz(options.seconds, options.cases, options.seed, options.finds) else 0
