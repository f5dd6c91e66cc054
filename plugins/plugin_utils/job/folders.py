# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Folders that a job will write into."""

from __future__ import annotations

import os

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted


def absolute_path(option: str, path: str) -> str:
    """The absolute path; a relative one begins in the folder where ansible-playbook was started.

    :raises InvalidOption: it has characters that no path can have.
    """
    try:
        return os.path.realpath(os.path.expanduser(str(path)))
    except ValueError as error:
        raise InvalidOption(f"{option} must be a path (got {quoted(path)})") from error


def check_writable(option: str, folder: str) -> None:
    """Check that a folder is writable, or can be made. Nothing is made.

    :raises InvalidOption: it is not.
    """
    existing = folder
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing):
        raise InvalidOption(f"{option} must be a folder ({existing} is none)")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InvalidOption(f"{option} must be writable ({existing} is not)")


def make_folder(folder: str) -> None:
    """Make a folder where it does not exist, readable for its owner alone.

    :raises OSError: it cannot be made.
    """
    if not os.path.isdir(folder):
        parent = os.path.dirname(folder)
        if parent != folder:
            make_folder(parent)
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            # Another source of the job made it.
            if not os.path.isdir(folder):
                raise
