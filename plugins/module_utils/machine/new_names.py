# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names that are given to VMs, folders and snapshots. What has an odd name already can be named all the same."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

#: Characters that vSphere allows.
LONGEST_NAME = 80


def problem_of_name(option: str, name: str) -> str:
    """What speaks against a name, in a line that names its option; empty for nothing."""
    if not 0 < len(name) <= LONGEST_NAME:
        return f"{option} must have 1 to {LONGEST_NAME} characters (got {len(name)})"
    if name != name.strip() or not name.isprintable():
        return f"{option} must have no line breaks, control characters, or blanks at its ends (got {quoted(name)})"
    return ""
