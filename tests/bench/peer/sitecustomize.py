# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python runs first in the peer's environment, so that the peer gets along with the simulator.

The simulator answers an empty value where a vCenter answers none; pyVmomi stumbles over its missing type.
"""

from __future__ import annotations

from typing import Any

from pyVmomi import SoapStubAdapter

_ask = SoapStubAdapter.InvokeAccessor


def _forgiving(stub: Any, managed_object: Any, info: Any) -> Any:
    try:
        return _ask(stub, managed_object, info)
    except KeyError:
        return None


SoapStubAdapter.InvokeAccessor = _forgiving
