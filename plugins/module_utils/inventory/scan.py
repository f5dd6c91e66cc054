# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Scans one source: from a connection and a request to a finished scan, also where the source fails."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from functools import cache
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.collector import TagsOf, collect
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, OK, PARTIAL, TIME, ScanHead, checksum
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, forget_failure, good_path, make_failed_folder
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError, wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tags import TagReader

_ABOUT = {
    "name": "name",
    "full_name": "fullName",
    "version": "version",
    "build": "build",
    "api_type": "apiType",
    "api_version": "apiVersion",
    "instance_uuid": "instanceUuid",
}
_ISSUES_SHOWN = 20


def scan_source(connection: Connection, source: str, request: ScanRequest, path: str, progress: Progress | None = None) -> Scan:
    """Read a source into a scan file.

    :param source: its alias.
    :param path: the scan file, or :data:`scanfile.IN_MEMORY`. A failed scan goes beside it, see scanfolder.py; a good one removes that.
    :param progress: called after each page.
    :returns: the scan; a failed one has no rows, and the reason in its head.
    :raises ScanFileError: the scan cannot be written.
    :raises Cancelled: the job has ended; nothing is written.
    """
    head = ScanHead(source, connection.address, started=_now(), request_fingerprint=request.fingerprint(connection))
    clock = time.monotonic()
    session = Session(connection)
    try:
        with wrap_unexpected_errors(), ScanWriter(path, connection.mask_secrets) as writer:
            with session, ExitStack() as closing, _without_cycle_collection():
                head.type, head.about, head.certificate = type_of(session), about(session), _certificate(session)
                tags_of = tags_in(connection, session, closing) if request.with_tags else None
                hardware_uuid = collect(session, request, writer, tags_of, progress)
                head.about["instance_uuid"] = head.about["instance_uuid"] or hardware_uuid
            head.status = PARTIAL if writer.gap_count else OK
            head.calls = session.calls
            scan = _finished(writer, head, clock)
    except (VsphereError, InvalidOption) as error:
        head.calls, head.certificate = session.calls, _certificate(session)
        return failed_scan(head, error, path, clock, connection.mask_secrets)
    forget_failure(path)
    return scan


def failed_scan(head: ScanHead, error: EstateError, path: str, clock: float | None = None, hidden: Callable[[str], str] = str) -> Scan:
    """Write a failed scan, with the reason. The last good one stays.

    :param path: as for :func:`scan_source`. :param hidden: removes secrets from messages of a server.
    :raises ScanFileError: the scan cannot be written.
    """
    head.error = hidden(str(error))
    head.error_kind = error.kind
    make_failed_folder(path)
    with ScanWriter(failed_path(path)) as writer:
        return _finished(writer, head, clock)


def facts(scan: Scan, with_rows: bool) -> dict[str, Any]:
    """What ``vmware_inventory_facts`` returns for a scan.

    :param with_rows: add ``sections``: section to rows, each a dictionary by field key.
    """
    head = scan.head
    on_disk = scan.path != IN_MEMORY
    found = {
        "source": head.source,
        "address": head.address,
        "type": head.type,
        "about": head.about,
        "certificate": head.certificate,
        "status": head.status,
        "error": head.error,
        "error_kind": head.error_kind,
        "started": head.started,
        "finished": head.finished,
        "seconds": head.seconds,
        "calls": head.calls,
        "counts": scan.counts,
        "section_seconds": scan.seconds,
        "issue_count": scan.issue_count(),
        "issues": [vars(issue) for issue in scan.issues(_ISSUES_SHOWN)],
        "scan_file": scan.path if on_disk else None,
        "good_scan_file": (good_path(scan.path) if head.status == FAILED else scan.path) if on_disk else None,
        "checksum": checksum(scan.path) if on_disk else None,
    }
    if with_rows:
        found["sections"] = {key: [dict(zip(scan.fields(key), row)) for row in scan.rows(key, list(scan.fields(key)))] for key in scan.counts}
    return found


def type_of(session: Session) -> str:
    """``vCenter`` or ``ESXi``."""
    return "vCenter" if session.is_vcenter else "ESXi"


def about(session: Session) -> dict[str, Any]:
    """The product of a source, see :class:`ScanHead`; each value is one line, empty if unknown."""
    return {key: one_line(session.about.get(name, "")) for key, name in _ABOUT.items()}


def _certificate(session: Session) -> dict[str, Any]:
    """The certificate of a source, see :class:`ScanHead`; empty without a connection."""
    if not session.certificate:
        return {}
    described = tls.describe_certificate(bytes(session.certificate))
    return {**described, "days_left": tls.days_left(described["not_after"])}


def _finished(writer: ScanWriter, head: ScanHead, clock: float | None) -> Scan:
    head.started = head.started or _now()
    head.finished = _now()
    head.seconds = round(time.monotonic() - clock, 3) if clock is not None else 0.0
    writer.finish(head)
    return writer.reader()


def tags_in(connection: Connection, session: Session, closing: ExitStack) -> TagsOf | None:
    """Reads tags; the REST session is opened on first use, and closed with ``closing``. None for an ESXi host, which has no tags."""
    if not session.is_vcenter:
        return None
    reader = TagReader(connection, session.transport, session.version)

    @cache
    def logged_in() -> TagReader:
        return closing.enter_context(reader)

    return lambda refs: logged_in().tags_of(refs)


@contextmanager
def _without_cycle_collection() -> Iterator[None]:
    """Pages are millions of short-lived objects without cycles: searching them for cycles took a tenth of the CPU time of a scan."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _now() -> str:
    return datetime.now(timezone.utc).strftime(TIME)
