# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parser on what no server should send: whatever comes, it ends in a value of the shape asked for or in a typed error, and in bounded memory."""

from __future__ import annotations

import gc
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from invariants import check

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_OTHER, EVERY_TYPE, SKIPPED_TYPES, TYPE, MoRef, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import decode_page, decode_value
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError

NESTED: dict[str, Any] = {"id": int}
NESTED["childSnapshotList"] = [NESTED]
SHAPE = {
    "name": str,
    "word": short_text,
    "key": int,
    "part": float,
    "ok": bool,
    "host": MoRef,
    "backing": {"name": str},
    "item": [{"key": int}],
    "ipAddress": [str],
}
SHAPE["nested"] = SHAPE
SHAPES = {"VirtualMachine": {"s": SHAPE, "l": [SHAPE], "n": [NESTED], "o": {"key": int, EVERY_OTHER: ANY}}}
MEGABYTE = 1 << 20

OPEN = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body>'
    b"<RetrievePropertiesExResponse><returnval>"
)
CLOSE = b"</returnval></RetrievePropertiesExResponse></s:Body></s:Envelope>"

quick = settings(derandomize=True, database=None)


def reply(path: str, value: bytes, kind: str = "T") -> bytes:
    content = f'<objects><obj type="VirtualMachine">vm-1</obj><propSet><name>{path}</name><val xsi:type="{kind}">'.encode()
    return OPEN + content + value + b"</val></propSet></objects>" + CLOSE


def read(path: str, value: bytes, kind: str = "T") -> Any:
    (found,) = decode_page(reply(path, value, kind), SHAPES).objects
    return found.properties[path]


@quick
@given(st.binary())
def test_any_bytes(data):
    check(data, SHAPES)
    check(OPEN + data + CLOSE, SHAPES)
    check(reply("l", data), SHAPES)


TAGS = ["objects", "obj", "propSet", "name", "val", "missingSet", "path", "fault", "localizedMessage", "token", "x:y", "_type", *SHAPE, *NESTED]
BODY_TAGS = ["s:Fault", "faultcode", "faultstring", "detail", "NoPermissionFault", "returnval", "about", "rootFolder", "LoginResponse", *TAGS]
TEXTS = st.text(max_size=5) | st.sampled_from(
    ["", "s", "l", "n", "7", "-1e400", "true", "vm-1", " ", "&amp;", "&#0;", "&lol;", "<![CDATA[<x>]]>", "<!-- x -->", "<?x?>"],
)
ATTRIBUTES = st.sampled_from([
    "", "", ' type="VirtualMachine"', ' type=""', ' xsi:type="T"', ' xsi:type=":"', ' xsi:type="ArrayOfInt"', ' xsi:type="xsd:int"', ' z:type="ArrayOfT"',
])  # fmt: skip


def trees(tags: list[str]) -> st.SearchStrategy[bytes]:
    def element(tag: str, attributes: str, parts: list[str]) -> str:
        return f"<{tag}{attributes}>{''.join(parts)}</{tag}>"

    def around(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(element, st.sampled_from(tags), ATTRIBUTES, st.lists(inside, max_size=4))

    return st.recursive(TEXTS, around, max_leaves=25).map(lambda text: text.encode("utf-8", "surrogatepass"))


@quick
@given(trees(TAGS), trees(BODY_TAGS))
def test_any_elements_in_any_place(inner, outer):
    check(OPEN + inner + CLOSE, SHAPES)
    check(reply("s", inner), SHAPES)
    check(b"<s:Envelope><s:Body>" + outer + b"</s:Body></s:Envelope>", SHAPES)


@quick
@given(st.data())
def test_any_cut_and_any_changed_byte(data):
    whole = reply("l", b'<x xsi:type="T"><key>1</key><host type="HostSystem">host-1</host><item><key>2</key></item></x>', "ArrayOfT")
    place = data.draw(st.integers(0, len(whole) - 1))
    check(whole[:place], SHAPES)
    check(whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :], SHAPES)


