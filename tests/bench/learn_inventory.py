# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out what an inventory asks for and what it gives: make it, and listen. Prints both.

usage: learn_inventory.py FILE
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from listening import listen

#: What Ansible says of every host.
_EVERYWHERE = ("inventory_file", "inventory_dir")


def main(file: str) -> None:
    init_plugin_loader()
    questions = listen()
    hosts = InventoryManager(DataLoader(), [file]).get_hosts()
    variables = {host.name: {name: value for name, value in host.vars.items() if name not in _EVERYWHERE} for host in hosts}
    print(json.dumps({"questions": [asdict(question) for question in questions], "hosts": variables}))


if __name__ == "__main__":
    main(sys.argv[1])
