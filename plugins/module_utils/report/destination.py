# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The file of a workbook: its name, and how it is replaced."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import checksum
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook_diff import workbook_text

SUFFIX = ".xlsx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def standard_name(data: ReportData, translations: Translations) -> str:
    """The standard name of a workbook: how many sources, and when the latest scan was finished."""
    sources = len(data.scans)
    stem = translations["file.one"] if sources == 1 else translations["file.many"].format(count=sources)
    digits = re.sub(r"\D", "", data.finished)
    return "_".join(part for part in (stem, digits[:8], digits[8:12]) if part) + SUFFIX


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
    def of(cls, dest: str, standard_name: str) -> Destination:
        """The place that an option names: a file, or a folder to which the standard name is added.

        :raises ReportError: the folder does not exist or cannot be written, or the name is not that of a workbook.
        """
        given, dest = dest, os.path.abspath(dest)
        if os.path.isdir(dest):
            place = cls(os.path.join(dest, standard_name), is_standard=True)
        elif given.endswith("/") or not dest.lower().endswith(SUFFIX):
            raise ReportError(f"dest must end in {SUFFIX} or be an existing folder (got {dest})")
        else:
            place = cls(dest)
        if not os.path.isdir(place.folder):
            raise ReportError(f"dest {dest}: the folder {place.folder} does not exist: create it")
        if not os.access(place.folder, os.W_OK | os.X_OK):
            raise ReportError(f"dest {dest}: the folder {place.folder} is not writable: change its mode or choose another one")
        if os.path.exists(place.path) and not os.path.isfile(place.path):
            raise ReportError(f"dest {dest}: {place.path} is not a regular file: name another one")
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
            raise ReportError(f"dest {self.path} cannot be read: {error.strerror}; change its mode or remove it") from error

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
        before, after = workbook_text(self.path, self.checksum()), workbook_text(path, checksum(path))
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
            raise ReportError(f"dest {self.path} cannot be replaced: {error}; close it or choose another name") from error
        return self
