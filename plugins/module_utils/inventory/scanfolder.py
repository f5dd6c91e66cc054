# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Paths of the scans of a source: ``scans/east.sqlite`` for the latest good one, ``scans/failed/east.sqlite`` if a later one failed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote, unquote

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, SUFFIX, ScanFileError

_FAILED = "failed"


def scan_path(dest: str, source: str) -> str:
    """The scan file of a source: ``dest`` itself, or a file named after the source if ``dest`` is a folder.

    :raises ScanFileError: the path is a device, a pipe or a folder.
    """
    path = os.path.abspath(dest)
    if os.path.isdir(path):
        name = quote(source, safe=" @()")
        path = os.path.join(path, ("%2E" + name[1:] if name.startswith(".") else name) + SUFFIX)
    if os.path.exists(path) and not os.path.isfile(path):
        raise ScanFileError(f"dest must be a folder or a file ({path} is neither): give another one")
    return path


def source_of(path: str) -> str:
    """The source that :func:`scan_path` gives this file name."""
    return unquote(os.path.basename(path).removesuffix(SUFFIX))


def failed_path(path: str) -> str:
    """The path for a failed scan, so that the last good one at ``path`` stays."""
    return path if path == IN_MEMORY else os.path.join(os.path.dirname(path), _FAILED, os.path.basename(path))


def good_path(path: str) -> str | None:
    """The last good scan beside a failed one, the reverse of :func:`failed_path`; None if it does not exist."""
    folder, name = os.path.split(path)
    good = os.path.join(os.path.dirname(folder), name)
    return good if os.path.basename(folder) == _FAILED and os.path.isfile(good) else None


def make_failed_folder(path: str) -> None:
    """Make the folder of :func:`failed_path`. If that fails, writing the file fails too, and reports the reason."""
    with suppress(OSError):
        os.mkdir(os.path.dirname(failed_path(path)), mode=0o700)


def forget_failure(path: str) -> None:
    """Remove the failed scan beside a new good one. If it stays, it is ignored, being older."""
    if path != IN_MEMORY:
        with suppress(OSError):
            os.unlink(failed_path(path))


def find_scans(paths: Iterable[str]) -> list[str]:
    """The scan files in these files and folders, each once: in a folder sorted by name, with the failed scans beside them.

    :raises ScanFileError: a path does not exist.
    """
    found: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            found += _scans_in(path)
            failed = os.path.join(path, _FAILED)
            found += _scans_in(failed) if os.path.isdir(failed) else []
            continue
        there = [one for one in (path, failed_path(path)) if os.path.isfile(one)]
        if not there:
            raise ScanFileError(f"{path} does not exist: give scan files, or a folder of them")
        found += there
    return list(dict.fromkeys(os.path.abspath(path) for path in found))


def _scans_in(folder: str) -> list[str]:
    names = sorted(name.removesuffix(SUFFIX) for name in os.listdir(folder) if name.endswith(SUFFIX) and not name.startswith("."))
    return [os.path.join(folder, name + SUFFIX) for name in names]
