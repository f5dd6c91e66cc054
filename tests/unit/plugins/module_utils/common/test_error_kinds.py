# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ansible_collections.estate.vmware.plugins.module_utils.common.error_kinds import ERROR_KINDS
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError

COLLECTION = "ansible_collections.estate.vmware.plugins"
PLUGINS = Path(__file__).parents[5] / "plugins"
#: Bases that are never raised themselves.
BASES = {EstateError, VsphereError}


def subclasses(kind):
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_each_kind_of_error_has_its_cause_and_cure():
    for folder in ("module_utils", "plugin_utils"):
        for path in (PLUGINS / folder).rglob("*.py"):
            import_module(".".join((COLLECTION, *path.relative_to(PLUGINS).with_suffix("").parts)).removesuffix(".__init__"))
    errors = {error for error in subclasses(EstateError) if error.__module__.startswith(COLLECTION)} - BASES
    assert {error.kind for error in errors} == ERROR_KINDS.keys()


def test_causes_and_cures_are_sentences():
    for kind, texts in ERROR_KINDS.items():
        for text in texts:
            assert text.endswith(".") and text[0].isupper() and text.isprintable(), kind
