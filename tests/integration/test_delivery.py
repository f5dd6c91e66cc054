# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workbooks brought to real servers, good and bad ones, by the role that people use."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, create_destination
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.tests.integration import servers
from ansible_collections.estate.vmware.tests.integration.running import run_job, run_module, run_playbook, source

DAV_SECRET, MAIL_SECRET, WRONG, SIGNATURE = "dav-Zq7-secret", "mail-Zq7-secret", "wr0ng-Zq7-secret", "sig-Zq7-secret"
#: What AnsibleModule makes of options that are not given.
DEFAULTS = {name: spec.get("default") for name, spec in DESTINATION_OPTIONS.items()}
#: As the last play of the main job, where connection variables of the play must not reach the hosts of copies.
PLAY = """
- hosts: vmware_sources
  gather_facts: false
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  roles: [estate.vmware.{role}]
"""
READ = {"source": "vcenter-read", "status": "ok", "sections": {"vms": [{"name": "web"}, {"name": "db"}], "hosts": [{"name": "esx"}]}}
FAILED = {"source": "vcenter-<lost>", "status": "failed", "error": "nobody is <at home>"}


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.issue("server")


@pytest.fixture(scope="module")
def dav(tmp_path_factory, certificate):
    """Folder and address of a WebDAV server."""
    folder, port = tmp_path_factory.mktemp("dav") / "files", servers.free_port()
    with servers.webdav(folder, certificate, DAV_SECRET, port):
        yield folder, f"https://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def store(certificate, authority):
    with servers.Store(certificate, authority.path) as store:
        yield store


@pytest.fixture(scope="module")
def mailbox(certificate):
    with servers.Mailbox(certificate, MAIL_SECRET) as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def ways(dav, store, mailbox, authority):
    """A destination of each type that the module knows, in order."""
    ca_path = str(authority.path)
    return {
        "http": {"type": "http", "url": f"{dav[1]}/", "username": servers.USER, "password": DAV_SECRET, "ca_path": ca_path},
        "s3": {
            "type": "s3", "url": store.url, "bucket": store.BUCKET, "access_key": store.access_key, "secret_key": store.secret_key,
            "region": "us-east-1", "ca_path": ca_path,
        },
        "mail": {
            "type": "mail", "server": "127.0.0.1", "port": mailbox.port, "username": servers.USER, "password": MAIL_SECRET,
            "sender": "Inventory <inventory@example.com>", "recipients": ["operations@example.com", "\"Doe, Jane\" <jane@example.com>"], "ca_path": ca_path,
        },
    }  # fmt: skip


def report(folder: Path, scans, destinations, *arguments, files=None, role="vmware_report", **variables):
    """Run the role for hosts that were read before.

    :param files: hosts beside them, for copies.
    """
    playbook = folder.with_name(f"{folder.name}.play.yml")
    playbook.write_text(PLAY.replace("{role}", role))
    hosts = {f"h{number}": {"vmware_collect_scan": scan} for number, scan in enumerate(scans)}
    settings = {"vmware_report_dest": "out/estate.xlsx", "vmware_deliver_retries": 1, "vmware_deliver_delay": 1, "vmware_deliver_to": destinations}
    inventory = {"vmware_sources": {"hosts": hosts, "vars": {**settings, **variables}}, "others": {"hosts": files or {}}}
    return run_playbook(folder, playbook, inventory, *arguments)


def output_of(done) -> str:
    """What a run said, without what makes lines of it."""
    return done.stdout.replace('\\"', '"')


def recap(done) -> dict[str, str]:
    return dict(re.findall(r"^(\S+) +: .*failed=(\d+)", done.stdout, re.MULTILINE))


def leaks(folder: Path, done, secrets) -> list:
    """Where any of the secrets stands, in the output or in a file that the run left."""
    texts = {"output": (done.stdout + done.stderr).encode(), **{path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}}
    assert b"task path: " in texts[folder / "ansible.log"], "the log has what is said with -v"
    return [(name, secret) for name, text in texts.items() for secret in secrets if secret.encode() in text]


# All is well


@pytest.fixture(scope="module")
def night(tmp_path_factory, ways, dav):
    """One run at -vvvv that delivers to everything, while one of two sources could not be read."""
    folder = tmp_path_factory.mktemp("night") / "run"
    share = folder.parent / "share"
    destinations = [
        {"type": "copy", "dest": f"{share}/", "mode": "0640"},
        {**ways["http"], "url": f"{dav[1]}/inventory/{{{{ now(utc=true, fmt='%Y') }}}}/año nuevo/?sig={SIGNATURE}", "create_folders": True},
        {**ways["s3"], "key": "nightly/{{ now(utc=true, fmt='%Y') }}/"},
        ways["mail"],
    ]
    done = report(folder, [READ, FAILED], destinations, "-vvvv")
    return folder, share, done


