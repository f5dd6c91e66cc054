# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, find_scans, forget_failure, good_path, scan_path


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("vcenter-prod", "vcenter-prod.sqlite"),
        ("a b@c", "a b@c.sqlite"),
        ("../../etc/x", "%2E.%2F..%2Fetc%2Fx.sqlite"),
        (".hidden", "%2Ehidden.sqlite"),
        ("a/b", "a%2Fb.sqlite"),
        ("zürich", "z%C3%BCrich.sqlite"),
    ],
)
def test_scan_in_a_folder_is_named_after_its_source(tmp_path, source, name):
    assert scan_path(str(tmp_path), source) == str(tmp_path / name)


def test_scan_path_of_a_file_is_itself(tmp_path):
    assert scan_path(str(tmp_path / "x.db"), "east") == str(tmp_path / "x.db")


def test_scan_never_replaces_a_device_or_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "east.sqlite").mkdir()
    for dest in ("/dev/null", str(tmp_path / "pipe"), str(tmp_path)):
        with pytest.raises(ScanFileError, match="^dest must be a folder or a file"):
            scan_path(dest, "east")


def test_scans_of_files_and_folders_each_once(tmp_path):
    for name in ("b.sqlite", "a.sqlite", ".c.part", ".d.sqlite", "notes.txt"):
        (tmp_path / name).touch()
    wanted = [str(tmp_path / "b.sqlite"), str(tmp_path)]
    assert find_scans(wanted) == [str(tmp_path / "b.sqlite"), str(tmp_path / "a.sqlite")]


def test_missing_path(tmp_path):
    with pytest.raises(ScanFileError, match="nowhere does not exist"):
        find_scans([str(tmp_path / "nowhere")])


def test_failed_scan_is_beside_the_last_good_one(tmp_path):
    good = tmp_path / "a.sqlite"
    failed = tmp_path / "failed" / "a.sqlite"
    assert failed_path(str(good)) == str(failed)
    assert failed_path(IN_MEMORY) == IN_MEMORY
    assert good_path(str(failed)) is None
    good.touch()
    assert good_path(str(failed)) == str(good)
    assert good_path(str(good)) is None


def test_failed_scans_are_found_with_good_ones(tmp_path):
    (tmp_path / "failed").mkdir()
    good, failed, never_read = tmp_path / "a.sqlite", tmp_path / "failed" / "a.sqlite", tmp_path / "failed" / "b.sqlite"
    for path in (good, failed, never_read):
        path.touch()
    assert find_scans([str(tmp_path)]) == [str(good), str(failed), str(never_read)]
    assert find_scans([str(good)]) == [str(good), str(failed)]
    assert find_scans([str(tmp_path / "b.sqlite")]) == [str(never_read)], "the file of a source that could never be read"
    forget_failure(str(good))
    assert find_scans([str(tmp_path)]) == [str(good), str(never_read)]
    forget_failure(IN_MEMORY)
