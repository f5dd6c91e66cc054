# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where Jinja begins and where it must not: options of an inventory file are templates, what guests say never is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

try:
    # Nothing is a template here that is not marked as trusted.
    from ansible.template import trust_as_template

    _inert = None
except ImportError:
    # Everything is, up to ansible-core 2.18.
    from ansible.utils.unsafe_proxy import wrap_var as _inert

    trust_as_template = None

#: The last one at the beginning of a text says by what others templates begin in it.
_BEGINNINGS = ("{{", "{%", "{#", "#jinja2:")


def may_be_template(text: str) -> bool:
    """Whether any release of Ansible could take a text for a template."""
    return any(beginning in text for beginning in _BEGINNINGS)


def trusted(text: str) -> str:
    """A template of our own."""
    return text if trust_as_template is None else trust_as_template(text)


def as_data(value: Any) -> Any:
    """A value of which no part is ever taken for a template."""
    return value if _inert is None else _wrapped(value)


def _wrapped(value: Any) -> Any:
    if isinstance(value, str):
        return _inert(value) if may_be_template(value) else value
    if isinstance(value, Mapping):
        return {name: _wrapped(part) for name, part in value.items()}
    return [_wrapped(part) for part in value] if isinstance(value, list) else value


def resolver(templar: Any) -> Callable[[Any], Any]:
    """A function that makes of an option what its templates and vaults stand for, as plain values."""

    def resolve(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(name): resolve(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [resolve(part) for part in value]
        if templar.is_template(value):
            value = templar.template(value)
        # Vaulted text is of classes of its own, some of which are no str.
        return value if value is None or isinstance(value, (bool, int, float)) else str(value) if not isinstance(value, (list, dict)) else resolve(value)

    return resolve
