# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""ESXi hosts by name, path, managed object id or filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import kept_by, live_filter
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import HOST, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_SECTION, _MOID, _FILTERS = "hosts", "moid", "filters"
#: The argument spec of an item.
HOST_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "is_name": True},
    "path": {"type": "str", "is_name": True},
    _MOID: {"type": "str"},
    _FILTERS: {"type": "list", "elements": "dict"},
}


def host_filters(items: Sequence[Item], problems: list[str]) -> dict[str, RowFilter]:
    """Item to its filters, for those that have any.

    :param problems: gets a line for each item that cannot be used.
    """
    found = {}
    for where, options in items:
        given = [name for name in HOST_OPTIONS if options.get(name) not in (None, "")]
        if len(given) != 1:
            got = f" (got {' and '.join(given)})" if given else ""
            problems.append(f"{where} must name a host in one way{got}: give one of {', '.join(HOST_OPTIONS)}")
        elif given == [_FILTERS]:
            try:
                found[where] = live_filter(f"{where}.{_FILTERS}", _SECTION, options[_FILTERS])
            except InvalidOption as error:
                problems += error.lines
    return found


def find_hosts(session: Session, connection: Connection, places: Places, items: Sequence[Item], filters: Mapping[str, RowFilter]) -> dict[MoRef, str]:
    """Host to the item that names it first. Without items it is the only host there is.

    :param filters: see :func:`host_filters`.
    :raises InvalidOption: an item names no host, or several; one line for each. :raises VsphereError: hosts cannot be read.
    """
    if not items:
        return {places.only("hosts", HOST): "hosts"}
    chosen = kept_by(session, connection, filters)
    known = {ref.moid: ref for ref in places.all(HOST)}
    found: dict[MoRef, str] = {}
    problems: list[str] = []
    for where, options in items:
        if where in chosen:
            refs = [known[moid] for moid in chosen[where] if moid in known]
        elif moid := options.get(_MOID):
            refs = [known[moid]] if moid in known else []
            problems += [] if refs else [f"{where}.{_MOID}: there is no host {moid}"]
        else:
            (name,) = (name for name in ("name", "path") if options.get(name))
            try:
                refs = [places.find(f"{where}.{name}", HOST, options[name])]
            except InvalidOption as error:
                problems += error.lines
                continue
        for ref in refs:
            found.setdefault(ref, where)
    if problems:
        raise InvalidOption(*problems)
    return found
