# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The consolidated workbook: every source in one file."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.coverage import COVERAGE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.extras import EXTRAS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.objects import (
    ALL,
    ALL_DATASTORES,
    ALL_HOSTS,
    ALL_NETWORKS,
    ALL_VMS,
    of_one_source,
)
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Layout, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.summary import SUMMARY
from ansible_collections.estate.vmware.plugins.module_utils.report.model import View

LAYOUT = Layout(
    name="consolidated",
    sheets=(
        Sheet("summary", SUMMARY, heading="estate", view=View(pages_across=1)),
        Sheet("source", tuple(of_one_source(block) for block in ALL), heading="source", view=View(frozen_columns=3), each_source=True),
        Sheet("vms", (ALL_VMS,), view=View(frozen_columns=5, repeated_column="hostname")),
        Sheet("hosts", (ALL_HOSTS,), view=View(frozen_columns=3, repeated_column="name")),
        Sheet("datastores", (ALL_DATASTORES,), view=View(frozen_columns=3, repeated_column="datastore")),
        Sheet("networks", (ALL_NETWORKS,), view=View(frozen_columns=3, repeated_column="network")),
        *EXTRAS,
        Sheet("coverage", COVERAGE, heading="coverage", view=View(pages_across=1)),
    ),
)
