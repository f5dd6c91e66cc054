# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A mail with the text of the payload, and its file attached."""

from __future__ import annotations

import math
import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from html import escape
from typing import Any, cast

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import BoundedSocket, bounded_tls_context, open_connection
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.common.tls import unverified_context, verifying_context
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, network_error
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

MAIL_OPTIONS = {
    "server": {"type": "str"},
    "port": {"type": "int"},
    "tls": {"type": "str", "choices": ["starttls", "tls", "none"], "default": "starttls"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "sender": {"type": "str"},
    "recipients": {"type": "list", "elements": "str"},
    "subject": {"type": "str"},
    "attach": {"type": "bool", "default": True},
    "attachment_limit": {"type": "float", "default": 10},
}

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_MB = 1e6


class Mail:
    """A mail to the recipients.

    :raises DeliveryError: options do not fit. :raises InvalidOption: the CA certificates cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], payload: Payload) -> None:
        if bool(options["username"]) != bool(options["password"]):
            raise DeliveryError("username and password must be set together")
        for name in ("sender", "recipients"):
            for address in [options[name]] if isinstance(options[name], str) else options[name]:
                if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(address)[1]) or not address.isprintable():
                    raise DeliveryError(f"{name}: {quoted(address)} is not a mail address")
        if options["port"] is not None:
            in_range("port", options["port"], 1, 65535)
        if not 0 <= options["attachment_limit"] < math.inf:
            raise DeliveryError(f"attachment_limit must be 0 or greater (got {options['attachment_limit']})")
        self._options = options
        self._payload = payload
        self.limits = TimeLimits(options["timeout"], options["deadline"])
        self._context = bounded_tls_context(verifying_context(options["ca_path"]) if options["validate_certs"] else unverified_context(), self.limits)
        self._port = options["port"] or _PORTS[options["tls"]]
        self._server = f"{options['server']}:{self._port}"
        self.location = ", ".join(options["recipients"])
        is_unencrypted = options["tls"] == "none" and options["password"]
        self.warning = f"the password goes to {self._server} unencrypted: set tls to starttls or tls" if is_unencrypted else ""

    def deliver(self) -> str:
        """Send the mail; the reason where the file is missing from it, else no remark.

        :raises DeliveryError: it was not sent to all recipients.
        """
        try:
            with self._connect() as smtp:
                message, remark = self._message_for(smtp)
                refused = smtp.send_message(message)
        except smtplib.SMTPException as error:
            raise smtp_failure(error, self._server) from error
        except OSError as error:
            raise network_error(error, self._server) from error
        except ValueError as error:
            # The type alone: the message may hold the password.
            raise DeliveryError(f"the mail cannot be written ({type(error).__name__}): check subject, username and password for unusual characters") from error
        if refused:
            raise DeliveryError(f"{self._server} refused the recipients {', '.join(refused)}: check their addresses; the other recipients got the mail")
        return remark

    def _connect(self) -> smtplib.SMTP:
        options = self._options
        smtp = _Client(options["server"], self._port, self.limits, self._context if options["tls"] == "tls" else None)
        try:
            if options["tls"] == "starttls":
                smtp.starttls(context=self._context)
            smtp.ehlo_or_helo_if_needed()
            if options["username"]:
                smtp.login(options["username"], options["password"])
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _message_for(self, smtp: smtplib.SMTP) -> tuple[EmailMessage, str]:
        """The mail, with its file where options and server allow that, and the remark where they do not."""
        notes, path, name = self._payload.notes, self._payload.path, self._payload.name
        if not path:
            return self._message(notes.no_file), notes.no_file
        if not self._options["attach"]:
            return self._message(""), ""
        size, limit = os.path.getsize(path), self._options["attachment_limit"] * _MB
        if size <= limit:
            message = self._message(notes.attached.format(name=name), path)
            # The server limits the mail as a whole, in which the file is a third larger.
            allowed = _size_limit(smtp.esmtp_features.get("size", ""))
            if not allowed or len(message.as_bytes(policy=SMTP)) <= allowed:
                return message, ""
            limit = allowed * 3 / 4
        remark = notes.too_large.format(name=name, size=f"{size / _MB:.1f}", limit=f"{limit / _MB:.1f}")
        return self._message(remark), remark

    def _message(self, note: str, attached: str = "") -> EmailMessage:
        """The mail.

        :param note: its last paragraph. :param attached: path of the file to attach.
        """
        options, payload = self._options, self._payload
        message = EmailMessage()
        message["Subject"] = options["subject"] or payload.subject or payload.name
        message["From"] = options["sender"]
        message["To"] = ", ".join(options["recipients"])
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(options["sender"])[1].rpartition("@")[2])
        # No replies of people who are away.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{payload.text}\n{note}\n" if note else payload.text)
        note_html = f"<p>{escape(note)}</p>" if note else ""
        message.add_alternative(f'<html><body style="font-family:sans-serif;font-size:14px">{payload.html}{note_html}</body></html>', subtype="html")
        if attached:
            maintype, _slash, subtype = payload.content_type.partition("/")
            with open(attached, "rb") as file:
                message.add_attachment(file.read(), maintype=maintype, subtype=subtype, filename=payload.name)
        return message


class _Client(smtplib.SMTP):
    """A client whose waits end in time; the timeout is one for each reply as a whole.

    :param context: for TLS from the start; None for none yet.
    """

    sock: BoundedSocket

    def __init__(self, host: str, port: int, limits: TimeLimits, context: ssl.SSLContext | None) -> None:
        self._limits = limits
        self._tls_context = context
        super().__init__(host, port)

    def getreply(self) -> tuple[int, bytes]:
        with self.sock.response_head():
            return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> BoundedSocket:
        plain = open_connection(host, port, self._limits)
        # The context makes sockets that are bounded, too.
        return cast(BoundedSocket, self._tls_context.wrap_socket(plain, server_hostname=host)) if self._tls_context else plain


def smtp_failure(error: smtplib.SMTPException, server: str) -> DeliveryError:
    """What an error of smtplib means."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryError(f"{server} refused the login ({error.smtp_code}): check username and password", transient=_is_transient(error.smtp_code))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = "; ".join(f"{address}: {code} {_decoded(text)}" for address, (code, text) in error.recipients.items())
        return DeliveryError(f"{server} refused all recipients: {refused}", transient=all(_is_transient(code) for code, _text in error.recipients.values()))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return DeliveryError(
            f"{server} refused the sender {error.sender} ({error.smtp_code} {_decoded(error.smtp_error)}): check sender, and whether a login is required",
            transient=_is_transient(error.smtp_code),
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return DeliveryError(f"{server} refused the mail: {error.smtp_code} {_decoded(error.smtp_error)}", transient=_is_transient(error.smtp_code))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(f"{server} lacks an extension: {error}; check tls, and whether the server supports logins")
    # The library hides why the connection was closed.
    cause = error.__context__
    return network_error(cause if isinstance(cause, OSError) else ConnectionError(str(error) or type(error).__name__), server)


def _size_limit(announced: str) -> int:
    """Bytes of a mail, as the server announces them; 0 where it announces no limit, or no number."""
    return int(announced) if re.fullmatch("[0-9]{1,20}", announced) else 0


def _is_transient(code: int) -> bool:
    return 400 <= code < 500


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
