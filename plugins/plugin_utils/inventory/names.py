# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What hosts are called: names that Ansible can use, each once."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.here import leads_here
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import may_be_template

#: What stands for something in a host pattern, or ends one.
_UNUSABLE = re.compile(r"[^\w.+-]")
# Without a zone: what follows its % may be any text.
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+")
#: Groups that Ansible has itself.
RESERVED = frozenset(("all", "ungrouped"))


class Named(NamedTuple):
    """What a host would be called.

    :ivar wish: the name that was chosen, empty for none. :ivar source: alias of its source. :ivar moid: what is unique there.
    """

    wish: str
    source: str
    moid: str


def usable(name: str) -> str:
    """A name as Ansible can use it: letters, digits, ``_``, ``.``, ``+`` and ``-``, and none of ``-`` at its beginning; empty
    where nothing is left that says something. Addresses stay as they are."""
    name = name.strip()
    if _ADDRESS.fullmatch(name):
        with suppress(ValueError):
            return str(ipaddress.ip_address(name))
    made = _UNUSABLE.sub("_", name).lstrip("-")
    return made if any(character.isalnum() for character in made) else ""


def _can_be_kept(name: str) -> bool:
    # What begins with - is an option to ssh.
    return bool(name.strip()) and name.isprintable() and not name.lstrip().startswith("-") and not may_be_template(name) and not _is_taken(name)


def _is_taken(name: str) -> bool:
    """Whether a VM of that name would be read as a group of Ansible's own, or plays for it would run on the control node."""
    return name.strip() in RESERVED or leads_here(name)


def unique_names(hosts: Sequence[Named], keep: bool = False) -> tuple[list[str], dict[str, int], dict[str, str]]:
    """A name for each host, none twice, whatever the order in which they come.

    Of several with the same name each gets its source added, and its MoRef's id where that is not enough.

    :param keep: leave names as they are that only look odd.
    :returns: the names; those that several wished, or that mean something by themselves, with how many; and names that were changed, with what became of them.
    """
    made = [(host.wish if keep and _can_be_kept(host.wish) else usable(host.wish)) or host.moid for host in hosts]
    changed = {host.wish: name for host, name in zip(hosts, made) if name != host.wish}
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
