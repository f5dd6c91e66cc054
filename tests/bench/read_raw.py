# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reader: the questions and pages of a scan over a session of ours, every reply thrown away. Nothing can be faster."""

from __future__ import annotations

import re

from job import Job, told
from read_ours import connection

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

_TOKEN = re.compile(rb"<token>([^<]+)</token>")
#: The token stands before the objects of its page.
_HEAD = 4096


def fetch(job: Job) -> None:
    with Session(connection(job)) as session:
        for question in job.questions:
            with session.container_view(list(question.properties)) as view:
                reply = session.first_page(view, question.properties, question.page_size)
                while token := _TOKEN.search(reply, 0, _HEAD):
                    reply = session.next_page(token.group(1).decode())


if __name__ == "__main__":
    fetch(told())
