# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache of the dynamic inventory: what is not read again, what cannot be used, and older results for a source that is down."""

from __future__ import annotations

import json
import os
import re
import time

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.inventories import FAIL_ON_ERROR, Inventory, connection, inventory_file, listed, run, sources

_DAY = 86_400


@pytest.fixture(scope="module")
def simulators(tmp_path_factory):
    """Three small vCenters."""
    folder = tmp_path_factory.mktemp("simulators")
    running = [start_simulator(folder, name=name, vms=4, seed=seed) for seed, name in enumerate(("alpha", "beta", "gamma"))]
    yield running
    for simulator in running:
        simulator.stop()


@pytest.fixture(autouse=True)
def counted(simulators):
    for simulator in simulators:
        if simulator.process.poll() is None:
            simulator.reset_calls()


def caching(folder, **options):
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder / "cache"), "group_by": ["power_state"], **options}


def kept(folder):
    return sorted((folder / "cache").iterdir())


def change(path, pattern, new):
    """Change a file of the cache, which newer releases of Ansible write as a text within another."""
    path.write_text(changed := re.sub(pattern, new, path.read_text(), count=1))
    assert json.loads(changed)


def age(path, seconds):
    """Make a file of the cache older, by what it says and by its own time."""
    change(path, r'written\\*": (\d+)', lambda found: found[0].replace(found[1], str(int(found[1]) - seconds)))
    os.utime(path, (time.time() - seconds,) * 2)


def asked(simulators):
    """The simulators that were called."""
    return [simulator.name for simulator in simulators if simulator.calls() or simulator.rest_calls()]


def test_cached_result_is_not_read_again(tmp_path, simulators):
    alpha, beta = simulators[:2]
    options = caching(tmp_path, sources=sources([alpha, beta]))
    first = listed(tmp_path, **options)
    assert asked([alpha, beta]) == ["alpha", "beta"] and len(first.hosts) == 8 and len(kept(tmp_path)) == 2

    for simulator in (alpha, beta):
        simulator.reset_calls()
    again = listed(tmp_path, **options)
    assert asked([alpha, beta]) == []
    assert (again.hosts, again.groups, again.messages) == (first.hosts, first.groups, first.messages)
    # Names, groups and filters are no part of what was asked.
    name = min(machine["name"] for machine in first.by_name().values())
    other = listed(tmp_path, **{**options, "group_by": ["cluster"], "hostnames": ["moid"], "exclude_filters": [{"name": {"equals": name}}]})
    assert asked([alpha, beta]) == [] and 0 < len(other.hosts) < 8

    more = listed(tmp_path, **options, fields={"vms": ["annotation"]})
    assert asked([alpha, beta]) == ["alpha", "beta"] and len(kept(tmp_path)) == 4
    assert all("annotation" in machine for machine in more.by_name().values())

    for simulator in (alpha, beta):
        simulator.reset_calls()
    for path in kept(tmp_path):
        age(path, 2 * _DAY)
    listed(tmp_path, **options)
    assert asked([alpha, beta]) == ["alpha", "beta"]

    for simulator in (alpha, beta):
        simulator.reset_calls()
    listed(tmp_path, "--flush-cache", **options)
    assert asked([alpha, beta]) == ["alpha", "beta"]
    for path in kept(tmp_path):
        text = path.read_text()
        assert not any(secret in text for simulator in simulators for secret in (simulator.password, simulator.username))


def test_broken_cache_file_gives_a_warning_and_the_source_is_read_again(tmp_path, simulators):
    alpha = simulators[0]
    options = caching(tmp_path, **connection(alpha))
    first = listed(tmp_path, **options)
    (path,) = kept(tmp_path)
    whole = path.read_text()
    other_format = re.sub(r'(format\\*": )1', r"\g<1>0", whole)
    for broken in (whole[: len(whole) // 2], '{"_meta": {}}', other_format):
        path.write_text(broken)
        alpha.reset_calls()
        found = listed(tmp_path, **options)
        assert "reading the source again" in found.messages and asked([alpha]) == ["alpha"], broken[:40]
        assert found.hosts == first.hosts


def test_failed_source_with_and_without_use_stale_cache(tmp_path, simulators, authority):
    """One is down, one has another certificate, one refuses the password, and one is in order."""
    with start_simulator(tmp_path / "delta", name="delta", vms=4, seed=9) as delta:
        good = sources([*simulators, delta])
        first = listed(tmp_path, **caching(tmp_path, sources=good))
    assert len(first.hosts) == 16
    alpha, beta = simulators[:2]
    bad = [{**good[0], "ca_path": str(authority.path)}, {**good[1], "password": "wr0ng-passw0rd"}, good[2], {**good[3], "retries": 0}]
    reasons = ("3 of 4 sources could not be read", "alpha: ", "certificate is not trusted", "beta: ", "is refused", "delta: ", "no connection")
    for path in kept(tmp_path):
        age(path, 2 * _DAY)

    failing = inventory_file(tmp_path, **caching(tmp_path, sources=bad))
    for loudly in (False, True):
        done = run(tmp_path, "ansible-inventory", "--inventory", failing, "--list", **(FAIL_ON_ERROR if loudly else {}))
        assert (done.code != 0) == loudly
        assert all(reason in done.messages for reason in reasons), done.messages
        assert loudly or Inventory(done.output).hosts == {}, "not even those of the others"

    found = listed(tmp_path, **caching(tmp_path, sources=bad, use_stale_cache=True))
    assert found.hosts == first.hosts and found.groups == first.groups
    assert found.messages.count("could not be read; using its cached result of 20") == 3
    assert all(reason in found.messages for reason in ("certificate is not trusted", "is refused", "no connection")), found.messages
    assert not any(secret in found.messages for secret in (alpha.password, beta.password, "wr0ng-passw0rd"))


def test_stale_result_of_another_request_is_not_used(tmp_path, simulators):
    options = caching(tmp_path, **connection(simulators[0]), use_stale_cache=True)
    listed(tmp_path, **options)
    path = inventory_file(tmp_path, **{**options, "password": "wr0ng-passw0rd"}, fields={"vms": ["annotation"]})
    done = run(tmp_path, "ansible-inventory", "--inventory", path, "--list", **FAIL_ON_ERROR)
    assert done.code != 0 and "is refused" in done.messages and "cached result" not in done.messages


def test_partial_result_is_reported_and_cached(tmp_path):
    faults = [{"method": "POST /rest/com/vmware/cis/session", "times": 0, "status": 503}]
    with start_simulator(tmp_path / "simulator", name="partly", vms=4, faults=faults) as simulator:
        options = caching(tmp_path, **connection(simulator, retries=0))
        first = listed(tmp_path, **options)
        assert len(first.hosts) == 4 and {machine["tags"] for machine in first.by_name().values()} == {None}
        assert "1 thing could not be read, first: tags: tags could not be read" in first.messages
        simulator.reset_calls()
        again = listed(tmp_path, **options)
        assert asked([simulator]) == [] and again.messages == first.messages, "as long as it counts, so does what is missing"
