# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What items say of their sources."""

from __future__ import annotations

import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import completed
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import CLONE, COPY, SPEC, CloneOf, OvfOf, wanted_source


def read(**given):
    problems = []
    found = completed("vms[0]", {"options": {"source": SPEC}}, {"source": given}, problems) if given else {}
    return wanted_source("vms[0].source", found.get("source"), problems), problems


def test_kinds():
    assert read() == (None, [])
    clone, problems = read(vm="/Madrid/web", snapshot="s", clone="linked")
    assert isinstance(clone, CloneOf) and problems == []
    assert (clone.identity.by, clone.snapshot, clone.linked, clone.kind, clone.is_chosen) == ("path", "s", True, CLONE, False)
    copy, _problems = read(template="t", method="copy")
    assert isinstance(copy, CloneOf) and (copy.kind, copy.is_template, copy.linked, copy.is_chosen) == (COPY, True, False, True)
    package, problems = read(ovf="/a.ovf", networks={"lan": "x"}, properties={"a": 1, "b": True}, provisioning="eager_zeroed", accept_eula=True)
    assert isinstance(package, OvfOf) and problems == []
    assert (package.option, package.networks, package.properties) == ("vms[0].source.ovf", {"lan": "x"}, {"a": "1", "b": "TRUE"})
    assert (package.provisioning, package.accept_eula) == ("eagerZeroedThick", True)
    assert "TRUE" not in repr(package)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"template": "t", "snapshot": "s"}, "source.snapshot goes with vm"),
        ({"vm": "v", "accept_eula": True}, "vms[0].source.accept_eula does not go with vm: leave it out"),
        ({"ova": "a", "method": "copy"}, "vms[0].source.method does not go with ova: leave it out"),
        ({"ova": "a", "networks": {"lan": 5}}, "vms[0].source.networks.lan must be the name or path of a network"),
        ({"ova": "a", "properties": {"k": ["x"]}}, "vms[0].source.properties.k must be a text"),
        ({"ova": "a", "ovf": "b"}, "vms[0].source"),
    ],
)
def test_what_is_wrong(given, problem):
    problems = read(**given)[1]
    assert any(problem in line for line in problems), problems


@pytest.mark.parametrize(
    ("written", "location"), [("/images/a.ova", "/images/a.ova"), ("~/a.ova", os.path.expanduser("~/a.ova")), ("https://h/a", "https://h/a")]
)
def test_package_at_a_path_or_url(written, location):
    problems: list[str] = []
    made = wanted_source("vms[0].source", {"ova": written}, problems)
    assert isinstance(made, OvfOf) and made.location == location and problems == []


@pytest.mark.parametrize("name", ["ova", "ovf"])
def test_relative_path_is_refused(name):
    problems: list[str] = []
    wanted_source("vms[0].source", {name: "images/a"}, problems)
    assert problems == [f"vms[0].source.{name} must be an absolute path or an https URL (got 'images/a')"]
