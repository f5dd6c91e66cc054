# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Tags and custom attributes of VMs: what an item says of them, and the steps that set them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.tags import CUSTOM_VALUES
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tag_writer import TagWriter

OPTIONS: dict[str, Any] = {"tags": {"type": "dict"}, "custom_attributes": {"type": "dict"}}


def check(where: str, options: Mapping[str, Any], problems: list[str]) -> None:
    """Check the options of an item by themselves."""
    for category, names in (options.get("tags") or {}).items():
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            problems.append(f"{where}.tags.{category} must be a list of names of tags (got {quoted(names)})")
    for name, value in (options.get("custom_attributes") or {}).items():
        if isinstance(value, (dict, list)):
            problems.append(f"{where}.custom_attributes.{name} must be a text (got {quoted(value)})")


class Labels:
    """Tags and custom attributes of one source. What no item names is not read.

    :param closing: ends what is opened.
    """

    def __init__(self, session: Session, connection: Connection, closing: ExitStack) -> None:
        self._session = session
        self._connection = connection
        self._closing = closing
        self._tags: Mapping[MoRef, Mapping[str, Sequence[str]]] = {}

    @cached_property
    def _writer(self) -> TagWriter:
        writer = TagWriter(self._connection, self._session.transport, self._session.version)
        self._closing.enter_context(writer)
        return writer

    @cached_property
    def _attributes(self) -> dict[str, int]:
        return {name: key for key, name in self._session.call_with_retries(self._session.custom_attributes).items()}

    def check(self, where: str, options: Mapping[str, Any]) -> list[str]:
        """A line for each tag, category or attribute that does not exist."""
        problems = []
        kinds = [name for name in OPTIONS if options.get(name)]
        if kinds and not self._session.is_vcenter:
            return [f"{where}.{name}: a standalone ESXi host has none: leave it out" for name in kinds]
        for category, names in (options.get("tags") or {}).items():
            known = self._writer.identifiers.get(category)
            if known is None:
                problems.append(f"{where}.tags: there is no category {quoted(category)}{suggestion(category, self._writer.identifiers)}")
                continue
            problems += [f"{where}.tags.{category}: there is no tag {quoted(name)}{suggestion(name, known)}" for name in names if name not in known]
        for name in options.get("custom_attributes") or {}:
            if name not in self._attributes:
                problems.append(f"{where}.custom_attributes: there is no custom attribute {quoted(name)}{suggestion(name, self._attributes)}")
        return problems

    def read(self, vms: Iterable[MoRef]) -> None:
        """Read the tags of some VMs, for :meth:`steps`."""
        refs = list(vms)
        self._tags = self._writer.tags_of(refs) if refs and self._session.is_vcenter else {}

    def steps(self, options: Mapping[str, Any], ref: MoRef | None, properties: Mapping[str, Any]) -> list[Step]:
        """The steps that set what differs.

        :param ref: of the VM, None for a new one. :param properties: of the VM, with customValue.
        """
        return [*self._tag_steps(options.get("tags") or {}, ref), *self._attribute_steps(options.get("custom_attributes") or {}, properties)]

    def _tag_steps(self, wanted: Mapping[str, Sequence[str]], ref: MoRef | None) -> list[Step]:
        current = self._tags.get(ref, {}) if ref else {}
        before = {category: sorted(current.get(category, ())) for category, names in wanted.items() if set(names) != set(current.get(category, ()))}
        if not before:
            return []
        after = {category: sorted(set(wanted[category])) for category in before}
        known = self._writer.identifiers
        attached = [known[category][name] for category, names in after.items() for name in names if name not in before[category]]
        detached = [known[category][name] for category, names in before.items() for name in names if name not in after[category] and name in known[category]]

        def run(vm: MoRef | None) -> Work:
            if vm is not None:
                yield Send(lambda _session: self._writer.change(vm, attached, detached))

        return [Step("set_tags", run, _shown("tags", before), _shown("tags", after))]

    def _attribute_steps(self, wanted: Mapping[str, Any], properties: Mapping[str, Any]) -> list[Step]:
        keys = {item.get("key"): item.get("value", "") for item in properties.get(CUSTOM_VALUES) or ()}
        current = {name: keys.get(self._attributes[name]) or "" for name in wanted}
        changed = {name: text for name, value in wanted.items() if (text := "" if value is None else str(value)) != current[name]}
        if not changed:
            return []

        def run(vm: MoRef | None) -> Work:
            for name, value in changed.items():
                yield from do(operations.SET_ATTRIBUTE, name, value, vm=vm)

        before = {name: current[name] or None for name in changed}
        return [Step("set_attributes", run, _shown("custom_attributes", before), _shown("custom_attributes", changed))]


def _shown(option: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{option}.{name}": value for name, value in values.items()}
