# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every reply, however broken: the decoder returns a value of the requested shape, or raises one of its own errors."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import OR_TEXT, TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, SoapFault, decode_page, decode_service_content, decode_value
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError


class InvariantBroken(AssertionError):
    """The decoder returned a value that it must not return."""


def conforms(value: Any, shape: Any) -> bool:
    """Whether a value is what decoding with this shape may give."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(conforms(item, shape[0]) for item in value)
    if isinstance(shape, dict):
        if isinstance(value, str):
            return OR_TEXT in shape
        return isinstance(value, dict) and all(conforms(part, str if name == TYPE else shape[name]) for name, part in value.items())
    return value.__class__ is (str if shape is short_text else shape) and (shape is not MoRef or all(value))


def is_plain(value: Any) -> bool:
    """Whether a value is what decoding without a shape may give."""
    if isinstance(value, dict):
        return _all_text(value) and all(map(is_plain, value.values()))
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, int):
        return -(1 << 63) <= value < 1 << 63
    return value is None or isinstance(value, (str, float)) or (isinstance(value, MoRef) and _all_text(value))


def check(data: bytes, shapes: Shapes) -> str:
    """Decode a reply in every way; the outcome of decoding it as a page: page, fault or error.

    :raises InvariantBroken: a value is not of its shape. Any other exception is one that the decoder must not raise.
    """
    for decode in (decode_value, decode_service_content):
        with suppress(DecodeError, SoapFault):
            _must_hold(is_plain(decode(data)), decode.__name__)
    try:
        page = decode_page(data, shapes)
    except DecodeError:
        return "error"
    except SoapFault as error:
        _must_hold(_is_fault(error.fault), "fault")
        return "fault"
    _must_hold(_all_text([page.token]), "token")
    for ref, properties, missing in page.objects:
        _must_hold(isinstance(ref, MoRef) and _all_text(ref), "reference")
        for path, fault in missing.items():
            _must_hold(_all_text([path]) and _is_fault(fault), "missing")
        shaped = shapes.get(ref.type, {})
        for path, value in properties.items():
            _must_hold(conforms(value, shaped[path]) if path in shaped else is_plain(value), path)
    return "page"


def _is_fault(fault: Fault) -> bool:
    return _all_text((fault.type, fault.message, fault.subject)) and is_plain(fault.parts)


def _all_text(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _must_hold(holds: bool, what: str) -> None:
    if not holds:
        raise InvariantBroken(what)
