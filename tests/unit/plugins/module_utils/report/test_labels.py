# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.report import summary
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage import SHOWN
from ansible_collections.estate.vmware.plugins.module_utils.report.labels.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS

_PLACES = re.compile(r"{\w+}")


def _keys_of(layout):
    for sheet in layout.sheets:
        yield f"sheet.{sheet.key}"
        for block in sheet.blocks:
            yield from filter(None, [block.title])
            yield from (f"column.{column.key}" for column in block.columns)
            yield from (f"state.{state}" for rule in block.rules for state in rule.states)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_places(language):
    labels = LANGUAGES[language]
    assert set(labels) == set(LANGUAGES["en"])
    assert {key: sorted(_PLACES.findall(text)) for key, text in labels.items()} == {
        key: sorted(_PLACES.findall(text)) for key, text in LANGUAGES["en"].items()
    }
    assert all(labels.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_key_of_a_layout_has_a_label(layout, language):
    assert set(_keys_of(LAYOUTS[layout])) <= set(LANGUAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_and_sections_have_labels(language):
    assert {f"total.{key}" for key in summary._TOTALS} <= set(LANGUAGES[language])
    assert {f"state.{key}" for key in SHOWN} <= set(LANGUAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_that_have_colours_of_their_own_have_names_of_their_own(language):
    labels = LANGUAGES[language]
    for layout in LAYOUTS.values():
        for block in (block for sheet in layout.sheets for block in sheet.blocks):
            shown = [labels[f"state.{state}"].casefold() for rule in block.rules for state in rule.states]
            assert len(shown) == len(set(shown))
