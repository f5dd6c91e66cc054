# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many sources in one play: all read, side by side, whatever becomes of some of them, and nothing left behind."""

from __future__ import annotations

import gzip
import json
import re
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from estates import start_simulator
from hostile_vcenter import SILENT, HostileVcenter, Reply, machine, page
from openpyxl import load_workbook

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.tests.integration.awx import Job
from ansible_collections.estate.vmware.tests.integration.running import run_job, source


@pytest.mark.parametrize(("count", "forks"), [(12, 12), pytest.param(50, 20, marks=pytest.mark.all_only)])
def test_many_sources_at_a_time(tmp_path, count, forks):
    with start_simulator(tmp_path / "a", name="a", vms=20) as one, start_simulator(tmp_path / "b", name="b", vms=10, kind="esxi") as other:
        sources = {f"source-{number:02}": source((one, other)[number % 2]) for number in range(count)}
        done = run_job(tmp_path / "run", sources, "--forks", str(forks))
        calls = [simulator.calls() for simulator in (one, other)]
    assert done.returncode == 0, done.stdout[-3000:]
    for made in calls:
        assert made["Login"] == made["Logout"] == count / 2
        assert made["CreateContainerView"] == made["DestroyView"]
    folder = tmp_path / "run" / "vmware-inventory"
    assert sorted(path.stem for path in (folder / "scans").iterdir()) == sorted(sources), "no temporary file is left"
    assert not list((tmp_path / "run" / "ansible").rglob("*.py")), "nor one of Ansible's"
    (path,) = folder.glob("*.xlsx")
    workbook = load_workbook(path)
    summary = [row[:2] for row in workbook["Summary"].iter_rows(values_only=True)]
    assert [(name, shown(name)) for name in sorted(sources)] == [row for row in summary if row[0] in sources and isinstance(row[1], str)]


def shown(name: str) -> str:
    """All sources are names of two simulators, of which the first names count."""
    return "OK" if name in ("source-00", "source-01") else "Duplicate"


#: Seconds that a source may take altogether.
DEADLINE = 10


#: Of each source that is there and fails, what the workbook says.
REASONS = {
    "dead": "no connection",
    "intruder": "is refused",
    "hanging": "no answer within 3 s|longer than 10 s",
    "dripping": "no answer within 3 s|longer than 10 s",
    "bombing": "larger than|more than",
    "cycling": "same page",
    "absurd": "neither a vCenter",
}


def drip(_server: HostileVcenter, request: Any) -> object:
    """A byte a second, for longer than anybody should wait."""
    request.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _second in range(10 * DEADLINE):
        request.connection.sendall(b" ")
        time.sleep(1)
    return SILENT


def say_absurdities(_server: HostileVcenter, request: Any) -> object:
    request.connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n")
    return SILENT


@cache
def zipped() -> bytes:
    """80 MB of a reply that never becomes an object, in as many KB."""
    return gzip.compress(page("<objects><a>" + "<b/>" * (20 << 20) + "</a></objects>").encode())


#: Servers of ill will: SOAP method to what they answer.
HOSTILE: dict[str, dict[str, Any]] = {
    "dripping": {"Login": drip},
    "bombing": {"RetrievePropertiesEx": lambda _server, _request: Reply(zipped(), headers={"Content-Encoding": "gzip"})},
    "cycling": {
        "RetrievePropertiesEx": page(machine(1), token="again"),
        "ContinueRetrievePropertiesEx": page(machine(2), token="again", method="ContinueRetrievePropertiesEx"),
    },
    "absurd": {"Login": say_absurdities},
}


def hostile_source(server: HostileVcenter) -> dict[str, Any]:
    """Host variables of a hostile vCenter."""
    return {f"vmware_{name}": value for name, value in server.options(deadline=DEADLINE, timeout=3).items()}


