# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Customization of the guest of a VM that is made: options, and pyVmomi's ``vim.vm.customization.Specification`` of them.

Passwords are in the specification alone.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import WantedNic
from ansible_collections.estate.vmware.plugins.module_utils.machine.numbered import DHCP
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import NUMBER, TEXT, TEXTS
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option, argument_spec, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

CUSTOMIZATION = "customization"
LINUX_OPTIONS = (
    Option("hostname", TEXT, "Host name, with its domain or without; by default the name of the VM", bounds=(1, 255)),
    Option("domain", TEXT, "DNS domain", bounds=(1, 255)),
    Option("time_zone", TEXT, "Time zone, such as Europe/Berlin", bounds=(1, 64)),
)
WINDOWS_OPTIONS = (
    Option("computer_name", TEXT, "Computer name; by default the name of the VM", bounds=(1, 255)),
    Option("workgroup", TEXT, "Workgroup to join", bounds=(1, 255)),
    Option("domain", TEXT, "Domain to join, in place of a workgroup", bounds=(1, 255)),
    Option("domain_admin", TEXT, "Account that may join it to the domain", bounds=(1, 255)),
    Option("domain_password", TEXT, "Password of that account", is_secret=True),
    Option("admin_password", TEXT, "Password of the local administrator", is_secret=True),
    Option("time_zone", NUMBER, "Index of the time zone, as Microsoft numbers them; 85 is GMT", bounds=(0, 400), default=85),
    Option("product_key", TEXT, "Product key", is_secret=True),
    Option("full_name", TEXT, "Name of the user that it is registered for", bounds=(1, 255), default="Administrator"),
    Option("organization", TEXT, "Organization that it is registered for", bounds=(1, 255), default="Organization"),
    Option("run_once", TEXTS, "Commands that run when the administrator logs on for the first time", bounds=(1, 4096)),
)
LINUX, WINDOWS, SPEC = "linux", "windows", "spec"
_KINDS = {LINUX: LINUX_OPTIONS, WINDOWS: WINDOWS_OPTIONS}
_LABEL = re.compile(r"(?a)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_COMPUTER_NAME = re.compile(r"(?a)(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?", re.IGNORECASE)
_TIME_ZONE = re.compile(r"(?a)[A-Za-z][\w+-]*(?:/[\w+-]+){0,2}")


@dataclass(frozen=True)
class Customization:
    """What is to be customized.

    :ivar kind: LINUX, WINDOWS or SPEC. :ivar hostname: without a domain. :ivar spec: name of one that vCenter has.
    :ivar values: the other options of its kind. No repr shows them, since passwords are among them.
    """

    kind: str
    hostname: str
    domain: str = ""
    spec: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)


def customization_argument_spec() -> dict[str, Any]:
    """The option ``customization`` of an item, see common/option_specs.py."""
    windows = {"mutually_exclusive": [("workgroup", "domain")], "required_by": {"domain": ("domain_admin", "domain_password"), "run_once": ("admin_password",)}}
    kinds: dict[str, Any] = {name: {"type": "dict", "options": argument_spec(options)} for name, options in _KINDS.items()}
    kinds[WINDOWS] |= windows
    exclusive = [tuple(_KINDS), *((name, SPEC) for name in _KINDS)]
    return {CUSTOMIZATION: {"type": "dict", "options": {**kinds, SPEC: {"type": "str"}}, "mutually_exclusive": exclusive}}


def wanted_customization(where: str, item: Mapping[str, Any], name: str, problems: MutableSequence[str]) -> Customization | None:
    """What an item says of customization; whatever is wrong with it becomes a problem.

    :param where: the item as the user wrote it: ``vms[3]``. :param item: checked by its spec. :param name: of the VM.
    """
    given = item.get(CUSTOMIZATION)
    if not given:
        return None
    option = f"{where}.{CUSTOMIZATION}"
    if given.get(SPEC):
        return Customization(SPEC, name, spec=given[SPEC])
    kind = LINUX if given.get(LINUX) is not None else WINDOWS
    if given.get(kind) is None:
        problems.append(f"{option} must have {LINUX}, {WINDOWS} or {SPEC}")
        return None
    found = values(_KINDS[kind], f"{option}.{kind}", given[kind], problems)
    return _linux(f"{option}.{LINUX}", found, name, problems) if kind == LINUX else _windows(f"{option}.{WINDOWS}", found, name, problems)


def _linux(option: str, found: Mapping[str, Any], name: str, problems: MutableSequence[str]) -> Customization:
    hostname, _dot, domain = found.get("hostname", name).partition(".")
    domain = found.get("domain", domain)
    if not _LABEL.fullmatch(hostname):
        given = "" if "hostname" in found else ", the name of the VM"
        problems.append(f"{option}.hostname must have letters, digits and hyphens, at most 63 (got {quoted(hostname)}{given})")
    if not domain or not all(map(_LABEL.fullmatch, domain.split("."))):
        problems.append(f"{option}.domain must be a DNS domain such as example.com (got {quoted(domain)})")
    zone = found.get("time_zone")
    if zone and not _TIME_ZONE.fullmatch(zone):
        problems.append(f"{option}.time_zone must be a time zone such as Europe/Berlin (got {quoted(zone)})")
    return Customization(LINUX, hostname, domain, values=found)


def _windows(option: str, found: Mapping[str, Any], name: str, problems: MutableSequence[str]) -> Customization:
    computer = found.get("computer_name", name)
    if not _COMPUTER_NAME.fullmatch(computer):
        given = "" if "computer_name" in found else ", the name of the VM"
        problems.append(f"{option}.computer_name must have letters, digits and hyphens, at most 15, and not digits alone (got {quoted(computer)}{given})")
    return Customization(WINDOWS, computer, found.get("domain", ""), values=found)


def check_addresses(nics: Sequence[WantedNic], problems: MutableSequence[str]) -> None:
    """What is wrong with the addresses of adapters: customization sets one IPv4 address of each, and any number of IPv6 addresses."""
    for nic in nics:
        fourth, _sixth = _by_version(nic.address)
        if len(fourth) + (DHCP in nic.address) > 1:
            problems.append(f"{nic.option}.address has several IPv4 addresses: vSphere sets one of an adapter; set the others with user_data")
        if nic.gateway and not nic.address:
            problems.append(f"{nic.option}.gateway needs address")


def specification(wanted: Customization, nics: Sequence[WantedNic | None]) -> Any:
    """The ``vim.vm.customization.Specification`` of the kind LINUX or WINDOWS. That of SPEC: stored_customization.py.

    It has one entry for each adapter, in their order, as vCenter demands.

    :param nics: all adapters that the VM will have, see networks.in_order; None for DHCP.
    """
    build = _linux_identity if wanted.kind == LINUX else _windows_identity
    spec = vim_type("CustomizationSpec")(identity=build(wanted), globalIPSettings=vim_type("CustomizationGlobalIPSettings")())
    if wanted.kind == WINDOWS:
        spec.options = vim_type("CustomizationWinOptions")(changeSID=True, deleteAccounts=False, reboot="reboot")
    else:
        spec.options = vim_type("CustomizationLinuxOptions")()
    set_global(spec.globalIPSettings, nics)
    spec.nicSettingMap = [adapter_mapping(nic) for nic in nics]
    return spec


def set_global(settings: Any, nics: Sequence[WantedNic | None]) -> None:
    """Set DNS servers and search domains of the guest as a whole, if the adapters have any."""
    known = [nic for nic in nics if nic]
    if servers := _each_once(nic.dns for nic in known):
        settings.dnsServerList = servers
    if suffixes := _each_once(nic.search for nic in known):
        settings.dnsSuffixList = suffixes


def adapter_mapping(nic: WantedNic | None) -> Any:
    """The entry of one adapter; DHCP where no address is given."""
    settings = vim_type("CustomizationIPSettings")(ip=vim_type("CustomizationDhcpIpGenerator")())
    fourth, sixth = _by_version(nic.address if nic else ())
    gateways = _by_version(nic.gateway if nic else ())
    if fourth:
        settings.ip = vim_type("CustomizationFixedIp")(ipAddress=str(fourth[0].ip))
        settings.subnetMask = str(fourth[0].netmask)
    if gateways[0]:
        settings.gateway = [str(gateway.ip) for gateway in gateways[0]]
    if sixth:
        addresses = [vim_type("CustomizationFixedIpV6")(ipAddress=str(one.ip), subnetMask=one.network.prefixlen) for one in sixth]
        settings.ipV6Spec = vim_type("CustomizationIPSettingsIpV6AddressSpec")(ip=addresses, gateway=[str(gateway.ip) for gateway in gateways[1]])
    if nic and nic.dns:
        settings.dnsServerList = list(nic.dns)
    return vim_type("CustomizationAdapterMapping")(adapter=settings)


def _linux_identity(wanted: Customization) -> Any:
    identity = vim_type("CustomizationLinuxPrep")(hostName=vim_type("CustomizationFixedName")(name=wanted.hostname), domain=wanted.domain, hwClockUTC=True)
    if "time_zone" in wanted.values:
        identity.timeZone = wanted.values["time_zone"]
    return identity


def _windows_identity(wanted: Customization) -> Any:
    found = wanted.values
    unattended = vim_type("CustomizationGuiUnattended")(timeZone=found["time_zone"], autoLogon=False, autoLogonCount=0)
    if "admin_password" in found:
        unattended.password = _password(found["admin_password"])
    user = vim_type("CustomizationUserData")(
        computerName=vim_type("CustomizationFixedName")(name=wanted.hostname),
        fullName=found["full_name"],
        orgName=found["organization"],
        productId=found.get("product_key", ""),
    )
    membership = vim_type("CustomizationIdentification")()
    if wanted.domain:
        membership.joinDomain, membership.domainAdmin = wanted.domain, found.get("domain_admin", "")
        membership.domainAdminPassword = _password(found.get("domain_password", ""))
    else:
        membership.joinWorkgroup = found.get("workgroup", "WORKGROUP")
    identity = vim_type("CustomizationSysprep")(guiUnattended=unattended, userData=user, identification=membership)
    if found.get("run_once"):
        # The commands run when somebody logs on.
        unattended.autoLogon, unattended.autoLogonCount = True, 1
        identity.guiRunOnce = vim_type("CustomizationGuiRunOnce")(commandList=list(found["run_once"]))
    return identity


def _password(text: str) -> Any:
    return vim_type("CustomizationPassword")(value=text, plainText=True)


def _by_version(addresses: Iterable[str]) -> tuple[list[Any], list[Any]]:
    """IPv4 and IPv6 addresses with their networks; DHCP is left out."""
    found = [ipaddress.ip_interface(address) for address in addresses if address != DHCP]
    return [one for one in found if one.version == 4], [one for one in found if one.version == 6]


def _each_once(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(text for texts in lists for text in texts))
