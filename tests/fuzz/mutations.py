# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways to break a reply. Each takes the randomness, the reply and another reply, and returns a worse one."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_TAG = re.compile(rb"<[^>]*>")
_NAME = re.compile(rb"(?<=[</])[\w:]+")
_ATTRIBUTE = re.compile(rb'\s[\w:.-]+="[^"]*"')
_ELEMENT = re.compile(rb"<([\w:]+)(?:\s[^>]*)?>(?:(?!</?\1[\s>]).)*</\1>", re.DOTALL)
_TEXT = re.compile(rb"(?<=>)[^<]+")

_NAMES = [
    b"objects", b"obj", b"propSet", b"name", b"val", b"token", b"missingSet", b"path", b"fault", b"returnval", b"soapenv:Body", b"soapenv:Fault", b"Envelope",
    b"detail", b"faultstring", b"key", b"childSnapshotList", b"ipAddress", b"backing", b"vlanId", b"_type", b"a:b", b":", b"*", b"x" * 3000,
]  # fmt: skip
_ATTRIBUTES = [
    b"", b' type="HostSystem"', b' type=""', b' xsi:type="ArrayOfInt"', b' xsi:type="xsd:int"', b' xsi:type=""', b' xsi:type=":"', b' q:type="ArrayOfX"',
    b' xmlns="urn:other"', b' xsi:nil="true"', b' xsi:type="_type"',
]  # fmt: skip
_TEXTS = [
    b"", b" ", b"-1", b"1e999", b"nan", b"9" * 30, b"9" * 50_000, b"TRUE", b"1_000", b"&amp;", b"<![CDATA[<x>]]>", b"<!-- x -->", b"<?pi?>", b"<x/>",
    "\u0663".encode(), b"&#0;", b"&#x1f;", b"\x00", b"\x1b[31m", b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f", b"\xef\xbf\xbf",
]  # fmt: skip
_JUNK = [
    b"&lol;", b"&#xD800;", b"&#x110000;", b"]]>", b"<!--", b"<", b"</x>", b"<x>", b'<x type="a" type="b"/>', b'<x a="<"/>', b'<x a="&lol;"/>', b"<x a/>",
    b"<?xml?>", b"<!DOCTYPE x>", b"<?", b"<![CDATA[", b"&", b"&#", b"&#x;",
]  # fmt: skip
_BOMBS = [
    b'<!DOCTYPE x [<!ENTITY lol "lol">]>',
    b"<!DOCTYPE x [" + b'<!ENTITY lol0 "lol">' + b"".join(b'<!ENTITY lol%d "%s">' % (n, b"&lol%d;" % (n - 1) * 10) for n in range(1, 12))
    + b'<!ENTITY lol "&lol11;">]>',
    b'<!DOCTYPE x [<!ENTITY lol "' + b"x" * 100_000 + b'">]>',
    b'<!DOCTYPE x [<!ENTITY lol SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    b"<!-- <x -->", b"<?x <y ?>", b"<!DOCTYPE html>",
]  # fmt: skip
_ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "latin-1", "cp037", "utf-7", "shift_jis"]

Mutation = Callable[[Random, bytes, bytes], bytes]


