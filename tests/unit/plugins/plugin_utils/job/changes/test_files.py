# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.files import CSV, JSON, formats_for, totals, write_csv


@pytest.mark.parametrize(
    ("destination", "files"),
    [
        ({"type": "copy", "dest": "/srv/reports/"}, [CSV, JSON]),
        ({"type": "copy", "dest": "/srv/reports"}, [CSV, JSON]),
        ({"type": "copy", "dest": "/srv/report.json"}, [JSON]),
        ({"type": "http", "url": "https://files.example.com/report.csv?token=a/"}, [CSV]),
        ({"type": "http", "url": "https://files.example.com/reports/"}, [CSV, JSON]),
        ({"type": "s3", "bucket": "estate"}, [CSV, JSON]),
        ({"type": "mail", "server": "smtp.example.com"}, [CSV]),
        ({"type": "else"}, [CSV]),
    ],
)
def test_destination_takes_the_files_that_it_can_hold(destination, files):
    assert formats_for(destination) == files


def test_names_are_no_formulas(tmp_path):
    path = tmp_path / "report.csv"
    write_csv(str(path), ("name", "size_gb"), [{"name": "=cmd()", "size_gb": -1.5}, {"name": "ä, b", "size_gb": None}])
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["name,size_gb", "'=cmd(),-1.5", '"ä, b",']
    assert path.stat().st_mode & 0o777 == 0o600 and list(tmp_path.iterdir()) == [path]


def test_totals():
    assert totals([{"result": "kept"}, {"result": "failed"}, {"result": "kept"}]) == {"failed": 1, "kept": 2}
