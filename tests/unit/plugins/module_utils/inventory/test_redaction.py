# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import LIST, MAP, REAL, TEXT
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import CATEGORIES, Pseudonyms, category_of

KEY = "correct horse battery staple"


@pytest.fixture
def pseudonyms():
    return Pseudonyms(KEY)


def test_every_field_is_shown_or_has_a_known_category():
    fields = [(section.key, field) for section in SECTIONS.values() for field in section.fields]
    assert [f"{section}.{field.key}: {field.redact_as}" for section, field in fields if field.redact_as is not None and field.redact_as not in CATEGORIES] == []
    assert [f"{section}.{field.key}" for section, field in fields if category_of(section, field.key, field.kind) != field.redact_as] == []


def test_the_same_text_has_the_same_pseudonym_under_the_same_key(pseudonyms):
    again, other = Pseudonyms(KEY), Pseudonyms(KEY + "!")
    assert pseudonyms.of("vm", "web-1") == again.of("vm", "web-1") != other.of("vm", "web-1")
    assert pseudonyms.of("vm", "web-1") != pseudonyms.of("vm", "web-2")
    # Known for ever: a workbook of last year must say the same.
    assert pseudonyms.of("vm", "web-1") == "vm-bca75f2bb9be"


def test_equal_names_of_different_categories_have_equal_digits(pseudonyms):
    assert pseudonyms.of("host", "esx1").partition("-")[2] == pseudonyms.of("vm", "esx1").partition("-")[2]


@pytest.mark.parametrize("nothing", [None, ""])
def test_empty_values_stay_empty(pseudonyms, nothing):
    assert all(pseudonyms.of(category, nothing) == nothing for category in CATEGORIES)
    assert pseudonyms.of_stored("vm", TEXT, nothing) == nothing


def test_texts_with_parts(pseudonyms):
    def of(category, text):
        return pseudonyms.of(category, text)

    assert of("folder", "/") == "/"
    assert of("folder", "/Apps/Web") == f"/{of('folder', 'Apps')}/{of('folder', 'Web')}"
    assert of("path", "C:\\Data\\") == f"{of('path', 'C:')}\\{of('path', 'Data')}\\"
    assert of("switch", "a, b,c") == f"{of('switch', 'a')}, {of('switch', 'b,c')}"
    assert of("file", "[ds1] web 1/web.vmx") == f"[{of('datastore', 'ds1')}] {of('file', 'web 1/web.vmx')}"
    assert of("disks", "Hard disk 1: 40 GB thin [ds 1]; Hard disk 2: 8 GB [b; c [d]") == (
        f"Hard disk 1: 40 GB thin [{of('datastore', 'ds 1')}]; Hard disk 2: 8 GB [{of('datastore', 'b; c [d')}]"
    )


BRACKETS = ("zzz", "[zzz", "zzz]", "[] zzz", "[a] b [zzz] c", "a[zzz")
ODD = (*BRACKETS, "zzz\nzzz", "/zzz//zzz", "zzz, , zzz,", ", zzz", ",  zzz", " zzz,,zzz ", "\ud800zzz", "z\x00zzz")


def test_odd_texts_are_redacted_completely(pseudonyms):
    made = {(category, text): pseudonyms.of(category, text) for category in sorted(set(CATEGORIES) - {"disks"}) for text in ODD}
    assert {case: pseudonym for case, pseudonym in made.items() if "zzz" in pseudonym} == {}


def test_a_datastore_with_brackets_in_its_name_has_one_pseudonym(pseudonyms):
    name = pseudonyms.of("datastore", "SAN [old] 01")
    assert pseudonyms.of("file", "[SAN [old] 01] web/web.vmx").startswith(f"[{name}] file-")
    assert pseudonyms.of("disks", "Hard disk 1: 40 GB thin [SAN [old] 01]; Hard disk 2: 1 GB [ds]").count(f"[{name}]") == 1


def test_stored_lists_and_maps(pseudonyms):
    def of(category, text):
        return pseudonyms.of(category, text)

    assert json.loads(pseudonyms.of_stored("ip", LIST, '["10.0.0.1", ""]')) == [of("ip", "10.0.0.1"), ""]
    assert json.loads(pseudonyms.of_stored("tag", MAP, '{"Team": ["Web", "Gold"]}')) == {of("category", "Team"): [of("tag", "Web"), of("tag", "Gold")]}
    assert json.loads(pseudonyms.of_stored("value", MAP, '{"Owner": "Ann"}')) == {of("attribute", "Owner"): of("value", "Ann")}
    assert pseudonyms.of_stored("ip", LIST, None) is None


def test_object_of_an_issue_has_the_pseudonym_of_its_section(pseudonyms):
    assert pseudonyms.of_object("hosts", "esx1") == pseudonyms.of("host", "esx1")
    assert pseudonyms.of_object("vm_disks", "web-1") == pseudonyms.of("vm", "web-1")
    assert pseudonyms.of_object("places", "x") == pseudonyms.of("object", "x")


def test_unknown_text_fields_are_redacted():
    assert category_of("pods", "name", TEXT) == category_of("vms", "unheard_of", LIST) == "words"
    assert category_of("pods", "size_gb", REAL) is None


def test_short_key_is_rejected_and_not_shown():
    with pytest.raises(InvalidOption, match="redact_key must have 16 characters or more") as error:
        Pseudonyms("s3cr3t")
    assert "s3cr3t" not in str(error.value)


@pytest.mark.parametrize("category", [category for category, parts in CATEGORIES.items() if parts != {category: "(?s:.+)"}])
@pytest.mark.parametrize("text", ["[" * 50_000, "[a" * 25_000, "[a" + "[b]" * 15_000, ", ," * 15_000])
def test_redaction_time_is_linear(category, text):
    began = time.monotonic()
    assert Pseudonyms("k" * 16).of(category, text)
    assert time.monotonic() - began < 10
