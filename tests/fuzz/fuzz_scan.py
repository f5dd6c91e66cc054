# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan servers whose answers are of the right shape and of the wrong content, each in a process of its own.

Every scan has to end: in time, in bounded memory, and with nothing that was not expected. Whatever does not is written to the folder of
finds, to be replayed: fuzz_scan.py --replay FILE
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
import traceback
from collections import Counter
from itertools import cycle
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random
from typing import Any

from estates_of_nonsense import Nonsense
from hostile_vcenter import HostileVcenter, Reply, page

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

#: Seconds that a scan may take on a slow machine, with a deadline of 20, and megabytes that it may need beside what the process has.
PATIENCE, MEMORY = 60.0, 300
#: What is said of an exception that nobody raised.
_MISTAKE = "was not expected"


def judge(made: dict[str, Any]) -> str:
    """What becomes of a scan of a server with these answers: its status, or what is wrong, which begins with "find"."""
    parts = {name: made[name] for name in ("about", "user", "clock", "places", "machines", "attributes")}
    further, rest = iter(made["pages"]), cycle(made["rest"])

    def answer(server: HostileVcenter, request: Any) -> Any:
        if request.method.startswith("/"):
            return Reply('"key"' if request.method.endswith("session") else next(rest), headers={"Content-Type": "application/json"})
        if request.method == "ContinueRetrievePropertiesEx":
            return next(further, page("", "", request.method))
        if made["pages"] and b"<type>VirtualMachine</type>" in request.body:
            return page(server.machines, "T0")
        return None

    with HostileVcenter(**parts) as server:
        server.answers = _Everything(answer)
        ours, theirs = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_scan, args=(server.connection(deadline=20, retries=0), theirs), daemon=True)
        child.start()
        theirs.close()
        if not ours.poll(PATIENCE):
            child.kill()
            return f"find: it goes on after {PATIENCE:.0f} s"
        try:
            return ours.recv()
        except EOFError:
            return f"find: it died with {child.exitcode}"
        finally:
            child.join()


class _Everything(dict):
    """One function for every method."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self._answer = answer

    def get(self, method: str, default: Any = None) -> Any:
        return self._answer


def _scan(connection: Connection, pipe: Pipe) -> None:
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, scan_source
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (MEMORY << 20),) * 2)
    try:
        scan = scan_source(connection, "nonsense", ScanRequest(select(list(SECTIONS))), IN_MEMORY)
        json.dumps(facts(scan, with_rows=True), allow_nan=False)
        said = [scan.head.error, *(issue.message for issue in scan.issues()), check_connection(connection, SECTIONS.values())["error"]]
        mistakes = [message for message in said if _MISTAKE in message]
        pipe.send(f"find: {mistakes[0]}" if mistakes else scan.head.status)
    except BaseException:
        pipe.send(f"find: {traceback.format_exc(limit=-3).strip()}")


def fuzz(seconds: float, most: int | None, seed: int, finds: Path) -> int:
    """Scan until the time is up or there were enough; the number of finds."""
    outcomes: Counter[str] = Counter()
    random = Random(seed)
    start = time.monotonic()
    for number in range(sys.maxsize if most is None else most):
        if time.monotonic() - start >= seconds:
            break
        made = Nonsense(random).everything()
        outcome = judge(made)
        outcomes[outcome.partition(":")[0]] += 1
        if outcome.startswith("find"):
            finds.mkdir(parents=True, exist_ok=True)
            path = finds / f"{seed}-{number}.json"
            path.write_text(json.dumps(made))
            print(f"{path}: {outcome}", file=sys.stderr)
    took = time.monotonic() - start
    counts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    print(f"seed {seed}: {outcomes.total()} scans in {took:.0f} s: {counts}")
    return outcomes["find"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--scans", type=int, help="stop after so many")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the same seed makes the same answers; else other ones each time")
    parser.add_argument("--finds", type=Path, default=Path(".build/fuzz"), help="folder for what does not end well (%(default)s)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="scan with these answers and show what becomes of it")
    options = parser.parse_args()
    if options.replay:
        print(judge(json.loads(options.replay.read_text())))
        return 0
    return 1 if fuzz(options.seconds, options.scans, options.seed, options.finds) else 0


if __name__ == "__main__":
    sys.exit(main())
