# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import datastore_folders
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_folders import folder_names
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, MethodFault, ServerFault, TimedOut
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import SoapServer

BROWSER, TASK = MoRef("HostDatastoreBrowser", "browser-1"), MoRef("Task", "task-1")


def listed(*names):
    return {
        "info.state": "success",
        "info.result": {TYPE: "HostDatastoreBrowserSearchResults", "file": [{TYPE: "FolderFileInfo", "path": name} for name in names]},
    }


@pytest.fixture
def server():
    made = SoapServer({TASK: {"info.state": "queued"}})
    made.answers["SearchDatastore_Task"] = lambda asked: TASK
    return made


@pytest.fixture
def names(server, open_session):
    """A function that lists the folders; ``later``: how the task is at each further look."""

    def lists(*later):
        later = list(later)

        def pause(seconds):
            server.paused.append(seconds)
            server.objects.pop(TASK) if later[0] is None else server.change(TASK, later[0])
            del later[: len(later) > 1]

        server.pause = pause
        return folder_names(open_session(server), BROWSER, "store 1")

    return lists


def test_folders_once_the_task_has_ended(server, names):
    assert names({"info.state": "running"}, listed("web", "db 1")) == {"web", "db 1"}
    asked = next(asked for asked in server.asked if asked.method == "SearchDatastore_Task")
    assert asked.text("datastorePath") == "[store 1]" and server.paused == [0.02, 0.04]


@pytest.mark.parametrize("result", [listed(), {"info.state": "success"}, {"info.state": "success", "info.result": {TYPE: "HostDatastoreBrowserSearchResults"}}])
def test_datastore_without_folders(server, names, result):
    server.change(TASK, result)
    assert names() == set()


def test_listing_that_fails(server, names):
    error = {TYPE: "LocalizedMethodFault", "fault": {TYPE: "InaccessibleDatastore", "name": "store 1"}, "localizedMessage": ""}
    with pytest.raises(MethodFault, match="the folders of the datastore 'store 1' cannot be listed: the datastore store 1 is not accessible"):
        names({"info.state": "error", "info.error": error})


def test_task_that_the_server_has_forgotten(names):
    with pytest.raises(ServerFault, match="the server has forgotten task-1; run again"):
        names(None)


def test_task_that_does_not_end(names, monkeypatch):
    monkeypatch.setattr(datastore_folders, "_LONGEST", 1.0)
    with pytest.raises(TimedOut, match="has not listed its folders within 1 s"):
        names({"info.state": "running"})


def test_lost_answer_is_asked_for_again(server, names):
    server.troubles["SearchDatastore_Task"] = [ConnectionDropped("closed")]
    assert names({"info.state": "queued"}, listed("web")) == {"web"}
