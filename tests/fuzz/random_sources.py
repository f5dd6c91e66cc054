# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replies of a server of the right form, with random and sometimes wrong content. The same random state makes the same replies."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from hostile_vcenter import ABOUT, USER, Xml, managed_object, missing, page

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import TOPOLOGY_PROPERTIES, TOPOLOGY_SHAPES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_shape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_OTHER, EVERY_TYPE, OR_TEXT, SKIPPED_TYPES, MoRef, short_text

_TEXTS = [
    "", " ", "x" * 1001, "=cmd()", "caf\u00e9%2f\U0001f986", "%", "a\nb\tc", "\u202e", "None", "poweredOn", "null", "[ds] a/b.vmx", "[", "10.0.0.1", "::1", ":",
    "2025-02-20T14:30:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z", "true", "8.0.2", "prettyName='a'", "a" * 70_000,
]  # fmt: skip
_NUMBERS = ["0", "1", "-1", "7", "4000", str(2**31), str(2**63 - 1), str(-(2**63)), "2147483647"]
_NO_NUMBERS = ["9" * 30, "9" * 5000, "nan", "INF", "1e999", "\u00b2", "\u0663", "1_000", "0x1", "many", "", "--1"]
_REALS = ["0.5", "-0.0", "1e300", "12"]
_MOIDS = ["group-d1", "group-v1", "datacenter-1", "vm-1", "vm-2", "host-1", "datastore-1", "network-1", "x" * 2000, "", "../%2f", "domain-c1", "resgroup-1"]
_MANAGED_TYPES = [
    "Folder", "Datacenter", "VirtualMachine", "HostSystem", "Datastore", "Network", "ResourcePool", "VirtualApp", "StoragePod", "Klingon",
    "ClusterComputeResource",
]  # fmt: skip
_TYPES = ["VirtualDisk", "VirtualVmxnet3", "VirtualSCSIController", "ArrayOfInt", "xsd:int", "xsd:string", "T", "_type", ""]
_STRUCTURES = ["<a>1</a>", "<a/><a/>", "<_type>x</_type>", "<a><b><c/></b></a>", "<key>1</key>", "<x/>" * 1000, "<deep>" * 300 + "</deep>" * 300]


class RandomSource:
    """Makes the replies of one server. How often a value in them is of the wrong type is random, too."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._wrong = random.choice([0.0, 0.002, 0.02, 0.1, 0.5])

    def replies(self) -> dict[str, Any]:
        """The arguments of HostileVcenter, as plain JSON, with further pages under ``pages`` and replies of REST under ``rest``."""
        random = self._random
        return {
            "about": {**self._corrupted(ABOUT), **random.choice([{}, {}, {"apiType": "HostAgent"}])},
            "user": self._corrupted(USER),
            "clock": self._text() if random.random() < 0.2 else "2026-01-01T00:00:00Z",
            "topology": "".join(self._object(random.choice(list(TOPOLOGY_PROPERTIES)), number) for number in range(random.choice([0, 3, 30, 60]))),
            "machines": self._machines(),
            "attributes": self._parts([{"key": int, "name": short_text}], 0),
            "pages": [self._page() for _page in range(random.choice([0, 0, 1, 3]))],
            "rest": [json.dumps(self._json(3)) for _reply in range(20)],
        }

    def _corrupted(self, texts: dict[str, str]) -> dict[str, str]:
        return {name: self._text() if self._random.random() < 0.02 else text for name, text in texts.items()}

    def _machines(self) -> str:
        return "".join(self._object("VirtualMachine", number) for number in range(self._random.choice([0, 1, 5, 20])))

    def _page(self) -> str:
        return page(self._machines(), self._random.choice(["", "T", f"T{self._random.random()}"]), "ContinueRetrievePropertiesEx")

    def _object(self, kind: str, number: int) -> str:
        random = self._random
        shapes = _shapes(kind)
        chosen = random.sample(list(shapes), min(len(shapes), random.choice([3, 10, 60])))
        properties = {path: self._value(shapes[path]) for path in chosen}
        lacking = ""
        if random.random() < 0.1:
            lacking = missing(random.choice(list(shapes)), random.choice(["NoPermission", "ManagedObjectNotFound", "T"]), self._text())
        moid = random.choice(_MOIDS[:-2]) if random.random() < 0.1 else f"{kind.lower()}-{number}"
        return managed_object(kind, escape(moid), properties, lacking)

    def _value(self, shape: Any) -> Xml:
        inside = self._parts(shape, 0)
        random = self._random
        kind = f' type="{random.choice(_MANAGED_TYPES)}"' if shape is MoRef and random.random() > self._wrong else ""
        return Xml(f'<val{kind} xsi:type="{random.choice(_TYPES)}">{inside}</val>')

    def _parts(self, shape: Any, depth: int) -> str:
        """The inside of an element of a shape."""
        random = self._random
        if random.random() < self._wrong or depth > 8:
            return random.choice([random.choice(_STRUCTURES), self._text(), random.choice(_NO_NUMBERS)])
        if isinstance(shape, dict):
            named = [name for name in shape if name not in (SKIPPED_TYPES, OR_TEXT, EVERY_OTHER)]
            return "".join(self._element(name, shape[name], depth) for name in named if random.random() < 0.8)
        if isinstance(shape, list):
            return "".join(self._element("item", shape[0], depth) for _item in range(random.choice([0, 1, 2, 5])))
        simple = {int: _NUMBERS, float: _REALS, bool: ["true", "false", "1"], MoRef: _MOIDS}
        return escape(random.choice(simple.get(shape, _TEXTS)))

    def _element(self, name: str, shape: Any, depth: int) -> str:
        if isinstance(shape, list):
            return "".join(self._element(name, shape[0], depth) for _item in range(self._random.choice([0, 1, 2])))
        kind = (
            f' type="{self._random.choice(_MANAGED_TYPES)}"'
            if shape is MoRef
            else f' xsi:type="{self._random.choice(_TYPES)}"'
            if isinstance(shape, dict)
            else ""
        )
        return f"<{name}{kind}>{self._parts(shape, depth + 1)}</{name}>"

    def _text(self) -> str:
        return escape(self._random.choice(_TEXTS))

    def _json(self, depth: int) -> Any:
        random = self._random
        if depth and random.random() < 0.6:
            if random.random() < 0.5:
                return [self._json(depth - 1) for _item in range(random.choice([0, 1, 3]))]
            return {name: self._json(depth - 1) for name in ("value", "object_id", "tag_ids", "id", "type", "name", "category_id") if random.random() < 0.7}
        return random.choice([None, True, 7, 1e300, "", "\ud800", "tag-1", "VirtualMachine", "vm-1", "x" * 3000, 10**30])


def _shapes(kind: str) -> dict[str, Any]:
    """Property to shape, of what is asked of a managed object type."""
    paths = {path: TOPOLOGY_SHAPES.get(kind, {}).get(path) or TOPOLOGY_SHAPES[EVERY_TYPE].get(path) for path in TOPOLOGY_PROPERTIES.get(kind, ())}
    for section in SECTIONS.values():
        if kind in section.managed_types:
            wanted = section.wanted_parts()
            paths |= {path: wanted.get(path) or property_shape(owner, path) for path, owner in section.properties.items()}
    return {path: ANY if shape is None else shape for path, shape in paths.items()}
