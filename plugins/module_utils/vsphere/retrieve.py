# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Bulk reading of properties: many objects per request, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, SessionExpired, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, Shapes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject, decode_page

# The token comes before the objects of a page, so the next page can be requested before this one is decoded.
_TOKEN = re.compile(rb"<token>([^<]+)</token>\s*<objects")


def retrieve(
    session: Session,
    wanted: Mapping[str, Sequence[str]],
    shapes: Shapes,
    page_size: int,
    report_total: Callable[[int], object] | None = None,
    container: MoRef | None = None,
) -> Iterator[list[ManagedObject]]:
    """Read properties of every object of some managed object types, a page at a time.

    The next page is fetched while the caller works on this one.

    :param wanted: managed object type to property paths. Subclasses are matched too, and an object that
        several types match has the paths of all of them.
    :param shapes: of the properties that are structures, see shapes.py.
    :param page_size: objects per page at most; the server may send fewer.
    :param report_total: called with the number of all objects, as soon as there is a second page to wait for.
    :param container: read only the objects below it, see :meth:`Session.container_view`.
    :raises VsphereError: no further page can be read.
    """
    with session.container_view(list(wanted), container) as view, _fetcher(session) as fetcher:
        reply = session.first_page(view, wanted, page_size)
        if report_total and _TOKEN.search(reply):
            fetcher.submit(_count, session, view, report_total)
        tokens: set[str] = set()
        while True:
            early_token = _TOKEN.search(reply)
            next_reply = fetcher.submit(session.next_page, early_token.group(1).decode()) if early_token else None
            with session.translate_decode_errors():
                page = decode_page(reply, shapes, page_size)
            if any(fault.type == "NotAuthenticated" for item in page.objects for fault in item.missing.values()):
                raise SessionExpired("the server has ended the session and leaves out every property: scan again; check the server's events if it recurs")
            objects, token = page.objects, page.token
            # Pages are large: drop each as soon as it is used.
            del reply, page
            yield objects
            del objects
            if not token:
                return
            if token in tokens:
                raise InvalidResponse("the server sends the same page again and again: scan again; report it if it persists")
            tokens.add(token)
            reply = next_reply.result() if next_reply else session.next_page(token)


@contextmanager
def _fetcher(session: Session) -> Iterator[ThreadPoolExecutor]:
    """A thread for requests. When the block raises, its request is aborted, not waited for."""
    with ThreadPoolExecutor(max_workers=1) as fetcher:
        try:
            yield fetcher
        except BaseException:
            fetcher.shutdown(wait=False, cancel_futures=True)
            session.transport.abort_requests()
            raise


def _count(session: Session, view: Any, report_total: Callable[[int], object]) -> None:
    # The total only serves the display of progress.
    with suppress(VsphereError):
        report_total(session.view_size(view))
