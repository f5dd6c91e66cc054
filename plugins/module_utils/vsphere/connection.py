# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The connection to a source: connection options, checked and combined."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.masking import Secrets
from ansible_collections.estate.vmware.plugins.module_utils.common.options import collect_problems, in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import environment
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS, OPTIONS, is_from_environment
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.proxy import Proxy, in_url

#: Pairs of options that contradict each other, and the choice between them.
_CONTRADICTIONS = (
    ("session_token", "password", "either log in with username and password, or use a session that exists"),
    ("rest_session_token", "password", "either log in with username and password, or use sessions that exist"),
    ("fingerprint", "ca_path", "either trust the one certificate with this fingerprint, or all those of these CAs"),
    ("fingerprint", "validate_certs", "either trust the one certificate with this fingerprint, or any"),
)
#: Numbers that are checked by themselves; ports are checked with their host.
_NUMBERS = ("timeout", "deadline", "retries")

#: The characters of a cookie's value.
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")
_COOKIE = "vmware_soap_session"
#: In place of a secret, as Ansible masks it.
#: The header that holds the session id of REST.
REST_SESSION_HEADER = "vmware-api-session-id"


@dataclass(frozen=True)
class Connection:
    """The checked connection options of one source.

    :ivar session_token: id of an existing session to use instead of a login; then there is no password.
    :ivar rest_session_token: id of an existing REST session to use instead of a login.
    :ivar fingerprint: SHA-256 of the one certificate that is trusted, as ``AB:01:…``, or SHA-1 where a server named it; empty if CAs decide.
    :ivar timeout: seconds for connecting, and for each wait for data.
    :ivar deadline: seconds for everything together.
    :ivar retries: how often to retry after a transient error.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    rest_session_token: str = field(default="", repr=False)
    validate_certs: bool = True
    ca_path: str | None = None
    fingerprint: str = ""
    proxy: Proxy | None = None
    timeout: int = 30
    deadline: int = 3600
    retries: int = 3

    @classmethod
    def from_options(cls, options: Mapping[str, Any], display_name: Callable[[str], str] = str) -> Connection:
        """Check option values as a module or plugin received them.

        :param display_name: returns the name of an option as the user wrote it, for messages.
        :raises InvalidOption: values cannot be used, are missing, or contradict each other; one line for each.
        """
        problems: list[str] = []
        checked = partial(collect_problems, problems)
        options = {**dict.fromkeys(CONNECTION_OPTIONS), **options}
        for name, option in OPTIONS.items():
            checked(environment.check, option.variable, option.type, options[name], option.default)
        checked(_check_contradictions, options, display_name)
        address = checked(_address, options, "hostname", "port", display_name)
        for name in _NUMBERS:
            checked(in_range, display_name(name), options[name], *(OPTIONS[name].bounds or ()))
        token = checked(_session_token, options, "session_token", f"the cookie {_COOKIE}", display_name)
        rest_token = checked(_session_token, options, "rest_session_token", f"the header {REST_SESSION_HEADER}", display_name)
        checked(_check_account, options, token, display_name)
        fingerprint = checked(tls.normalize_fingerprint, options["fingerprint"], display_name("fingerprint")) if options["fingerprint"] else ""
        proxy = checked(_proxy, options, display_name)
        if problems:
            raise InvalidOption(*problems)
        host, port = address
        return cls(
            host=host,
            port=port,
            username=str(options["username"] or ""),
            password=str(options["password"] or ""),
            session_token=token,
            rest_session_token=rest_token,
            validate_certs=options["validate_certs"],
            ca_path=options["ca_path"],
            fingerprint=fingerprint,
            proxy=proxy,
            timeout=options["timeout"],
            deadline=options["deadline"],
            retries=options["retries"],
        )

    @property
    def address(self) -> str:
        """Host and port, for messages; port 443 is left out."""
        return in_url(self.host) if self.port == 443 else f"{in_url(self.host)}:{self.port}"

    @property
    def account(self) -> str:
        """The account, for messages."""
        return self.username or "the account of session_token"

    @property
    def can_use_rest(self) -> bool:
        """Whether REST can be used: the session_token of SOAP is not valid there."""
        return bool(self.rest_session_token or (self.username and self.password))

    @property
    def secrets(self) -> list[str]:
        """All that must not be shown."""
        return list(filter(None, (self.password, self.session_token, self.rest_session_token, self.proxy.password if self.proxy else "")))

    def limits(self) -> TimeLimits:
        """The time limits, counted from now."""
        return TimeLimits(self.timeout, self.deadline)

    def to_other_host(self, host: str, port: int) -> Connection:
        """The way to another host: by the same CAs and proxy, within the same limits, without account, sessions and pin, which are this host's."""
        own: dict[str, Any] = dict.fromkeys(("username", "password", "session_token", "rest_session_token", "fingerprint"), "")
        return replace(self, host=host, port=port, **own)

    def mask_secrets(self, text: str) -> str:
        """A message without passwords and tokens: some servers repeat what they were sent."""
        return Secrets(self.secrets).hide(text)

    def tls_context(self) -> ssl.SSLContext:
        """The TLS context for SOAP and REST.

        With a fingerprint it accepts any certificate: https_connection.py compares the fingerprint.

        :raises InvalidOption: ``ca_path`` cannot be used.
        """
        if self.fingerprint or not self.validate_certs:
            return tls.unverified_context()
        return tls.verifying_context(self.ca_path)


