# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another client sees: the commands of govc, which share no code with the collection or with pyVmomi."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from estates import Simulator
from simulator_build import SimulatorError, govc_binary


def govc(simulator: Simulator, command: str, *arguments: str) -> Any:
    """The JSON that a command prints, such as ``govc(vcenter, "vm.info", "/Lyon/vm/web-01")``; None if it prints nothing.

    Raises SimulatorError with what it says when it fails.
    """
    environment = {
        "GOVC_URL": f"https://{simulator.host}:{simulator.port}/sdk",
        "GOVC_USERNAME": simulator.username,
        "GOVC_PASSWORD": simulator.password,
        "GOVC_TLS_CA_CERTS": str(simulator.ca_path),
        "GOVC_PERSIST_SESSION": "false",
        "GOVMOMI_HOME": os.devnull,
    }
    done = subprocess.run([str(govc_binary()), command, "-json", *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise SimulatorError(f"govc {command}: {done.stderr.strip() or done.stdout.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else None
