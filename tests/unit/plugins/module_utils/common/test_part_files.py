# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile, remove_abandoned

_MAKER = """
import time
from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
print(PartFile({folder!r}, ".xlsx").path, flush=True)
time.sleep(60)
"""


@pytest.fixture
def maker(tmp_path):
    """A process that makes a part, and the part's path."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, "-c", _MAKER.format(folder=str(tmp_path))], stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_only_part_files_of_killed_processes_are_removed(tmp_path, maker):
    process, path = maker
    own, foreign = PartFile(str(tmp_path)), tmp_path / ".download.part"
    foreign.touch()
    os.mkfifo(tmp_path / ".vmware-inventory-x.part")
    remove_abandoned(str(tmp_path))
    assert os.path.exists(path) and os.path.exists(own.path), "they are being made"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert os.path.exists(path)
    PartFile(str(tmp_path)).discard()
    assert not os.path.exists(path) and os.path.exists(own.path) and foreign.exists()
    own.discard()


def test_part_file_is_for_its_owner_and_can_be_renamed(tmp_path):
    part = PartFile(str(tmp_path))
    assert stat.S_IMODE(os.stat(part.path).st_mode) == 0o600
    os.replace(part.path, tmp_path / "whole")
    part.discard()
    remove_abandoned(str(tmp_path))
    assert os.listdir(tmp_path) == ["whole"]


def test_missing_folder(tmp_path):
    remove_abandoned(str(tmp_path / "nowhere"))
    with pytest.raises(OSError):
        PartFile(str(tmp_path / "nowhere"))
