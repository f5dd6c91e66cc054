# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the workbook of scans as the module does. usage: write_ours.py JOB"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.load_scans import open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import write_workbook


def main(job: dict) -> None:
    data = ReportData(open_scans(job["scans"], print), LAYOUTS["consolidated"].with_extra(()))
    written = write_workbook(build_report(data), LANGUAGES["en"], os.path.dirname(job["dest"]))
    os.replace(written.path, job["dest"])


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
