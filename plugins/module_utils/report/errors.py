# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Errors of the report package."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class ReportError(EstateError):
    """A workbook cannot be made. The message is one line that says why and what to do."""

    kind = "report"
    #: It holds what the user wrote, and may list several.
    limit = 4000
