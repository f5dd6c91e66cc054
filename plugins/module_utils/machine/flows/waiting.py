# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Wait until the guest of a VM is as far as wanted: VMware Tools run, it has an address, its customization is done."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.customization_events import PAUSE, CustomizationEvents
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import existing
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import ADAPTERS, ADDRESS, CUSTOMIZATION, TOOLS_STATE, question, tools_run
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitProperties, Send, Sleep, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

TOOLS, IP, CUSTOMIZED = "tools", "ip", "customization"
#: API version that has guest.customizationInfo.
CUSTOMIZATION_SINCE = (7, 0, 2, 0)
#: What it is while there is something to wait for, or to say.
_OPEN = ("TOOLSDEPLOYPKG_PENDING", "TOOLSDEPLOYPKG_RUNNING", "TOOLSDEPLOYPKG_FAILED")
_SUCCEEDED, _FAILED = "TOOLSDEPLOYPKG_SUCCEEDED", "TOOLSDEPLOYPKG_FAILED"
#: Properties that tell whether there is something to wait for.
PATHS = (TOOLS_STATE, ADDRESS, ADAPTERS, CUSTOMIZATION)


def _has_address(properties: Mapping[str, Any]) -> bool:
    return any(map(_is_routable, _addresses(properties)))


def _is_customized(properties: Mapping[str, Any]) -> bool:
    return _customization(properties).get("customizationStatus") in (_SUCCEEDED, _FAILED)


def _customization(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    found = properties.get(CUSTOMIZATION)
    return found if isinstance(found, Mapping) else {}


def _addresses(properties: Mapping[str, Any]) -> Iterator[str]:
    yield properties.get(ADDRESS) or ""
    for adapter in properties.get(ADAPTERS) or ():
        yield from adapter.get("ipAddress") or ()


def _is_routable(text: str) -> bool:
    with suppress(ValueError):
        address = ipaddress.ip_address(text)
        return not (address.is_link_local or address.is_loopback or address.is_unspecified or address.is_multicast)
    return False


#: What can be waited for, to whether it is reached, and what is said where it is not.
WAITS: dict[str, tuple[Callable[[Mapping[str, Any]], bool], str]] = {
    TOOLS: (tools_run, "VMware Tools do not run: check that they are installed"),
    CUSTOMIZED: (_is_customized, "its customization has not ended: check that VMware Tools, and perl or cloud-init, are installed in the guest"),
    IP: (_has_address, "it has no address that can be routed: check its network and DHCP"),
}


def is_reached(name: str, properties: Mapping[str, Any]) -> bool:
    """Whether a VM that was there before, with these properties, is as far as wanted. One that is not being customized is."""
    if name == CUSTOMIZED:
        return _customization(properties).get("customizationStatus") not in _OPEN
    return WAITS[name][0](properties)


def wait(name: str, seconds: float, events: CustomizationEvents | None = None) -> Step:
    """The step that waits. :param events: tell about customization where the server has no property for it."""
    work = partial(_wait_for_event, events) if events and name == CUSTOMIZED else partial(_wait, name)
    return Step(f"wait_for_{name}", partial(work, seconds), is_change=False)


def _wait(name: str, seconds: float, vm: MoRef | None) -> Work:
    check = WAITS[name][0]
    properties = yield AwaitProperties(existing(vm), lambda found: check(found) or question(found) is not None, seconds)
    if properties is None:
        raise _timeout(name, seconds)
    if not check(properties) and (asked := question(properties)):
        raise asked
    outcome = _customization(properties)
    if name == CUSTOMIZED and outcome.get("customizationStatus") == _FAILED:
        raise _failure(outcome.get("errorMsg") or "no reason given")


def _wait_for_event(events: CustomizationEvents, seconds: float, vm: MoRef | None) -> Work:
    end = time.monotonic() + seconds
    while (outcome := (yield Send(partial(events.outcome, existing(vm))))) is None:
        left = end - time.monotonic()
        if left <= 0:
            raise _timeout(CUSTOMIZED, seconds)
        yield Sleep(min(left, PAUSE))
    if outcome:
        raise _failure(outcome)


def _timeout(name: str, seconds: float) -> NotPossible:
    return NotPossible(f"after {seconds:.0f} s {WAITS[name][1]}, or raise wait_for.{name}")


def _failure(reason: str) -> NotPossible:
    return NotPossible(f"its customization failed ({reason}): look at its log in the guest")
