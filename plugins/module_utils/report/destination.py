# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where a workbook goes, whether it is new there, and what is reported of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, PARTIAL, ScanHead, checksum
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage_tables import left_out
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import told
from ansible_collections.estate.vmware.plugins.module_utils.report.summary_tables import source_numbers, totals
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import file_name
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import Written
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook_diff import outline

SUFFIX = ".xlsx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OF_A_SOURCE = ("vms", "hosts", "datastores", "networks")
_OF_ALL = ("sources", OK, PARTIAL, FAILED, "vms", "templates", "hosts", "datastores", "networks")


@dataclass(frozen=True)
class Destination:
    """The place of a workbook: a path, in a folder that exists and can be written.

    :ivar is_standard: the name is the standard one. A different workbook of that name is another job's, and stays.
    """

    path: str
    is_standard: bool = False

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return os.path.dirname(self.path)

    @classmethod
    def of(cls, dest: str, scans: Sequence[Scan], labels: Mapping[str, str]) -> Destination:
        """The place that an option names: a file, or a folder to which the standard name is added.

        :raises ReportError: the folder does not exist or cannot be written, or the name is no workbook's.
        """
        given, dest = dest, os.path.abspath(dest)
        if os.path.isdir(dest):
            place = cls(os.path.join(dest, file_name(scans, labels)), is_standard=True)
        elif given.endswith("/") or not dest.lower().endswith(SUFFIX):
            raise ReportError(f"dest {dest} is no existing folder and does not end in {SUFFIX}: make the folder first, or name a file that does")
        else:
            place = cls(dest)
        if not os.path.isdir(place.folder):
            raise ReportError(f"dest {dest}: the folder {place.folder} does not exist; make it first")
        if not os.access(place.folder, os.W_OK | os.X_OK):
            raise ReportError(f"dest {dest}: the folder {place.folder} cannot be written; choose another one or change its mode")
        if os.path.exists(place.path) and not os.path.isfile(place.path):
            raise ReportError(f"dest {dest}: {place.path} is no file; name one")
        return place

    def checksum(self) -> str:
        """SHA-256 of what is there, empty for nothing.

        :raises ReportError: it cannot be read.
        """
        try:
            return checksum(self.path)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise ReportError(f"dest {self.path} cannot be read to compare it: {error.strerror}; remove it or change its mode") from error

    def beside_others(self, digest: str) -> Destination:
        """The place for a workbook with this SHA-256: with a standard name the first of ``name.xlsx``, ``name-2.xlsx``, … that is free or has it already.

        :raises ReportError: a file of such a name cannot be read.
        """
        if not self.is_standard:
            return self
        stem = self.path.removesuffix(SUFFIX)
        places = (replace(self, path=f"{stem}-{number}{SUFFIX}" if number > 1 else self.path) for number in count(1))
        return next(place for place in places if place.checksum() in ("", digest))

    def difference(self, path: str) -> dict[str, str]:
        """What replacing it with another file changes, as Ansible shows it with ``--diff``.

        :raises ReportError: what is there cannot be read.
        """
        before, after = outline(self.path, self.checksum()), outline(path, checksum(path))
        return {"before_header": self.path, "before": before, "after_header": self.path, "after": after}

    def put(self, path: str, move: Callable[[str, str], None]) -> Destination:
        """Put a finished file there.

        :param move: AnsibleModule.atomic_move.
        :returns: the place that it has got. It is another one where a job beside this one has just taken the standard name.
        :raises ReportError: it cannot be moved; what was there stays.
        """
        if self.is_standard:
            try:
                # Unlike a move, a link never replaces what is there.
                os.link(path, self.path)
                return self
            except FileExistsError:
                other = self.beside_others(checksum(path))
                return self if other == self else other.put(path, move)
            except OSError:
                # Not every file system knows links.
                pass
        try:
            move(path, self.path)
        except Exception as error:  # atomic_move raises no narrower one
            raise ReportError(f"dest {self.path} cannot be replaced: {error}; close it where it is open, or choose another name") from error
        return self


def result(scans: Sequence[Scan], heads: Sequence[ScanHead], written: Written, dest: Destination, replace_when_all_failed: bool) -> dict[str, Any]:
    """What the module returns, before anything was moved: ``changed`` says whether it must be.

    :param scans: as the workbook shows them. :param heads: theirs, with their true names.
    :param replace_when_all_failed: whether an older workbook gives way to one that has nothing but errors.
    """
    digest, older = checksum(written.path), dest.checksum()
    total = totals(scans)
    kept = older not in ("", digest) and total[FAILED] == total["sources"] and not replace_when_all_failed
    return {
        "changed": digest != older and not kept,
        "dest": dest.path,
        "kept": kept,
        "sheets": [{"name": name, "rows": rows} for name, rows in written.sheets],
        "sources": [_source(scan, head) for scan, head in sorted(zip(scans, heads), key=lambda pair: pair[1].source)],
        "totals": {key: total[key] for key in _OF_ALL},
        "left_out": left_out(scans),
        "checksum": digest,
        "size": os.path.getsize(written.path),
    }


def _source(scan: Scan, head: ScanHead) -> dict[str, Any]:
    numbers = source_numbers(scan)
    return {
        "source": head.source,
        "shown_as": scan.head.source,
        "address": head.address,
        "status": told(head.status),
        **{key: numbers[key] for key in _OF_A_SOURCE},
        "error": head.error,
        "last_read": scan.standing.last_read,
        "duplicate_of": scan.standing.duplicate_of,
    }
