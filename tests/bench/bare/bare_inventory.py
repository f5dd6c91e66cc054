# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory plugin that finds its hosts made: the least that any plugin does."""

from __future__ import annotations

import json
from pathlib import Path

from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = r"""
name: bare_inventory
short_description: Hosts and variables out of a JSON file
description: For make bench.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
  hosts:
    description: A JSON file, name to variables.
    type: path
    required: true
"""


class InventoryModule(BaseInventoryPlugin):
    """Adds hosts in the way that plugins do."""

    NAME = "bare_inventory"

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for host, variables in json.loads(Path(self.get_option("hosts")).read_text()).items():
            inventory.add_host(host)
            for name, value in variables.items():
                inventory.set_variable(host, name, value)
