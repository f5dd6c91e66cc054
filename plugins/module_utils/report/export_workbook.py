# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Export scans to a workbook: what the module vmware_inventory_export does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import SOURCE, Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import BadScanFile
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import checksum
from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.build_result import export_result
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import Destination, standard_name
from ansible_collections.estate.vmware.plugins.module_utils.report.duplicate_sources import without_duplicates
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.load_scans import filtered_scans, open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import WrittenWorkbook, write_workbook


def export_workbook(module: AnsibleModule) -> dict[str, Any]:
    """Write the workbook that the options of the module name; what the module returns.

    A scan file that turns out to be damaged only when its rows are read counts as a source that could not be read: the export begins anew.

    :raises EstateError: an option, a scan or the destination cannot be used; an older workbook stays as it is.
    """
    # For the temporary file and a new workbook; the option mode has the last word.
    os.umask(0o077)
    known_bad: dict[str, BadScanFile] = {}
    while True:
        try:
            return _export(module, known_bad)
        except BadScanFile as error:
            if error.path in known_bad:
                raise
            known_bad[error.path] = error


def _export(module: AnsibleModule, known_bad: Mapping[str, BadScanFile]) -> dict[str, Any]:
    translations = LANGUAGES[module.params["language"]]
    data = _report_data(module, known_bad)
    destination = Destination.of(module.params["dest"], standard_name(data, translations))
    written = write_workbook(build_report(data), translations, module.tmpdir if module.check_mode else destination.folder)
    try:
        return _replace(module, data, written, destination)
    finally:
        written.part.discard()


def _report_data(module: AnsibleModule, known_bad: Mapping[str, BadScanFile]) -> ReportData:
    """The scans that the options name, one a source, filtered and redacted."""
    options = module.params
    filters = row_filters(options["include_filters"], options["exclude_filters"])
    pseudonyms = Pseudonyms(options["redact_key"]) if options["redact"] else None
    layout = LAYOUTS[options["layout"]].with_extra(options["extra_sheets"])
    scans = open_scans(options["scans"], module.warn, options["stale_rows"], known_bad)
    scans = without_duplicates(scans, options["duplicate_sources"], module.warn)
    scans = filtered_scans(scans, filters, pseudonyms, module.warn)
    missing = [(pseudonyms.of(SOURCE, name) or "") if pseudonyms else name for name in options["missing_sources"]]
    return ReportData(scans, layout if options["charts"] else layout.without_charts(), missing)


def _replace(module: AnsibleModule, data: ReportData, written: WrittenWorkbook, destination: Destination) -> dict[str, Any]:
    """Put a written workbook in place of an older one, if it differs and check mode is off."""
    options = module.params
    destination = destination.beside_others(checksum(written.path))
    result = export_result(data, written, destination, options["replace_when_all_failed"])
    if result["kept"]:
        module.warn(f"no source could be read: {destination.path} stays as it is; set replace_when_all_failed to replace it")
    difference = [destination.difference(written.path)] if module._diff and not result["kept"] else []
    if result["changed"] and not module.check_mode:
        backup = module.backup_local(destination.path) if options["backup"] else ""
        destination = destination.put(written.path, lambda source, target: module.atomic_move(source, target, unsafe_writes=options["unsafe_writes"]))
        result.update({"dest": destination.path, **({"backup_file": backup} if backup else {})})
    if os.path.exists(destination.path):
        attributes: dict[str, Any] = {}
        arguments = module.load_file_common_arguments(options, path=destination.path)
        result["changed"] = module.set_fs_attributes_if_different(arguments, result["changed"], diff=attributes)
        difference += [attributes] if attributes and difference else []
    return {**result, "diff": difference} if difference else result