def _place(random: Random, pattern: re.Pattern[bytes], data: bytes) -> tuple[int, int]:
    """Where a match of the pattern lies, any one of them."""
    start = random.randrange(len(data) + 1)
    match = pattern.search(data, start) or pattern.search(data, start // 2)
    return match.span() if match else (start, start)


def _replaced(data: bytes, place: tuple[int, int], by: bytes) -> bytes:
    return data[: place[0]] + by + data[place[1] :]


def flip_bytes(random: Random, data: bytes, other: bytes) -> bytes:
    changed = bytearray(data)
    for _flip in range(random.randint(1, 8)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def truncate(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def drop_tag(random: Random, data: bytes, other: bytes) -> bytes:
    return _replaced(data, _place(random, _TAG, data), b"")


def double_tag(random: Random, data: bytes, other: bytes) -> bytes:
    start, end = _place(random, _TAG, data)
    return data[:end] + data[start:end] * random.randint(1, 3) + data[end:]


def swap_tags(random: Random, data: bytes, other: bytes) -> bytes:
    (a, b), (c, d) = sorted([_place(random, _TAG, data), _place(random, _TAG, data)])
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:] if b <= c else data


def rename_tag(random: Random, data: bytes, other: bytes) -> bytes:
    return _replaced(data, _place(random, _NAME, data), random.choice(_NAMES))


def rename_element(random: Random, data: bytes, other: bytes) -> bytes:
    start, end = _place(random, _ELEMENT, data)
    match = _NAME.search(data, start, end)
    if not match:
        return data
    new, length = random.choice(_NAMES), len(match.group())
    return data[: match.start()] + new + data[match.end() : end - length - 1] + new + data[end - 1 :]


def drop_element(random: Random, data: bytes, other: bytes) -> bytes:
    return _replaced(data, _place(random, _ELEMENT, data), b"")


def double_element(random: Random, data: bytes, other: bytes) -> bytes:
    start, end = _place(random, _ELEMENT, data)
    return data[:end] + data[start:end] * random.randint(1, 3) + data[end:]


def move_element(random: Random, data: bytes, other: bytes) -> bytes:
    """An element of another reply, anywhere."""
    start, end = _place(random, _ELEMENT, other)
    return _replaced(data, (_place(random, _TAG, data)[1],) * 2, other[start:end])


def change_attribute(random: Random, data: bytes, other: bytes) -> bytes:
    return _replaced(data, _place(random, _ATTRIBUTE, data), random.choice(_ATTRIBUTES))


def add_attribute(random: Random, data: bytes, other: bytes) -> bytes:
    _start, end = _place(random, _NAME, data)
    return _replaced(data, (end, end), random.choice(_ATTRIBUTES))


def change_text(random: Random, data: bytes, other: bytes) -> bytes:
    return _replaced(data, _place(random, _TEXT, data), random.choice(_TEXTS))


def insert_element(random: Random, data: bytes, other: bytes) -> bytes:
    _start, end = _place(random, _TAG, data)
    name = random.choice(_NAMES)
    return _replaced(data, (end, end), b"<" + name + random.choice(_ATTRIBUTES) + b">" + random.choice(_TEXTS) + b"</" + name + b">")


def insert_junk(random: Random, data: bytes, other: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    return _replaced(data, (start, start), random.choice(_JUNK))


def move_piece(random: Random, data: bytes, other: bytes) -> bytes:
    """A piece of another reply, from tag to tag."""
    start, end = sorted([_place(random, _TAG, other)[0], _place(random, _TAG, other)[1]])
    end = min(len(other), end + random.randrange(2000))
    return _replaced(data, (_place(random, _TAG, data)[1],) * 2, other[start:end])


def nest(random: Random, data: bytes, other: bytes) -> bytes:
    depth = random.choice([10, 230, 300, 20_000])
    name = random.choice(_NAMES[:-1])
    _start, end = _place(random, _TAG, data)
    return _replaced(data, (end, end), (b"<" + name + b">") * depth + (b"</" + name + b">") * random.choice([depth, depth, depth - 1]))


def swell(random: Random, data: bytes, other: bytes) -> bytes:
    """A text, a tag or very many elements, as big as no server sends them."""
    _start, end = _place(random, _TAG, data)
    size = random.choice([70_000, 300_000, 3_000_000, 12_000_000])
    name = random.choice(_NAMES[:-1])
    huge = random.choice([
        b"x" * size, b"x\n" * (size // 2), b"&amp;" * (size // 5), b"<" + name + b' a="' + b"y" * size + b'"/>', b"<!--" + b"-x" * (size // 2) + b"-->",
        b"<" + b"z" * size + b"/>", b"<![CDATA[" + b"c" * size + b"]]>", b"<x " + b"".join(b'a%d="" ' % n for n in range(size // 50)) + b"/>",
        (b"<" + name + b"/>") * (size // 40), b"".join(b"<t%d/>" % n for n in range(size // 40)), b"\xf0\x9f\xa6\x86" * (size // 4),
    ])  # fmt: skip
    return _replaced(data, (end, end), huge)


def prepend_doctype(random: Random, data: bytes, other: bytes) -> bytes:
    start = max(data.find(b"?>") + 2, 0)
    data = _replaced(data, (start, start), random.choice(_BOMBS))
    return _replaced(data, _place(random, _TEXT, data), b"&lol;")


def encode(random: Random, data: bytes, other: bytes) -> bytes:
    """Another encoding, which the declaration names, or does not."""
    encoding = random.choice(_ENCODINGS)
    if random.random() < 0.5:
        data = data.replace(b'encoding="UTF-8"', b'encoding="%s"' % encoding.encode())
    return data.decode("utf-8", "replace").encode(encoding, "replace") if random.random() < 0.8 else data


#: Most of what these make is XML still.
BENDING: list[Mutation] = [
    rename_element, drop_element, double_element, move_element, insert_element, change_attribute, add_attribute, change_text,
]  # fmt: skip
#: Hardly anything of what these make is XML.
BREAKING: list[Mutation] = [flip_bytes, truncate, drop_tag, double_tag, swap_tags, rename_tag, insert_junk, move_piece]
#: These cost much time; they come seldom.
HEAVY: list[Mutation] = [nest, swell, prepend_doctype, encode]
