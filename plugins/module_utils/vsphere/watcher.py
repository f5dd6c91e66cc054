# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Wait for changes of managed objects: tasks that run, VMs that get an address. Many at once, with one call at a time.

The first objects are named by filters of the session's property collector, which takes the fewest calls. When others follow several times, a
property collector of our own has one filter over a list view, and objects enter and leave the view. A session that is lost is replaced, with a new
collector, filter and view over the same objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, ObjectGone, SessionExpired, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, Shapes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import decode_updates
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import objects_filter, view_filter, wait_options

#: Seconds for which the server may keep a request open: proxies cut connections that are idle for longer.
_LONGEST_WAIT = 20
#: Objects in one answer.
_MOST_OBJECTS = 500
#: Filters that name objects.
_MOST_FILTERS = 3
#: Answers in a row that say that there is more.
_MOST_ANSWERS = 1000

Result = TypeVar("Result")


class Update(NamedTuple):
    """New values of properties of an object. ``is_gone``: the object does not exist any more."""

    ref: MoRef
    properties: dict[str, Any]
    is_gone: bool = False


class Watcher:
    """Objects of one session that are watched; a context manager that leaves nothing on the server.

    :param wanted: managed object type to the property paths of which changes are reported.
    :param shapes: of these properties, see shapes.py.
    """

    def __init__(self, session: Session, wanted: Mapping[str, Sequence[str]], shapes: Shapes) -> None:
        self._session = session
        self._wanted = wanted
        self._shapes = shapes
        self._watched: dict[MoRef, None] = {}
        #: Objects that leave the view together with the next change of it.
        self._leaving: dict[MoRef, None] = {}
        self._collector: MoRef | None = None
        self._view: MoRef | None = None
        #: What goes when it is not needed any more.
        self._made: list[MoRef] = []
        #: Objects that a filter names and that no answer has had yet.
        self._unseen: set[MoRef] = set()
        # A session that is given may have filters of others in its property collector.
        self._can_name = not session.is_given
        self._number = 0
        self._version = ""

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Otherwise they end with the session.
        if self._session.is_given:
            self._destroy()

    def expect_many(self) -> None:
        """Objects will come and go many times: begin with the view."""
        self._can_name = False

    def change(self, add: Iterable[MoRef] = (), remove: Iterable[MoRef] = ()) -> list[MoRef]:
        """Watch further objects, and others no longer; returns those among the new ones that the server does not know.

        :raises VsphereError: the server does not do it.
        """
        added, removed = list(dict.fromkeys(add)), [ref for ref in remove if ref in self._watched]
        for ref in removed:
            del self._watched[ref]
        self._leaving.update(dict.fromkeys(removed))
        new = [ref for ref in added if ref not in self._watched]
        if not new:
            return []
        self._watched.update(dict.fromkeys(new))
        unknown = self._healing(lambda: self._modify(new))
        for ref in unknown:
            self._watched.pop(ref, None)
        return unknown

    def updates(self, seconds: float) -> list[Update]:
        """What has changed since the last call; of an object that is watched for the first time all properties.

        :param seconds: to wait for a change, rounded up; none at all with 0. The wait may end earlier.
        :raises VsphereError: the server does not answer.
        """
        return self._healing(lambda: self._wait(seconds))

    def _healing(self, attempt: Callable[[], Result]) -> Result:
        def once() -> Result:
            try:
                return attempt()
            except VsphereError as error:
                # Whatever failed: a further attempt begins with a collector of its own.
                self._forget_collector()
                if isinstance(error, ObjectGone):
                    raise SessionExpired(str(error)) from error
                raise

        return self._session.call_with_retries(once)

    def _modify(self, add: Sequence[MoRef]) -> list[MoRef]:
        if self._collector is None or self._number != self._session.number:
            return self._create()
        if self._view:
            leaving, self._leaving = list(self._leaving), {}
            if any(ref in leaving for ref in add):
                # What has not left is not reported as new.
                self._modify_view(self._view, [], leaving)
                leaving = []
            return self._modify_view(self._view, add, leaving)
        # Filters that name objects stay as they are, also with objects that are not watched any longer.
        return self._name(add) if len(self._made) < _MOST_FILTERS else self._create()

    def _modify_view(self, view: MoRef, add: Sequence[MoRef], remove: Sequence[MoRef]) -> list[MoRef]:
        objects = [[self._session.object(ref) for ref in refs] for refs in (add, remove)]
        named: list[MoRef] = (self._session.invoke(view, "Modify", *objects, shape=[MoRef]) if add or remove else None) or []
        asked = frozenset(add)
        unknown = [ref for ref in dict.fromkeys(named) if ref in asked]
        if unknown:
            # Some servers keep in the view what they do not know.
            with suppress(VsphereError):
                self._session.invoke(view, "Modify", [], [self._session.object(ref) for ref in unknown], shape=[MoRef])
        return unknown

    def _create(self) -> list[MoRef]:
        """Make what reports changes of all objects; returns those that the server does not know."""
        self._forget_collector()
        self._number = self._session.number
        shared = self._session.manager("propertyCollector")
        if self._can_name:
            # Once only, so not after an error.
            self._can_name, self._collector = False, shared
            return self._name(list(self._watched))
        self._collector = self._session.invoke(shared, "CreatePropertyCollector", shape=MoRef)
        view, unknown = self._create_view(list(self._watched))
        self._view = view
        self._made = list(filter(None, (self._collector, view)))
        if self._collector is None or view is None:
            raise InvalidResponse("the server created no view or collector: report it if it persists")
        spec = view_filter(self._session.object(view), self._wanted)
        self._session.invoke(self._collector, "CreateFilter", spec, False, shape=MoRef)
        return unknown

    def _name(self, refs: Sequence[MoRef]) -> list[MoRef]:
        """Make a filter that names objects. Those that the server does not know are lacking in the next answer."""
        spec = objects_filter([self._session.object(ref) for ref in refs], self._wanted)
        made = self._session.invoke(self._session.manager("propertyCollector"), "CreateFilter", spec, False, shape=MoRef)
        self._made += filter(None, [made])
        self._unseen.update(refs)
        # From the beginning again: what a new filter finds may be older than the last answer.
        self._version = ""
        return []

    def _create_view(self, refs: Sequence[MoRef]) -> tuple[MoRef | None, list[MoRef]]:
        """A list view of objects, and those that the server does not know, which are not in it."""
        manager = self._session.manager("viewManager")
        try:
            return self._session.invoke(manager, "CreateListView", [self._session.object(ref) for ref in refs], shape=MoRef), []
        except ObjectGone:
            # It names one of them; the change of a view names all.
            view: MoRef | None = self._session.invoke(manager, "CreateListView", [], shape=MoRef)
            return view, self._modify_view(view, refs, []) if view else []

    def _wait(self, seconds: float) -> list[Update]:
        if self._collector is None or self._number != self._session.number:
            # Objects that are gone by now are reported so.
            gone = [Update(ref, {}, is_gone=True) for ref in self._create()]
            if gone:
                return gone
        found: list[Update] = []
        for _answer in range(_MOST_ANSWERS):
            transport = self._session.transport
            wait = min(_LONGEST_WAIT, transport.timeout / 2, transport.remaining, seconds if not found else 0)
            collector: MoRef = self._collector or MoRef("", "")
            reply = self._session.request(collector, "WaitForUpdatesEx", self._version, wait_options(int(-(-wait // 1)), _MOST_OBJECTS))
            with self._session.translate_decode_errors():
                answer = decode_updates(reply, self._shapes, _MOST_OBJECTS)
            self._version = answer.version or self._version
            found += [Update(*update) for update in answer.updates if update[0] in self._watched]
            if not answer.is_truncated:
                seen = {update.ref for update in found}
                found += [Update(ref, {}, is_gone=True) for ref in self._watched if ref in self._unseen - seen]
                self._unseen = set()
                for update in found:
                    if update.is_gone:
                        self._watched.pop(update.ref, None)
                return found
        raise InvalidResponse("the server sends change after change without end: report it if it persists")

    def _forget_collector(self) -> None:
        self._destroy()
        self._collector = self._view = None
        self._made, self._unseen, self._leaving = [], set(), {}
        self._version = ""

    def _destroy(self) -> None:
        if self._number != self._session.number:
            return
        for ref in self._made:
            # They end with the session in any case.
            with suppress(VsphereError), self._session.transport.grace_period():
                self._session.invoke(ref, "Destroy")
