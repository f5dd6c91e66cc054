# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reader: the questions and pages of a scan through pyVmomi's own deserialiser, nothing done with the objects."""

from __future__ import annotations

import ssl

from job import TIMEOUT, Job, tell, told
from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

_NAMESPACE = "urn:vim25"


def read(job: Job) -> int:
    context = ssl.create_default_context(cafile=job.ca_path)
    version = VmomiSupport.newestVersions.GetName("vim")
    stub = SoapStubAdapter(host=job.host, port=job.port, version=version, sslContext=context, httpConnectionTimeout=TIMEOUT)
    content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
    content.sessionManager.Login(job.username, job.password)
    query = vmodl.query.PropertyCollector
    machines = 0
    for question in job.questions:
        wanted = {VmomiSupport.GetWsdlType(_NAMESPACE, name): paths for name, paths in question.properties.items()}
        view = content.viewManager.CreateContainerView(content.rootFolder, list(wanted), True)
        way = query.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
        spec = query.FilterSpec(
            objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[way])],
            propSet=[query.PropertySpec(type=kind, pathSet=paths) for kind, paths in wanted.items()],
        )
        page = content.propertyCollector.RetrievePropertiesEx([spec], query.RetrieveOptions(maxObjects=question.page_size))
        while page:
            machines += sum(isinstance(item.obj, vim.VirtualMachine) for item in page.objects)
            page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token) if page.token else None
        view.Destroy()
    content.sessionManager.Logout()
    return machines


if __name__ == "__main__":
    tell(read(told()))
