# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""All layouts by name. Imported by name: a module on its way to a target takes along only what it names."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts import consolidated, extras, single
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Layout

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (consolidated.LAYOUT, single.LAYOUT)}
#: The sheets that any layout can have besides its own, in the order in which they stand.
EXTRA_SHEETS: tuple[str, ...] = tuple(sheet.key for sheet in extras.EXTRAS)
