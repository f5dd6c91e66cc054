# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan servers whose replies have the right form and random content, each scan in a process of its own.

Each scan must end: in time, in bounded memory, and without an unexpected error. The replies of one that does not are written to a
folder. To run them again: fuzz_scan.py --replay FILE
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import traceback
from collections.abc import Iterator
from itertools import cycle
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random
from typing import Any

from fuzzing import Fuzzer
from hostile_vcenter import HostileVcenter, Reply, page
from random_sources import RandomSource

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

#: Seconds for one scan on a slow machine, with a deadline of 20 s.
MAX_SECONDS = 60.0
#: Megabytes that a scan may need beside what the process has.
MEMORY = 300
#: In the message of UnexpectedResponse: an exception that no code handles.
_UNEXPECTED = "unexpected response"


class ScanBroke(Exception):
    """A scan did not end as it should."""


def cases(seed: int) -> Iterator[dict[str, Any]]:
    """Replies of servers without end, the same for the same seed."""
    random = Random(seed)
    while True:
        yield RandomSource(random).replies()


def run(replies: dict[str, Any]) -> str:
    """Scan a server with these replies; the status of the scan.

    :raises ScanBroke: it does not end, its process dies, or an error in it is unexpected.
    """
    with _server(replies) as server:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_scan, args=(server.connection(deadline=20, retries=0), sender), daemon=True)
        child.start()
        sender.close()
        try:
            if not receiver.poll(MAX_SECONDS):
                child.kill()
                raise ScanBroke(f"it goes on after {MAX_SECONDS:.0f} s")
            status, problem = receiver.recv()
        except EOFError:
            child.join()
            raise ScanBroke(f"its process died with {child.exitcode}") from None
        finally:
            child.join()
    if problem:
        raise ScanBroke(problem)
    return status


def _server(replies: dict[str, Any]) -> HostileVcenter:
    further_pages, rest_replies = iter(replies["pages"]), cycle(replies["rest"])

    def reply(server: HostileVcenter, request: Any) -> Any:
        if request.method.startswith("/"):
            return Reply('"key"' if request.method.endswith("session") else next(rest_replies), headers={"Content-Type": "application/json"})
        if request.method == "ContinueRetrievePropertiesEx":
            return next(further_pages, page("", "", request.method))
        if replies["pages"] and b"<type>VirtualMachine</type>" in request.body:
            return page(server.machines, "T0")
        return None

    server = HostileVcenter(**{name: replies[name] for name in ("about", "user", "clock", "topology", "machines", "attributes")})
    server.answers = _ForEveryMethod(reply)
    return server


class _ForEveryMethod(dict[str, Any]):
    """One function for every method."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self._function = function

    def get(self, method: str, default: Any = None) -> Any:
        return self._function


def _scan(connection: Connection, pipe: Pipe) -> None:
    """Send the status of the scan, and what is wrong with it: empty if nothing is."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (MEMORY << 20),) * 2)
    try:
        scan = scan_source(connection, "random", ScanRequest(select(list(SECTIONS))), IN_MEMORY)
        json.dumps(facts(scan, with_rows=True), allow_nan=False)
        messages = [scan.head.error, *(issue.message for issue in scan.issues()), check_connection(connection, SECTIONS.values())["error"]]
        pipe.send((scan.head.status, next((message for message in messages if _UNEXPECTED in message), "")))
    except BaseException:
        pipe.send(("", traceback.format_exc(limit=-3).strip()))


def _dump(replies: dict[str, Any]) -> bytes:
    return json.dumps(replies).encode()


FUZZER: Fuzzer[dict[str, Any]] = Fuzzer(cases, run, _dump, json.loads, ".json")


if __name__ == "__main__":
    sys.exit(FUZZER.main(__doc__.splitlines()[0]))
