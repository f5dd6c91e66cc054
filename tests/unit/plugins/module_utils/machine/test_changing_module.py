# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible.module_utils import basic

from ansible_collections.estate.vmware.plugins.module_utils.machine.changing_module import ChangingModule
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec

ITEM = item_spec({"cpu": {"type": "int", "bounds": (1, None)}, "secret": {"type": "str", "no_log": True}}, with_filters=True)


@pytest.fixture
def module(monkeypatch):
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    logged = []
    monkeypatch.setattr(basic.AnsibleModule, "_log_to_syslog", lambda self, text: logged.append(text))

    def make(**options):
        options = {"hostname": "vc", "username": "u", "password": "p4ssword", "_ansible_no_log": False, **options}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode())
        made = ChangingModule(ITEM, argument_spec=argument_spec(ITEM), supports_check_mode=True)
        assert "s3cret" not in "".join(logged)
        return made

    return make


def test_items_are_merged_and_checked(module):
    made = module(vms=[{"name": "a"}, {"moid": "vm-1", "cpu": 4}], common={"cpu": "2"})
    assert [item.options for item in made.items] == [{"name": "a", "cpu": 2}, {"moid": "vm-1", "cpu": 4}]
    assert made.problems == []


def test_problems_name_the_item(module):
    made = module(vms=[{"name": "a"}, {"nmae": "b", "cpu": 0}])
    assert made.problems == ["vms[1].nmae is unknown; did you mean name?", "vms[1].cpu must be 1 or greater (got 0)"]
    assert [item.where for item in made.items] == ["vms[0]"] and made.params["vms"] == []
    made = module(vms=[{"name": "a"}], common={"cpu": 0})
    assert made.items == [] and made.problems == ["common.cpu must be 1 or greater (got 0)"]


@pytest.mark.parametrize(
    "options",
    [
        {"vms": [{"name": "a", "secret": "s3cret"}]},
        {"vms": [{"name": "a"}], "common": {"secret": "s3cret"}},
        {"vms": [{"name": "a", "secret": "s3cret", "unknown": 1}]},
        {"vms": {"secret": "s3cret"}},
        {"vms": "secret=s3cret"},
        {"vms": ["secret=s3cret"], "common": "secret=s3cret"},
    ],
    ids=["item", "common", "item with a problem", "no list", "text", "texts"],
)
def test_secrets_are_nowhere(module, capsys, options):
    made = module(**options)
    with pytest.raises(SystemExit):
        made.fail_json(msg=f"{made.problems} {made.items}")
    assert "s3cret" not in capsys.readouterr().out


@pytest.mark.parametrize("vms", ["web-1", 7, {"name": "a"}, [7], [["a"]]])
def test_no_list_of_items(module, vms):
    assert module(vms=vms).problems


def test_list_is_required(module, capsys):
    with pytest.raises(SystemExit):
        module()
    assert "missing required arguments: vms" in json.loads(capsys.readouterr().out)["msg"]


def test_options_without_a_value(module):
    """``vms:`` and ``common:`` alone."""
    assert [item.options for item in module(vms=[{"name": "a"}], common=None).items] == [{"name": "a"}]
    assert module(vms=None).problems == ["vms must be a list of items, each a mapping of options (got None)"]
