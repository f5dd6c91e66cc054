# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how workbooks are written against other libraries. A part of make bench; options: options.py."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from book_rows import differences
from contenders import HERE, OURS, PANDAS, WRITERS, install_writers, writer_versions
from goals import CELL, NORM, WORKBOOK_GROWTH
from machine import busy_seconds
from made_scans import make_scans
from options import Options
from page import WORKBOOKS
from part import circumstances, run, workplace
from runs import BenchError, least_disturbed, start
from table import markdown

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

_HEADINGS = ("VMs", "sources", "writer", "wall s", "CPU s", "CPU µs a cell", "peak MB", "file MB", "ours/it CPU", "goals")
_TEXT = ("writer", "goals")


@dataclass(frozen=True)
class Writing:
    """What writing one workbook took; ``size`` is that of the file in bytes, see runs.Run for the others."""

    wall: float
    cpu: float
    peak: float
    size: int
    others: float


#: Virtual machines and sources to cells of the workbook, and to writer to its writings.
Results = dict[tuple[int, int], tuple[int, dict[str, list[Writing]]]]


def measured(options: Options) -> str:
    """Circumstances and table."""
    install_writers()
    results = {(size, sources): _at(size, sources, options) for size in options.workbooks for sources in options.sources}
    counted = ", ".join(f"{cells:,} of {size:,} VMs and {sources} sources" for (size, sources), (cells, _writers) in results.items())
    others = (run.others for _cells, writers in results.values() for runs in writers.values() for run in runs)
    told = circumstances(options.rounds, writer_versions(), others, [f"Cells: {counted}"])
    return f"{told}\n\n{markdown([_HEADINGS, *_rows(results)], _TEXT)}"


def _at(size: int, sources: int, options: Options) -> tuple[int, dict[str, list[Writing]]]:
    writers = [key for key in options.writers if key != PANDAS or size <= NORM]
    with workplace() as folder:
        job, dest = folder / "job", folder / "book.xlsx"
        scans = make_scans(folder, size, sources)
        job.write_text(json.dumps({"scans": scans, "dest": str(dest)}))
        found: dict[str, list[Writing]] = {key: [] for key in writers}
        cells = 0
        for number in range(options.rounds):
            for key in writers[number % len(writers) :] + writers[: number % len(writers)]:
                one = least_disturbed(partial(_measure, key, job, dest), options.patience)
                found[key].append(one)
                if key == OURS and not cells:
                    cells = _cells(dest)
                    _check(dest, scans)
                print(
                    f"{size:,} VMs of {sources} sources, round {number + 1} of {options.rounds}, {WRITERS[key].name}: {one.wall:.2f} s wall, "
                    f"{one.cpu:.2f} s CPU, {one.peak / 1e6:.0f} MB; others used {one.others:.2f} cores",
                    file=sys.stderr,
                    flush=True,
                )
        return cells, found


def _measure(key: str, job: Path, dest: Path) -> Writing:
    file = job.with_suffix(".measured")
    busy = busy_seconds()
    start(WRITERS[key], job, (sys.executable, "-I", "-S", str(HERE / "measure.py"), str(file)))
    busy = busy_seconds() - busy
    taken = json.loads(file.read_text())
    return Writing(**taken, size=dest.stat().st_size, others=max(0.0, busy - taken["cpu"]) / taken["wall"])


def _check(workbook: Path, scans: list[str]) -> None:
    """:raises BenchError: the workbook cannot be read, or has not just the rows of the scans."""
    wrong = differences(str(workbook), [Scan.open(path) for path in scans], LAYOUTS["consolidated"].with_extra(()), LANGUAGES["en"])
    if wrong:
        raise BenchError(f"the workbook is not that of its scans: {'; '.join(wrong)}")


def _cells(workbook: Path) -> int:
    """Cells of all sheets, empty ones between the others counted."""
    count = 0
    with zipfile.ZipFile(workbook) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                with archive.open(name) as stream:
                    rest = b""
                    while piece := stream.read(1 << 20):
                        count += (rest + piece).count(b"<c r=")
                        rest = piece[-4:]
    return count


def _rows(results: Results) -> list[tuple[str, ...]]:
    rows = []
    for (size, sources), (cells, writers) in results.items():
        for key, runs in writers.items():
            cpu = median(run.cpu for run in runs)
            ratio = median(one.cpu / other.cpu for one, other in zip(writers[OURS], runs))
            verdicts = [CELL.judge(ratio)] if key == "openpyxl" and size > NORM else []
            if key == OURS and size > NORM and (NORM, sources) in results:
                small = median(run.peak for run in results[NORM, sources][1][OURS])
                verdicts.append(WORKBOOK_GROWTH.judge(median(run.peak for run in runs) / small))
            rows.append((
                f"{size:,}", str(sources), WRITERS[key].name, f"{median(run.wall for run in runs):.2f}", f"{cpu:.2f}", f"{cpu / cells * 1e6:.2f}",
                f"{median(run.peak for run in runs) / 1e6:.0f}", f"{runs[0].size / 1e6:.1f}", "" if key == OURS else f"{ratio:.3g}", "; ".join(verdicts),
            ))  # fmt: skip
    return rows


if __name__ == "__main__":
    run(WORKBOOKS, lambda options: options.workbooks, measured)
