# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The options of an inventory file, checked: what to read, which machines become hosts, and their names, groups and addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter, row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import environment_rule, page_size
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import parse_scopes
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory import addresses, field_selection, groups, vm_inventory_compat
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import ADDRESS_FIELDS

_FILTERS = ("include_filters", "exclude_filters")


class Expressions(NamedTuple):
    """Jinja conditions of one option, for the hosts of one resource.

    :ivar wanted: the result that hosts of the inventory must have.
    """

    option: str
    resource: str
    texts: Sequence[str]
    wanted: bool


@dataclass(frozen=True)
class InventoryOptions:
    """The options of an inventory file.

    :ivar request: what to read of every source. :ivar filters: by resource, without Jinja. :ivar conditions: with Jinja.
    :ivar hostnames: fields and expressions. :ivar addresses: None where ``ansible_host`` is composed.
    :ivar compat: the options of a file for community.vmware.vmware_vm_inventory; None for other files.
    """

    request: ScanRequest
    filters: Mapping[str, RowFilter]
    conditions: Sequence[Expressions]
    hostnames: Sequence[str]
    addresses: addresses.Rules | None
    rules: Sequence[groups.Rule]
    compose: Mapping[str, str]
    keyed_groups: Sequence[Mapping[str, Any]]
    compat: vm_inventory_compat.CompatOptions | None

    @classmethod
    def of(cls, given: Mapping[str, Any], option: Callable[[str], Any]) -> InventoryOptions:
        """Check the options of a file.

        :param given: the options in the file. :param option: name to value, with defaults.
        :raises InvalidOption: one cannot be used.
        """
        hostnames = option("hostnames")
        compose, keyed_groups = option("compose") or {}, option("keyed_groups") or []
        keyed = [text for one in keyed_groups if isinstance(one, Mapping) for text in one.values()]
        jinja = [*compose.values(), *(option("groups") or {}).values(), *keyed]
        compat = vm_inventory_compat.CompatOptions.of(given) if vm_inventory_compat.is_legacy_file(given, [*hostnames, *jinja]) else None
        if compat:
            hostnames = given.get("hostnames", vm_inventory_compat.DEFAULT_HOSTNAMES)
            keyed_groups = given.get("keyed_groups", vm_inventory_compat.DEFAULT_KEYED_GROUPS)
        named = [field_selection.VMS] if compat else field_selection.resources(option("resources"))
        filters, conditions = _filters(named, option)
        if compat:
            conditions.append(Expressions("filters", field_selection.VMS, option("filters") or [], True))
        rules = groups.parse_rules(option("group_by"), [SECTIONS[name] for name in named], field_selection.PSEUDO_FIELDS)
        composed = "ansible_host" in compose or (compat is not None and bool(compose))
        found = None if composed else addresses.rules(option("address_families"), option("prefer_networks"), option("avoid_networks"))
        fields = field_selection.chosen_fields(option("fields"), named)
        needed = {
            *field_selection.fields_in([*hostnames, *jinja, *(text for one in conditions for text in one.texts)]),
            *(field for rule in rules for field in rule.fields),
            *(field for one in filters.values() for field in one.fields),
            *(name for name in hostnames if _is_field(name, named)),
            *(field for name in named if found for field in ADDRESS_FIELDS[name]),
            *(("custom_attributes", "tags") if compat else ()),
        }
        sections = field_selection.sections(fields, needed, bool(found and found.by_port_group))
        scopes = parse_scopes("scopes", option("scopes"))
        with_tags = (compat.with_tags or _asks_for_tags(given)) if compat else option("with_tags")
        return cls(
            request=ScanRequest(
                sections=[*sections, compat.section] if compat else sections,
                environment=environment_rule(option("environment_from"), with_tags),
                with_tags=with_tags,
                scopes=[*scopes, *(compat.scopes if compat else ())],
                page_size=page_size(option("page_size")),
            ),
            filters=filters,
            conditions=conditions,
            hostnames=hostnames,
            addresses=found,
            rules=rules,
            compose=compose,
            keyed_groups=keyed_groups,
            compat=compat,
        )

    def hostname_choices(self) -> Iterator[tuple[str, bool]]:
        """The entries of ``hostnames``, each with whether it is a field of any resource."""
        for name in self.hostnames:
            yield name, not self.compat and _is_field(name, field_selection.RESOURCES)


def _is_field(name: str, named: Sequence[str]) -> bool:
    return any(name == item.key for resource in named for item in SECTIONS[resource].fields)


def _asks_for_tags(given: Mapping[str, Any]) -> bool:
    """Whether a file for the other plugin, where ``with_tags`` means something else, needs tags for an option of this one."""
    return "environment_from" in given and bool(given.get("with_tags", True))


def _filters(named: Sequence[str], option: Callable[[str], Any]) -> tuple[dict[str, RowFilter], list[Expressions]]:
    """Both options of filters: those without Jinja, and those with it."""
    plain: dict[str, dict[str, list[Any]]] = {}
    conditions = []
    for name in _FILTERS:
        given = option(name) or []
        by_resource = given if isinstance(given, Mapping) else dict.fromkeys(named, given)
        for resource, several in by_resource.items():
            where = name if by_resource is not given else f"{name}.{resource}"
            if resource not in named:
                raise InvalidOption(f"{where}: {resource} is not in resources; give filters for {' and '.join(named)}, or one list")
            if not isinstance(several, list):
                raise InvalidOption(f"{where} must be a list of dictionaries of fields to conditions, or of Jinja expressions (got {quoted(several)})")
            texts = [one for one in several if isinstance(one, str)]
            plain.setdefault(name, {})[resource] = [one for one in several if not isinstance(one, str)]
            if texts:
                conditions.append(Expressions(name, resource, texts, name == _FILTERS[0]))
    return row_filters(*(plain.get(name) for name in _FILTERS)), conditions
