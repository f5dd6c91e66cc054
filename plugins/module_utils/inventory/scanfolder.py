# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where the scans of a source lie: the latest that did not fail, say ``scans/east.sqlite``, and ``scans/failed/east.sqlite`` where one has failed since."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import quote, unquote

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, SUFFIX, ScanFileError

_FAILED = "failed"


def scan_path(dest: str, source: str) -> str:
    """Where the scan of a source goes: ``dest`` itself, or a file named after the source where that is a folder.

    :raises ScanFileError: a device, a pipe or a folder is there, which a scan must not replace.
    """
    path = os.path.abspath(dest)
    if os.path.isdir(path):
        name = quote(source, safe=" @()")
        path = os.path.join(path, ("%2E" + name[1:] if name.startswith(".") else name) + SUFFIX)
    if os.path.exists(path) and not os.path.isfile(path):
        raise ScanFileError(f"dest must be a folder or a file ({path} is neither): give another one")
    return path


def source_of(path: str) -> str:
    """The source whose scan would lie there."""
    return unquote(os.path.basename(path).removesuffix(SUFFIX))


def failed_path(path: str) -> str:
    """Where a scan goes that failed, so that the last good one of ``path`` stays."""
    return path if path == IN_MEMORY else os.path.join(os.path.dirname(path), _FAILED, os.path.basename(path))


def good_path(path: str) -> str | None:
    """The last good scan that :func:`failed_path` of it stands beside; None where there is none."""
    folder, name = os.path.split(path)
    good = os.path.join(os.path.dirname(folder), name)
    return good if os.path.basename(folder) == _FAILED and os.path.isfile(good) else None


def make_failed_folder(path: str) -> None:
    """Make the folder of :func:`failed_path`. Where that is not possible the file cannot be written either, and that says why."""
    with suppress(OSError):
        os.mkdir(os.path.dirname(failed_path(path)), mode=0o700)


def forget_failure(path: str) -> None:
    """Remove the failure beside a scan that did not fail. One that stays is older than the scan and counts no more."""
    if path != IN_MEMORY:
        with suppress(OSError):
            os.unlink(failed_path(path))


def find_scans(paths: Iterable[str]) -> list[str]:
    """The scan files that files and folders name, each once: those of a folder sorted by name, and the failures beside all of them.

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
            raise ScanFileError(f"{path} does not exist: give the scan files that a scan wrote, or their folder")
        found += there
    return list(dict.fromkeys(os.path.abspath(path) for path in found))


def _scans_in(folder: str) -> list[str]:
    names = sorted(name.removesuffix(SUFFIX) for name in os.listdir(folder) if name.endswith(SUFFIX) and not name.startswith("."))
    return [os.path.join(folder, name + SUFFIX) for name in names]
