# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import smtplib
import socket
import ssl

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.deliver import mail
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, network_error
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

OPTIONS = {
    "server": "127.0.0.1", "port": None, "tls": "none", "username": None, "password": None, "sender": "a@example.com", "recipients": ["b@example.com"],
    "subject": None, "attach": True, "attachment_limit": 10, "validate_certs": True, "ca_path": None, "timeout": 5, "deadline": 30,
}  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message", "transient"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), r"refused the login \(535\): check username and password", False),
        (smtplib.SMTPAuthenticationError(454, b"later"), r"refused the login \(454\)", True),
        (smtplib.SMTPRecipientsRefused({"b@example.com": (450, b"grey\nlisted")}), "refused all recipients: b@example.com: 450 grey listed", True),
        (smtplib.SMTPRecipientsRefused({"b@example.com": (550, b"who")}), "550 who", False),
        (smtplib.SMTPSenderRefused(530, b"log in", "a@example.com"), "refused the sender a@example.com .530 log in.: check sender", False),
        (smtplib.SMTPDataError(552, b"too large"), "refused the mail: 552 too large", False),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "STARTTLS extension not supported .* check tls", False),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "no connection to smtp.example.com:25 .Connection unexpectedly closed", True),
    ],
)
def test_smtp_errors(error, message, transient):
    found = mail.smtp_failure(error, "smtp.example.com:25")
    assert found.transient == transient
    with pytest.raises(DeliveryError, match=message):
        raise found


@pytest.mark.parametrize(
    ("error", "message", "transient"),
    [
        (TimeoutError(), "sent no reply in time", True),
        (socket.gaierror(-2, "Name or service not known"), "cannot be resolved .Name or service not known", True),
        (ConnectionRefusedError(111, "Connection refused"), "no connection to .*Connection refused", True),
        (ConnectionResetError(), "no connection to .*ConnectionResetError", True),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "TLS with smtp.example.com:25 failed", False),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "no connection to", True),
    ],
)
def test_network_errors(error, message, transient):
    found = network_error(error, "smtp.example.com:25")
    assert found.transient == transient and "smtp.example.com:25" in str(found)
    with pytest.raises(DeliveryError, match=message):
        raise found


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_port_by_tls(tls, port, monkeypatch):
    asked = []

    def refuse(host, port, _limits):
        asked.append((host, port))
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(mail, "open_connection", refuse)
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port}"):
        mail.Mail({**OPTIONS, "tls": tls}, Payload()).deliver()
    assert asked == [("127.0.0.1", port)]


@pytest.fixture
def server(monkeypatch):
    """A mail server that takes all mails; the mails. ``Server.esmtp_features`` is what it announces."""
    sent = []

    class Server:
        esmtp_features: dict[str, str] = {}

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
    return sent


@pytest.mark.parametrize(("announced", "attached"), [("", True), ("0", True), ("abc", True), ("²", True), ("-1", True), ("9" * 5000, True), ("10", False)])
def test_size_limits_that_servers_announce(announced, attached, tmp_path, monkeypatch, server):
    monkeypatch.setattr(mail._Client, "esmtp_features", {"size": announced})
    (tmp_path / "estate.xlsx").write_bytes(b"x" * 100)
    mail.Mail(OPTIONS, Payload(str(tmp_path / "estate.xlsx"))).deliver()
    assert [part.get_filename() for part in server[0].iter_attachments()] == ["estate.xlsx"] * attached


def test_password_with_characters_beyond_ascii_is_not_shown(monkeypatch):
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
    with pytest.raises(DeliveryError, match="UnicodeEncodeError.*unusual characters") as caught:
        mail.Mail({**OPTIONS, "username": "me", "password": "geheimß"}, Payload()).deliver()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "options", "note"),
    [
        ("estate.xlsx", {}, "The file estate.xlsx is attached."),
        ("estate.xlsx", {"attachment_limit": 0.00001}, "The file estate.xlsx is not attached: it has 0.0 MB, and 0.0 MB are allowed."),
        ("", {}, "There is no file to attach."),
        ("estate.xlsx", {"attach": False}, ""),
    ],
)
def test_note_about_the_attachment(path, options, note, tmp_path, server):
    (tmp_path / "estate.xlsx").write_bytes(b"x" * 100)
    payload = Payload(str(tmp_path / path) if path else "", "text/csv", "A subject", "A text.\n", "<p>A page.</p>")
    remark = mail.Mail({**OPTIONS, **options}, payload).deliver()
    (message,) = server
    assert message["Subject"] == "A subject"
    assert message.get_body(("plain",)).get_content() == (f"A text.\n\n{note}\n" if note else "A text.\n")
    body = f"<p>A page.</p><p>{note}</p></body>" if note else "<p>A page.</p></body>"
    assert body in message.get_body(("html",)).get_content()
    assert [part.get_content_type() for part in message.iter_attachments()] == ["text/csv"] * ("is attached" in note)
    assert remark == ("" if "is attached" in note else note)
