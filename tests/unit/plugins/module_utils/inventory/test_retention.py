# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import stat

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.retention import keep_earlier_scans
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, ScanFileError, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, make_failed_folder


def write(path, day: int, status: str = OK, source: str = "east") -> None:
    with ScanWriter(str(path)) as writer:
        writer.finish(ScanHead(source, "vc", status=status, started=f"2026-11-{day:02}T06:59:00Z"))


def run(path, day: int, keep: int, status: str = OK) -> None:
    """A job of this day, as the module does it."""
    with keep_earlier_scans(str(path), keep):
        if status == FAILED:
            make_failed_folder(str(path))
        write(failed_path(str(path)) if status == FAILED else path, day, status)


def days(folder) -> list[int]:
    """Of which days there are earlier scans; all of them can be read."""
    files = sorted(path for path in (folder / "earlier" / "east").iterdir())
    assert all(Scan.open(str(path)).head.started[8:10] == path.name[6:8] for path in files)
    return [int(path.name[6:8]) for path in files]


@pytest.fixture
def scan(tmp_path):
    return tmp_path / "east.sqlite"


def test_newest_earlier_scans_are_kept(scan, tmp_path):
    for day in range(1, 6):
        run(scan, day, keep=2)
    assert Scan.open(str(scan)).head.started.startswith("2026-11-05")
    assert days(tmp_path) == [3, 4]
    assert not list(tmp_path.rglob("*.part"))
    assert stat.S_IMODE((tmp_path / "earlier" / "east").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.rglob("*.sqlite"))


def test_first_run_has_nothing_to_keep(scan, tmp_path):
    run(scan, 1, keep=2)
    assert [path.name for path in tmp_path.iterdir()] == ["east.sqlite"]


def test_file_systems_without_hard_links_get_copies(scan, tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    for day in (1, 2, 3):
        run(scan, day, keep=5)
    assert days(tmp_path) == [1, 2]


def test_failed_scans_do_not_displace_good_ones(scan, tmp_path):
    for day in (1, 2, 3):
        run(scan, day, keep=2)
    for day in range(4, 9):
        run(scan, day, keep=2, status=FAILED)
    assert Scan.open(str(scan)).head.started.startswith("2026-11-03")
    assert days(tmp_path) == [1, 2], "the latest good one is not among the earlier ones"
    run(scan, 9, keep=2)
    assert days(tmp_path) == [2, 3]


def test_scans_that_failed_of_older_releases_are_not_kept(scan, tmp_path):
    run(scan, 1, keep=2)
    run(scan, 2, keep=2)
    write(tmp_path / "earlier" / "east" / "20261103T065900Z.sqlite", 3, FAILED)
    write(scan, 4, FAILED)
    run(scan, 5, keep=2)
    assert days(tmp_path) == [1]


def test_nothing_else_is_removed(scan, tmp_path):
    folder = tmp_path / "earlier" / "east"
    folder.mkdir(parents=True)
    for name in ("notes.txt", "best.sqlite", "20200101T000000Z.sqlite"):
        (folder / name).write_text("mine")
    write(folder / "20200102T000000Z.sqlite", 2, source="west")
    for day in (1, 2, 3):
        run(scan, day, keep=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "20200101T000000Z.sqlite",
        "20200102T000000Z.sqlite",
        "20261102T065900Z.sqlite",
        "best.sqlite",
        "notes.txt",
    ]


def test_interrupted_scan_changes_nothing(scan, tmp_path):
    run(scan, 1, keep=1)
    with pytest.raises(KeyboardInterrupt), keep_earlier_scans(str(scan), 1):
        raise KeyboardInterrupt
    run(scan, 2, keep=1)
    assert days(tmp_path) == [1]


def test_folder_that_cannot_be_created_fails_before_reading(scan, tmp_path):
    run(scan, 1, keep=1)
    (tmp_path / "earlier").write_text("in the way")
    with pytest.raises(ScanFileError, match="cannot keep .* as .*earlier.*set keep to 0"), keep_earlier_scans(str(scan), 1):
        pytest.fail("it was read all the same")


def test_file_that_is_not_a_scan_is_not_kept(scan, tmp_path):
    scan.write_text("something else")
    run(scan, 1, keep=3)
    assert not (tmp_path / "earlier").exists()
