# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import EnvironmentRule
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import parse_scopes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret")
REQUEST = ScanRequest(select(["vms"]))
FINGERPRINT = REQUEST.fingerprint(CONNECTION)
OPTIONS = {"sections": ["vms"], "fields": {"vms": ["host"]}, "environment_from": {"folder_level": "2"}, "with_tags": False, "page_size": 50}


def test_request_of_options():
    request = ScanRequest.from_options(OPTIONS)
    assert [field.key for field in request.sections[0].fields] == ["moid", "name", "host"]
    assert (request.environment, request.with_tags, request.scopes, request.page_size) == (EnvironmentRule("folder_level", 2), False, (), 50)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"page_size": 0}, "page_size must be"),
        ({"sections": ["vmss"]}, "sections"),
        ({"environment_from": {"tag_category": "Env"}}, "environment_from: tag_category needs tags"),
    ],
)
def test_options_that_cannot_be_used(changes, message):
    with pytest.raises(InvalidOption, match=message):
        ScanRequest.from_options({**OPTIONS, **changes})


@pytest.mark.parametrize(
    "other",
    [
        ScanRequest(select(["vms", "hosts"])),
        ScanRequest(select(["vms"], {"vms": ["name"]})),
        ScanRequest(select(["vms"]), EnvironmentRule("folder_level", 1)),
        ScanRequest(select(["vms"]), with_tags=False),
        ScanRequest(select(["vms"]), scopes=parse_scopes("scopes", {"datacenter": "Madrid"})),
    ],
    ids=["sections", "fields", "environment", "tags", "scopes"],
)
def test_every_part_of_a_request_that_changes_the_scan_changes_the_fingerprint(other):
    assert other.fingerprint(CONNECTION) != FINGERPRINT


def test_another_account_has_another_fingerprint():
    assert REQUEST.fingerprint(dataclasses.replace(CONNECTION, username="admin")) != FINGERPRINT


def test_fingerprint_is_the_same_for_the_same_scan_and_holds_no_secret():
    again = dataclasses.replace(REQUEST, page_size=7)
    assert again.fingerprint(dataclasses.replace(CONNECTION, password="other", timeout=9, retries=0)) == FINGERPRINT
    assert "s3cret" not in FINGERPRINT
