# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names of hosts: usable in Ansible, and unique."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import is_control_node
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import looks_like_template

#: Characters with a meaning in host patterns, and all others that could get one.
_UNUSABLE = re.compile(r"[^\w.+-]")
# Without a zone: after its % any text may follow.
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+")
#: Ansible's own groups.
RESERVED = frozenset(("all", "ungrouped"))


class PreferredName(NamedTuple):
    """The name that the options give a host.

    :ivar preferred: the name, empty for none. :ivar source: alias of its source. :ivar moid: unique in the source.
    """

    preferred: str
    source: str
    moid: str


def usable(name: str) -> str:
    """A name with only letters, digits, ``_``, ``.``, ``+`` and ``-``, not starting with ``-``; empty where no letter or digit is left.
    IP addresses stay as they are."""
    name = name.strip()
    if _ADDRESS.fullmatch(name):
        with suppress(ValueError):
            return str(ipaddress.ip_address(name))
    made = _UNUSABLE.sub("_", name).lstrip("-")
    return made if any(character.isalnum() for character in made) else ""


def _can_be_kept(name: str) -> bool:
    # A name that starts with - would be an option of ssh.
    return bool(name.strip()) and name.isprintable() and not name.lstrip().startswith("-") and not looks_like_template(name) and not _is_taken(name)


def _is_taken(name: str) -> bool:
    """Whether this is the name of one of Ansible's own groups, or plays for this host would run on the control node."""
    return name.strip() in RESERVED or is_control_node(name)


def unique_names(hosts: Sequence[PreferredName], keep: bool = False) -> tuple[list[str], dict[str, int], dict[str, str]]:
    """A unique name for each host, independent of their order.

    Hosts of the same name get their source appended, and their managed object ID where that is not enough.

    :param keep: leave names unchanged that only have unusual characters.
    :returns: the names; names of several hosts and reserved names, each with the number of hosts; and changed names with the new ones.
    """
    made = [(host.preferred if keep and _can_be_kept(host.preferred) else usable(host.preferred)) or host.moid for host in hosts]
    changed = {host.preferred: name for host, name in zip(hosts, made) if name != host.preferred}
    same: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(made):
        same[name].append(number)
    taken = {name for name, numbers in same.items() if len(numbers) == 1}
    several = {}
    for name, numbers in same.items():
        if len(numbers) == 1 and not _is_taken(name):
            continue
        several[name] = len(numbers)
        sources = [hosts[number].source for number in numbers]
        for number in numbers:
            host = hosts[number]
            longer = f"{name}_{usable(host.source)}"
            if sources.count(host.source) > 1 or longer in taken:
                longer = f"{longer}_{host.moid}"
            while longer in taken or _is_taken(longer):
                longer += "_"
            taken.add(longer)
            made[number] = longer
    return made, several, changed
