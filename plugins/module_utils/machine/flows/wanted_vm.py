# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The items of vmware_vm with ``state: present``: their options, and what each says a VM shall be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import placement
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import (
    Customization,
    customization_argument_spec,
    wanted_customization,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization_events import CustomizationEvents
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import NameOf
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.labels import Labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import WAITS
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, NAME, Identity, identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.numbered import expanded
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import SPEC as SOURCE_SPEC, WantedSource, wanted_source
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import Wanted, check_together, settings_argument_spec, wanted_state

ON, OFF, UNCHANGED = "on", "off", "unchanged"
REMOVE, KEEP = "remove", "keep"
OPTIONS: dict[str, Any] = {
    "count": {"type": "int", "bounds": (1, 1000)},
    "source": SOURCE_SPEC,
    "placement": placement.SPEC,
    "relocate": {"type": "bool", "default": False},
    "rename": {"type": "str"},
    **settings_argument_spec(),
    **customization_argument_spec(),
    **labels.OPTIONS,
    "power": {"type": "str", "choices": [ON, OFF, UNCHANGED], "default": UNCHANGED},
    "grace": {"type": "str", "default": "5m"},
    "wait_for": {"type": "dict", "options": {name: {"type": "str"} for name in WAITS}},
    "on_failure": {"type": "str", "choices": [REMOVE, KEEP], "default": REMOVE},
}


class Context(NamedTuple):
    """What plans need to know beside the VM.

    :ivar api: version of the server. :ivar name_of: names networks. :ivar labels: sets tags and attributes. :ivar waits: whether to wait for guests.
    :ivar events: tell about customization where the server has no property for it.
    """

    api: tuple[int, ...]
    name_of: NameOf
    labels: Labels
    waits: bool
    events: CustomizationEvents | None = None


@dataclass(frozen=True)
class WantedVm:
    """What an item says of one VM.

    :ivar item: ``vms[3]``, with the options of this one where ``count`` makes several. :ivar waits: what to wait for, see waiting.py, to seconds.
    """

    item: Item
    identity: Identity
    wanted: Wanted
    customization: Customization | None = None
    source: WantedSource | None = None
    waits: Mapping[str, float] = field(default_factory=dict)
    grace: float = 300.0

    @property
    def where(self) -> str:
        """What messages call it."""
        return self.item.where

    @property
    def options(self) -> Mapping[str, Any]:
        """Of the item."""
        return self.item.options

    @property
    def name(self) -> str:
        """Of a VM that is made."""
        name: str = self.identity.value
        return name

    @property
    def power(self) -> str:
        """ON, OFF or UNCHANGED."""
        power: str = self.options["power"]
        return power


def wanted_vms(items: Sequence[Item], problems: list[str]) -> list[WantedVm]:
    """What all items say; whatever is wrong with them becomes a problem."""
    found: list[WantedVm] = []
    for where, given in items:
        own: list[str] = []
        several = [_wanted_vm(Item(where, options), own) for options in expanded(where, given, own)]
        # What is wrong with one of many may be wrong with all of them.
        problems += dict.fromkeys(own)
        found += [one for one in several if one]
    if not problems:
        check_together([one.wanted for one in found], problems)
    return found


def _wanted_vm(item: Item, problems: list[str]) -> WantedVm | None:
    where, options = item
    wanted = wanted_state(where, options, problems)
    labels.check(where, options, problems)
    waits: dict[str, float] = {}
    grace = 300.0
    for name, text in [*(options.get("wait_for") or {}).items(), ("", options["grace"])]:
        try:
            seconds = age(text, f"{where}.wait_for.{name}" if name else f"{where}.grace").total_seconds()
            waits, grace = ({**waits, name: seconds}, grace) if name else (waits, seconds)
        except InvalidOption as error:
            problems += error.lines
    if waits and options["power"] == OFF:
        problems.append(f"{where}.wait_for needs a VM that is on: set power to on, or leave it out")
    try:
        named = identity(where, options)
    except InvalidOption as error:
        problems += error.lines
        return None
    if named.by == FILTERS and (wanted.destroy_disks or options.get("source") or options.get("rename")):
        problems.append(f"{where}.{FILTERS} cannot be used with destroy_disks, source or rename: name each VM")
    if options.get("rename") is not None:
        problems.extend(filter(None, [problem_of_name(f"{where}.rename", options["rename"])]))
    if options.get("rename") and named.by in (NAME, "path"):
        problems.append(f"{where}.rename needs a VM that is named by instance_uuid, bios_uuid or moid: a second run would not find it")
    customization = None
    if named.by == NAME:
        customization = wanted_customization(where, options, named.value, problems)
    source = wanted_source(f"{where}.source", options.get("source"), problems)
    return WantedVm(item, named, wanted, customization, source, waits, grace)
