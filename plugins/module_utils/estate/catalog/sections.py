# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All sections of an inventory, in the order in which people expect them."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.datastores import DATASTORES
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.hosts import HOSTS
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.networks import NETWORKS
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.vms import VMS

SECTIONS = {section.key: section for section in (VMS, HOSTS, DATASTORES, NETWORKS)}
