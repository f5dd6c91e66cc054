# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""VMs read live into a scan in memory: rows of just the fields that are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from ansible_collections.estate.vmware.plugins.module_utils.inventory.collector import collect
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import tags_in
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, OK, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session


@contextmanager
def live_scan(session: Session, connection: Connection, request: ScanRequest) -> Iterator[Scan]:
    """A scan that exists while the block runs.

    :param connection: of the session.
    :raises VsphereError: it cannot be read.
    """
    with ScanWriter(IN_MEMORY, connection.mask_secrets) as writer:
        with ExitStack() as tag_session:
            collect(session, request, writer, tags_in(connection, session, tag_session) if request.with_tags else None)
        writer.finish(ScanHead(connection.host, connection.address, status=OK))
        with closing(writer.reader()) as scan:
            yield scan
