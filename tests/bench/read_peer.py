# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reader: module vmware_vm_info of community.vmware, with its defaults, as a task of a play runs it. Needs the peer's environment."""

from __future__ import annotations

import io
import json
import os
import runpy
from contextlib import redirect_stdout

from ansible.module_utils import basic
from job import Job, tell, told

_MODULE = "ansible_collections.community.vmware.plugins.modules.vmware_vm_info"


def read(job: Job) -> int:
    # It takes no CA of its own but that of the system.
    os.environ["SSL_CERT_FILE"] = job.ca_path
    arguments = {"hostname": job.host, "port": job.port, "username": job.username, "password": job.password, "validate_certs": True}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            runpy.run_module(_MODULE, run_name="__main__")
    except SystemExit:
        pass
    result = json.loads(said.getvalue())
    if result.get("failed"):
        raise SystemExit(result.get("msg"))
    return len(result["virtual_machines"])


if __name__ == "__main__":
    tell(read(told()))