def test_every_destination_has_the_workbook(night, dav, store, mailbox):
    folder, share, done = night
    workbook = (folder / "out" / "estate.xlsx").read_bytes()
    year = time.strftime("%Y", time.gmtime())
    assert (share / "estate.xlsx").read_bytes() == workbook
    assert (share / "estate.xlsx").stat().st_mode & 0o777 == 0o640
    assert (dav[0] / "inventory" / year / "año nuevo" / "estate.xlsx").read_bytes() == workbook
    assert store.content(f"nightly/{year}/estate.xlsx") == workbook
    (_people, mail) = mailbox.mails[0]
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content() == workbook and attachment.get_filename() == "estate.xlsx"


def test_the_mail_reports_what_was_read(night, mailbox):
    people, mail = mailbox.mails[0]
    assert people == ["operations@example.com", "jane@example.com"]
    assert mail["Subject"] == "VMware inventory: 1 ok, 1 failed"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "* vcenter-read: OK – VMs 2, Hosts 1\n" in text
    assert "* vcenter-<lost>: Error – nobody is <at home>\n" in text
    assert "\nVMs: 2\n" in text and "The workbook estate.xlsx is attached." in text
    page = mail.get_body(("html",)).get_content()
    assert "vcenter-&lt;lost&gt;" in page and "nobody is &lt;at home&gt;" in page and "<at" not in page


def test_the_verdict_comes_after_delivery(night):
    done = night[2]
    assert done.returncode == 2
    assert recap(done) == {"h0": "0", "h1": "1"}, "only the source that could not be read is to blame"
    assert 0 < done.stdout.index("delivered_to") < done.stdout.index("vcenter-<lost> could not be read.")


def test_no_secret_in_output_or_files(night, store):
    folder, _share, done = night
    assert leaks(folder, done, [DAV_SECRET, MAIL_SECRET, SIGNATURE, quote(SIGNATURE), store.secret_key]) == []


# Much is wrong

#: Name of a destination: the way and what is wrong of it, and what is said.
WRONGS = {
    "dav password": ("http", {"password": WRONG}, r"the server responded 401 .*: check username and password"),
    "dav folder": ("http", {"url": "{url}/no/such/"}, r"the server responded 409 .*create_folders: true"),
    "dav stranger": ("http", {"ca_path": None}, r"the certificate of 127.0.0.1:\d+ is not trusted \(unable to get local issuer"),
    "dav dead": ("http", {"url": "https://127.0.0.1:{dead}/"}, r"no connection to 127.0.0.1:\d+ \(Connection refused\)"),
    "s3 secret": ("s3", {"secret_key": WRONG}, r"the store responded SignatureDoesNotMatch .*: check secret_key"),
    "s3 account": ("s3", {"access_key": "AKIANOBODY"}, r"the store responded InvalidAccessKeyId .*: check access_key"),
    "s3 bucket": ("s3", {"bucket": "nowhere"}, r"the store responded NoSuchBucket for the bucket nowhere: create the bucket"),
    "s3 stranger": ("s3", {"ca_path": None}, r"the certificate of https://127.0.0.1:\d+ is not trusted"),
    "s3 dead": ("s3", {"url": "https://127.0.0.1:{dead}"}, r"no connection to https://127.0.0.1:\d+"),
    "mail password": ("mail", {"password": WRONG}, r"127.0.0.1:\d+ refused the login \(535\): check username"),
    "mail stranger": ("mail", {"ca_path": None}, r"the certificate of 127.0.0.1:\d+ is not trusted"),
    "mail tls": ("mail", {"tls": "tls"}, r"TLS with 127.0.0.1:\d+ failed .*expects TLS from the start"),
    "mail nobody": ("mail", {"recipients": ["nobody@example.com"]}, r"refused all recipients: nobody@example.com: 550 no such user"),
    "mail login": ("mail", {"username": None, "password": None}, r"refused the sender inventory@example.com .530 .*a login is required"),
}
#: Those that the role is told of; the others are asked of the ways alone.
BY_THE_ROLE = ("dav password", "dav dead", "s3 bucket", "mail password")
#: What the role does itself.
OTHERS = {
    "no folder": ({"type": "copy", "dest": "/proc/nowhere/estate.xlsx"}, r"no folder \(localhost:/proc/nowhere/estate.xlsx\): .*/proc/nowhere"),
    "no place": ({"type": "copy"}, r"no place \(localhost:\): dest is required"),
    "no host": ({"type": "copy", "host": "dead", "dest": "/dev/null/"}, r"no host \(dead:/dev/null/\): .*Connection refused"),
    "unknown": ({"type": "fax", "password": WRONG}, r"unknown: type must be copy, http, mail or s3 \(got 'fax'\)"),
}


