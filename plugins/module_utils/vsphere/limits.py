# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Bounds on what a server may send, so that a broken or hostile one exhausts neither memory nor time.

Each is far beyond what vSphere sends. The bound on the head of an HTTP response stands in common/bounded_socket.py, since deliveries share it.
"""

from __future__ import annotations

#: Bytes of one reply, unzipped. A page of 500 VMs has about 8 MB.
MAX_REPLY_BYTES = 64 << 20
#: Bytes of one managed object, averaged over a page: lets larger pages exceed MAX_REPLY_BYTES. VMs have 16 KB, hosts with many port groups 60 KB.
MAX_OBJECT_BYTES = 1 << 17

#: XML elements within each other. Python allows 1,000 calls within each other, so functions that walk a value may use three for each level.
MAX_DEPTH = 250
#: Bytes of one text or tag in XML.
MAX_TEXT_BYTES = 8 << 20
#: Characters of a name, a key, an id or a version.
MAX_SHORT_TEXT = 1000
#: Names of elements, attributes and types in one XML reply: they stay in memory until it is decoded. vSphere has some thousands.
MAX_NAMES = 10_000
#: Objects of the page for which the next two bounds hold; larger pages may have proportionally more.
REFERENCE_PAGE = 500
#: XML tags of such a page. 500 VMs have some 250,000.
MAX_TAGS = 2_500_000
#: Structures, lists and references built of such a page, which take twenty times the memory of their text. 500 VMs have some 80,000.
MAX_BUILT_VALUES = 600_000

#: Values in one JSON reply, each of which may take 200 bytes. The tags of 2,000 objects are some 50,000.
MAX_JSON_VALUES = 500_000
#: Tags of one source, each of which costs a request. vCenter supports some ten thousand.
MAX_SOURCE_TAGS = 100_000
