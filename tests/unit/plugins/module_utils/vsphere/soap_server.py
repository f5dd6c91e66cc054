# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SOAP side of a server, behind something that looks like a HttpTransport: it parses real requests and sends real replies.

It logs in, reads properties and reports their changes as a vCenter does: views and collectors end with their session, what does not
exist is not found. What else is asked the test answers.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from hostile_vcenter import envelope, fault

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply

_MANAGERS = {
    "rootFolder": "Folder", "propertyCollector": "PropertyCollector", "viewManager": "ViewManager", "sessionManager": "SessionManager",
    "authorizationManager": "AuthorizationManager", "customFieldsManager": "CustomFieldsManager", "ovfManager": "OvfManager",
    "eventManager": "EventManager", "searchIndex": "SearchIndex", "setting": "OptionManager", "taskManager": "TaskManager",
    "fileManager": "FileManager", "virtualDiskManager": "VirtualDiskManager",
}  # fmt: skip
_XSD = {bool: "boolean", int: "long", float: "double", str: "string"}


class Xml(str):
    """XML as it is to be sent."""


class Refusal(NamedTuple):
    """A fault in place of an answer. ``parts``: what else it says."""

    kind: str
    message: str = "no"
    parts: Mapping[str, Any] = {}


def xml(value: Any, name: str = "val") -> str:
    """A value as an element with its type, as servers send properties."""
    if isinstance(value, Xml):
        return value
    if isinstance(value, MoRef):
        return f'<{name} type="{value.type}" xsi:type="ManagedObjectReference">{value.moid}</{name}>'
    if isinstance(value, list):
        items = "".join(xml(item, "ManagedObjectReference" if isinstance(item, MoRef) else "string") for item in value)
        return f'<{name} xsi:type="ArrayOf">{items}</{name}>'
    if isinstance(value, Mapping):
        return f'<{name} xsi:type="{value.get(TYPE, "Structure")}">{parts(value)}</{name}>'
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f'<{name} xsi:type="xsd:{_XSD[type(value)]}">{text}</{name}>'


def parts(values: Mapping[str, Any]) -> str:
    """The parts of a structure; a list is a part that stands several times."""
    return "".join(xml(part, name) for name, value in values.items() if name != TYPE for part in (value if isinstance(value, list) else [value]))


class Asked(NamedTuple):
    """A request: its method as SOAP calls it, the called object, and its arguments."""

    method: str
    ref: MoRef
    arguments: ElementTree.Element

    def text(self, path: str) -> str:
        return self.arguments.findtext(path) or ""

    def refs(self, path: str) -> list[MoRef]:
        return [_ref(each) for each in self.arguments.findall(path)]


#: What a method returns, an error below SOAP to raise, a Refusal, bytes as the body of the reply, or a function of these. PASS: the right answer.
Outcome = Any
PASS = object()


