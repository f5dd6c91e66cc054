# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What to read of a source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import EnvironmentRule, environment_rule, page_size
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import Scope
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

DEFAULT_PAGE_SIZE = 500


@dataclass(frozen=True)
class ScanRequest:
    """What to read of a source; the same request may go to many sources.

    :ivar sections: each with the fields to read.
    :ivar environment: what the environment of a VM is taken from; None for nothing.
    :ivar with_tags: whether to read tags, which takes a REST session.
    :ivar scopes: read only rows of objects below these, see scope.py; everything where there are none.
    :ivar page_size: objects a page. :ivar machines: read only these VMs; None for all. Not from options.
    """

    sections: Sequence[Section]
    environment: EnvironmentRule | None = None
    with_tags: bool = True
    scopes: Sequence[Scope] = ()
    page_size: int = DEFAULT_PAGE_SIZE
    machines: Sequence[MoRef] | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> ScanRequest:
        """The request of the options ``sections``, ``fields``, ``environment_from``, ``with_tags`` and ``page_size``.

        :raises InvalidOption: one of them cannot be used.
        """
        size = page_size(options["page_size"])
        sections = select(options["sections"], options["fields"])
        return cls(sections, environment_rule(options["environment_from"], options["with_tags"]), options["with_tags"], page_size=size)

    def fingerprint(self, connection: Connection) -> str:
        """All that decides what a scan with this account holds: equal texts for requests with equal results."""
        parts = {
            "account": connection.username,
            "environment": self.environment,
            "scopes": [[[step.kind, *step.names] for step in scope] for scope in self.scopes],
            "sections": {section.key: [field.key for field in section.fields] for section in self.sections},
            "tags": self.with_tags and connection.can_use_rest,
        }
        return json.dumps(parts, ensure_ascii=False, sort_keys=True)