def peak_of(data: bytes, path: str | None = None) -> tuple[Any, int]:
    """What becomes of a reply, and the memory that took at its peak, besides the reply."""
    tracemalloc.start()
    try:
        try:
            (found,) = decode_page(data, SHAPES).objects
            outcome = found.properties if path is None else found.properties[path]
        except DecodeError as error:
            outcome = error
        return outcome, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_skipped_subtree_costs_no_memory():
    unwanted = b"<entry><key>" + b"k" * 60 + b"</key><value a='b'>" + b"v" * 400 + b"</value></entry>"
    data = reply("s", b"<extraConfig>" + unwanted * (50 * MEGABYTE // len(unwanted)) + b"</extraConfig><name>n</name>")
    outcome, peak = peak_of(data, "s")
    assert outcome == {TYPE: "T", "name": "n"}
    assert peak < 2 * MEGABYTE


def test_skipped_elements_may_be_nested_to_any_depth():
    assert read("s", b"<deep>" * 100_000 + b"</deep>" * 100_000 + b"<key>1</key>") == {TYPE: "T", "key": 1}


@pytest.mark.parametrize(("path", "tag"), [("n", b"childSnapshotList"), ("unknown", b"deep")])
def test_property_nested_too_deep_is_missing(path, tag):
    value = (b"<%s>" % tag) * 100_000 + (b"</%s>" % tag) * 100_000
    outcome, peak = peak_of(reply(path, value))
    assert outcome == {}
    assert peak < 20 * MEGABYTE
    (found,) = decode_page(reply(path, value), SHAPES).objects
    assert "nested deeper" in found.missing[path].message


def test_elements_nested_too_deep_outside_a_property_are_an_error():
    with pytest.raises(DecodeError, match="nested deeper"):
        decode_value(b"<Envelope><Body>" + b"<x>" * 100_000 + b"</x>" * 100_000 + b"</Body></Envelope>")


def test_small_elements_are_an_error_before_they_cost_memory():
    """A page of the smallest elements made thirty times its own bytes."""
    outcome, peak = peak_of(reply("unknown", b"<a><b/></a>" * (2 * MEGABYTE)))
    assert "more elements" in str(outcome)
    assert peak < 250 * MEGABYTE


def test_values_of_a_refused_reply_are_freed_with_its_error():
    """Nobody searches for cycles while a scan is made."""
    data = reply("unknown", b"<a/>" * 700_000)
    gc.disable()
    tracemalloc.start()
    try:
        with suppress(DecodeError):
            decode_page(data, SHAPES)
        assert tracemalloc.get_traced_memory()[0] < MEGABYTE < tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.enable()


def test_larger_page_may_have_more_elements():
    data = reply("unknown", b"<a/>" * 400_000)
    with pytest.raises(DecodeError, match="more elements"):
        decode_page(data, SHAPES, 500)
    (found,) = decode_page(data, SHAPES, 1000).objects
    assert len(found.properties["unknown"]["a"]) == 400_000


@pytest.mark.parametrize("path", ["unknown", "s"])
def test_too_many_names_are_an_error(path):
    with pytest.raises(DecodeError, match="more elements"):
        read(path, b"".join(b"<t%d/>" % number for number in range(50_000)))


def test_snapshots_may_be_nested_as_deep_as_vsphere_allows_and_far_beyond():
    depth = 200
    found = read("n", b"<childSnapshotList><id>1</id>" * depth + b"</childSnapshotList>" * depth)
    for _level in range(depth):
        (found,) = found if isinstance(found, list) else found["childSnapshotList"]
        assert found["id"] == 1


@pytest.mark.parametrize(
    ("before", "text", "after", "message"),
    [
        (b"<name>", b"x", b"</name>", "longer than"),
        (b"<name>", b"x\n&#10;", b"</name>", "longer than"),
        (b"<name a='", b"x", b"'/>", "longer than"),
        (b"<!--", b"x", b"-->", "longer than"),
        (b"<other>", b"x", b"</other><key>5</key>", "{'_type': 'T', 'key': 5}"),
    ],
    ids=["text", "lines", "attribute", "comment", "unwanted text"],
)
def test_hundred_megabytes_in_one_place(before, text, after, message):
    outcome, peak = peak_of(reply("s", before + text * (100 * MEGABYTE // len(text)) + after))
    assert message in str(outcome)
    assert peak < 30 * MEGABYTE


def test_text_of_a_megabyte_is_read():
    assert read("s", b"<name>" + b"x" * MEGABYTE + b"</name>")["name"] == "x" * MEGABYTE


BOMB = b'<!ENTITY a0 "lol">' + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))


@pytest.mark.parametrize("before", [b'<?xml version="1.0"?>', b'<?xml version="1.0"?><!-- <x -->', b"<?x?>", b"", "\ufeff".encode()])
def test_entities_are_not_expanded(before):
    with pytest.raises(DecodeError):
        decode_page(before + b"<!DOCTYPE x [" + BOMB + b"]>" + reply("s", b"<name>&a11;</name>")[21:], SHAPES)


def test_undeclared_entity_is_an_error():
    with pytest.raises(DecodeError):
        read("s", b"<name>&lol;</name>")


@pytest.mark.parametrize("forbidden", [b"\x01", b"&#1;", b"&#x1F;", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbe"])
def test_forbidden_characters_are_replaced(forbidden):
    name = read("s", b"<name>caf\xc3\xa9 " + forbidden + b"\t&#9;&#xA;</name>")["name"]
    assert "\ufffd" in name
    assert name.replace("\ufffd", "") == "café \t\t\n"


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("key", "9223372036854775807", 2**63 - 1),
        ("ok", "1", True),
        ("part", "0.5", 0.5),
        ("word", "x" * 1000, "x" * 1000),
    ],
)
def test_value_has_the_type_of_its_shape(tag, text, value):
    found = read("s", f"<{tag}>{text}</{tag}>".encode())[tag]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "part",
    [
        "<key>9223372036854775808</key>",
        f"<key>{'9' * 1_000_000}</key>",
        "<key>many</key>",
        "<key/>",
        "<ok>perhaps</ok>",
        "<part>nan</part>",
        "<part>1e999</part>",
        f"<part>{'9' * 1_000_000}</part>",
        f"<word>{'x' * 1001}</word>",
        "<name>a<deep>b</deep>c</name>",
        '<host type="HostSystem">host<x/>-1</host>',
        "<host>host-1</host>",
        '<host xsi:type="xsd:string">host-1</host>',
        '<host type="HostSystem"/>',
        f'<host type="HostSystem">{"x" * 1_000_000}</host>',
        "<backing>text</backing>",
        "<item>text</item>",
        "<item><key/></item>",
        f"<nested>{'<nested>' * 300}{'</nested>' * 300}</nested>",
    ],
)
def test_only_a_property_of_a_wrong_type_is_missing(part):
    data = reply("s", f"<key>1</key>{part}<name>n</name>".encode() if "<key>" not in part[:5] else f"{part}<name>n</name>".encode())
    other = b"<propSet><name>name</name><val xsi:type='xsd:string'>vm1</val></propSet></objects>"
    (found,) = decode_page(data.replace(b"</objects>", other), SHAPES).objects
    assert found.properties == {"name": "vm1"}
    (fault,) = found.missing.values()
    assert list(found.missing) == ["s"]
    assert "not of its type" in fault.message or "names no managed object" in fault.message or "nested deeper" in fault.message


@pytest.mark.parametrize("value", [b"text", b"<a>1</a>"])
@pytest.mark.parametrize(("path", "kind"), [("s", "xsd:string"), ("l", "xsd:string"), ("simple", "xsd:int"), ("ref", "xsd:string")])
def test_value_of_another_shape(path, kind, value):
    shapes = {"VirtualMachine": {"s": {"key": int}, "l": [{"key": int}], "simple": int, "ref": MoRef}}
    (found,) = decode_page(reply(path, value, kind), shapes).objects
    if value == b"<a>1</a>" and path == "s":
        assert found.properties == {"s": {TYPE: "string"}}, "the parts of a structure are not wanted"
    else:
        assert (found.properties, list(found.missing)) == ({}, [path])


def test_shape_for_every_type():
    shapes = {EVERY_TYPE: {"p": str}, "Folder": {"p": int}}
    for kind, value in (("VirtualMachine", "1"), ("Folder", 1)):
        (found,) = decode_page(reply("p", b"1", "xsd:int").replace(b"VirtualMachine", kind.encode()), shapes).objects
        assert found.properties == {"p": value}


def test_value_of_a_wrong_type_outside_a_property_is_an_error():
    for broken in (b"<objects>text</objects>", b"<token><a/></token>", b"<token/>", b"<objects><obj type='Folder'><a/></obj></objects>"):
        with pytest.raises(DecodeError):
            decode_page(OPEN + broken + CLOSE, SHAPES)


def test_items_of_an_array_have_the_type_that_the_array_names():
    assert read("ints", b"<int>1</int><int>2</int>", "ArrayOfInt") == [1, 2]
    assert read("anything", b'<anyType xsi:type="xsd:long">1</anyType><anyType xsi:type="xsd:string">2</anyType>', "ArrayOfAnyType") == [1, "2"]


def test_repeated_part_is_a_list_without_a_shape_too():
    parts = b"".join(b"<part><key>%d</key></part>" % n for n in range(20_000))
    assert read("unknown", parts)["part"] == [{"key": str(n)} for n in range(20_000)]


def test_skipped_types_are_skipped_with_all_their_parts():
    shapes = {"VirtualMachine": {"l": [{SKIPPED_TYPES: {"Idle"}, "key": int, "part": {SKIPPED_TYPES: {"Idle"}, "key": int}}]}}
    items = b"".join(
        b'<x xsi:type="%s"><key>%d</key><part xsi:type="%s"><key>7</key></part></x>' % (kind, number, part)
        for number, (kind, part) in enumerate([(b"Idle", b"Busy"), (b"v:Busy", b"v:Idle"), (b"v:Idle", b"Busy"), (b"Busy", b"Busy")])
    )
    (found,) = decode_page(reply("l", items, "ArrayOfX"), shapes).objects
    assert found.properties["l"] == [{TYPE: "Busy", "key": 1}, {TYPE: "Busy", "key": 3, "part": {TYPE: "Busy", "key": 7}}]


def test_shape_with_the_same_list_twice():
    shared = [str]
    shapes = {"VirtualMachine": {"s": {"a": shared, "b": {"c": shared}}}}
    (found,) = decode_page(reply("s", b"<a>1</a><b><c>2</c><c>3</c></b>"), shapes).objects
    assert found.properties["s"] == {TYPE: "T", "a": ["1"], "b": {"c": ["2", "3"]}}


def test_method_that_returns_several_values_and_one_that_returns_none():
    def returned(parts: str) -> Any:
        return decode_value(f"<Envelope><Body><QueryResponse>{parts}</QueryResponse></Body></Envelope>".encode())

    assert returned('<returnval type="Task">task-1</returnval><returnval type="Task">task-2</returnval>') == [MoRef("Task", "task-1"), MoRef("Task", "task-2")]
    assert returned("<returnval>one</returnval>") == "one"
    assert returned("") is None


def test_property_is_decoded_by_the_name_before_it():
    reference, value = b'<obj type="VirtualMachine">vm-1</obj>', b'<val xsi:type="ArrayOfInt"><int>1</int></val>'
    name, other = b"<name>l</name>", b"<name>x</name>"
    for content in (b"<propSet>" + name + value + b"</propSet>" + reference, reference + b"<propSet>" + value + name + b"</propSet>"):
        with pytest.raises(DecodeError, match="before its object or its name"):
            decode_page(OPEN + b"<objects>" + content + b"</objects>" + CLOSE, SHAPES)
    (found,) = decode_page(OPEN + b"<objects>" + reference + b"<propSet>" + other + value + name + b"</propSet></objects>" + CLOSE, SHAPES).objects
    assert found.properties == {"x": [1]}


def test_soap_without_a_response_is_no_empty_page():
    with pytest.raises(DecodeError, match="StockPrice"):
        decode_page(b"<Envelope><Body><StockPrice/></Body></Envelope>", {})


def test_repeated_parts_that_a_shape_does_not_name_are_lists():
    value = b"<key>1</key><device>600</device><label>a</label><device>700</device><device>800</device><key>2</key>"
    assert read("o", value, "VirtualIDEController") == {TYPE: "VirtualIDEController", "key": 1, "device": ["600", "700", "800"], "label": "a"}
