# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The jobs that change VMs, by name."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import ChangeJob
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.prune import Prune
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.vms import Vms

JOBS: dict[str, type[ChangeJob]] = {"prune": Prune, "vms": Vms}
