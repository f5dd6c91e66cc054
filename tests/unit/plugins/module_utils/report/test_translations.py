# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.report import source_numbers, translations
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

ENGLISH = LANGUAGES["en"]
_PLACES = re.compile(r"{\w+}")
_FOLDER = Path(translations.__file__).parent
_PLUGINS = _FOLDER.parents[2]

#: Words that are the same everywhere: names of products, units and protocols.
EVERYWHERE = {
    "vCenter", "vCPU", "vSAN", "VMware Tools", "IP", "IPv4", "IPv6", "MAC", "UUID", "URL", "VLAN", "DRS", "HA", "CPU (MHz)", "vCLS",
}  # fmt: skip
#: Words that a language has in common with English.
COMMON = {
    "es": {
        "Build", "CPU total (MHz)", "Datacenter", "Datastore", "Datastores", "Error", "Hostname", "Host", "Hosts", "Manual", "NICs", "No", "Normal", "OK",
        "RAM (GB)", "RAM total (GB)", "Snapshot", "Snapshots", "Sockets", "Switch", "Total", "Uplink", "VM", "VMs", "{title}: {count}",
    },
    "fr": {
        "Accessible", "Build", "Cluster", "Clusters", "Description", "Inaccessible", "Maintenance", "Message", "Mode", "Normal", "OK", "Opaque (NSX)", "Option",
        "Partitions", "Section", "Snapshot", "Snapshots", "Sockets", "Source", "Standard", "Threads", "Total", "Type", "VM", "Version",
    },
    "zh": set(),
}  # fmt: skip


def _keys_of(layout):
    for sheet in layout.sheets:
        yield f"sheet.{sheet.key}"
        for block in sheet.blocks:
            yield from filter(None, [block.title])
            yield from (f"column.{column.key}" for column in block.columns)
            yield from (f"state.{state}" for rule in block.rules for state in rule.states)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_places(language):
    texts = LANGUAGES[language]
    assert list(texts) == list(ENGLISH), "in the same order, so that files can be laid side by side"
    assert {key: sorted(_PLACES.findall(text)) for key, text in texts.items()} == {key: sorted(_PLACES.findall(text)) for key, text in ENGLISH.items()}
    assert all(texts.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_key_of_a_layout_has_a_text(layout, language):
    assert set(_keys_of(LAYOUTS[layout])) <= set(LANGUAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_and_sections_have_texts(language):
    assert {f"total.{key}" for key in source_numbers.TOTALS} <= set(LANGUAGES[language])
    assert {f"state.{key}" for key in SECTIONS} <= set(LANGUAGES[language])


def test_every_text_is_used():
    files = [file for file in _PLUGINS.rglob("*.py") if file.parent != _FOLDER or file.stem not in LANGUAGES]
    words = set(re.findall(r"[\w.]+", " ".join(file.read_text(encoding="utf-8") for file in files)))
    words |= {key for layout in LAYOUTS.values() for key in _keys_of(layout)} | {f"total.{key}" for key in source_numbers.TOTALS}
    # A state is a word that a scan has, which the code that makes scans says.
    unused = [key for key in ENGLISH if key not in words and not (key.startswith("state.") and key.removeprefix("state.") in words)]
    assert not unused


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_nothing_is_left_in_english(language):
    same = {text for key, text in LANGUAGES[language].items() if text == ENGLISH[key]}
    assert same - EVERYWHERE == COMMON[language], "translate it, or add it to the words that both languages have; take away what is no more"


def test_every_file_of_a_language_is_one():
    assert {file.stem for file in _FOLDER.glob("*.py")} - {"__init__", "languages", "translator"} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_that_send_people_to_another_sheet_name_it_as_it_is_called(language):
    texts = LANGUAGES[language]
    assert texts["sheet.coverage"] in texts["text.see_coverage"] and texts["sheet.coverage"] in texts["text.issue_count"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_have_names_of_their_own(language):
    for layout in LAYOUTS.values():
        names = [LANGUAGES[language][f"sheet.{sheet.key}"].casefold() for sheet in layout.sheets if not sheet.each_source]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 31 for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_of_a_table_differ(language):
    for block in {block for layout in LAYOUTS.values() for sheet in layout.sheets for block in sheet.blocks}:
        headers = [LANGUAGES[language][f"column.{column.key}"].casefold() for column in block.columns]
        assert len(set(headers)) == len(headers), sorted(header for header in headers if headers.count(header) > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_that_have_colours_of_their_own_have_names_of_their_own(language):
    texts = LANGUAGES[language]
    for layout in LAYOUTS.values():
        for block in (block for sheet in layout.sheets for block in sheet.blocks):
            states = {state for rule in block.rules for state in rule.states}
            assert len({texts[f"state.{state}"].casefold() for state in states}) == len(states)


#: What people know these by, in Spanish.
KNOWN = {
    "sheet.summary": "Resumen", "sheet.vms": "Todas las VMs", "sheet.hosts": "Todos los Hosts", "sheet.datastores": "Datastores",
    "sheet.networks": "Redes", "sheet.coverage": "Cobertura", "column.source": "Fuente", "state.poweredOn": "Encendida",
    "state.poweredOff": "Apagada", "state.suspended": "Suspendida", "file.many": "Inventario_VMware_{count}fuentes",
}  # fmt: skip


def test_spanish_is_as_people_know_it():
    assert {key: LANGUAGES["es"][key] for key in KNOWN} == KNOWN
