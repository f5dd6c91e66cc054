# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs to one table, in Markdown, which is good to read in a terminal too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from contenders import CONTENDERS, OURS
from goals import AGAINST, GROWTH, NORM, PEAK, calls
from runs import Run

#: Number of virtual machines to reader to its runs, one a round.
Results = Mapping[int, Mapping[str, Sequence[Run]]]

_MB = 1e6
_HEADINGS = ("VMs", "reader", "wall s", "CPU s", "peak MB", "calls", "ours/it wall", "ours/it CPU", "goals")
_TEXT = ("reader", "goals")


def table(results: Results) -> str:
    """The whole table; a row is a reader at a size."""
    return markdown([_HEADINGS, *_rows(results)], _TEXT)


def markdown(rows: Sequence[Sequence[str]], at_left: Sequence[str]) -> str:
    """Rows, the first of them headings, as a table.

    :param at_left: headings of the columns that do not hold numbers.
    """
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    left = [heading in at_left for heading in rows[0]]
    lines = ["| " + " | ".join(text.ljust(width) if is_left else text.rjust(width) for text, width, is_left in zip(row, widths, left)) + " |" for row in rows]
    rule = "| " + " | ".join("-" * width if is_left else "-" * (width - 1) + ":" for width, is_left in zip(widths, left)) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def _rows(results: Results) -> Iterator[tuple[str, ...]]:
    for size, readers in results.items():
        for key, runs in readers.items():
            wall, cpu = (_ratio(readers[OURS], runs, of) for of in (_wall, _cpu))
            goals = AGAINST.get(key, ()) if size >= NORM else ()
            verdicts = _own_verdicts(results, size) if key == OURS else [goal.judge({"wall": wall, "CPU": cpu}[goal.what]) for goal in goals]
            yield (
                f"{size:,}",
                CONTENDERS[key].name,
                f"{_middle(runs, _wall):.2f}",
                f"{_middle(runs, _cpu):.2f}",
                f"{_middle(runs, _peak):.0f}",
                f"{_middle(runs, lambda run: run.calls):,.0f}",
                "" if key == OURS else f"{wall:.3g}",
                "" if key == OURS else f"{cpu:.3g}",
                "; ".join(verdicts),
            )


def _own_verdicts(results: Results, size: int) -> list[str]:
    runs = results[size][OURS]
    peak = _middle(runs, _peak)
    verdicts = [calls(_middle(runs, lambda run: run.pages)).judge(_middle(runs, lambda run: run.calls))]
    if size == NORM:
        verdicts.append(PEAK.judge(peak))
    if size > NORM and NORM in results:
        verdicts.append(GROWTH.judge(peak / _middle(results[NORM][OURS], _peak)))
    return verdicts


def _middle(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    return median(map(of, runs))


def _ratio(ours: Sequence[Run], theirs: Sequence[Run], of: Callable[[Run], float]) -> float:
    """Ours divided by theirs, each round by itself: what slows a machine down for a while slows both."""
    return median(of(one) / of(other) for one, other in zip(ours, theirs))


def _wall(run: Run) -> float:
    return run.wall


def _cpu(run: Run) -> float:
    return run.cpu


def _peak(run: Run) -> float:
    return run.peak / _MB
