# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of make bench does alike: begin and end, work in a folder, and say under what circumstances."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from contenders import ROOT
from estates import SimulatorError
from machine import cores, describe, revision, today
from options import InvalidOption, Options
from page import NoPlace, around_block, keep
from runs import BenchError


def run(kind: str, is_wanted: Callable[[Options], object], measured: Callable[[Options], str]) -> None:
    """Measure, print, and keep what was measured in its block of the page. Ends the process with a line where that cannot be done.

    :param kind: of results, see page.py. :param measured: circumstances and table.
    """
    # Whoever ends it must not leave simulators and scans behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("Stopped."))
    try:
        options = Options.from_environment()
        if not is_wanted(options):
            return
        if options.results:
            around_block(options.results, kind)
        text = measured(options)
        print(text)
        if options.results:
            keep(text, options.results, kind)
    except (BenchError, InvalidOption, NoPlace, SimulatorError, subprocess.CalledProcessError) as error:
        sys.exit(f"The benchmark cannot be run: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder in memory-backed storage where there is some, gone afterwards."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="estate-bench-", dir=memory) as name:
        yield Path(name)


def circumstances(rounds: int, versions: str, others: Iterable[float], more: Sequence[str] = ()) -> str:
    """Lines that say when, of what and on what machine.

    :param others: cores that others used, of each run. :param more: further lines.
    """
    used = list(others)
    return "\n".join(
        f"* {line}."
        for line in (
            f"{today()}, {revision(ROOT)}, {'medians of ' * (rounds > 1)}{rounds} round{'s' * (rounds > 1)}",
            f"Machine: {describe()}",
            f"Versions: {versions}",
            *more,
            f"Other processes of the machine used {sum(used) / len(used):.2f} of {cores()} cores on average, {max(used):.2f} at most",
        )
    )
