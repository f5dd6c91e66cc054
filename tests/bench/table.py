# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs to one table, in Markdown, which is good to read in a terminal too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from contenders import OURS, Contender
from runs import Run

#: Number of virtual machines to reader to its runs, one a round.
Results = Mapping[int, Mapping[str, Sequence[Run]]]
#: What is said of a reader at a size, by our wall and CPU divided by its own.
Verdicts = Callable[[int, str, float, float], Sequence[str]]

_MB = 1e6
_HEADINGS = ("VMs", "reader", "wall s", "CPU s", "peak MB", "calls", "ours/it wall", "ours/it CPU", "goals")
_TEXT = ("reader", "goals")


def table(results: Results, readers: Mapping[str, Contender], verdicts: Verdicts) -> str:
    """The whole table; a row is a reader at a size."""
    return markdown([_HEADINGS, *_rows(results, readers, verdicts)], _TEXT)


def markdown(rows: Sequence[Sequence[str]], at_left: Sequence[str]) -> str:
    """Rows, the first of them headings, as a table.

    :param at_left: headings of the columns that do not hold numbers.
    """
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    left = [heading in at_left for heading in rows[0]]
    lines = ["| " + " | ".join(text.ljust(width) if is_left else text.rjust(width) for text, width, is_left in zip(row, widths, left)) + " |" for row in rows]
    rule = "| " + " | ".join("-" * width if is_left else "-" * (width - 1) + ":" for width, is_left in zip(widths, left)) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def peak(runs: Sequence[Run]) -> float:
    """Memory of the middle one, in MB."""
    return _middle(runs, lambda run: run.peak / _MB)


def _rows(results: Results, readers: Mapping[str, Contender], verdicts: Verdicts) -> Iterator[tuple[str, ...]]:
    for size, found in results.items():
        for key, runs in found.items():
            wall, cpu = (_ratio(found[OURS], runs, of) for of in (_wall, _cpu))
            yield (
                f"{size:,}",
                readers[key].name,
                f"{_middle(runs, _wall):.2f}",
                f"{_middle(runs, _cpu):.2f}",
                f"{peak(runs):.0f}",
                f"{_middle(runs, lambda run: run.calls):,.0f}",
                "" if key == OURS else f"{wall:.3g}",
                "" if key == OURS else f"{cpu:.3g}",
                "; ".join(verdicts(size, key, wall, cpu)),
            )


def _middle(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    return median(map(of, runs))


def _ratio(ours: Sequence[Run], theirs: Sequence[Run], of: Callable[[Run], float]) -> float:
    """Ours divided by theirs, each round by itself: what slows a machine down for a while slows both."""
    return median(of(one) / of(other) for one, other in zip(ours, theirs))


def _wall(run: Run) -> float:
    return run.wall


def _cpu(run: Run) -> float:
    return run.cpu
