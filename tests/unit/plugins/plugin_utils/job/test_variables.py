# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import COLLECT, DELIVER, REPORT, Variables, check_names, options_of


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("vmware_report_langauge", "vmware_report_langauge is unknown; did you mean vmware_report_language?"),
        ("vmware_collect_max_agee", "vmware_collect_max_agee is unknown; did you mean vmware_collect_max_age?"),
        ("vmware_deliver_too", "vmware_deliver_too is unknown; did you mean vmware_deliver_to?"),
    ],
)
def test_misspelled_variable_of_a_role_is_an_error(name, error):
    assert check_names([name]) == ([error], [])


@pytest.mark.parametrize(
    ("names", "warning"),
    [
        (["vmware_capath"], "vmware_capath is ignored; did you mean vmware_ca_path?"),
        (["username"], "username is ignored; did you mean vmware_username?"),
        (["vmware_report_of_somebody_else_altogether"], "vmware_report_of_somebody_else_altogether is not an option of the role vmware_report"),
    ],
)
def test_similar_names_are_warnings(names, warning):
    assert check_names(names) == ([], [warning])


def test_names_are_shown_in_one_line():
    _errors, (warning,) = check_names(["vmware_report_\x1b[2J\n"])
    assert warning == "vmware_report_ [2J is not an option of the role vmware_report"


def test_known_and_unrelated_names():
    names = {name for role in (COLLECT, REPORT, DELIVER) for name in options_of(role)}
    names |= {"vmware_username", "username", "vmware_sources_group", "vmware_collect_serial", "vmware_collect_scan", "vmware_zone", "port", "ansible_host"}
    assert check_names(names) == ([], [])


def evaluated(value):
    if isinstance(value, str) and "{{" in value:
        raise ValueError(f"{value} is undefined\nand more")
    return value


def test_role_options():
    variables = Variables({"vmware_report_charts": "no", "vmware_report_mode": "{{ typo }}", "vmware_report_language": None}, evaluated)
    options, errors = variables.role_options(REPORT)
    assert options["vmware_report_charts"] is False and options["vmware_report_language"] == "en"
    assert "vmware_report_redact_key" not in options
    (line,) = errors
    assert line.startswith("vmware_report_mode cannot be evaluated: ") and "and more" not in line
