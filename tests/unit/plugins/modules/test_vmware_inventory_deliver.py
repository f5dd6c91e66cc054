# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, WAYS
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.modules import vmware_inventory_deliver as module

DOCUMENTED = yaml.safe_load(module.DOCUMENTATION)["options"]


@pytest.mark.parametrize("way", WAYS)
def test_the_documentation_says_which_options_a_type_knows(way):
    (said,) = (text for text in DOCUMENTED["to"]["suboptions"]["type"]["description"] if text.startswith(f"V({way})"))
    assert {name for name in DESTINATION_OPTIONS if f"O(to.{name})" in said} == set(WAYS[way].options)


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
def test_what_is_hidden_of_a_url(url, secrets):
    assert module.secrets_of(url) == secrets


def test_a_file_that_cannot_be_read_is_an_error_but_in_check_mode(tmp_path):
    with pytest.raises(DeliveryError, match=r"src .*/nowhere.xlsx cannot be read \(No such file or directory\)"):
        module.path_of(str(tmp_path / "nowhere.xlsx"), False)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(DeliveryError, match="is no file: name one"):
            module.path_of(str(path), False)
    assert module.path_of(str(tmp_path / "nowhere.xlsx"), True) and module.path_of(None, False) == ""