def merge_options(own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Options of one source and those shared by several, without shared ones that contradict its own."""
    overridden = {name for *pair, _choice in _CONTRADICTIONS for name in pair if any(_is_set(own.get(other)) for other in pair if other != name)}
    return {**{name: value for name, value in shared.items() if name not in overridden}, **own}


def _check_contradictions(options: dict[str, Any], display_name: Callable[[str], str]) -> None:
    """Reset an option that comes from the environment and contradicts one that was given.

    :raises InvalidOption: both were given, or both come from the environment.
    """
    for *pair, choice in _CONTRADICTIONS:
        if not all(_is_set(options[name]) for name in pair):
            continue
        given = [name for name in pair if not is_from_environment(name, options[name])]
        if len(given) != 1:
            names = [display_name(name) + (": false" if name == "validate_certs" else "") for name in pair]
            raise InvalidOption(f"{names[0]} contradicts {names[1]}: {choice}; leave one of the two options out")
        (overridden,) = set(pair) - set(given)
        options[overridden] = OPTIONS[overridden].default


def _is_set(value: Any) -> bool:
    # validate_certs is true by default: only false counts.
    return value is False or value not in (None, "", True)


def _check_account(options: Mapping[str, Any], token: str | None, display_name: Callable[[str], str]) -> None:
    missing = [display_name(name) for name in ("username", "password") if not options[name]]
    # The token is None if it is given but cannot be used.
    if missing and token == "":
        account = f"{display_name('username')} and {display_name('password')}"
        raise InvalidOption(f"{' and '.join(missing)} must be set: give {account} of the account to log in with, or {display_name('session_token')}")


def _session_token(options: Mapping[str, Any], name: str, source: str, display_name: Callable[[str], str]) -> str:
    """The session id in a token, which may be copied with the name of its cookie or header, quotes and attributes."""
    text = options[name]
    token = str(text or "").strip().removeprefix(f"{_COOKIE}=").removeprefix(f"{REST_SESSION_HEADER}:").partition(";")[0].strip().strip('"')
    if text and not _COOKIE_VALUE.fullmatch(token):
        raise InvalidOption(f"{display_name(name)} must be the value of {source}: the value given is no session id")
    return token


def _proxy(options: Mapping[str, Any], display_name: Callable[[str], str]) -> Proxy | None:
    if not options["proxy_host"]:
        for name in ("proxy_port", "proxy_username", "proxy_password"):
            if options[name]:
                raise InvalidOption(f"{display_name(name)} is given without {display_name('proxy_host')}: give both, or neither")
        return None
    if str(options["proxy_host"]).startswith("https:"):
        raise InvalidOption(f"{display_name('proxy_host')} must be a proxy reached in plain HTTP: one reached over TLS is not supported")
    host, port = _address(options, "proxy_host", "proxy_port", display_name)
    username, password = (str(options[name] or "") for name in ("proxy_username", "proxy_password"))
    if bool(username) != bool(password):
        given, missing = ("proxy_username", "proxy_password") if username else ("proxy_password", "proxy_username")
        raise InvalidOption(f"{display_name(given)} is given without {display_name(missing)}: give both, or neither")
    return Proxy(host, port, username, password)


def _address(options: Mapping[str, Any], host_name: str, port_name: str, display_name: Callable[[str], str]) -> tuple[str, int]:
    """Host and port of a host name, an IP address or a URL. A port in it takes precedence over the option."""
    bounds = OPTIONS[port_name].bounds or ()
    given = str(options[host_name])
    host, port = _split(given)
    if not host:
        # A URL may have a password before its @.
        raise InvalidOption(f"{display_name(host_name)} must be a host name, an IP address or a URL (got {quoted(given.rpartition('@')[2])})")
    if port is None:
        if options[port_name] is None:
            raise InvalidOption(f"{display_name(port_name)} must be set: give the TCP port of {display_name(host_name)}")
        return host, in_range(display_name(port_name), options[port_name], *bounds)
    return host, in_range(f"the port of {display_name(host_name)}", port, *bounds)


def _split(given: str) -> tuple[str, int | None]:
    """Host and port of an address; the host is empty if it is no address."""
    text = given.strip()
    if "://" not in text:
        text = f"//[{text}]" if text.count(":") > 1 and not text.startswith("[") else f"//{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        if ":" in host or "[" in text:
            ipaddress.IPv6Address(host)
        # A name that cannot be encoded cannot be resolved.
        host.encode("idna")
        return ("" if any(character.isspace() for character in host) else host), parts.port
    except ValueError:
        return "", None