@pytest.fixture(scope="module")
def wrong(ways, dav, dead_port):
    """A function that gives a destination with what is wrong of it."""

    def make(name):
        way, changes, _message = WRONGS[name]
        places = {"url": changes["url"].format(url=dav[1], dead=dead_port)} if "url" in changes else {}
        return {key: value for key, value in {**ways[way], **changes, **places}.items() if value is not None}

    return make


@pytest.mark.parametrize("name", WRONGS)
def test_what_is_wrong_is_reported(wrong, tmp_path, name):
    (tmp_path / "estate.xlsx").write_bytes(b"workbook")
    with pytest.raises(DeliveryError, match=WRONGS[name][2]) as caught:
        create_destination({**DEFAULTS, **wrong(name)}, Payload(str(tmp_path / "estate.xlsx"))).deliver()
    assert caught.value.transient == name.endswith("dead"), "only what may pass is tried again"
    assert WRONG not in str(caught.value)


@pytest.fixture(scope="module")
def bad_night(tmp_path_factory, ways, wrong, dead_port):
    """One run at -vvvv in which little is well."""
    folder = tmp_path_factory.mktemp("bad") / "run"
    bad = [{**one, "name": name} for name, (one, _message) in OTHERS.items()]
    bad += [{**wrong(name), "name": name} for name in BY_THE_ROLE]
    few = {**ways["mail"], "name": "few", "recipients": ["nobody@example.com", "few@example.com"]}
    large = {**ways["mail"], "name": "large", "recipients": ["large@example.com"], "attachment_limit": 0.001}
    good = [large, few, {"type": "copy", "dest": f"{folder.parent}/share/"}]
    dead = {"ansible_host": "127.0.0.1", "ansible_port": dead_port, "ansible_ssh_args": "-o IdentitiesOnly=yes"}
    return folder, report(folder, [READ], [*bad, *good], "-vvvv", files={"dead": dead})


def test_all_that_failed_is_reported_at_the_end(bad_night):
    (verdict,) = re.findall(r'"msg": "(\d+ of \d+ deliveries failed\..*)"', output_of(bad_night[1]))
    for name, (_destination, message) in OTHERS.items():
        assert re.search(message, verdict), name
    for name in BY_THE_ROLE:
        assert re.search(rf"{name} \(.*\): {WRONGS[name][2]}", verdict), name
    assert verdict.count("(attempts: 2)") == 1, "what does not pass is tried once"


def test_the_job_is_red_and_reports_where_the_workbook_is(bad_night):
    folder, done = bad_night
    assert done.returncode == 2
    assert recap(done)["h0"] == "1"
    bad = len(OTHERS) + len(BY_THE_ROLE) + 1
    assert f"{bad} of {bad + 2} deliveries failed. The workbook is {folder}/out/estate.xlsx. " in output_of(done)
    assert "Traceback" not in done.stdout + done.stderr


def test_the_others_are_served(bad_night, mailbox):
    folder, _done = bad_night
    assert (folder.parent / "share" / "estate.xlsx").read_bytes() == (folder / "out" / "estate.xlsx").read_bytes()
    assert [people for people, _mail in mailbox.mails if people[0].startswith(("large", "few"))] == [["large@example.com"], ["few@example.com"]]
    assert "refused the recipients nobody@example.com: check their addresses; the other recipients got the mail" in output_of(bad_night[1])


def test_a_workbook_that_is_too_large_is_not_attached(bad_night, mailbox):
    (mail,) = (mail for people, mail in mailbox.mails if people == ["large@example.com"])
    assert not list(mail.iter_attachments())
    remark = r"The workbook estate.xlsx is not attached: it has 0.0 MB, and 0.0 MB are allowed."
    assert remark in mail.get_body(("plain",)).get_content() and remark in output_of(bad_night[1])


def test_no_secret_in_output_when_deliveries_fail(bad_night, store):
    folder, done = bad_night
    assert leaks(folder, done, [DAV_SECRET, MAIL_SECRET, WRONG, store.secret_key]) == []