@pytest.fixture(params=[6, pytest.param(26, marks=pytest.mark.all_only)], ids="{} good".format)
def many(request, tmp_path, dead_port):
    """Host variables of good sources and of bad ones, and the simulators of the good ones."""
    stuck = [{"method": "RetrievePropertiesEx", "times": 0, "delay_ms": 600_000}]
    # Not while a source waits for it.
    zipped()
    with ExitStack() as servers:
        one = servers.enter_context(start_simulator(tmp_path / "a", name="a", vms=20))
        other = servers.enter_context(start_simulator(tmp_path / "b", name="b", vms=10, kind="esxi"))
        hanging = servers.enter_context(start_simulator(tmp_path / "c", name="c", vms=5, faults=stuck))
        good = {f"source-{number:02}": source((one, other)[number % 2]) for number in range(request.param)}
        bad = {
            "dead": source(one, vmware_port=dead_port),
            "intruder": source(one, vmware_password="wr0ng-passw0rd"),
            "hanging": source(hanging, vmware_timeout=3, vmware_deadline=DEADLINE),
            **{name: hostile_source(servers.enter_context(HostileVcenter(answers))) for name, answers in HOSTILE.items()},
        }
        yield good, bad, (one, other)


def check(good, bad, simulators, output: str, made: Path, delivered: Path) -> None:
    """Bad sources take a bounded time, cost the others nothing, and report the reason; their rows in the workbook are red."""
    assert f"{len(bad)} of {len(good) + len(bad)} sources could not be read: {', '.join(sorted(bad))}." in output
    recap = dict(re.findall(r"^(\S+) +: .*failed=(\d+)", output, re.MULTILINE))
    assert {name for name, failed in recap.items() if failed != "0"} == set(bad)
    calls = [simulator.calls() for simulator in simulators]
    assert calls[0]["Login"] == calls[0]["Logout"] + 1 and calls[1]["Login"] == calls[1]["Logout"]

    heads = {path.stem: Scan.open(str(path)).head for path in (made / "scans").rglob("*.sqlite")}
    assert heads.keys() == {**good, **bad}.keys()
    assert 3 < heads["hanging"].seconds < DEADLINE + 10

    (path,) = made.glob("*.xlsx")
    assert (delivered / path.name).read_bytes() == path.read_bytes()
    workbook = load_workbook(path)
    rows = {row[0].value: row for row in workbook["Summary"].iter_rows() if row[0].value in heads and row[1].value in ("OK", "Duplicate", "Error")}
    assert {name: row[1].value for name, row in rows.items()} == {**{name: shown(name) for name in good}, **dict.fromkeys(bad, "Error")}
    assert {name for name, head in heads.items() if head.status == "ok"} == set(good)
    for name, reason in REASONS.items():
        assert re.search(reason, " ".join(str(cell.value) for cell in rows[name])), name
    vms = [row[0] for row in workbook["All VMs"].iter_rows(min_row=2, values_only=True)]
    assert {name: count for name in heads if (count := vms.count(name))} == {"source-00": 20, "source-01": 10}


def test_many_sources_of_which_some_are_bad(tmp_path, many):
    good, bad, simulators = many
    delivered = tmp_path / "share"
    delivered.mkdir()
    to = json.dumps({"vmware_deliver_to": [{"type": "copy", "dest": f"{delivered}/"}]})
    done = run_job(tmp_path / "run", {**bad, **good}, "--forks", "10", "--extra-vars", to)
    assert done.returncode == 2
    check(good, bad, simulators, done.stdout, tmp_path / "run" / "vmware-inventory", delivered)


# AWX runs jobs in test_awx.py, with sources that are bad too.
@pytest.mark.all_only
def test_many_sources_of_which_some_are_bad_as_awx_runs_them(tmp_path, many):
    good, bad, simulators = many
    delivered = tmp_path / "share"
    delivered.mkdir()
    group = {"hosts": {**bad, **good}, "vars": {"vmware_deliver_to": [{"type": "copy", "dest": f"{delivered}/"}]}}
    job = Job(tmp_path / "job", "collect_inventory", group, environment={"ANSIBLE_FORKS": "10"}).run()
    assert job.status == "failed"
    reported = job.artifacts()["vmware_report_result"]
    assert reported["sources"] == {**{name: "ok" if shown(name) == "OK" else "partial" for name in good}, **dict.fromkeys(bad, "failed")}
    check(good, bad, simulators, job.output, Path(reported["workbook"]).parent, delivered)
