# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Note each bulk question that this process asks, as pyVmomi sends it."""

from __future__ import annotations

from typing import Any

from job import Question
from pyVmomi import SoapStubAdapter


def listen() -> list[Question]:
    """The questions that this process asks from now on."""
    asked: list[Question] = []
    serialize = SoapStubAdapter.SerializeRequest

    def note(stub: Any, managed_object: Any, info: Any, arguments: Any) -> Any:
        if info.wsdlName == "RetrievePropertiesEx":
            specs, options = arguments
            # One single object, such as that which knows the names of custom attributes, is no bulk.
            specs = [spec for spec in specs if spec.objectSet[0].selectSet]
            properties = {item.type._wsdlName: list(item.pathSet) for spec in specs for item in spec.propSet}
            if properties:
                asked.append(Question(properties, options.maxObjects))
        return serialize(stub, managed_object, info, arguments)

    SoapStubAdapter.SerializeRequest = note
    return asked
