# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fifty sources in one play: all read, side by side, and nothing left behind."""

from __future__ import annotations

from ansible_collections.estate.vmware.tests.integration.running import run_job, source
from estates import start_simulator
from openpyxl import load_workbook

SOURCES = 50
FORKS = 20


def test_fifty_sources_with_twenty_forks(tmp_path):
    with start_simulator(tmp_path / "a", name="a", vms=20) as one, start_simulator(tmp_path / "b", name="b", vms=10, kind="esxi") as other:
        sources = {f"source-{number:02}": source((one, other)[number % 2]) for number in range(SOURCES)}
        done = run_job(tmp_path / "run", sources, "--forks", str(FORKS))
        calls = [simulator.calls() for simulator in (one, other)]
    assert done.returncode == 0, done.stdout[-3000:]
    for count in calls:
        assert count["Login"] == count["Logout"] == SOURCES / 2
        assert count["CreateContainerView"] == count["DestroyView"]
    made = tmp_path / "run" / "vmware-inventory"
    assert sorted(path.stem for path in (made / "scans").iterdir()) == sorted(sources), "no temporary file is left"
    assert not list((tmp_path / "run" / "ansible").rglob("*.py")), "nor one of Ansible's"
    (path,) = made.glob("*.xlsx")
    workbook = load_workbook(path)
    summary = [row[:2] for row in workbook["Summary"].iter_rows(values_only=True)]
    assert [(name, "OK") for name in sorted(sources)] == [row for row in summary if row[0] in sources and isinstance(row[1], str)]
