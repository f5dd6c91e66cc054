# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Tags by name, and which of them managed objects have: read, attached and detached."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.json_values import elements, member, text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tags import ASSOCIATION, CATEGORY, TAG, TagReader


class TagWriter(TagReader):
    """Reads and changes which tags objects have. Several threads may use it: they take turns.

    What is attached already may be attached again, so requests are repeated after transient errors.
    """

    def __init__(self, *arguments: Any) -> None:
        """Connect to nothing yet; parameters as of TagReader."""
        super().__init__(*arguments)
        self._turn = threading.Lock()

    @cached_property
    def identifiers(self) -> dict[str, dict[str, str]]:
        """Name of each category to the names of its tags with their identifiers.

        :raises VsphereError: they cannot be read.
        """
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for identifier in self._rest.get_list(CATEGORY, _identifiers):
            if name := self._categories[identifier]:
                found[name] = {}
        for identifier in self._rest.get_list(TAG, _identifiers):
            tag = self._tags[identifier]
            if tag and (name := self._categories[tag.category]):
                found[name][tag.name] = identifier
        return dict(found)

    def change(self, ref: MoRef, attached: Sequence[str], detached: Sequence[str]) -> None:
        """Attach and detach tags, given by identifier.

        :raises VsphereError: they cannot be changed.
        """
        with self._turn:
            # A category may allow one tag alone.
            for action, identifiers in (("detach-multiple-tags-from-object", detached), ("attach-multiple-tags-to-object", attached)):
                if identifiers:
                    body = {"object_id": {"type": ref.type, "id": ref.moid}, "tag_ids": list(identifiers)}
                    self._rest.call_action(ASSOCIATION, action, body, _check_result)


def _identifiers(value: Any) -> list[str]:
    return [text(identifier, "identifier") for identifier in elements(value, "list of identifiers")]


def _check_result(value: Any) -> None:
    if member(value, "success") is not True:
        raise ServerFault("vCenter does not change the tags: check how many of them the category allows, and that the account may assign vSphere tags")
