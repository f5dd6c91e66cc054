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

LAYOUT = Layout(
    name="consolidated",
    sheets=(
        Sheet("summary", SUMMARY, heading="estate", across=1),
        Sheet("source", tuple(of_one_source(block) for block in ALL), heading="source", frozen=3, each_source=True),
        Sheet("vms", (ALL_VMS,), frozen=5, repeated="hostname"),
        Sheet("hosts", (ALL_HOSTS,), frozen=3, repeated="name"),
        Sheet("datastores", (ALL_DATASTORES,), frozen=3, repeated="datastore"),
        Sheet("networks", (ALL_NETWORKS,), frozen=3, repeated="network"),
        *EXTRAS,
        Sheet("coverage", COVERAGE, heading="coverage", across=1),
    ),
)
