# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Earlier scans of a source, kept beside its latest one: ``scans/earlier/east/20261120T065900Z.sqlite`` for ``scans/east.sqlite``."""

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
def keep_earlier_scans(path: str, number: int) -> Iterator[None]:
    """Keep the present scan while the block writes a new one, then remove all but the newest earlier ones. Failed scans are not kept.

    Only scans of the same source are removed.

    :param number: earlier scans to keep, 1 or more.
    :raises ScanFileError: the present scan cannot be kept.
    """
    folder = os.path.join(os.path.dirname(path), _FOLDER, os.path.basename(path).removesuffix(SUFFIX))
    before = _head(path)
    # Scan.open has checked that it is a time, so it is safe in a file name.
    if before and before.started and before.status != FAILED:
        aside = os.path.join(folder, re.sub("[-:]", "", before.started) + SUFFIX)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not os.path.exists(aside):
                _give_second_name(path, aside)
        except OSError as error:
            raise ScanFileError(f"cannot keep {path} as {aside}: {error.strerror}; make the folder writable, or set keep to 0") from error
    yield
    if latest := _head(path):
        # Tried again after the next scan.
        with suppress(OSError):
            _prune(folder, latest, number)


def _give_second_name(path: str, aside: str) -> None:
    try:
        os.link(path, aside)
        return
    except FileExistsError:
        return
    except OSError:
        # Some file systems have no hard links.
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
    # If the new scan failed, the latest good one is also among the earlier ones.
    good = [path for path, head in own.items() if head.status != FAILED and head.started != latest.started]
    for path in own.keys() - set(good[:number]):
        os.unlink(path)


def _head(path: str) -> ScanHead | None:
    """The head of a scan file; None where it is not a scan file."""
    try:
        with closing(Scan.open(path)) as scan:
            return scan.head
    except ScanFileError:
        return None
