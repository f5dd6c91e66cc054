# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What is delivered."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: The media type of a workbook.
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Payload:
    """A workbook, and what can be told of it.

    :ivar path: where the file is, empty when only the report goes.
    :ivar report: ``sources``, ``totals`` and ``left_out`` as vmware_inventory_export returns them, any of them or none.
    :ivar labels: label key to text, in the language of the report.
    """

    path: str
    report: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the file."""
        return os.path.basename(self.path)

    def placed(self, where: str) -> str:
        """A place with the name of the file added where it is a folder: empty, or with a slash at its end."""
        return where + self.name if not where or where.endswith("/") else where
