# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How to reach a source: options, their environment fallbacks and what they say together.

The options are documented once, in plugins/doc_fragments/connection.py.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import environment
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.proxy import Proxy, in_url


def _option(variable: str, **spec: Any) -> dict[str, Any]:
    return {**spec, "fallback": (environment.fallback, [variable, spec["type"]])}


#: Argument spec of the connection options, for modules.
CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "hostname": _option("VMWARE_HOST", type="str", required=True),
    "username": _option("VMWARE_USER", type="str"),
    "password": _option("VMWARE_PASSWORD", type="str", no_log=True),
    "session_token": _option("VMWARE_SESSION_TOKEN", type="str", no_log=True),
    "rest_session_token": _option("VMWARE_REST_SESSION_TOKEN", type="str", no_log=True),
    "port": _option("VMWARE_PORT", type="int", default=443),
    "validate_certs": _option("VMWARE_VALIDATE_CERTS", type="bool", default=True),
    "ca_path": _option("VMWARE_CA_PATH", type="path"),
    "fingerprint": _option("VMWARE_FINGERPRINT", type="str"),
    "proxy_host": _option("VMWARE_PROXY_HOST", type="str"),
    "proxy_port": _option("VMWARE_PROXY_PORT", type="int"),
    "proxy_username": _option("VMWARE_PROXY_USERNAME", type="str"),
    "proxy_password": _option("VMWARE_PROXY_PASSWORD", type="str", no_log=True),
    "timeout": _option("VMWARE_TIMEOUT", type="int", default=30),
    "deadline": _option("VMWARE_DEADLINE", type="int", default=3600),
    "retries": _option("VMWARE_RETRIES", type="int", default=3),
}

#: Options that contradict each other, and why.
_CONTRADICTIONS = (
    ("session_token", "password", "either log in with username and password, or use a session that exists"),
    ("rest_session_token", "password", "either log in with username and password, or use sessions that exist"),
    ("fingerprint", "ca_path", "either trust the one certificate with this fingerprint, or all those of these CAs"),
    ("fingerprint", "validate_certs", "either trust the one certificate with this fingerprint, or any"),
)
#: Options that are numbers, and the least and the greatest that each may be.
_RANGES: dict[str, tuple[int, int | None]] = {"timeout": (1, None), "deadline": (1, None), "retries": (0, 10)}

#: The characters of a cookie's value.
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]+")
_COOKIE = "vmware_soap_session"
#: In place of a secret, as Ansible writes it.
_HIDDEN = "********"
#: The header that tells a session of REST.
REST_SESSION_HEADER = "vmware-api-session-id"


@dataclass(frozen=True)
class Connection:
    """Checked connection options of one source.

    :ivar session_token: id of an existing session, for which nobody logs in; then there is no password.
    :ivar rest_session_token: id of an existing session of REST, for which nobody logs in.
    :ivar fingerprint: SHA-256 of the one certificate that is trusted, ``AB:01:…``; empty where CAs decide.
    :ivar timeout: seconds that connecting, and each wait for data, may take.
    :ivar deadline: seconds that everything together may take.
    :ivar retries: how often something that failed in passing is tried again.
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
    def from_options(cls, options: Mapping[str, Any], called: Callable[[str], str] = str) -> Connection:
        """Check option values as a module or plugin received them.

        :param called: the name of an option as its user wrote it, for messages.
        :raises InvalidOption: values cannot be used, are missing, or contradict each other. It names all of them.
        """
        said: list[str] = []

        def checked(check: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return check(*arguments)
            except InvalidOption as error:
                said.append(str(error))
                return None

        options = {**dict.fromkeys(CONNECTION_OPTIONS), **options}
        for name, spec in CONNECTION_OPTIONS.items():
            checked(environment.check, *spec["fallback"][1], options[name], spec.get("default"))
        checked(_check_contradictions, options, called)
        address = checked(_address, options, "hostname", "port", called)
        for name, (least, most) in _RANGES.items():
            checked(in_range, called(name), options[name], least, most)
        token = checked(_session_token, options, "session_token", f"the cookie {_COOKIE}", called)
        rest_token = checked(_session_token, options, "rest_session_token", f"the header {REST_SESSION_HEADER}", called)
        checked(_check_account, options, token, called)
        fingerprint = checked(tls.normalize_fingerprint, options["fingerprint"], called("fingerprint")) if options["fingerprint"] else ""
        proxy = checked(_proxy, options, called)
        if said:
            raise InvalidOption(*said)
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
        """Host and port as people write them; port 443 goes without saying."""
        return in_url(self.host) if self.port == 443 else f"{in_url(self.host)}:{self.port}"

    @property
    def account(self) -> str:
        """Who reads, for messages."""
        return self.username or "the account of session_token"

    @property
    def can_use_rest(self) -> bool:
        """Whether REST can be spoken: a session of SOAP alone opens none there."""
        return bool(self.rest_session_token or (self.username and self.password))

    @property
    def secrets(self) -> list[str]:
        """All that must not be shown."""
        return list(filter(None, (self.password, self.session_token, self.rest_session_token, self.proxy.password if self.proxy else "")))

    def limits(self) -> TimeLimits:
        """The time that each wait, and everything together, may take, which begins now."""
        return TimeLimits(self.timeout, self.deadline)

    def hidden(self, text: str) -> str:
        """Words of a server without our secrets: some repeat what they were told."""
        for secret in self.secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def tls_context(self) -> ssl.SSLContext:
        """The TLS context that every request to the source uses, SOAP or REST.

        With a fingerprint it takes any certificate: whoever connects compares it, see https_connection.py.

        :raises InvalidOption: ``ca_path`` cannot be read.
        """
        if self.fingerprint or not self.validate_certs:
            return tls.unverified_context()
        return tls.verifying_context(self.ca_path)


def merge_options(own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Options of one source, with those that several share, but for those that contradict its own."""
    silenced = {name for *pair, _choice in _CONTRADICTIONS for name in pair if any(_speaks(own.get(other)) for other in pair if other != name)}
    return {**{name: value for name, value in shared.items() if name not in silenced}, **own}


