# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Options of an inventory file are templates; values read from sources never are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var

try:
    # From ansible-core 2.19 on only what is marked as trusted is a template.
    from ansible.template import trust_as_template
except ImportError:
    # Before, every text is one that is not marked as unsafe.
    trust_as_template = None

#: The last one, at the beginning of a text, changes the delimiters.
_BEGINNINGS = ("{{", "{%", "{#", "#jinja2:")


def looks_like_template(text: str) -> bool:
    """Whether any release of ansible-core might evaluate this text as a template."""
    return any(beginning in text for beginning in _BEGINNINGS)


def trusted(text: str) -> str:
    """A template that Ansible may evaluate."""
    marked: str = text if trust_as_template is None else trust_as_template(text)
    return marked


def as_data(value: Any) -> Any:
    """The same value, marked so that no part of it is evaluated as a template."""
    return _wrapped(value) if trust_as_template is None else value


def _wrapped(value: Any) -> Any:
    if isinstance(value, str):
        return wrap_var(value) if looks_like_template(value) else value
    if isinstance(value, Mapping):
        return {name: _wrapped(part) for name, part in value.items()}
    return [_wrapped(part) for part in value] if isinstance(value, list) else value


def resolver(templar: Any) -> Callable[[Any], Any]:
    """A function that evaluates the templates and decrypts the vaulted texts in an option, to plain values."""

    def resolve(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(name): resolve(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [resolve(part) for part in value]
        if templar.is_template(value):
            value = templar.template(value)
        # Vaulted texts have classes of their own, not all of which are str.
        return value if value is None or isinstance(value, (bool, int, float)) else str(value) if not isinstance(value, (list, dict)) else resolve(value)

    return resolve
