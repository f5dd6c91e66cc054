# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server whose replies a test makes, for the collector."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.inventory import collector, pages
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, OK, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

HOSTS = {MoRef("HostSystem", f"host-{number}"): f"CPU model {number}" for number in range(3)}
FOUR = ("vms", "hosts", "datastores", "networks")
LAN = MoRef("DistributedVirtualPortgroup", "dvportgroup-1")


DETAILS = 'config.extraConfig["guestInfo.detailed.data"]'


class FailingCall:
    """Stands among the pages: an error that this many attempts meet."""

    def __init__(self, error, times=99):
        self.error = error
        self.times = times


class FakeServer:
    """Stands in for retrieve(): hands out pages and remembers the requests."""

    def __init__(self, vm_pages, small=(), failing_small=None):
        self.requests = []
        self.page_sizes = []
        self._vm_pages = vm_pages
        hosts = [ManagedObject(ref, {"name": ref.moid, "summary.hardware.cpuModel": model}, {}) for ref, model in HOSTS.items()]
        self._small = [*hosts, *small]
        self._failing_small = failing_small
        self.tags, self.tag_requests = {}, []
        self.attributes = {}

    def retrieve(self, session, wanted, shapes, page_size, on_total=None, container=None):
        self.requests.append(wanted)
        self.page_sizes.append(page_size)
        if "VirtualMachine" in wanted:
            for page in self._vm_pages:
                if isinstance(page, list):
                    yield page
                elif page.times:
                    page.times -= 1
                    raise page.error
        elif self._failing_small and "Folder" not in wanted:
            raise self._failing_small
        else:
            paths = set().union(*wanted.values())
            for item in self._small:
                base = "Network" if "Network" in item.ref.type or item.ref == LAN else item.ref.type.removeprefix("Cluster")
                if item.ref.type in wanted or base in wanted:
                    yield [item._replace(missing={path: fault for path, fault in item.missing.items() if path in paths})]

    def tags_of(self, refs):
        self.tag_requests.append(refs)
        if isinstance(self.tags, Exception):
            raise self.tags
        return self.tags

    def custom_attributes(self):
        if isinstance(self.attributes, Exception):
            raise self.attributes
        return self.attributes

    def call_with_retries(self, attempt):
        return call_with_retries(attempt, retries=2, sleep=lambda seconds: None)

    def scan(self, monkeypatch, sections=FOUR, version=(8, 0, 2, 0), is_vcenter=True, fields=None, environment=None):
        monkeypatch.setattr(pages, "retrieve", self.retrieve)
        with ScanWriter(IN_MEMORY) as writer:
            session = SimpleNamespace(
                version=version, is_vcenter=is_vcenter, call_with_retries=self.call_with_retries, custom_attributes=self.custom_attributes
            )
            collector.collect(session, ScanRequest(select(sections, fields), environment), writer, self.tags_of)
            writer.finish(ScanHead("east", "vc", status=OK))
        return writer.reader()


def vm(number, missing=None, **properties):
    ref = MoRef("VirtualMachine", f"vm-{number}")
    return ManagedObject(ref, {"name": f"vm{number}", **{path.replace("__", "."): value for path, value in properties.items()}}, missing or {})
