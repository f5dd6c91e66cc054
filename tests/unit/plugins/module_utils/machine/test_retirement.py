# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import Stamp, stamp_of

AT = datetime(2026, 11, 28, 15, 30, tzinfo=timezone.utc)


def properties(extra_config):
    return {"config.extraConfig": [{"key": key, "value": value} for key, value in extra_config.items()]}


def test_stamp_is_read_as_it_was_written():
    stamp = Stamp(AT, "/Madrid/Prod/web-1")
    assert stamp_of(properties({"other": "x", **stamp.extra_config})) == stamp
    assert not any(key.startswith("guestinfo.") for key in stamp.extra_config)


@pytest.mark.parametrize("extra_config", [{}, {"estate.vmware.retired_at": ""}, {"estate.vmware.retired_at": "yesterday"}])
def test_vm_without_a_stamp_is_not_retired(extra_config):
    assert stamp_of(properties(extra_config)) is None


@pytest.mark.parametrize(
    ("item", "is_meant"),
    [
        ({"name": "web-1"}, True),
        ({"name": "web"}, False),
        ({"name": "web-1", "folder": "Prod"}, True),
        ({"name": "web-1", "folder": "Test"}, False),
        ({"name": "web-1", "datacenter": "Madrid"}, True),
        ({"path": "/Madrid/Prod/web-1"}, True),
        ({"path": "/Madrid/Test/web-1"}, False),
        ({"moid": "vm-1"}, False),
    ],
)
def test_retired_vm_is_found_by_what_it_was_called(item, is_meant):
    assert Stamp(AT, "/Madrid/Prod/web-1").is_of(identity("vms[0]", item)) == is_meant
