# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bulk reading of properties: many objects a call, page after page."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator, Mapping, Sequence

try:
    from pyVmomi import vmodl
except ImportError:
    # session.py reports it.
    pass

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import DecodeError, ManagedObject, Shapes, SoapFault, decode_page
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session, managed_type

# The token stands before the objects of a page, so the next one can be asked for before this one is decoded.
_TOKEN = re.compile(rb"<token>([^<]+)</token>\s*<objects")


def retrieve(
    session: Session, wanted: Mapping[str, Sequence[str]], shapes: Shapes, page_size: int
) -> Iterator[list[ManagedObject]]:
    """Read properties of every object of some managed object types, a page at a time.

    The next page is fetched while the caller works on this one.

    :param wanted: managed object type to property paths. Subclasses are matched too, so where a
        type and its subclass both stand here, the subclass has every path of the type.
    :param shapes: for the properties that are structures, see decode.py.
    :param page_size: objects a page at most; the server may send fewer.
    :raises VsphereError: the source cannot be read any further.
    """
    with session.container_view(list(wanted)) as view, ThreadPoolExecutor(max_workers=1) as fetcher:
        query = vmodl.query.PropertyCollector
        every_object_of_view = query.ObjectSpec(
            obj=view, skip=True, selectSet=[query.TraversalSpec(name="view", type=type(view), path="view", skip=False)]
        )
        properties = [query.PropertySpec(type=managed_type(name), pathSet=list(paths), all=False) for name, paths in wanted.items()]
        specification = query.FilterSpec(objectSet=[every_object_of_view], propSet=properties)
        reply = session.ask_collector("RetrievePropertiesEx", [specification], query.RetrieveOptions(maxObjects=page_size))
        while True:
            token = _TOKEN.search(reply)
            following = fetcher.submit(session.ask_collector, "ContinueRetrievePropertiesEx", token.group(1).decode()) if token else None
            try:
                yield decode_page(reply, shapes).objects
            except (DecodeError, SoapFault) as error:
                raise ServerFault(f"the server's answer cannot be used ({error}): scan again, and report it if it stays") from error
            if following is None:
                return
            reply = following.result()
