# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make docs: writes the settings of VMs from their tables into the DOCUMENTATION of the module vmware_vm, between two comments."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import ansible_options
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import LINUX_OPTIONS, WINDOWS_OPTIONS, customization_argument_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import DEVICE_LISTS, VALUE_OPTIONS, settings_argument_spec

_ROOT = Path(__file__).resolve().parents[2]
#: The lines of a module around what is written here, at the depth of an item's options.
_BEGIN, _END = "# begin: settings, written by make docs\n", "# end: settings\n"
#: What no table describes: mappings and lists around options.
_AROUND = {
    "cpu": "CPUs.",
    "memory": "Memory. Sizes have a unit, such as V(8GiB) or V(512MB).",
    "hardware": "Virtual hardware and firmware.",
    "hardware.boot": "How it boots.",
    "controllers": "Controllers of a certain type. Others are made where disks and drives need them, SCSI controllers as V(pvscsi).",
    "disks": "Disks, each known by its place.",
    "cdroms": "CD-ROM drives, each known by its place.",
    "networks": "Network adapters. Those with the MAC address of an existing one are that one, the others are taken in order.",
    "extra_config": "Keys and values of the VMX file. A key without a value is removed.",
    "properties": "Values of vApp properties, by C(id) or C(class.id.instance).",
    "customization": "What is set in the guest when the VM is made. Addresses are those of O(vms[].networks).",
    "customization.linux": "Of a Linux guest.",
    "customization.windows": "Of a Windows guest.",
    "customization.spec": "Name of a specification that vCenter has.",
}


def documents() -> list[tuple[Path, str]]:
    """Each module that has these options, with the text that it must have."""
    return [(path, _with_options(path)) for path in sorted((_ROOT / "plugins" / "modules").glob("*.py")) if _BEGIN in path.read_text(encoding="utf-8")]


def suboptions() -> dict[str, Any]:
    """The options of an item, as DOCUMENTATION describes them."""
    described = {**_AROUND, **_descriptions("", VALUE_OPTIONS)}
    for name, options in (*DEVICE_LISTS.items(), ("customization.linux", LINUX_OPTIONS), ("customization.windows", WINDOWS_OPTIONS)):
        described |= _descriptions(f"{name}.", options)
    return _documented(ansible_options({**settings_argument_spec(), **customization_argument_spec()}), described, "")


def _descriptions(before: str, options: Iterable[Option]) -> dict[str, str]:
    return {before + option.name: f"{option.description}." for option in options}


def _documented(spec: Mapping[str, Mapping[str, Any]], described: Mapping[str, str], before: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, option in spec.items():
        found[name] = {"description": described[before + name], **{key: value for key, value in option.items() if key not in ("options", "no_log")}}
        if "options" in option:
            found[name]["suboptions"] = _documented(option["options"], described, f"{before}{name}.")
    return found


def _with_options(path: Path) -> str:
    before, begin, rest = path.read_text(encoding="utf-8").partition(_BEGIN)
    indent = before.rpartition("\n")[2]
    text = yaml.safe_dump(suboptions(), sort_keys=False, width=150 - len(indent), allow_unicode=True)
    return before + begin + textwrap.indent(text, indent) + indent + _END + rest.partition(_END)[2]


if __name__ == "__main__":
    for path, text in documents():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(_ROOT)}", file=sys.stderr)
