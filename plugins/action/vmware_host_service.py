# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name, and shows its progress meanwhile."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.plugin_utils.job.followed_module import JournaledModule


class ActionModule(JournaledModule):
    """All of it is in the base class."""
