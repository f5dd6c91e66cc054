# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""All languages by code. Imported by name: a module on its way to a target takes along only what it names."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.translations import en, es, fr, zh

#: Language to label key to text. Every language has the same keys.
LANGUAGES: dict[str, dict[str, str]] = {"en": en.LABELS, "es": es.LABELS, "fr": fr.LABELS, "zh": zh.LABELS}