def is_from_environment(name: str, value: Any) -> bool:
    """Whether the value of an option, converted to its type, is the one that its environment variable has."""
    said = environment.read_or_none(*CONNECTION_OPTIONS[name]["fallback"][1])
    return said is not None and said == value


def environment_variable(name: str) -> str:
    """The environment variable that an option is taken from where it is not set."""
    return CONNECTION_OPTIONS[name]["fallback"][1][0]


def _check_contradictions(options: dict[str, Any], called: Callable[[str], str]) -> None:
    """Take out of the options what only the environment says, where one that was given contradicts it.

    :raises InvalidOption: both were given, or neither.
    """
    for *pair, choice in _CONTRADICTIONS:
        if not all(_speaks(options[name]) for name in pair):
            continue
        given = [name for name in pair if not is_from_environment(name, options[name])]
        if len(given) != 1:
            told = [called(name) + (": false" if name == "validate_certs" else "") for name in pair]
            raise InvalidOption(f"{told[0]} contradicts {told[1]}: {choice}; leave one of the two options out")
        (silenced,) = set(pair) - set(given)
        options[silenced] = CONNECTION_OPTIONS[silenced].get("default")


def _speaks(value: Any) -> bool:
    # Certificates are checked unless told otherwise: only false says something.
    return value is False or value not in (None, "", True)


def _check_account(options: Mapping[str, Any], token: str | None, called: Callable[[str], str]) -> None:
    missing = [called(name) for name in ("username", "password") if not options[name]]
    # A session_token that cannot be used is given, too.
    if missing and token == "":
        account = f"{called('username')} and {called('password')}"
        raise InvalidOption(f"{' and '.join(missing)} must be set: give {account} of the account to log in with, or {called('session_token')}")


def _session_token(options: Mapping[str, Any], name: str, source: str, called: Callable[[str], str]) -> str:
    """The id alone of what people copy out of a browser or a program."""
    text = options[name]
    token = str(text or "").strip().removeprefix(f"{_COOKIE}=").removeprefix(f"{REST_SESSION_HEADER}:").partition(";")[0].strip().strip('"')
    if text and not _COOKIE_VALUE.fullmatch(token):
        raise InvalidOption(f"{called(name)} must be the value of {source}: what is given is no id of a session")
    return token


def _proxy(options: Mapping[str, Any], called: Callable[[str], str]) -> Proxy | None:
    if not options["proxy_host"]:
        for name in ("proxy_port", "proxy_username", "proxy_password"):
            if options[name]:
                raise InvalidOption(f"{called(name)} is given without {called('proxy_host')}: give both, or neither")
        return None
    if str(options["proxy_host"]).startswith("https:"):
        raise InvalidOption(f"{called('proxy_host')} must be a proxy that takes plain HTTP: one that is spoken to over TLS cannot be used")
    host, port = _address(options, "proxy_host", "proxy_port", called)
    username, password = (str(options[name] or "") for name in ("proxy_username", "proxy_password"))
    if bool(username) != bool(password):
        given, missing = ("proxy_username", "proxy_password") if username else ("proxy_password", "proxy_username")
        raise InvalidOption(f"{called(given)} is given without {called(missing)}: give both, or neither")
    return Proxy(host, port, username, password)


def _address(options: Mapping[str, Any], host_name: str, port_name: str, called: Callable[[str], str]) -> tuple[str, int]:
    """Host and port of a host name, an IP address or a URL. A port in it wins over the option."""
    given = str(options[host_name])
    host, port = _split(given)
    if not host:
        # A URL may carry a password before its @.
        raise InvalidOption(f"{called(host_name)} must be a host name, an IP address or a URL (got {quoted(given.rpartition('@')[2])})")
    if port is None:
        if options[port_name] is None:
            raise InvalidOption(f"{called(port_name)} must be set: give the TCP port of {called(host_name)}")
        return host, in_range(called(port_name), options[port_name], 1, 65535)
    return host, in_range(f"the port of {called(host_name)}", port, 1, 65535)


def _split(given: str) -> tuple[str, int | None]:
    """Host and port that an address holds; no host where it is none."""
    text = given.strip()
    if "://" not in text:
        text = f"//[{text}]" if text.count(":") > 1 and not text.startswith("[") else f"//{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        if ":" in host or "[" in text:
            ipaddress.IPv6Address(host)
        # What no name server can be asked for.
        host.encode("idna")
        return ("" if any(character.isspace() for character in host) else host), parts.port
    except ValueError:
        return "", None
