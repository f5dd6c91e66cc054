# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The options that all modules which change VMs have. Their description is plugins/doc_fragments/changes.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import Spec, ansible_options
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, IDENTITY_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS

CONTINUE, STOP = "continue", "stop"
#: Least and greatest values of options.
BOUNDS: dict[str, tuple[int, int | None]] = {"concurrency": (1, 1000), "at_most": (0, None)}
CHANGE_OPTIONS: dict[str, dict[str, Any]] = {
    "common": {"type": "dict", "default": {}},
    "on_error": {"type": "str", "choices": [CONTINUE, STOP], "default": CONTINUE},
    "concurrency": {"type": "int", "default": 16},
    "wait": {"type": "bool", "default": True},
    "protected": {"type": "list", "elements": "dict", "default": []},
    "protected_servers": {"type": "list", "elements": "str", "default": []},
    "at_most": {"type": "int"},
    "journal": {"type": "path"},
    "dest": {"type": "path"},
    "progress": {"type": "bool", "default": True},
    "progress_pipe": {"type": "path"},
    "results_path": {"type": "path"},
}


def item_spec(options: Mapping[str, Spec], with_filters: bool, **rules: Any) -> dict[str, Any]:
    """The spec of an item that names VMs which exist, see option_specs.py. Which of its names are given, identity.py checks.

    :param options: what else it has. :param with_filters: whether filters may name VMs. :param rules: between options, such as mutually_exclusive.
    """
    named = {name: spec for name, spec in IDENTITY_OPTIONS.items() if with_filters or name != FILTERS}
    return {"options": {**named, **options}, **rules}


def argument_spec(item: Spec, **options: dict[str, Any]) -> dict[str, Any]:
    """The argument spec of a module.

    :param item: the spec of an item of ``vms``. :param options: what else the module has.
    """
    vms = {"type": "list", "elements": "dict", "required": True, "options": ansible_options(item["options"])}
    return {**CONNECTION_OPTIONS, "vms": vms, **CHANGE_OPTIONS, **options}
