# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import OvfOf, wanted_source


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
