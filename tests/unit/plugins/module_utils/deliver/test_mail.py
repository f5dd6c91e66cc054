# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import smtplib
import socket
import ssl

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.deliver import mail
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, of_network
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

OPTIONS = {
    "server": "127.0.0.1", "port": None, "tls": "none", "username": None, "password": None, "sender": "a@example.com", "recipients": ["b@example.com"],
    "subject": None, "attach": True, "attachment_limit": 10, "validate_certs": True, "ca_path": None, "timeout": 5, "deadline": 30,
}  # fmt: skip


@pytest.mark.parametrize(
    ("error", "said", "transient"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), r"refuses the login \(535\): check username and password", False),
        (smtplib.SMTPAuthenticationError(454, b"later"), r"refuses the login \(454\)", True),
        (smtplib.SMTPRecipientsRefused({"b@example.com": (450, b"grey\nlisted")}), "takes mail for nobody of them: b@example.com: 450 grey listed", True),
        (smtplib.SMTPRecipientsRefused({"b@example.com": (550, b"who")}), "550 who", False),
        (smtplib.SMTPSenderRefused(530, b"log in", "a@example.com"), "does not take mail of a@example.com: 530 log in: check sender", False),
        (smtplib.SMTPDataError(552, b"too large"), "does not take the mail: 552 too large", False),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "STARTTLS extension not supported .* check tls", False),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "no connection with smtp.example.com:25 .Connection unexpectedly closed", True),
    ],
)
def test_what_servers_say(error, said, transient):
    found = mail._of_mail(error, "smtp.example.com:25")
    assert found.transient == transient
    with pytest.raises(DeliveryError, match=said):
        raise found


@pytest.mark.parametrize(
    ("error", "said", "transient"),
    [
        (TimeoutError(), "does not answer in time", True),
        (socket.gaierror(-2, "Name or service not known"), "is not known here .Name or service not known", True),
        (ConnectionRefusedError(111, "Connection refused"), "no connection with .*Connection refused", True),
        (ConnectionResetError(), "no connection with .*ConnectionResetError", True),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does not speak TLS as it should", False),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "no connection with", True),
    ],
)
def test_what_happens_on_the_way(error, said, transient):
    found = of_network(error, "smtp.example.com:25")
    assert found.transient == transient and "smtp.example.com:25" in str(found)
    with pytest.raises(DeliveryError, match=said):
        raise found


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_port_by_tls(tls, port, monkeypatch):
    asked = []

    def refuse(host, port, _limits):
        asked.append((host, port))
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(mail, "connected", refuse)
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port}"):
        mail.Mail({**OPTIONS, "tls": tls}, Payload("", labels=LANGUAGES["en"])).deliver()
    assert asked == [("127.0.0.1", port)]


@pytest.mark.parametrize(("said", "attached"), [("", True), ("0", True), ("abc", True), ("²", True), ("-1", True), ("9" * 5000, True), ("10", False)])
def test_a_server_may_say_any_size(said, attached, tmp_path, monkeypatch):
    sent = []

    class Server:
        esmtp_features = {"size": said}

        def __init__(self, *where, **options):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def ehlo_or_helo_if_needed(self):
            pass

        def send_message(self, message):
            sent.append(message)

    monkeypatch.setattr(mail, "_Client", Server)
    (tmp_path / "estate.xlsx").write_bytes(b"x" * 100)
    mail.Mail(OPTIONS, Payload(str(tmp_path / "estate.xlsx"), labels=LANGUAGES["en"])).deliver()
    assert [part.get_filename() for part in sent[0].iter_attachments()] == ["estate.xlsx"] * attached


def test_a_password_that_mail_cannot_carry_is_not_shown(monkeypatch):
    class Server:
        def __init__(self, *where, **options):
            pass

        def ehlo_or_helo_if_needed(self):
            pass

        def login(self, username, password):
            password.encode("ascii")

        def close(self):
            pass

    monkeypatch.setattr(mail, "_Client", Server)
    with pytest.raises(DeliveryError, match="UnicodeEncodeError.*odd characters") as caught:
        mail.Mail({**OPTIONS, "username": "me", "password": "geheimß"}, Payload("", labels=LANGUAGES["en"])).deliver()
    assert "geheim" not in str(caught.value)
