# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A mail with the report, and the workbook attached to it."""

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
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import BoundedSocket, bound_tls, connected
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.common.tls import trusting_context, unchecked_context
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, of_network
from ansible_collections.estate.vmware.plugins.module_utils.deliver.mail_summary import as_html, as_text, subject
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import WORKBOOK, Payload

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
    """A mail to some people.

    :raises DeliveryError: options do not fit. :raises InvalidOption: the CA certificates cannot be used.
    """

    def __init__(self, options: Mapping[str, Any], payload: Payload) -> None:
        if bool(options["username"]) != bool(options["password"]):
            raise DeliveryError("username and password belong together: give both, or neither")
        for name in ("sender", "recipients"):
            for address in [options[name]] if isinstance(options[name], str) else options[name]:
                if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(address)[1]) or not address.isprintable():
                    raise DeliveryError(f"{name}: {quoted(address)} is no mail address")
        if options["port"] is not None and not 1 <= options["port"] <= 65535:
            raise DeliveryError(f"port must be 1 to 65535 (got {quoted(options['port'])})")
        if not 0 <= options["attachment_limit"] < math.inf:
            raise DeliveryError(f"attachment_limit must be 0 or greater (got {options['attachment_limit']})")
        self._options = options
        self._parcel = payload
        self.limits = TimeLimits(options["timeout"], options["deadline"])
        self._context = bound_tls(trusting_context(options["ca_path"]) if options["validate_certs"] else unchecked_context(), self.limits)
        self._port = options["port"] or _PORTS[options["tls"]]
        self._server = f"{options['server']}:{self._port}"
        self.where = ", ".join(options["recipients"])
        in_the_clear = options["tls"] == "none" and options["password"]
        self.warning = f"{self._server} is told the password in the clear: use starttls or tls" if in_the_clear else ""

    def deliver(self) -> str:
        """Send the mail; what it says of the attachment when there is none, else nothing.

        :raises DeliveryError: not all have it.
        """
        try:
            with self._connected() as smtp:
                message, remark = self._fitting(smtp)
                refused = smtp.send_message(message)
        except smtplib.SMTPException as error:
            raise _of_mail(error, self._server) from error
        except OSError as error:
            raise of_network(error, self._server) from error
        except ValueError as error:
            # Only the kind of the error: what it says may hold the password.
            raise DeliveryError(f"the mail cannot be made ({type(error).__name__}): look for odd characters in subject, username and password") from error
        if refused:
            raise DeliveryError(f"{self._server} does not take mail for {', '.join(refused)}; the others have it")
        return remark

    def _connected(self) -> smtplib.SMTP:
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

    def _fitting(self, smtp: smtplib.SMTP) -> tuple[EmailMessage, str]:
        """The mail, with the workbook where it may be as large, and what it says of the attachment when there is none."""
        labels, path = self._parcel.labels, self._parcel.path
        if not path:
            return self._message(labels["text.mail_none"]), labels["text.mail_none"]
        if not self._options["attach"]:
            return self._message(""), ""
        size, limit = os.path.getsize(path), self._options["attachment_limit"] * _MB
        if size <= limit:
            message = self._message(labels["text.mail_attached"].format(name=self._parcel.name), path)
            # The server's limit is one for the whole mail, in which the workbook is a third larger.
            allowed = _allowed(smtp.esmtp_features.get("size", ""))
            if not allowed or len(message.as_bytes(policy=SMTP)) <= allowed:
                return message, ""
            limit = allowed * 3 / 4
        remark = labels["text.mail_too_large"].format(name=self._parcel.name, size=f"{size / _MB:.1f}", limit=f"{limit / _MB:.1f}")
        return self._message(remark), remark

    def _message(self, remark: str, attached: str = "") -> EmailMessage:
        options, payload = self._options, self._parcel
        message = EmailMessage()
        message["Subject"] = options["subject"] or subject(payload)
        message["From"] = options["sender"]
        message["To"] = ", ".join(options["recipients"])
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(options["sender"])[1].rpartition("@")[2])
        # Answers of people who are away are for people.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(as_text(payload, remark))
        message.add_alternative(as_html(payload, remark), subtype="html")
        if attached:
            maintype, subtype = WORKBOOK.split("/")
            with open(attached, "rb") as file:
                message.add_attachment(file.read(), maintype=maintype, subtype=subtype, filename=payload.name)
        return message


class _Client(smtplib.SMTP):
    """A client whose waits end in time; each reply as a whole has one timeout.

    :param context: for TLS from the beginning.
    """

    def __init__(self, host: str, port: int, limits: TimeLimits, context: ssl.SSLContext | None) -> None:
        self._limits = limits
        self._from_the_beginning = context
        super().__init__(host, port)

    def getreply(self) -> tuple[int, bytes]:
        with self.sock.head():
            return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> BoundedSocket:
        plain = connected(host, port, self._limits)
        return self._from_the_beginning.wrap_socket(plain, server_hostname=host) if self._from_the_beginning else plain


def _of_mail(error: smtplib.SMTPException, server: str) -> DeliveryError:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryError(f"{server} refuses the login ({error.smtp_code}): check username and password", transient=_may_pass(error.smtp_code))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        told = "; ".join(f"{address}: {code} {_words(text)}" for address, (code, text) in error.recipients.items())
        return DeliveryError(f"{server} takes mail for nobody of them: {told}", transient=all(_may_pass(code) for code, _text in error.recipients.values()))
    if isinstance(error, smtplib.SMTPSenderRefused):
        return DeliveryError(
            f"{server} does not take mail of {error.sender}: {error.smtp_code} {_words(error.smtp_error)}: check sender, and whether it wants a login",
            transient=_may_pass(error.smtp_code),
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return DeliveryError(f"{server} does not take the mail: {error.smtp_code} {_words(error.smtp_error)}", transient=_may_pass(error.smtp_code))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(f"{server} cannot do what is asked of it: {error}; check tls, and whether it has logins")
    # The library hides why it has ended the connection.
    cause = error.__context__
    return of_network(cause if isinstance(cause, OSError) else ConnectionError(str(error) or type(error).__name__), server)


def _allowed(said: str) -> int:
    """The bytes that a server takes at most, as it says; 0 where it says no number, or no limit."""
    return int(said) if re.fullmatch("[0-9]{1,20}", said) else 0


def _may_pass(code: int) -> bool:
    return 400 <= code < 500


def _words(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
