# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way to reach a source, and the message for one that cannot be reached."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import ssl
import urllib.request
from base64 import b64encode

import pytest
from estates import start_simulator
from openpyxl import load_workbook
from simulator_ca import VALIDITY, CertificateAuthority, SelfSigned

from ansible_collections.estate.vmware.tests.integration import reading
from ansible_collections.estate.vmware.tests.integration.proxy import changed
from ansible_collections.estate.vmware.tests.integration.running import run_job, run_module, source
from ansible_collections.estate.vmware.tests.integration.tunnel import tunnels

WRONG_PIN = ":".join(["AB"] * 32)
WRONG = "wr0ng-passw0rd"
REST_SESSION = "/rest/com/vmware/cis/session"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A vCenter with a certificate that it has signed itself."""
    folder = tmp_path_factory.mktemp("own")
    with start_simulator(folder, name="own", vms=6, ca=SelfSigned(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def expired(tmp_path_factory):
    """A vCenter whose certificate has expired."""
    folder = tmp_path_factory.mktemp("expired")
    with start_simulator(folder, name="expired", vms=2, ca=CertificateAuthority(folder, age=VALIDITY + datetime.timedelta(days=1))) as running:
        yield running


def options(simulator, **changes):
    """Connection options of a simulator, some of them changed; None takes one away."""
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    return {key: value for key, value in {**connection, **changes}.items() if value is not None}


def pin(simulator):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(simulator.certificate_path.read_text())).hexdigest()


def pinned(simulator, **changes):
    return options(simulator, **{"ca_path": None, "fingerprint": pin(simulator), **changes})


def token(content):
    """The token of the session in which pyVmomi has read this."""
    return re.search(r'vmware_soap_session="?([^";]+)', content.sessionManager._stub.cookie)[1]


def scan(folder, **arguments):
    result = run_module(folder, "vmware_inventory_facts", sections=["vms"], **arguments)
    assert "Traceback" not in str(result)
    return result["ansible_facts"]["vmware_inventory"]


def check(folder, **connection):
    result = run_module(folder, "vmware_connection_info", **connection)
    assert not result["failed"] and not result["changed"], result
    return result["connection"]


def test_certificate_that_is_pinned(tmp_path, own):
    found = scan(tmp_path, **pinned(own))
    shown = found["certificate"]
    assert shown["fingerprint"].replace(":", "").lower() == pin(own)
    assert shown["issuer"] == shown["subject"] and datetime.timedelta(days=shown["days_left"]) < VALIDITY
    assert (found["status"], found["counts"]["vms"]) == ("ok", 6)


def test_certificate_that_has_expired_can_be_pinned(tmp_path, expired):
    found = scan(tmp_path, **pinned(expired))
    assert found["status"] == "ok" and found["certificate"]["days_left"] < 0


def test_another_certificate_than_the_one_that_is_pinned(tmp_path, own):
    own.reset_calls()
    found = scan(tmp_path, **pinned(own, fingerprint=WRONG_PIN))
    assert (found["status"], found["error_kind"]) == ("failed", "certificate")
    assert WRONG_PIN in found["error"] and pin(own) in found["error"].replace(":", "").lower()
    assert own.calls() == own.rest_calls() == {}, "nobody has asked it anything, and least of all to log in"


def test_session_that_exists_is_used_and_left_alive(tmp_path, own):
    with reading.connected(own) as content:
        own.reset_calls()
        found = scan(tmp_path, **pinned(own, username=None, password=None, session_token=token(content)), with_tags=False)
        assert (found["status"], found["counts"]["vms"]) == ("ok", 6)
        calls = own.calls()
        assert "Login" not in calls and "Logout" not in calls and calls["DestroyView"] == calls["CreateContainerView"]
        assert content.sessionManager.currentSession.userName == own.username
        given = token(content)
    found = scan(tmp_path, **pinned(own, username=None, password=None, session_token=given))
    assert (found["error_kind"], found["counts"]) == ("authentication", {})
    assert "the server has no session of this session_token" in found["error"]


def test_session_that_exists_opens_no_way_to_tags(tmp_path, own):
    with reading.connected(own) as content:
        found = scan(tmp_path, **pinned(own, username=None, password=None, session_token=token(content)))
    assert (found["status"], found["counts"]["vms"]) == ("ok", 6), "nobody could expect more"
    [issue] = found["issues"]
    assert (issue["section"], issue["kind"]) == ("tags", "left_out") and "give rest_session_token too" in issue["message"]


def rest_token(simulator):
    """A session of REST of a vCenter older than 7.0 Update 2, as another program begins it."""
    account = b64encode(f"{simulator.username}:{simulator.password}".encode()).decode()
    place = f"https://{simulator.host}:{simulator.port}{REST_SESSION}"
    begin = urllib.request.Request(place, method="POST", headers={"Authorization": f"Basic {account}"})
    with urllib.request.urlopen(begin, context=ssl._create_unverified_context(), timeout=30) as answer:
        return json.load(answer)["value"]


def test_rest_session_that_exists_reads_tags_and_is_left_alive(tmp_path, own):
    given = rest_token(own)
    everything = scan(tmp_path, **pinned(own))
    with reading.connected(own) as content:
        own.reset_calls()
        tokens = pinned(own, username=None, password=None, session_token=token(content), rest_session_token=given)
        found = scan(tmp_path, **tokens)
        assert (found["status"], found["issues"]) == ("ok", [])
        assert [vm["tags"] for vm in found["sections"]["vms"]] == [vm["tags"] for vm in everything["sections"]["vms"]]
        assert any(vm["tags"] for vm in found["sections"]["vms"])
        looked_at = {"GET /api/session": 1, f"POST {REST_SESSION}": 1}
        assert {name: count for name, count in own.rest_calls().items() if name.endswith("session")} == looked_at
        lost = scan(tmp_path, **{**tokens, "rest_session_token": "l0st-t0ken"})
    assert (lost["status"], [issue["kind"] for issue in lost["issues"]]) == ("partial", ["authentication"])
    assert "no session of this rest_session_token" in lost["issues"][0]["message"]


@pytest.mark.parametrize(("session_lives", "status"), [(True, "ok"), (False, "failed")])
def test_session_that_exists_and_fails_on_the_way(tmp_path, session_lives, status):
    """A lost view is made again in the same session; a lost session cannot be."""
    lost = {"method": "RetrievePropertiesEx", "object": "VirtualMachine", "times": 1 if session_lives else 0, "fault": "NotAuthenticated"}
    # The first question for the session is that of the scan.
    ended = {"method": "RetrievePropertiesEx", "object": "SessionManager", "call": 2, "times": 0, "fault": "NotAuthenticated"}
    faults = [lost] if session_lives else [lost, ended]
    with start_simulator(tmp_path / "simulator", vms=4, faults=faults) as simulator, reading.connected(simulator) as content:
        simulator.reset_calls()
        found = scan(tmp_path, **options(simulator, username=None, password=None, session_token=token(content), retries=2), with_tags=False)
        assert found["status"] == status, found
        assert found["error_kind"] == ("" if session_lives else "authentication")
        assert "Login" not in simulator.calls()


def test_proxy_reaches_a_source_whose_name_only_the_proxy_knows(tmp_path, own):
    with tunnels(places={"vcenter.inside.invalid": (own.host, own.port)}) as proxy:
        own.reset_calls()
        found = scan(tmp_path, **pinned(own, hostname="vcenter.inside.invalid", port=443), **proxy.options)
        assert (found["status"], found["counts"]["vms"]) == ("ok", 6)
        assert own.calls()["Login"] and own.rest_calls(), "SOAP and REST both go through it"
        assert set(proxy.targets) == {"vcenter.inside.invalid:443"}
        assert set(proxy.first_bytes) == {b"\x16\x03"}, "TLS runs through it"


def test_certificate_is_checked_through_a_proxy(tmp_path, estate):
    with tunnels() as proxy:
        assert scan(tmp_path, **options(estate[0]), **proxy.options)["status"] == "ok"
        assert scan(tmp_path, **options(estate[0], ca_path=None), **proxy.options)["error_kind"] == "certificate"


def test_proxy_with_credentials(tmp_path, own):
    with tunnels(login=("me", "pr0xy-s3cret")) as proxy:
        login = {"proxy_username": "me", "proxy_password": "pr0xy-s3cret"}
        assert scan(tmp_path, **pinned(own), **proxy.options, **login)["status"] == "ok"
        own.reset_calls()
        for given, reported in (({}, "requires a login"), ({**login, "proxy_password": WRONG}, "rejects the login of me")):
            found = scan(tmp_path, **pinned(own), **proxy.options, **given)
            assert found["error_kind"] == "proxy" and reported in found["error"], found
        assert own.calls() == {}


@pytest.mark.parametrize(("status", "kind", "reported"), [(403, "proxy", "does not connect to"), (502, "unreachable", "cannot reach")])
def test_proxy_that_refuses(tmp_path, own, status, kind, reported):
    with tunnels(status=status) as proxy:
        found = scan(tmp_path, **pinned(own, retries=0), **proxy.options)
    assert found["error_kind"] == kind
    assert reported in found["error"] and f"the proxy 127.0.0.1:{proxy.options['proxy_port']}" in found["error"]


def test_connection_that_is_in_order(tmp_path, own):
    own.reset_calls()
    found = check(tmp_path, **pinned(own))
    assert (found["ok"], found["kind"], found["error"], found["address"]) == (True, "", "", f"127.0.0.1:{own.port}")
    certificate = found["tls"]
    assert certificate["fingerprint"].replace(":", "").lower() == pin(own)
    assert (certificate["subject"], certificate["issuer"], certificate["version"]) == ("CN=own", "CN=own", "TLSv1.3")
    assert (certificate["verified"], certificate["verify_error"]) == (True, "")
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert certificate["not_before"] < now < certificate["not_after"]
    assert (found["type"], found["about"]["api_version"], found["protocol"]) == ("vCenter", "8.0.2.0", "vim25/8.0.2.0")
    assert found["login"] == {"username": own.username}
    assert abs(found["clock_difference_seconds"]) < 1 and 0 < found["round_trip_ms"] < 1000
    assert found["privileges_missing"] == []
    calls = own.calls()
    assert (calls["Login"], calls["Logout"]) == (1, 1) and "CreateContainerView" not in calls


def test_esxi_host_that_is_in_order(tmp_path, estate):
    found = check(tmp_path, **options(estate[-1]))
    assert (found["ok"], found["type"], found["privileges_missing"]) == (True, "ESXi", []), found


def test_session_of_another_account_is_reported(tmp_path, own):
    with reading.connected(own) as content:
        found = check(tmp_path, **pinned(own, username=None, password=None, session_token=token(content)))
        assert (found["ok"], found["login"]) == (True, {"username": own.username}), found
        assert content.sessionManager.currentSession.userName == own.username


def test_certificate_that_is_not_checked(tmp_path, own):
    found = check(tmp_path, **options(own, ca_path=None, validate_certs=False))
    assert found["ok"] and not found["tls"]["verified"]
    assert "validate_certs is false" in found["tls"]["verify_error"]


@pytest.mark.parametrize(
    ("which", "change", "reported"),
    [
        ("own", {}, "self-signed certificate"),
        ("own", {"fingerprint": WRONG_PIN}, WRONG_PIN),
        ("expired", {"ca_path": "its own"}, "certificate has expired"),
    ],
)
def test_untrusted_certificate_is_reported(tmp_path, own, expired, which, change, reported):
    simulator = {"own": own, "expired": expired}[which]
    simulator.reset_calls()
    if "ca_path" in change:
        change = {"ca_path": str(simulator.ca_path)}
    found = check(tmp_path, **options(simulator, **{"ca_path": None, **change}))
    assert (found["ok"], found["kind"], found["login"]) == (False, "certificate", None)
    assert reported in found["error"] and found["tls"]["verify_error"] == found["error"]
    assert not found["tls"]["verified"]
    assert found["tls"]["fingerprint"].replace(":", "").lower() == pin(simulator)
    assert simulator.calls() == {}


@pytest.fixture
def failure(request, tmp_path, own, dead_port, silent_port, web_server, authority):
    """Connection options of a source that fails in the way of its name."""
    nowhere = {"hostname": "127.0.0.1", "username": "reader", "password": WRONG, "timeout": 2, "retries": 0}
    return {
        "option": {**nowhere, "fingerprint": WRONG_PIN, "validate_certs": False},
        "unreachable": {**nowhere, "port": dead_port},
        "proxy": {**nowhere, "proxy_host": "127.0.0.1", "proxy_port": dead_port},
        "timeout": {**nowhere, "port": silent_port},
        "not_vsphere": {**nowhere, "port": web_server, "ca_path": str(authority.path)},
        "authentication": pinned(own, password=WRONG),
    }[request.param]


KNOWN = {"option": None, "unreachable": None, "proxy": None, "timeout": None, "not_vsphere": True, "authentication": True}


@pytest.mark.parametrize(("failure", "kind"), [(kind, kind) for kind in KNOWN], indirect=["failure"])
def test_what_is_wrong_has_its_kind(tmp_path, failure, kind):
    found = check(tmp_path, **failure)
    assert (found["ok"], found["kind"]) == (False, kind), found
    assert found["error"] and "\n" not in found["error"] and WRONG not in str(found)
    assert (found["tls"] is not None) == bool(KNOWN[kind]), "the certificate is told as soon as there is one"
    assert found["login"] is found["privileges_missing"] is found["round_trip_ms"] is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"method": "CurrentTime", "fault": "SystemError", "times": 0}, "fault"),
        ({"method": "CurrentTime", "fault": "NotAuthenticated", "times": 0}, "session"),
        ({"method": "HasPrivilegeOnEntities", "fault": "NoPermission", "times": 0}, "permission"),
        ({"method": "CurrentTime", "delay_ms": 2500, "times": 0}, "deadline"),
    ],
)
def test_what_fails_after_the_login_has_its_kind(tmp_path, fault, kind):
    with start_simulator(tmp_path / "simulator", vms=1, faults=[fault]) as simulator:
        found = check(tmp_path, **options(simulator, retries=1, deadline=2))
        calls = simulator.calls()
    assert (found["ok"], found["kind"], found["type"]) == (False, kind, "vCenter"), found
    assert calls["Logout"] == calls["Login"]


@pytest.mark.parametrize(
    ("permissions", "missing", "reported"),
    [
        ([{"on": "/", "role": "read-only"}], [], ""),
        ([{"on": "/", "role": "view"}], ["System.Read"], "lacks System.Read on the root folder: give it the role Read-only there"),
        ([], None, "may not do this (NoPermission"),
    ],
)
def test_privileges_that_are_missing(tmp_path, permissions, missing, reported):
    with start_simulator(tmp_path / "simulator", vms=1, accounts={"poor": permissions}) as simulator:
        found = check(tmp_path, **options(simulator, username="poor"))
        assert simulator.calls()["Logout"] == 1
    assert (found["ok"], found["kind"]) == (not reported, "permission" if reported else "")
    assert found["privileges_missing"] == missing
    assert reported in found["error"] and found["login"] == {"username": "poor"}


@pytest.mark.parametrize("hours", [-2, 3])
def test_clock_of_a_server_that_goes_wrong(tmp_path, own, authority, hours):
    def shift(request, reply):
        if b"CurrentTime" not in request:
            return reply
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
        return re.sub(rb"(<returnval[^>]*>)[^<]*", rb"\g<1>" + moment.isoformat().encode(), reply)

    with changed(own, authority, shift) as connection:
        found = check(tmp_path, **connection)
    assert found["clock_difference_seconds"] == pytest.approx(hours * 3600, abs=2)


def test_job_checks_connections_first_when_configured(tmp_path, own):
    own.reset_calls()
    with start_simulator(tmp_path / "simulator", vms=2, accounts={"poor": [{"on": "/", "role": "view"}]}) as simulator:
        sources = {
            "good": {f"vmware_{name}": value for name, value in pinned(own).items()},
            "poor": source(simulator, vmware_username="poor", vmware_collect_source="alias of poor"),
        }
        done = run_job(tmp_path / "run", sources, "-e", "vmware_collect_check_connections=each")
        calls = simulator.calls()
    assert done.returncode == 2, done.stdout[-3000:]
    reported = "poor lacks System.Read on the root folder"
    assert f"alias of poor  failed  {reported}" in done.stdout
    assert "1 of 2 sources could not be read: alias of poor." in done.stdout.replace("\n", " ")
    assert "CreateContainerView" not in calls and calls["Logout"] == calls["Login"] == 1
    (path,) = (tmp_path / "run").rglob("*.xlsx")
    workbook = load_workbook(path)
    (row,) = (row for row in workbook["Summary"].iter_rows(values_only=True) if row[0] == "alias of poor")
    assert any(reported in str(value) for value in row)
    assert "good" in workbook.sheetnames
    assert own.calls()["Login"] == 2, "once to check, once to read"


def test_no_secret_at_the_highest_verbosity(tmp_path, own, monkeypatch):
    secrets = {"VMWARE_PROXY_PASSWORD": "pr0xy-s3cret"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    with tunnels(login=("me", "pr0xy-s3cret")) as proxy, reading.connected(own) as content:
        given = token(content)
        through = {f"vmware_{name}": value for name, value in {**proxy.options, "proxy_username": "me"}.items()}
        variables = {f"vmware_{name}": value for name, value in pinned(own).items()}
        without = {name: value for name, value in variables.items() if name not in ("vmware_username", "vmware_password")}
        sources = {
            "password": {**variables, **through},
            "token": {**without, "vmware_session_token": given, **through},
            "lost-token": {**without, "vmware_session_token": "l0st-t0ken", **through},
            "both": {**variables, "vmware_session_token": given, **through},
            "refused": {**variables, "vmware_password": WRONG, **through},
            "no-way": {**variables, **through, "vmware_proxy_password": "wr0ng-pr0xy"},
        }
        done = run_job(tmp_path / "run", sources, "-vvvv", "-e", "vmware_collect_check_connections=each", keep=secrets)
    read = re.search(r"(\d) of 6 sources could not be read: ([^.]*)\.", done.stdout.replace("\n", " "))
    assert read and read[2] == "both, lost-token, no-way, refused", done.stdout[-3000:]
    output = done.stdout + done.stderr + (tmp_path / "run" / "ansible.log").read_text()
    assert "task path: " in output and "Traceback" not in output
    files = [path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()]
    for secret in (own.password, given, "l0st-t0ken", WRONG, "pr0xy-s3cret", "wr0ng-pr0xy"):
        assert secret not in output
        assert not any(secret.encode() in content for content in files)
