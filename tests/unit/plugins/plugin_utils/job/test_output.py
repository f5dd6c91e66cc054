# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import format_table


def test_table():
    rows = [
        {"source": "vcenter-lab", "status": "ok", "vms": 200, "hosts": 10, "datastores": 16, "networks": 28, "seconds": 2.66, "calls": 33},
        {"source": "old", "status": "failed", "error": "no connection (Connection refused): check address and port", "vms": 3},
        {"source": "prod", "status": "reused"},
    ]
    assert format_table(rows) == [
        "source       status  VMs  hosts  datastores  networks  seconds  calls",
        "vcenter-lab  ok      200     10          16        28      2.7     33",
        "old          failed  no connection (Connection refused): check address and port",
        "prod         reused    -      -           -         -        -      -",
    ]


def test_table_without_sources():
    assert len(format_table([])) == 1