# One thing at a time


def test_a_server_that_comes_back_gets_the_workbook(tmp_path, certificate, authority):
    (tmp_path / "estate.xlsx").write_bytes(b"workbook")
    folder, stop, broken = tmp_path / "files", threading.Event(), socket.create_server(("127.0.0.1", 0))
    port = broken.getsockname()[1]

    def serve():
        with broken:
            broken.accept()[0].close()
        time.sleep(1.5)
        with servers.webdav(folder, certificate, DAV_SECRET, port):
            stop.wait(60)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        to = {"type": "http", "url": f"https://127.0.0.1:{port}/", "username": servers.USER, "password": DAV_SECRET, "ca_path": str(authority.path)}
        result = run_module(tmp_path, "vmware_inventory_deliver", src=str(tmp_path / "estate.xlsx"), to=to, retries=30, delay=1)
    finally:
        stop.set()
        thread.join(20)
    assert not result["failed"], result
    assert result["attempts"] > 2 and result["changed"], "the first one was cut off, the next ones found nobody"
    assert (folder / "estate.xlsx").read_bytes() == b"workbook"


def test_a_large_file_that_is_refused_has_the_servers_reason(tmp_path, ways):
    (tmp_path / "estate.xlsx").write_bytes(os.urandom(30_000_000))
    result = run_module(tmp_path, "vmware_inventory_deliver", src=str(tmp_path / "estate.xlsx"), to={**ways["http"], "password": WRONG}, retries=0)
    assert "the server responded 401" in result["msg"]


def test_a_mail_server_that_wants_no_large_mails_gets_the_summary(tmp_path, certificate, ways):
    (tmp_path / "estate.xlsx").write_bytes(os.urandom(200_000))
    with servers.Mailbox(certificate, MAIL_SECRET, size_limit=100_000) as mailbox:
        result = run_module(tmp_path, "vmware_inventory_deliver", src=str(tmp_path / "estate.xlsx"), to={**ways["mail"], "port": mailbox.port}, retries=0)
    assert result["remark"] == "The workbook estate.xlsx is not attached: it has 0.2 MB, and 0.1 MB are allowed.", result
    (_people, mail) = mailbox.mails[0]
    assert not list(mail.iter_attachments())


def test_a_mail_server_that_speaks_tls_from_the_beginning(tmp_path, certificate, ways):
    (tmp_path / "estate.xlsx").write_bytes(b"workbook")
    with servers.Mailbox(certificate, MAIL_SECRET, from_the_beginning=True) as mailbox:
        options = {**DEFAULTS, **ways["mail"], "port": mailbox.port, "tls": "tls", "subject": "Año nuevo"}
        assert create_destination(options, Payload(str(tmp_path / "estate.xlsx"))).deliver() == ""
    (_people, mail) = mailbox.mails[0]
    (attachment,) = mail.iter_attachments()
    assert mail["Subject"] == "Año nuevo" and attachment.get_content() == b"workbook"


def test_nothing_replaces_a_workbook_when_no_source_was_read(tmp_path, ways, mailbox):
    """Neither here nor where it is delivered to; people are told by mail, and policy says how the job ends."""
    share, workbook = tmp_path / "estate.xlsx", tmp_path / "run" / "out" / "estate.xlsx"
    workbook.parent.mkdir(parents=True)
    for older in (share, workbook):
        older.write_bytes(b"an older one")
    to = [{"type": "copy", "dest": str(share)}, {**ways["mail"], "recipients": ["lost@example.com"]}]
    done = report(tmp_path / "run", [FAILED], to, vmware_report_on_source_error="ignore")
    assert done.returncode == 0, done.stdout[-3000:]
    assert workbook.read_bytes() == b"an older one" == share.read_bytes()
    assert "kept because no source could be read" in done.stdout and "set replace_when_all_failed to replace it" in done.stdout + done.stderr
    (mail,) = (mail for people, mail in mailbox.mails if people == ["lost@example.com"])
    assert mail["Subject"] == "VMware inventory: 0 ok, 1 failed" and not list(mail.iter_attachments())
    assert "No workbook is sent: no source could be read." in mail.get_body(("plain",)).get_content()


