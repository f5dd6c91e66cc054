# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan files of an estate that was never scanned: a workbook is measured without waiting for one."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

#: VMs for each of these that a source has.
_A_HOST, _A_DATASTORE, _A_NETWORK = 32, 100, 200


def make_scans(folder: Path, machines: int, sources: int) -> list[str]:
    """Write a scan file for each source, so many virtual machines together; their paths."""
    paths = []
    for number in range(sources):
        own = range(number, machines, sources)
        sections = {
            "vms": (estates.vm(each) for each in own),
            "hosts": (estates.host(each) for each in own[::_A_HOST]),
            "datastores": (estates.datastore(each) for each in own[::_A_DATASTORE]),
            "networks": (estates.network(each) for each in own[::_A_NETWORK]),
        }
        path = folder / f"vcenter-{number:02}.sqlite"
        estates.make_scan(path.stem, sections, path=str(path)).close()
        paths.append(str(path))
    return paths
