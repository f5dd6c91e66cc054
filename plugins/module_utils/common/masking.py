# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What Ansible masks in the result of a module."""

from __future__ import annotations

from typing import Any


def contains_secret(value: Any, secret: str) -> bool:
    """Whether some release of Ansible would mask a secret in a value: it searches values at any depth, but no keys; up to 2.16 also booleans and nulls."""
    if isinstance(value, dict):
        return any(contains_secret(item, secret) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains_secret(item, secret) for item in value)
    return secret in str(value)