class SoapServer:
    """A vCenter, or an ESXi host.

    :ivar objects: reference to properties; a test changes them with :meth:`change` and :meth:`remove`.
    :ivar asked: every request. :ivar troubles: method to the outcomes of the first requests for it, PASS for the right answer.
    :ivar answers: method to a function of the request that returns an outcome.
    :ivar open: views and collectors that exist. :ivar filters: the same of filters. :ivar on_wait: called with each WaitForUpdatesEx, before its answer.
    :ivar files: answers requests of other paths than that of SOAP.
    """

    remaining = 60.0
    timeout = 30.0
    certificate = b""

    def __init__(self, objects: Mapping[MoRef, Mapping[str, Any]] | None = None, version: str = "8.0.2.0", is_vcenter: bool = True) -> None:
        self.objects = {ref: dict(properties) for ref, properties in (objects or {}).items()}
        self.about = {"apiType": "VirtualCenter" if is_vcenter else "HostAgent", "apiVersion": version}
        self.asked: list[Asked] = []
        self.troubles: defaultdict[str, list[Outcome]] = defaultdict(list)
        self.answers: dict[str, Callable[[Asked], Outcome]] = {}
        self.open: dict[MoRef, Any] = {}
        self.filters: dict[MoRef, dict[str, Any]] = {}
        self.on_wait: Callable[[], object] = lambda: None
        self.files: Callable[..., Reply] = lambda *_request: Reply(404, "Not Found", {}, b"")  # type: ignore[arg-type]
        self.paused: list[float] = []
        self.aborted = 0
        self._is_logged_in = False
        self._numbers = count(1)
        #: Collector to what it has told of objects: each with the number of the change before it.
        self._seen: dict[MoRef, dict[MoRef, int]] = {}
        #: Number of the change to the object and property.
        self._changes: dict[int, tuple[MoRef, str]] = {}

    def change(self, ref: MoRef, properties: Mapping[str, Any]) -> None:
        """Set properties of an object, which may be new."""
        self.objects.setdefault(ref, {}).update(properties)
        self._changes.update({next(self._numbers): (ref, path) for path in properties})

    def remove(self, ref: MoRef) -> None:
        """An object exists no more."""
        del self.objects[ref]

    def end_sessions(self) -> None:
        """The next request is not of a session any more; what was made in it is gone."""
        self._is_logged_in = False
        self.open.clear()
        self.filters.clear()
        self._seen.clear()

    def given_session(self) -> str:
        """Begin a session that others gave; its token."""
        self._is_logged_in = True
        self.objects[MoRef("SessionManager", "sessionManager")] = {"currentSession": {TYPE: "UserSession", "key": "52ab", "userName": "job"}}
        return "52ab"

    def methods(self) -> list[str]:
        """Of every request but those that begin and end sessions."""
        return [each.method for each in self.asked if each.method not in ("RetrieveServiceContent", "Login", "Logout")]

    # What a transport has.

    @property
    def calls(self) -> int:
        return len(self.asked)

    def request(self, method: str, path: str, body: Any, headers: Mapping[str, str], max_bytes: int = 0) -> Reply:
        if path != "/sdk":
            return self.files(method, path, body, headers)
        asked = _parsed(body)
        self.asked.append(asked)
        troubles = self.troubles[asked.method]
        outcome = troubles.pop(0) if troubles else PASS
        if outcome is PASS:
            outcome = self._answer(asked)
        if callable(outcome):
            outcome = outcome(asked)
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Refusal):
            return Reply(500, "a fault", {}, fault(outcome.kind, outcome.message, parts(outcome.parts)).body.encode())  # type: ignore[arg-type]
        if isinstance(outcome, bytes):
            return Reply(200, "a reason", {}, outcome)  # type: ignore[arg-type]
        results = outcome if isinstance(outcome, list) else [] if outcome is None else [outcome]
        inside = "".join(xml(result, "returnval") for result in results)
        return Reply(200, "a reason", {}, envelope(f'<{asked.method}Response xmlns="urn:vim25">{inside}</{asked.method}Response>').encode())  # type: ignore[arg-type]

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        time.sleep(min(seconds, 0.005))

    def abort_requests(self) -> None:
        self.aborted += 1

    def close(self) -> None:
        pass

    @contextmanager
    def grace_period(self) -> Iterator[None]:
        yield

    # What a server does.

    def _answer(self, asked: Asked) -> Outcome:
        if asked.method == "RetrieveServiceContent":
            managers = {name: MoRef(kind, name) for name, kind in _MANAGERS.items()}
            return {**managers, "about": self.about}
        if asked.method == "Login":
            self._is_logged_in = True
            return {"key": "52aa", "userName": "operator"}
        if not self._is_logged_in:
            return Refusal("NotAuthenticated")
        if asked.method == "Logout":
            self.end_sessions()
            return None
        if asked.method in self.answers:
            return self.answers[asked.method]
        if asked.ref.type in ("ListView", "ContainerView", "PropertyCollector") and asked.ref not in self.open and asked.ref.moid not in _MANAGERS:
            return Refusal("ManagedObjectNotFound", parts={"obj": asked.ref})
        return getattr(self, f"_{asked.method}")(asked)

    def _CreatePropertyCollector(self, _asked: Asked) -> Outcome:
        return self._made("PropertyCollector", {})

    def _CreateContainerView(self, asked: Asked) -> Outcome:
        kinds = [each.text for each in asked.arguments.findall("type")]
        return self._made("ContainerView", [ref for ref in self.objects if ref.type in kinds])

    def _CreateListView(self, asked: Asked) -> Outcome:
        refs = asked.refs("obj")
        unknown = [ref for ref in refs if ref not in self.objects]
        return Refusal("ManagedObjectNotFound", parts={"obj": unknown[0]}) if unknown else self._made("ListView", dict.fromkeys(refs))

    def _ModifyListView(self, asked: Asked) -> Outcome:
        members = self.open[asked.ref]
        for ref in asked.refs("remove"):
            members.pop(ref, None)
        members.update(dict.fromkeys(ref for ref in asked.refs("add") if ref in self.objects))
        return [ref for ref in asked.refs("add") if ref not in self.objects]

    def _CreateFilter(self, asked: Asked) -> Outcome:
        made = MoRef("PropertyFilter", f"session[{next(self._numbers)}]filter")
        self.filters[made] = {"of": asked.ref, "named": asked.refs("spec/objectSet/obj"), "wanted": _wanted(asked.arguments.find("spec"))}
        return made

    def _DestroyPropertyFilter(self, asked: Asked) -> Outcome:
        del self.filters[asked.ref]

    def _WaitForUpdatesEx(self, asked: Asked) -> Outcome:
        self.on_wait()
        filters = [each for each in self.filters.values() if each["of"] == asked.ref]
        if not filters:
            return Refusal("NotAuthenticated")
        seen = self._seen.get(asked.ref, {}) if asked.text("version") else {}
        members = {ref: each["wanted"].get(ref.type, ()) for each in filters for named in each["named"] for ref in self.open.get(named, [named])}
        now = self._seen[asked.ref] = {ref: max(self._changes, default=0) for ref in members if ref in self.objects}
        updates = {}
        for ref in now:
            wanted = [path for path in members[ref] if path in self.objects[ref]]
            since = {path for number, (changed, path) in self._changes.items() if changed == ref and number > seen.get(ref, 0)}
            if changed := {path: self.objects[ref][path] for path in wanted if ref not in seen or path in since}:
                updates[ref] = changed
        if not updates:
            return None
        sets = [{"kind": "modify" if ref in seen else "enter", "obj": ref, "changeSet": _changes(changed)} for ref, changed in updates.items()]
        return {"version": str(next(self._numbers)), "filterSet": {"objectSet": sets}}

    def _DestroyPropertyCollector(self, asked: Asked) -> Outcome:
        del self.open[asked.ref]
        self.filters = {ref: each for ref, each in self.filters.items() if each["of"] != asked.ref}

    _DestroyView = _DestroyPropertyCollector

    def _RetrievePropertiesEx(self, asked: Asked) -> Outcome:
        spec = asked.arguments.find("specSet")
        wanted = _wanted(spec)
        found = [ref for named in asked.refs("specSet/objectSet/obj") for ref in self.open.get(named, [named]) if ref in self.objects]
        return Xml(f"<returnval>{''.join(self._object(ref, wanted.get(ref.type, ())) for ref in found)}</returnval>") if found else None

    def _CurrentTime(self, _asked: Asked) -> Outcome:
        return "2026-02-20T14:30:00Z"

    def _object(self, ref: MoRef, paths: Any) -> str:
        sets = "".join(f"<propSet><name>{path}</name>{xml(self.objects[ref][path])}</propSet>" for path in paths if path in self.objects[ref])
        return f'<objects><obj type="{ref.type}">{ref.moid}</obj>{sets}</objects>'

    def _made(self, kind: str, what: Any) -> MoRef:
        ref = MoRef(kind, f"session[{next(self._numbers)}]{kind}")
        self.open[ref] = what
        return ref


def _parsed(body: bytes) -> Asked:
    root = ElementTree.fromstring(body)
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    call = root.find("Body")[0]  # type: ignore[index]
    return Asked(call.tag, _ref(call.find("_this")), call)


def _ref(element: Any) -> MoRef:
    return MoRef(element.get("type"), element.text)


def _wanted(spec: Any) -> dict[str, list[str]]:
    return {each.findtext("type"): [path.text for path in each.findall("pathSet")] for each in spec.findall("propSet")}


def _changes(changed: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": path, "op": "assign", "val": value} for path, value in changed.items()]
