# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find out what a scan asks for: run one, and listen.

The other readers ask just that, whatever becomes of the catalog and of the collector.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from job import told
from listening import listen
from read_ours import scan

if __name__ == "__main__":
    questions = listen()
    scan(told())
    print(json.dumps([asdict(question) for question in questions]))
