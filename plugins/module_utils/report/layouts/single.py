# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One source in one file, without the columns and sheets that tell several apart."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.coverage import COVERAGE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.extras import EXTRAS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.objects import (
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
    name="single",
    one_source=True,
    sheets=(
        Sheet("summary", SUMMARY, heading="estate", view=View(pages_across=1)),
        Sheet("vms_of_one", (of_one_source(ALL_VMS),), heading="source", view=View(frozen_columns=3)),
        Sheet("hosts_of_one", (of_one_source(ALL_HOSTS),), heading="source"),
        Sheet("datastores", (of_one_source(ALL_DATASTORES),), heading="source"),
        Sheet("networks", (of_one_source(ALL_NETWORKS),), heading="source"),
        *EXTRAS,
        # Nothing to say of a source that was read whole.
        Sheet("coverage", COVERAGE, heading="coverage", view=View(pages_across=1), if_incomplete=True),
    ),
)
