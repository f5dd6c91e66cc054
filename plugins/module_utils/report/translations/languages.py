# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""All languages by code. Imported by name: Ansible sends a module only with files that it imports."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.translations import en, es, fr, zh
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

#: Every language has the same keys.
LANGUAGES: dict[str, Translations] = {
    "en": Translations(en.TEXTS),
    "es": Translations(es.TEXTS),
    "fr": Translations(fr.TEXTS),
    "zh": Translations(zh.TEXTS),
}
