# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What a descriptor asks of whoever deploys it, compared with what an item says. Pure: nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.envelope import Envelope, Property
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import OvfOf

#: Characters of a licence that a message shows.
_SHOWN = 60


def check_answers(wanted: OvfOf, where: str, properties: Mapping[str, str], envelope: Envelope, problems: list[str]) -> dict[str, str]:
    """The values of the descriptor's properties, by their keys; whatever is wrong or missing becomes a problem.

    :param where: the option as the user wrote it: ``vms[3].source``. :param properties: those that the item has itself, ``vms[3].properties``.
    """
    for name in wanted.networks:
        if name not in envelope.networks:
            problems.append(f"{where}.networks has {quoted(name)}, which is no network of the OVF{_near(name, envelope.networks)}")
    if envelope.licences and not wanted.accept_eula:
        begins = f"{envelope.licences[0][:_SHOWN]}{'…' if len(envelope.licences[0]) > _SHOWN else ''}"
        problems.append(f"{where}.accept_eula must be true: the OVF has a licence agreement ({quoted(begins)}); read it, and accept it")
    option = wanted.deployment_option
    if option and option not in envelope.options:
        problems.append(f"{where}.deployment_option: {quoted(option)} is none of the OVF{_near(option, envelope.options)}")
    outer = where.rpartition(".")[0]
    given = {**_named(f"{outer}.properties", properties, envelope, problems), **_named(f"{where}.properties", wanted.properties, envelope, problems)}
    missing = [one.key for one in envelope.properties.values() if one.is_required and not given.get(one.key)]
    if missing:
        problems.append(f"{where}.properties must have {listed(missing)}: the OVF requires a value")
    return given


def _named(where: str, given: Mapping[str, str], envelope: Envelope, problems: list[str]) -> dict[str, str]:
    """Values by the whole key of their property."""
    found = {}
    for name, value in given.items():
        one = _property(name, envelope)
        if one is None:
            several = [known.key for known in envelope.properties.values() if known.id == name]
            reason = f"stands for several ({listed(several)}): write one of them" if several else f"is none of the OVF{_near(name, envelope.properties)}"
            problems.append(f"{where}: {quoted(name)} {reason}")
            continue
        if not one.is_configurable and value != one.value:
            problems.append(f"{where}.{name} is not configurable: leave it out")
        elif reason := one.limits.refuses(value):
            problems.append(f"{where}.{name} {reason}")
        # OVF writes booleans as True and False.
        found[one.key] = value.capitalize() if one.type.lower() == "boolean" else value
    return found


def _property(name: str, envelope: Envelope) -> Property | None:
    if name in envelope.properties:
        return envelope.properties[name]
    found = [one for one in envelope.properties.values() if one.id == name]
    return found[0] if len(found) == 1 else None


def _near(name: str, known: Iterable[str]) -> str:
    """What may be meant, for the end of a message."""
    names = list(known)
    return suggestion(name, names) if names else "; it has none"
