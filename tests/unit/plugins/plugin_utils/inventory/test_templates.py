# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import as_data, looks_like_template, resolver, trusted

HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in 'ab' %}{{ x }}{% endfor %}",
    "{# gone #}49",
    "#jinja2:variable_start_string:'[%',variable_end_string:'%]'\n[% 7 * 7 %]",
    "a\n{{ lookup('ansible.builtin.pipe', 'echo 49') }}",
]
TEMPLATES = [pytest.param(text, id=str(number)) for number, text in enumerate(HOSTILE)]


def templar(**variables):
    return Templar(DataLoader(), variables=variables)


@pytest.mark.parametrize("text", TEMPLATES)
@pytest.mark.parametrize("path", ["", ".part", "[0]", ".part[0].deeper"])
def test_value_of_a_guest_is_never_evaluated(text, path):
    value = {"": text, ".part": {"part": text}, "[0]": [text], ".part[0].deeper": {"part": [{"deeper": text}]}}[path]
    found = templar(said=as_data(value)).template(trusted("{{ said" + path + " }}"))
    assert found == text
    assert templar(said=as_data(value)).template(trusted("{{ said }}")) == value


def test_data_is_as_it_was():
    value = {"text": "{{ x }}", "number": 7, "nothing": None, "list": [True, 1.5, {"{{": "}}"}], "plain": "text"}
    assert as_data(value) == value
    assert as_data(None) is None


@pytest.mark.parametrize(("text", "may"), [*((text, True) for text in HOSTILE), ("", False), ("{ x }", False), ("100 % {sure}", False), ("jinja2", False)])
def test_text_that_may_be_a_template(text, may):
    assert looks_like_template(text) == may


def test_options_are_templates():
    resolve = resolver(templar(where="madrid", port=8443))
    given = {
        "hostname": trusted("vc-{{ where }}.example.com"),
        "port": trusted("{{ port }}"),
        "list": (trusted("{{ where }}"), "plain", None, True),
        7: 1.5,
    }
    assert resolve(given) == {"hostname": "vc-madrid.example.com", "port": 8443, "list": ["madrid", "plain", None, True], "7": 1.5}


def test_what_templates_give_is_plain():
    class Vaulted(str):
        pass

    found = resolver(templar(several=[{"password": Vaulted("s3cret")}]))({"sources": trusted("{{ several }}"), "password": Vaulted("s3cret")})
    assert found == {"sources": [{"password": "s3cret"}], "password": "s3cret"}
    assert type(found["password"]) is type(found["sources"][0]["password"]) is str
