# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a scan costs a server, counted by the server."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.estate.vmware.tests.integration.running import run_module, source


def scan(folder, simulator, **options):
    simulator.reset_calls()
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    result = run_module(folder, "vmware_inventory_facts", **connection, **options)
    assert not result["failed"], result
    return result["ansible_facts"]["vmware_inventory"], simulator.calls()


def test_calls_do_not_grow_with_vms(tmp_path, estate):
    """A VM's processor, names and places cost nothing: two vCenters of different size cost the same."""
    (large, calls_large), (small, calls_small) = (scan(tmp_path, simulator) for simulator in estate[:2])
    assert large["counts"]["vms"] > 2 * small["counts"]["vms"] > 0
    assert calls_large == calls_small
    assert sum(calls_large.values()) <= 15


@pytest.mark.parametrize("page_size", [5, 20])
def test_calls_grow_by_pages_alone(tmp_path, estate, page_size):
    whole, calls_whole = scan(tmp_path, estate[0], page_size=100_000, progress=False)
    paged, calls_paged = scan(tmp_path, estate[0], page_size=page_size, progress=False)
    assert paged["sections"] == whole["sections"], "pages lose nothing and repeat nothing"
    assert "ContinueRetrievePropertiesEx" not in calls_whole
    further = calls_paged.pop("ContinueRetrievePropertiesEx")
    assert calls_paged == calls_whole
    vms = whole["counts"]["vms"]
    others = len(whole["sections"]["hosts"]) + 200  # folders, pools, networks and the like
    assert math.ceil(vms / page_size) - 1 <= further <= math.ceil(vms / page_size) + math.ceil(others / page_size)


def test_facts_tell_the_calls_that_the_server_counts(tmp_path, estate):
    for simulator in estate:
        found, calls = scan(tmp_path, simulator)
        assert found["calls"] == sum(calls.values()) + sum(simulator.rest_calls().values()) > 0


def test_progress_costs_one_call(tmp_path, estate):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor() as pool:
        lines = pool.submit(path.read_text)
        shown, _calls = scan(tmp_path, estate[0], page_size=20, progress_pipe=str(path))
    silent, _calls = scan(tmp_path, estate[0], page_size=20)
    assert lines.result() and shown["calls"] == silent["calls"] + 1
