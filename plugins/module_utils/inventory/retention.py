# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Earlier scans of a source, kept beside its latest one: those of ``scans/east.sqlite`` are ``scans/earlier/east/20261120T065900Z.sqlite``, …"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, SUFFIX, ScanFileError, ScanHead

_FOLDER = "earlier"
_NAME = re.compile(r"\d{8}T\d{6}Z" + re.escape(SUFFIX))


@contextmanager
def keeping(path: str, number: int) -> Iterator[None]:
    """Keep the scan that is there while a new one is made, and so many earlier ones in all once it is. Scans that failed are not kept.

    What is removed then are scans of this source alone.

    :param number: at least 1.
    :raises ScanFileError: the scan cannot be kept.
    """
    folder = os.path.join(os.path.dirname(path), _FOLDER, os.path.basename(path).removesuffix(SUFFIX))
    before = _head(path)
    # A time and nothing else: it was looked at when the scan was opened.
    if before and before.started and before.status != FAILED:
        aside = os.path.join(folder, re.sub("[-:]", "", before.started) + SUFFIX)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not os.path.exists(aside):
                _give_second_name(path, aside)
        except OSError as error:
            raise ScanFileError(f"{path} cannot be kept as {aside}: {error.strerror}; give a folder that is writable, or set keep to 0") from error
    yield
    if latest := _head(path):
        # What cannot be removed now can be the next time.
        with suppress(OSError):
            _prune(folder, latest, number)


def _give_second_name(path: str, aside: str) -> None:
    try:
        os.link(path, aside)
        return
    except FileExistsError:
        return
    except OSError:
        # Not every share knows links.
        part = PartFile(os.path.dirname(aside))
    try:
        shutil.copy2(path, part.path)
        os.replace(part.path, aside)
    finally:
        part.discard()


def _prune(folder: str, latest: ScanHead, number: int) -> None:
    names = sorted(filter(_NAME.fullmatch, os.listdir(folder)), reverse=True)
    heads = {path: _head(path) for path in (os.path.join(folder, name) for name in names)}
    own = {path: head for path, head in heads.items() if head and head.source == latest.source}
    # Where nothing new was read, the latest is still what was set aside.
    good = [path for path, head in own.items() if head.status != FAILED and head.started != latest.started]
    for path in own.keys() - set(good[:number]):
        os.unlink(path)


def _head(path: str) -> ScanHead | None:
    """What a file says of itself; None where it is no scan."""
    try:
        with closing(Scan.open(path)) as scan:
            return scan.head
    except ScanFileError:
        return None
