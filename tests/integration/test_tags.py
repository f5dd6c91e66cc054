# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of every object against what the generator of the estate says it put on, over TLS, in both generations of REST."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import AuthenticationFailed, NotPermitted, NotReady, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tags import TagReader
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

TAGGED = ("VirtualMachine", "HostSystem", "Datastore", "Network", "ComputeResource", "Folder", "Datacenter", "ResourcePool")
OLDER, NEWER = "/rest/com/vmware/cis", "/api"


@contextmanager
def reading(simulator, **options):
    """A reader of tags, and the references of all objects."""
    settings = {"ca_path": str(simulator.ca_path), "timeout": 10, **options}
    connection = Connection(simulator.host, simulator.port, simulator.username, simulator.password, **settings)
    with Session(connection) as session:
        refs = [item.ref for page in retrieve(session, {kind: ["name"] for kind in TAGGED}, {}, 500) for item in page]
        with TagReader(connection, session.transport, session.version) as reader:
            yield reader, refs


def tags_in(record):
    """Tags by the id of the object that has them."""
    rows = (json.loads(line) for line in record.read_bytes().strip().split(b"\n"))
    return {row["moid"]: row["tags"] for row in rows if "tags" in row}


def by_id(found):
    return {ref.moid: tags for ref, tags in found.items()}


@pytest.fixture(scope="module", params=[False, True], ids=["older", "newer"])
def estate(request, tmp_path_factory):
    """A simulator, what was put on its objects, and the way in which it is to be asked for that."""
    folder = tmp_path_factory.mktemp("tags")
    with start_simulator(folder, vms=250, record=folder / "record", newer_rest=request.param) as simulator:
        yield simulator, tags_in(folder / "record"), request.param


def test_every_tag_of_every_object(estate):
    simulator, expected, _newer = estate
    with reading(simulator) as (reader, refs):
        found = reader.tags_of(refs)
    assert by_id(found) == expected
    assert {ref.type for ref in found} >= {"VirtualMachine", "HostSystem", "Datastore", "DistributedVirtualPortgroup", "ClusterComputeResource"}
    assert any(len(tags) > 2 for tags in expected.values()) and any(len(names) > 1 for tags in expected.values() for names in tags.values())
    assert set(expected) < {ref.moid for ref in refs}, "no object without tags proves nothing of those"


def test_calls_do_not_grow_with_objects(estate):
    simulator, expected, newer = estate
    simulator.reset_calls()
    with reading(simulator) as (reader, refs):
        pages = [refs[start : start + 100] for start in range(0, len(refs), 100)]
        found = [reader.tags_of(page) for page in pages]
    assert by_id({ref: tags for page in found for ref, tags in page.items()}) == expected
    categories = {category for tags in expected.values() for category in tags}
    names = {(category, name) for tags in expected.values() for category in tags for name in tags[category]}
    session, root = (f"{NEWER}/session", f"{NEWER}/cis/tagging") if newer else (f"{OLDER}/session", f"{OLDER}/tagging")
    mark = "" if newer else "id:"
    assert simulator.rest_calls() == {
        **({} if newer else {f"POST {NEWER}/session": 1}),
        f"POST {session}": 1,
        f"DELETE {session}": 1,
        f"POST {root}/tag-association": len(pages),
        f"GET {root}/tag/{mark}*": len(names),
        f"GET {root}/category/{mark}*": len(categories),
    }


def test_version_before_the_newer_generation_is_not_asked_for_it(tmp_path):
    with start_simulator(tmp_path, vms=20, record=tmp_path / "record", api_version="6.7.3", newer_rest=True) as simulator:
        with reading(simulator) as (reader, refs):
            assert by_id(reader.tags_of(refs)) == tags_in(tmp_path / "record")
        assert not [name for name in simulator.rest_calls() if NEWER in name]


def fault_at(method, path, call=1, times=1, **outcome):
    return {"method": f"{method} {path}", "call": call, "times": times, **outcome}


TAG, ATTACHED = f"{OLDER}/tagging/tag/id:*", f"{OLDER}/tagging/tag-association"
PASSING = [
    pytest.param(fault_at("POST", f"{OLDER}/session", status=503), id="login not ready"),
    pytest.param(fault_at("POST", f"{NEWER}/session", times=2, status=503), id="newer login not ready"),
    pytest.param(fault_at("POST", f"{OLDER}/session", reset=True), id="login reset"),
    pytest.param(fault_at("POST", ATTACHED, status=401), id="session lost"),
    pytest.param(fault_at("POST", ATTACHED, times=2, status=503), id="not ready"),
    pytest.param(fault_at("POST", ATTACHED, truncate=True), id="objects closed mid-response"),
    pytest.param(fault_at("POST", ATTACHED, delay_ms=3000), id="longer than the timeout"),
    pytest.param(fault_at("POST", ATTACHED, status=200), id="web page"),
    pytest.param(fault_at("GET", TAG, call=3, reset=True), id="tag reset"),
    pytest.param(fault_at("GET", TAG, call=3, status=401), id="session lost at a tag"),
    pytest.param(fault_at("DELETE", f"{OLDER}/session", reset=True), id="logout reset"),
]


@pytest.mark.parametrize("fault", PASSING)
def test_transient_failure_costs_nothing(tmp_path, fault):
    with start_simulator(tmp_path, vms=40, record=tmp_path / "record", faults=[fault]) as simulator:
        with reading(simulator, timeout=1) as (reader, refs):
            assert by_id(reader.tags_of(refs)) == tags_in(tmp_path / "record")
        calls = simulator.rest_calls()
    failed_login = fault["method"] == f"POST {OLDER}/session"
    assert calls[f"DELETE {OLDER}/session"] == calls[f"POST {OLDER}/session"] - failed_login


LASTING = [
    pytest.param({"status": 503}, NotReady, id="not ready"),
    pytest.param({"status": 403}, NotPermitted, id="no permission"),
    pytest.param({"status": 401}, VsphereError, id="no session"),
    pytest.param({"truncate": True}, VsphereError, id="cut"),
]


@pytest.mark.parametrize(("outcome", "kind"), LASTING)
def test_what_fails_for_good_leaves_no_session(tmp_path, outcome, kind):
    with start_simulator(tmp_path, vms=10, faults=[fault_at("POST", ATTACHED, times=0, **outcome)]) as simulator:
        with pytest.raises(kind) as caught, reading(simulator, retries=1) as (reader, refs):
            reader.tags_of(refs)
        calls = simulator.rest_calls()
    assert simulator.password not in str(caught.value)
    assert calls[f"DELETE {OLDER}/session"] == calls[f"POST {OLDER}/session"] > 0


def test_wrong_password_is_tried_once(estate):
    simulator, _expected, newer = estate
    simulator.reset_calls()
    connection = Connection(simulator.host, simulator.port, simulator.username, "wr0ng", ca_path=str(simulator.ca_path))
    with pytest.raises(AuthenticationFailed), TagReader(connection, HttpTransport(connection), (8, 0, 2, 0)):
        pass
    assert simulator.rest_calls() == ({f"POST {NEWER}/session": 1} if newer else {f"POST {NEWER}/session": 1, f"POST {OLDER}/session": 1})


def test_esxi_host_has_none(tmp_path):
    """Whoever asks one all the same is told."""
    with start_simulator(tmp_path, kind="esxi", vms=2) as simulator, pytest.raises(VsphereError, match="answers HTTP status"), reading(simulator):
        pass
