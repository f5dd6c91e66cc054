# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import example, given, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.json_values import UnexpectedValue, elements, member, parse_json, text


def test_numbers_become_none():
    assert parse_json(b'{"a": ' + b"9" * 5_000_000 + b', "b": [1.5e9, "1"]}') == {"a": None, "b": [None, "1"]}


@pytest.mark.parametrize("data", [b"", b"<html/>", b'{"value": ', b"[" * 400_000, b'"\xff"', b"\x00"])
def test_invalid_json(data):
    with pytest.raises(UnexpectedValue, match="it is no JSON"):
        parse_json(data)


@given(st.binary())
@example(b'\xff\xfe"')
def test_any_bytes_are_json_or_an_error(data):
    with suppress(UnexpectedValue):
        parse_json(data)


@given(st.text(st.characters(exclude_categories=())))
@example("\ud83d")
@example("\udcff x")
@example("\ufeffmark")
def test_only_lone_surrogates_are_replaced(given_text):
    read = text(parse_json(json.dumps(given_text).encode()), "name")
    read.encode()
    whole = given_text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    assert read.replace("\ufffd", "") == whole.replace("\ufffd", "")


def test_surrogate_pairs_are_joined():
    assert text("\ud83d\ude80", "name") == "🚀"
    assert text("\ude80\ud83d", "name") == "\ufffd\ufffd"


def test_members_and_elements():
    assert member({"a": None, "b": 1}, "b") == 1
    assert member({}, "a") is None
    assert elements(None, "list") == []
    assert elements([1], "list") == [1]


@pytest.mark.parametrize("value", [None, [], "s3cret", True, 1])
def test_value_that_is_no_object(value):
    with pytest.raises(UnexpectedValue) as caught:
        member(value, "name")
    assert str(caught.value) == "what should hold name is no object"


@pytest.mark.parametrize("value", [None, [], {}, True, 1])
def test_value_that_is_no_text(value):
    with pytest.raises(UnexpectedValue, match="its name is no text"):
        text(value, "name")


@pytest.mark.parametrize("value", [{}, "s3cret", True, 0])
def test_value_that_is_no_array(value):
    with pytest.raises(UnexpectedValue) as caught:
        elements(value, "list of tags")
    assert str(caught.value) == "its list of tags is no array"


@pytest.mark.parametrize("data", [b"[" + b"1," * 2_000_000 + b"1]", b'{"a":[' + b"{}," * 2_000_000 + b"{}]}"])
def test_more_values_than_any_response_has(data):
    with pytest.raises(UnexpectedValue, match="more values than any response has"):
        parse_json(data)
