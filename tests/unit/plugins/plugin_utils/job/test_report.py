# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job.report import check_delivery_options, check_destination, check_report_options, report_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

MAIL = {"type": "mail", "server": "smtp.example.com", "sender": "a@example.com", "recipients": ["b@example.com"]}


def errors(sources=3, **options) -> list[str]:
    return check_report_options(Variables({f"vmware_report_{name}": value for name, value in options.items()}, lambda value: value), sources)


def test_defaults_are_valid():
    assert errors() == [] == check_delivery_options(Variables({}, lambda value: value))


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"language": "xx"}, "vmware_report_language must be en, es, fr or zh (got 'xx')"),
        ({"layout": "single"}, "vmware_report_layout must be consolidated for 3 sources (got single)"),
        ({"extra_sheets": ["disk"]}, "vmware_report_extra_sheets: 'disk' is unknown; did you mean disks?"),
        ({"on_source_error": "stop"}, "vmware_report_on_source_error must be fail, warn or ignore (got 'stop')"),
        ({"include_filters": {"vm": []}}, "vmware_report_include_filters: there is no section vm; did you mean vms?"),
        ({"exclude_filters": {"vms": [{"nmae": 1}]}}, "vmware_report_exclude_filters.vms[0]: vms has no field nmae; did you mean name?"),
        ({"redact": True}, "vmware_report_redact_key must be set with vmware_report_redact: true"),
        ({"redact": True, "redact_key": "short"}, "vmware_report_redact_key must have 16 characters or more (got 5)"),
        ({"dest": "a\0.xlsx"}, "vmware_report_dest must be a path (got 'a\\x00.xlsx')"),
        ({"dest": "/proc/version/x.xlsx"}, "vmware_report_dest must be a folder (/proc/version is none)"),
        ({"max_age": "old"}, "vmware_report_max_age must be seconds, or a number with s, m, h or d, such as 12h (got 'old')"),
    ],
)
def test_invalid_option(options, line):
    assert errors(**options) == [line]


def test_all_errors_at_once():
    lines = errors(language="xx", include_filters={"vms": [{"name": {"regex": "["}}]}, exclude_filters={"pods": []}, charts="maybe")
    assert len(lines) == 4


@pytest.mark.parametrize("dest", ["estate.csv", "estate.xls", "estate.xlsm", "reports/estate.pdf"])
def test_dest_with_another_extension(dest):
    assert errors(dest=dest) == [f"vmware_report_dest must be a folder, or a file that ends in .xlsx (got '{dest}')"]


@pytest.mark.parametrize(("dest", "folder"), [("a.xlsx", ""), ("b/A.XLSX", "b"), ("c", "c"), ("c.d", "c.d"), ("2026.11", "2026.11"), ("c.csv/", "c.csv")])
def test_dest_is_a_workbook_or_a_folder(tmp_path, monkeypatch, dest, folder):
    monkeypatch.chdir(tmp_path)
    assert report_folder(dest) == (str(tmp_path / dest), str(tmp_path / folder))
    assert not list(tmp_path.iterdir()), "nothing is made"


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({"type": "fax"}, ["to (fax): type must be copy, http, mail or s3 (got 'fax')"]),
        ({}, ["to: type must be copy, http, mail or s3 (got None)"]),
        ({"type": "copy", "name": "share"}, ["to (share): dest must be set"]),
        ({"type": "copy", "dest": "/x", "url": "y"}, ["to (copy): url is not an option of type copy; there are type, name, host, dest, owner, group, mode"]),
        ({**MAIL, "recipient": "x"}, ["to (mail): recipient is not an option of type mail; did you mean recipients?"]),
        ({**MAIL, "server": "", "sender": None}, ["to (mail): server and sender must be set"]),
        ({**MAIL, "port": "many"}, ["to (mail): port must be a whole number (got 'many')"]),
        ({**MAIL, "tls": "yes"}, ["to (mail): tls must be starttls, tls or none (got 'yes')"]),
        ({**MAIL, "password": "s3cret"}, ["to (mail): username and password must be set together"]),
        ({"type": "http", "url": "ftp://x"}, ["to (http): url must begin with https:// and a host name"]),
        ({**MAIL, "bucket": "b"}, ["to (mail): bucket: a destination of type mail has no such option"]),
    ],
)
def test_invalid_destination(given, lines):
    assert check_destination("to", given) == lines


@pytest.mark.parametrize("given", [MAIL, {"type": "copy", "dest": "/x/", "host": "files"}, {"type": "http", "url": "https://files.example.com/"}])
def test_valid_destination(given):
    assert check_destination("to", given) == []


def test_missing_redact_key():
    def evaluated(value):
        raise KeyError("'vault_mail' is undefined")

    (line, *_others) = check_delivery_options(Variables({"vmware_deliver_to": [MAIL]}, lambda value: evaluated(value) if isinstance(value, list) else value))
    assert line.startswith("vmware_deliver_to cannot be evaluated: ")
