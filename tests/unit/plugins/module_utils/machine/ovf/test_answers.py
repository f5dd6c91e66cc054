# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What items say to what a descriptor asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.answers import check_answers
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.envelope import Envelope, Property
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.qualifiers import limits_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import OvfOf

WANTED = OvfOf("vms[0].source.ova", "a.ova", {}, {}, False, "", "")


def prop(key, kind="string", value="", qualifiers="", configurable=True):
    return Property(key, key.split(".")[1] if "." in key else key, kind, value, configurable, False, limits_of(kind, qualifiers))


PROPERTIES = (prop("net.ip"), prop("dns.ip"), prop("ssh", "boolean"), prop("fixed", value="x", configurable=False))
ENVELOPE = Envelope(["lan"], {one.key: one for one in PROPERTIES}, [], [], [], 0)


def checked(envelope=ENVELOPE, own=None, **changed):
    problems = []
    return check_answers(replace(WANTED, **changed), "vms[0].source", own or {}, envelope, problems), problems


def test_values_by_their_whole_keys():
    assert checked(own={"net.ip": "a", "ssh": "TRUE"}) == ({"net.ip": "a", "ssh": "True"}, [])
    assert checked(own={"net.ip": "a"}, properties={"net.ip": "b"}) == ({"net.ip": "b"}, [])


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"networks": {"wan": "x"}}, "vms[0].source.networks has 'wan', which is no network of the OVF"),
        ({"deployment_option": "big"}, "vms[0].source.deployment_option: 'big' is none of the OVF; it has none"),
        ({"properties": {"ip": "a"}}, "vms[0].source.properties: 'ip' stands for several (dns.ip, net.ip): write one of them"),
        ({"properties": {"net.pi": "a"}}, "'net.pi' is none of the OVF; did you mean net.ip?"),
        ({"properties": {"fixed": "a"}}, "vms[0].source.properties.fixed is not configurable: leave it out"),
        ({"properties": {"ssh": "maybe"}}, "vms[0].source.properties.ssh must be true or false"),
    ],
)
def test_what_does_not_fit(changed, problem):
    (line,) = checked(**changed)[1]
    assert problem in line


def test_what_an_item_says_itself_is_named_so():
    assert checked(own={"no": "x"})[1] == ["vms[0].properties: 'no' is none of the OVF; there are net.ip, dns.ip, ssh, fixed"]
    assert checked(ENVELOPE._replace(properties={}), own={"no": "x"})[1] == ["vms[0].properties: 'no' is none of the OVF; it has none"]


def test_licence_and_required_values():
    envelope = ENVELOPE._replace(licences=["L" * 100], properties={"pin": prop("pin", qualifiers="MinLen(4)")})
    problems = checked(envelope)[1]
    assert problems[0].startswith("vms[0].source.accept_eula must be true") and "L" * 60 + "…" in problems[0]
    assert problems[1] == "vms[0].source.properties must have pin: the OVF requires a value"
    assert checked(envelope, accept_eula=True, properties={"pin": "1234"}) == ({"pin": "1234"}, [])
