# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Bulk reading of properties: many objects per request, page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    InvalidResponse,
    ResponseTooLarge,
    SessionExpired,
    UnknownProperty,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, Shapes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject, Page, decode_page

# The token comes before the objects of a page, so the next page can be requested before this one is decoded.
_TOKEN = re.compile(rb"<token>([^<]+)</token>\s*<objects")
#: Objects that one request names: servers refuse requests with more than 500,000 XML elements, and are slow long before.
_BATCH = 500
#: By what the number of objects is divided when a reply was too large.
_SMALLER = 8
#: Objects above one object. Real inventories have up to twenty.
_MOST_ANCESTORS = 200


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
            page = _decoded(session, reply, shapes, page_size)
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


def retrieve_objects(
    session: Session, refs: Iterable[MoRef], wanted: Mapping[str, Sequence[str]], shapes: Shapes, with_ancestors: bool = False
) -> dict[MoRef, ManagedObject]:
    """Read properties of some objects, hundreds with one request. Objects that do not exist are not in the result.

    After a transient error the read is repeated in a new session. A property that the server does not know is left out.

    :param refs: of managed objects of any types. :param wanted: managed object type to property paths, as for :func:`retrieve`.
    :param with_ancestors: read everything above them, too, as far as its types are wanted: parents, vApps, folders of vApps.
    :raises VsphereError: they cannot be read.
    """
    found: dict[MoRef, ManagedObject] = {}
    paths = {name: list(several) for name, several in wanted.items()}
    left, size = list(dict.fromkeys(refs)), _BATCH
    while left:
        attempt = partial(_batch, session, left[:size], paths, shapes, with_ancestors)
        try:
            found.update(session.call_with_retries(attempt))
        except UnknownProperty as error:
            if not any(error.path in several for several in paths.values()):
                raise
            paths = {name: [path for path in several if path != error.path] for name, several in paths.items()}
        except ResponseTooLarge:
            if size == 1:
                raise
            size = max(1, size // _SMALLER)
        else:
            del left[:size]
    return found


def _batch(session: Session, refs: list[MoRef], wanted: Mapping[str, Sequence[str]], shapes: Shapes, with_ancestors: bool) -> dict[MoRef, ManagedObject]:
    found: dict[MoRef, ManagedObject] = {}
    expected, most = set(refs), len(refs) * (_MOST_ANCESTORS if with_ancestors else 1)
    reply = session.objects_page(refs, wanted, with_ancestors)
    while True:
        page = _decoded(session, reply, shapes, len(refs))
        known = len(found)
        for item in page.objects:
            if with_ancestors or item.ref in expected:
                joined = found.setdefault(item.ref, item)
                joined.properties.update(item.properties)
                joined.missing.update(item.missing)
        if len(found) > most or (len(found) == known and (page.objects or page.token)):
            raise InvalidResponse("the server sends objects that were not asked for: scan again; report it if it persists")
        if not page.token:
            return {ref: item for ref, item in found.items() if not item.has_vanished}
        reply = session.next_page(page.token)


def _decoded(session: Session, reply: bytes | bytearray, shapes: Shapes, page_size: int) -> Page:
    with session.translate_decode_errors():
        page = decode_page(reply, shapes, page_size)
    if any(fault.type == "NotAuthenticated" for item in page.objects for fault in item.missing.values()):
        raise SessionExpired("the server has ended the session and leaves out every property: scan again; check the server's events if it recurs")
    return page


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
