# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Folders that a job will write into."""

from __future__ import annotations

import os

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted


def absolute(option: str, path: str) -> str:
    """A path as it is from anywhere; a relative one begins where ansible-playbook was started.

    :raises InvalidOption: it holds what no path can.
    """
    try:
        return os.path.realpath(os.path.expanduser(str(path)))
    except ValueError as error:
        raise InvalidOption(f"{option} must be a path (got {quoted(path)})") from error


def check_writable(option: str, folder: str) -> None:
    """See that a folder can be written, or made where it is not there.

    :raises InvalidOption: it cannot. Nothing was made.
    """
    there = folder
    while not os.path.lexists(there):
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        raise InvalidOption(f"{option} must be a folder: {there} is none")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InvalidOption(f"{option} must be a folder that can be written: {there} cannot")


def make(folder: str) -> None:
    """Make a folder that is not there, for its owner alone.

    :raises OSError: it cannot be made.
    """
    if not os.path.isdir(folder):
        parent = os.path.dirname(folder)
        if parent != folder:
            make(parent)
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            # Another source of the job was faster.
            if not os.path.isdir(folder):
                raise
