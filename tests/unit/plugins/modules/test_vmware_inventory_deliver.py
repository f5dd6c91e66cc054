# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, DESTINATION_TYPES
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.modules import vmware_inventory_deliver as module

DOCUMENTED = yaml.safe_load(module.DOCUMENTATION)["options"]


@pytest.mark.parametrize("name", DESTINATION_TYPES)
def test_documentation_names_the_options_of_each_type(name):
    (text,) = (text for text in DOCUMENTED["to"]["suboptions"]["type"]["description"] if text.startswith(f"V({name})"))
    assert {option for option in DESTINATION_OPTIONS if f"O(to.{option})" in text} == set(DESTINATION_TYPES[name].options)


def test_languages_are_those_of_workbooks():
    assert DOCUMENTED["language"]["choices"] == list(LANGUAGES)


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        (None, set()),
        ("https://files.example.com/a", set()),
        ("https://me:pass%20word@files.example.com/a", {"pass%20word", "pass word"}),
        ("https://files.example.com/a?sig=a%2Fb", {"sig=a%2Fb", "sig=a/b"}),
        ("https://[files", {"https://[files"}),
    ],
)
def test_secrets_of_a_url(url, secrets):
    assert module.secrets_of(url) == secrets


def test_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(DeliveryError, match=r"src .*/nowhere.xlsx cannot be read \(No such file or directory\)"):
        module.readable_file(str(tmp_path / "nowhere.xlsx"))
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(DeliveryError, match=f"src must be a file .{path} is none"):
            module.readable_file(str(path))


def test_payload_of_a_workbook():
    payload = module.workbook_payload("/tmp/estate.xlsx", {}, LANGUAGES["es"])
    assert payload.subject == LANGUAGES["es"]["text.heading"]
    assert payload.notes.no_file == LANGUAGES["es"]["text.mail_none"]


def test_mail_about_another_file():
    payload = module.file_payload("/tmp/prune.csv", {"subject": "Snapshots:\n2 removed", "text": "<a>\n"})
    assert (payload.name, payload.content_type, payload.subject) == ("prune.csv", "text/csv", "Snapshots: 2 removed")
    assert (payload.text, payload.html) == ("<a>\n", "<pre>&lt;a&gt;\n</pre>")
