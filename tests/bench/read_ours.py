# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reader: a scan of every section into a scan file."""

from __future__ import annotations

from pathlib import Path

from job import TIMEOUT, Job, tell, told

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS


def connection(job: Job) -> Connection:
    defaults = {name: spec.get("default") for name, spec in CONNECTION_OPTIONS.items()}
    told_options = {"hostname": job.host, "port": job.port, "username": job.username, "password": job.password, "ca_path": job.ca_path}
    return Connection.from_options({**defaults, **told_options, "timeout": TIMEOUT})


def scan(job: Job) -> Scan:
    request = ScanRequest(list(SECTIONS.values()), page_size=job.page_size)
    made = scan_source(connection(job), Path(job.scan_file).stem, request, job.scan_file)
    if made.head.status == FAILED or made.counts.keys() != SECTIONS.keys():
        raise SystemExit(f"the scan is {made.head.status}: {made.head.error or [issue.message for issue in made.issues(1)]}")
    return made


if __name__ == "__main__":
    tell(scan(told()).counts["vms"])