def test_check_mode_delivers_nothing_and_finds_what_is_wrong(tmp_path, ways, dav, mailbox):
    mails = len(mailbox.mails)
    to = [{"type": "copy", "dest": f"{tmp_path}/share/"}, {**ways["http"], "url": f"{dav[1]}/checked.xlsx"}, ways["s3"], ways["mail"]]
    done = report(tmp_path / "run", [READ], [*to, {**ways["http"], "ca_path": "/nowhere.pem"}], "--check")
    assert done.returncode == 2
    assert "1 of 5 deliveries failed." in done.stdout and "/nowhere.pem does not exist" in done.stdout
    assert "not delivered, this is check mode" in done.stdout
    for where in (f"localhost:{tmp_path}/share/", f"{dav[1]}/checked.xlsx", "s3://estate/estate.xlsx", "operations@example.com, "):
        assert where in done.stdout
    assert not (tmp_path / "share").exists() and not (dav[0] / "checked.xlsx").exists() and len(mailbox.mails) == mails


def test_copy_to_a_host_uses_ssh_in_a_local_play(tmp_path, program):
    """By the role alone, in a play of two hosts of which one copies."""
    (tmp_path / "estate.xlsx").write_bytes(b"workbook")
    to = [{"type": "copy", "host": "files", "dest": f"{tmp_path}/over ssh/"}]
    with servers.ssh_host(tmp_path / "host", program("sshd")) as variables:
        files = {"files": variables}
        done = report(tmp_path / "run", [READ, READ], to, files=files, role="vmware_deliver", vmware_deliver_file=str(tmp_path / "estate.xlsx"))
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "over ssh" / "estate.xlsx").read_bytes() == b"workbook"
    assert (tmp_path / "over ssh" / "estate.xlsx").stat().st_mode & 0o777 == 0o600
    assert "Accepted publickey" in (tmp_path / "host" / "log").read_text()
    assert done.stdout.count("changed: [h0 -> files") == 1 and "h1 -> files" not in done.stdout


def test_a_redacted_run_is_mailed_with_pseudonyms(tmp_path, ways, mailbox):
    options = {"vmware_report_redact": True, "vmware_report_redact_key": "a-key-that-nobody-guesses"}
    to = [{**ways["mail"], "recipients": ["vendor@example.com"]}]
    assert report(tmp_path / "run", [READ, FAILED], to, **options, vmware_report_language="es").returncode == 2
    (mail,) = (mail for people, mail in mailbox.mails if people == ["vendor@example.com"])
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert re.search(r"source-[0-9a-f]{12}", text)
        assert "vcenter" not in text and "lost" not in text and "at home" not in text
    assert mail["Subject"] == "Inventario VMware: 1 ok, 1 con error"


def test_the_main_job_delivers(tmp_path, estate, dead_port):
    """Two destinations, one of them bad, and two sources, one of them bad: all four are heard of."""
    dead = {"vmware_hostname": "127.0.0.1", "vmware_port": dead_port, "vmware_username": "reader", "vmware_password": WRONG, "vmware_retries": 0}
    to = [{"type": "copy", "dest": "/proc/nowhere/"}, {"type": "copy", "dest": f"{tmp_path}/{{{{ now(fmt='%Y') }}}}.xlsx"}]
    options = {"vmware_deliver_to": to, "vmware_deliver_retries": 0}
    done = run_job(tmp_path / "run", {"dead": dead, estate[-1].name: source(estate[-1])}, "-e", json.dumps(options))
    assert done.returncode == 2
    (workbook,) = (tmp_path / "run" / "vmware-inventory").glob("*.xlsx")
    assert (tmp_path / time.strftime("%Y.xlsx")).read_bytes() == workbook.read_bytes()
    assert f"1 of 2 deliveries failed. The workbook is {workbook}. " in done.stdout
    assert "1 of 2 sources could not be read: dead." in done.stdout


def test_examples_of_the_guide_are_in_order(tmp_path):
    """Every destination that docs/delivery.md shows is one that the check finds no fault with."""
    guide = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
    shown = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)]
    destinations = [one for block in shown if isinstance(block, dict) for one in block.get("vmware_deliver_to", [])]
    assert {one["type"] for one in destinations} == {"copy", "http", "s3", "mail"}
    for one in destinations:
        one.pop("ca_path", None)
    playbook = tmp_path / "check.yml"
    playbook.write_text(
        "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.include_role:\n"
        "        name: estate.vmware.vmware_deliver\n        tasks_from: check\n"
    )
    secrets = dict.fromkeys(re.findall(r"\b(vault_\w+)", guide), "secret")
    done = run_playbook(tmp_path / "run", playbook, {"all": {"vars": {"vmware_deliver_to": destinations, **secrets}}})
    assert done.returncode == 0, done.stdout[-3000:]
