# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make compare: the same option files for ``community.vmware.vmware_vm_inventory`` and for our plugin, against one simulator.

Prints the differences of hosts, groups, children and variables. The exit code is 1 if one of them is not in known.py.
With FILES=word only the option files with that word in their names are compared.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from contenders import PEER_ENVIRONMENT, PEER_PROGRAMS, install_peer, peer_versions
from differences import Difference, differences
from estates import DEMO, Simulator, SimulatorError, start_simulator
from known import KNOWN, Known
from option_files import OPTION_FILES

_OURS, _THEIRS = "estate.vmware.vmware_inventory", "community.vmware.vmware_vm_inventory"
_PROGRAMS = {_OURS: Path(sys.executable).parent, _THEIRS: PEER_PROGRAMS}
_TRUST = {_OURS: lambda simulator: {"ca_path": str(simulator.ca_path)}, _THEIRS: lambda simulator: {"validate_certs": False, "strict": False}}
_MOST = 100


class CannotRead(Exception):
    """A plugin made no inventory. The message ends with the error of Ansible."""


def main() -> int:
    """:return: 1 if there is an unknown difference, or a plugin made no inventory; else 0."""
    wanted = os.environ.get("FILES", "")
    files = {name: options for name, options in OPTION_FILES.items() if wanted in name}
    if not files:
        sys.exit(f"FILES: no option file has {wanted} in its name; there are {', '.join(OPTION_FILES)}")
    install_peer()
    print(f"Theirs: {peer_versions()}.")
    used: set[Known] = set()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="estate-compare-") as folder, start_simulator(Path(folder), **DEMO[0]) as simulator:
        for name, options in files.items():
            try:
                theirs, ours = (_inventory(plugin, options, simulator, Path(folder)) for plugin in (_THEIRS, _OURS))
            except CannotRead as error:
                wrong += 1
                print(f"{name}: {error}", flush=True)
                continue
            unknown = []
            found = differences(theirs, ours)
            for one in found:
                known = next((known for known in KNOWN if known.is_of(one)), None)
                used.add(known) if known else unknown.append(one)
            wrong += len(unknown)
            print(f"{name}: {len(ours['_meta']['hostvars'])} hosts, {len(found) - len(unknown)} known differences, {len(unknown)} others", flush=True)
            for one in unknown:
                print(f"  {_told(one)}")
    for known in KNOWN:
        print(f"Known: {known.where}: {known.why}" + ("" if known in used else " (not seen this time)"))
    return 1 if wrong else 0


def _inventory(plugin: str, options: dict[str, Any], simulator: Simulator, folder: Path) -> dict[str, Any]:
    """The inventory that a plugin makes of these options.

    :raises CannotRead: it made none.
    """
    file = folder / "options.vmware.yml"
    reached = {"hostname": simulator.host, "port": simulator.port, "username": simulator.username, "password": simulator.password}
    file.write_text(json.dumps({"plugin": plugin, **reached, **_TRUST[plugin](simulator), **options}))
    environment = {
        **os.environ,
        "PYTHONPATH": "",
        **(PEER_ENVIRONMENT if plugin == _THEIRS else {}),
        "ANSIBLE_HOME": str(folder / plugin),
        "ANSIBLE_INVENTORY_ENABLED": plugin,
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
    }
    command = [_PROGRAMS[plugin] / "ansible-inventory", "--list", "--inventory", file]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRead(f"{plugin} cannot read it: {done.stderr.strip()[-_MOST * 10 :]}")
    return json.loads(done.stdout)


def _told(one: Difference) -> str:
    return f"{one.where}: {one.count} times, first {one.first}: theirs {str(one.theirs)[:_MOST]}, ours {str(one.ours)[:_MOST]}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit("Stopped."))
    try:
        sys.exit(main())
    except (SimulatorError, subprocess.CalledProcessError) as error:
        sys.exit(f"Cannot compare: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
