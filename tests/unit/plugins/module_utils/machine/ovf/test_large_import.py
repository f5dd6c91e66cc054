# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The memory that a large import takes, measured in a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile

import estates
import ovf_packages
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim

SIZE = 4 << 30
MOST_MB = 100
IMPORT = """
import json, resource, sys
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.importer import import_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.location import open_package
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import read_descriptor
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import LeaseUploads

path, pool, store, folder, *options = sys.argv[1:]
host, port, username, password, ca = options
connection = Connection(host, int(port), username, password, ca_path=ca)
sent = []
with Session(connection) as session:
    package = open_package(path, connection, session.transport)
    made = read_descriptor(session, package.descriptor, MoRef("ResourcePool", pool), MoRef("Datastore", store), "large")
    files = {file: package.file(file.path) for file in made.files}
    place = (MoRef("ResourcePool", pool), MoRef("Folder", folder), None)
    import_vm(session, LeaseUploads(connection, session.transport), made.spec, files, place, sent.append)
print(json.dumps({"sent": sum(sent), "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


@pytest.mark.all_only
def test_four_gigabytes_in_a_hundred_megabytes(tmp_path):
    path = tmp_path / "large.ova"
    descriptor = ovf_packages.descriptor({"a.vmdk": 8 << 30}).encode()
    with path.open("wb") as file:
        for name, content, size in (("a.vmdk", b"KDMV", SIZE), ("a.ovf", descriptor, len(descriptor))):
            member = tarfile.TarInfo(name)
            member.size = size
            file.write(member.tobuf(tarfile.USTAR_FORMAT) + content)
            file.seek(size - len(content) + -size % 512, io.SEEK_CUR)
        file.truncate(file.tell() + 1024)
    with estates.start_simulator(tmp_path, vms=2) as server:
        content = connect(server).content
        datacenter = content.rootFolder.childEntity[0]
        pool = content.viewManager.CreateContainerView(content.rootFolder, [vim.ResourcePool], True).view[0]
        arguments = [path, pool._GetMoId(), datacenter.datastore[0]._GetMoId(), datacenter.vmFolder._GetMoId()]
        arguments += [server.host, server.port, server.username, server.password, server.ca_path]
        done = subprocess.run(
            [sys.executable, "-c", IMPORT, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["sent"] == SIZE == server.uploads()[0]["size"]
        assert found["mb"] < MOST_MB
