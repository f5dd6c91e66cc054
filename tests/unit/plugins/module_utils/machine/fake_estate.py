# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vCenter in memory that answers reads with real replies, counts them, and keeps the changes that are sent to it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from datetime import datetime, timezone

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import xml

CONNECTION = Connection("vc.example.com", 443, "operator", "s3cret")
BASES = {
    "StoragePod": "Folder",
    "VirtualApp": "ResourcePool",
    "ClusterComputeResource": "ComputeResource",
    "DistributedVirtualPortgroup": "Network",
    "OpaqueNetwork": "Network",
    "VmwareDistributedVirtualSwitch": "DistributedVirtualSwitch",
}
SEARCHES = ("FindByInventoryPath", "FindAllByUuid")
UP = ("parent", "parentVApp", "parentFolder")


def ref(text):
    """``Folder:group-1`` as a reference."""
    return MoRef(*text.split(":", 1))


def known(properties):
    """Properties in which ``@Folder:group-1`` stands for a reference."""
    return {path: ref(value[1:]) if isinstance(value, str) and value.startswith("@") else value for path, value in properties.items()}


def reply(objects, token="", missing=()):
    """A page of objects: reference to properties. ``missing``: pairs of an object and a property that may not be read."""
    parts = [f"<token>{token}</token>"] if token else []
    for each, properties in objects.items():
        values = "".join(f"<propSet><name>{path}</name>{xml(value)}</propSet>" for path, value in properties.items())
        values += "".join(
            f'<missingSet><path>{path}</path><fault><fault xsi:type="NoPermission"/></fault></missingSet>' for whose, path in missing if whose == each
        )
        parts.append(f'<objects><obj type="{each.type}">{each.moid}</obj>{values}</objects>')
    return (
        '<E:Envelope xmlns:E="e" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><E:Body>'
        f"<RetrievePropertiesExResponse><returnval>{''.join(parts)}</returnval></RetrievePropertiesExResponse></E:Body></E:Envelope>"
    ).encode()


class FakeEstate:
    """Stands in for a session.

    :ivar objects: reference to properties; the test may change them. :ivar asked: how often each request was made.
    :ivar missing: pairs of an object and a property that the account may not read.
    :ivar before: called before each request, with its name.
    :ivar sent: the changes: pairs of a method, as pyVmomi spells it, and the list of its object and arguments.
    :ivar answers: method to what it answers, or an error to raise; of a list the next one each time. A change that is not there starts a task.
    """

    translate_decode_errors = Session(CONNECTION).translate_decode_errors

    def __init__(self, objects, is_vcenter=True):
        self.objects = {ref(name): known(given) for name, given in objects.items()}
        self.is_vcenter = is_vcenter
        self.version = (8, 0, 2, 0)
        self.asked = Counter()
        self.before = lambda request: None
        self.refuses_searches = False
        self.missing = set()
        self.attributes = {}
        self.transport = self
        self.sent = []
        self.answers = {}
        self.number = 1
        self.remaining = 60.0
        self.now = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
        self._pages = {}

    def __call__(self, request):
        self.asked[request] += 1
        self.before(request)

    def call_with_retries(self, attempt):
        return call_with_retries(attempt, retries=2, sleep=lambda seconds: None)

    def grace_period(self):
        return nullcontext()

    def custom_attributes(self):
        self("attributes")
        return self.attributes

    def current_time(self):
        self("time")
        return self.now

    def object(self, ref):
        return ref

    def renew(self, number):
        self("login")

    def abort_requests(self):
        pass

    @contextmanager
    def container_view(self, types, container=None):
        self("view")
        yield types

    def first_page(self, view, wanted, page_size):
        self("page")
        found = list(self._read([each for each in self.objects if any(is_a(each, kind) for kind in view)], wanted).items())
        pages = [dict(found[start : start + page_size]) for start in range(0, len(found), page_size)] or [{}]
        self._pages = {
            f"token{number}": reply(page, f"token{number + 1}" if number + 1 < len(pages) else "", self.missing) for number, page in enumerate(pages)
        }
        return self._pages["token0"]

    def next_page(self, token):
        self("page")
        return self._pages[token]

    def objects_page(self, refs, wanted, with_ancestors):
        self("objects")
        asked = dict.fromkeys(each for each in refs if each in self.objects)
        for each in list(asked) if with_ancestors else ():
            self._climb(each, asked)
        return reply(self._read(asked, wanted), missing=self.missing)

    def manager(self, name):
        return MoRef(name, name)

    def invoke(self, manager, method, *arguments, shape=None):
        self(method)
        if method in self.answers or method not in SEARCHES:
            self.sent.append((method, [manager, *arguments]))
            answer = self.answers.get(method, MoRef("Task", f"task-{len(self.sent)}"))
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer
        if self.refuses_searches:
            raise MethodFault("the server refuses it (NotSupported)", Fault("NotSupported", ""))
        if method == "FindByInventoryPath":
            return self._at(arguments[0].split("/"))
        path = "config.instanceUuid" if arguments[3] else "config.uuid"
        return [each for each, properties in self.objects.items() if properties.get(path) == arguments[1]] or None

    def _climb(self, each, found):
        for path in UP:
            above = self.objects[each].get(path)
            if above in self.objects and above not in found:
                found[above] = None
                self._climb(above, found)

    def _read(self, refs, wanted):
        found = {}
        for each in refs:
            paths = {path for kind, several in wanted.items() if is_a(each, kind) for path in several}
            if any(is_a(each, kind) for kind in wanted):
                found[each] = {path: value for path, value in self.objects[each].items() if path in paths and (each, path) not in self.missing}
        return found

    def _at(self, names):
        place = next(each for each in self.objects if "parent" not in self.objects[each] and each.type == "Folder")
        for name in names:
            place = next((each for each, properties in self.objects.items() if properties.get("parent") == place and properties.get("name") == name), None)
        return place


def is_a(each, kind):
    return kind in (each.type, BASES.get(each.type), "ManagedEntity")
