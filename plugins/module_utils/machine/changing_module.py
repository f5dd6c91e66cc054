# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""AnsibleModule for modules that change VMs: items of ``vms`` are checked here, so that each message names the item."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import Spec, secrets
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item, sound_items


class ChangingModule(AnsibleModule):
    """A module with the options ``vms``, or ``hosts``, and ``common``.

    :ivar items: those of which nothing is wrong, merged. :ivar problems: what is wrong with others; then Ansible has not seen any.
    """

    def __init__(self, item_spec: Spec, option: str = "vms", **settings: Any) -> None:
        self.items: list[Item] = []
        self.problems: list[str] = []
        self._item_spec = item_spec
        self._option = option
        super().__init__(**settings)

    def _load_params(self) -> None:
        super()._load_params()
        common, given = self.params.get("common"), self.params.get(self._option)
        options = self._item_spec["options"]
        for item in (common, *(given if isinstance(given, list) else ())):
            # Ansible does not look for secrets in common, nor in items that it cannot use.
            self.no_log_values.update(secrets(options, item))
        if common is None and "common" in self.params:
            # YAML reads a key without a value so.
            common = self.params["common"] = {}
        if self._option in self.params:
            self.items, self.problems = sound_items(self._item_spec, common, given, self._option)
        if self.problems:
            self.params.update({self._option: [], **({"common": {}} if "common" in self.params else {})})
