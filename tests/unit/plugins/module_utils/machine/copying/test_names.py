# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.names import disk_files, free_directory
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import read


@pytest.mark.parametrize(
    "name, directory",
    [("web-1", "web-1"), ("a/b\\c%", "a_b_c_"), (" x. ", "x"), ("..", "vm"), ("[ds] a", "_ds_ a"), ("Büro 7", "Büro 7"), ("ü" * 200, "ü" * 100)],
)
def test_directory_is_called_as_the_vm_as_far_as_it_can(name, directory):
    assert free_directory(name, set()) == directory


def test_names_that_are_taken_get_a_number_and_are_taken_then():
    taken = {"web", "web_1"}
    assert [free_directory("web", taken), free_directory("web", taken)] == ["web_2", "web_3"]
    assert taken == {"web", "web_1", "web_2", "web_3"}


@given(st.text(max_size=100))
def test_every_name_becomes_one_directory(name):
    directory = free_directory(name, set())
    assert 0 < len(directory.encode()) <= 200 and "/" not in directory and directory not in (".", "..")


def test_each_disk_has_a_file_by_its_place():
    disks = [disk for _place, disk in sorted(read().disks.items())]
    assert disk_files("web-1", disks) == {"scsi0:0": "web-1.vmdk", "scsi0:1": "web-1_1.vmdk"}
