# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hostile vCenter replies correctly unless a test chooses its replies."""

from __future__ import annotations

from hostile_vcenter import HostileVcenter, Reply, fault, machine

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection


def test_replies_are_correct_by_default():
    with HostileVcenter(machines=machine(1) + machine(2), attributes="<CustomFieldDef><key>1</key><name>Owner</name></CustomFieldDef>") as server:
        scan = server.scan()
        assert (scan.head.status, scan.issues(), scan.counts["vms"]) == ("ok", [], 2)
        assert list(scan.rows("vms", ["name", "datacenter", "folder"])) == [("vm1", "DC", "/"), ("vm2", "DC", "/")]
        assert check_connection(server.connection(), SECTIONS.values())["ok"]
        assert server.asked("Login") == server.asked("Logout") == 2


def test_chosen_replies_come_instead():
    answers = {"Login": fault("InvalidLogin"), "CurrentTime": lambda server, request: None, "RetrieveServiceContent": Reply("gone", "404 Not Found")}
    with HostileVcenter(answers) as server:
        assert server.scan().head.error_kind == "not_vsphere"
        del server.answers["RetrieveServiceContent"]
        assert server.scan().head.error_kind == "authentication"
