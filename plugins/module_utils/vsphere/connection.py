# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach a source: options, their environment fallbacks, address and TLS context.

The options are documented once, in plugins/doc_fragments/connection.py.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass, field
from typing import Any
from collections.abc import Mapping
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidOption


def _option(environment: str, **spec: Any) -> dict[str, Any]:
    return {**spec, "fallback": (env_fallback, [environment])}


#: Argument spec of the connection options, for modules.
CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "hostname": _option("VMWARE_HOST", type="str", required=True),
    "username": _option("VMWARE_USER", type="str", required=True),
    "password": _option("VMWARE_PASSWORD", type="str", required=True, no_log=True),
    "port": _option("VMWARE_PORT", type="int", default=443),
    "validate_certs": _option("VMWARE_VALIDATE_CERTS", type="bool", default=True),
    "ca_path": _option("VMWARE_CA_PATH", type="path"),
    "timeout": _option("VMWARE_TIMEOUT", type="int", default=30),
    "deadline": _option("VMWARE_DEADLINE", type="int", default=3600),
    "retries": _option("VMWARE_RETRIES", type="int", default=3),
}


@dataclass(frozen=True)
class Connection:
    """Checked connection options of one source.

    :ivar timeout: seconds that connecting, and each wait for data, may take.
    :ivar deadline: seconds that everything together may take.
    :ivar retries: how often something that failed in passing is tried again.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: int = 30
    deadline: int = 3600
    retries: int = 3

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Connection:
        """Check option values as a module or plugin received them.

        :raises InvalidOption: a value cannot be used.
        """
        host, port = _split_address(str(options["hostname"]), options["port"])
        if not 0 < port < 65536:
            raise InvalidOption(f"port: {port} is no TCP port; give a number from 1 to 65535")
        for name in ("timeout", "deadline"):
            if options[name] < 1:
                raise InvalidOption(f"{name}: {options[name]} is too short; give at least 1 second")
        if not 0 <= options["retries"] <= 10:
            raise InvalidOption(f"retries: {options['retries']} is no number of further attempts; give 0 to 10")
        for name in ("username", "password"):
            if not options[name]:
                raise InvalidOption(f"{name}: it is empty; give the account to log in with")
        return cls(
            host=host,
            port=port,
            username=str(options["username"]),
            password=str(options["password"]),
            validate_certs=options["validate_certs"],
            ca_path=options["ca_path"],
            timeout=options["timeout"],
            deadline=options["deadline"],
            retries=options["retries"],
        )

    @property
    def address(self) -> str:
        """Host and port as people write them; port 443 goes without saying."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 443 else f"{host}:{self.port}"

    def tls_context(self) -> ssl.SSLContext:
        """The TLS context that every request to the source uses, SOAP or REST.

        :raises InvalidOption: ``ca_path`` cannot be read.
        """
        context = ssl.create_default_context()
        if not self.validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        # Certificates of vCenter's own CA lack extensions that the strict mode of Python 3.13 and later asks for.
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        for path in _certificate_files(self.ca_path):
            try:
                context.load_verify_locations(cafile=path)
            except (OSError, ssl.SSLError) as error:
                raise InvalidOption(f"ca_path: {path} cannot be used ({error.strerror or error}); give CA certificates in PEM format") from error
        return context


def _split_address(hostname: str, port: int) -> tuple[str, int]:
    """Host and port of a host name, an IP address or a URL. A port in it wins over the option."""
    text = hostname.strip()
    if "://" not in text:
        text = f"//[{text}]" if text.count(":") > 1 and not text.startswith("[") else f"//{text}"
    try:
        parts = urlsplit(text)
        host, given = parts.hostname or "", parts.port
        if ":" in host or "[" in text:
            ipaddress.IPv6Address(host)
    except ValueError:
        host, given = "", None
    if not host or any(character.isspace() for character in host):
        # A URL may carry a password before its @.
        shown = hostname.rpartition("@")[2]
        raise InvalidOption(f"hostname: '{shown}' names no host; give a host name, an IP address or a URL")
    return host, port if given is None else given


def _certificate_files(ca_path: str | None) -> list[str]:
    if not ca_path:
        return []
    if os.path.isdir(ca_path):
        try:
            files = sorted(os.path.join(ca_path, name) for name in os.listdir(ca_path))
        except OSError as error:
            raise InvalidOption(f"ca_path: the folder {ca_path} cannot be read ({error.strerror}); change its mode") from error
        found = [path for path in files if path.endswith((".pem", ".crt", ".cer", ".0"))]
        if not found:
            raise InvalidOption(f"ca_path: the folder {ca_path} holds no .pem, .crt, .cer or .0 file; put the CA certificates there")
        return found
    if not os.path.isfile(ca_path):
        raise InvalidOption(f"ca_path: {os.path.abspath(ca_path)} does not exist; give a file or folder of CA certificates in PEM format")
    return [ca_path]
