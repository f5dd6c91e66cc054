# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, documented once for modules and plugins."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of plugins/module_utils/vsphere/connection.py."""

    DOCUMENTATION = r"""
options:
  hostname:
    description:
      - Host name or IP address of the vCenter Server or standalone ESXi host.
      - A URL is accepted too; of it only host and port are used, and a port in it wins over O(port).
      - If not set, the environment variable E(VMWARE_HOST) is used.
    type: str
    required: true
  username:
    description:
      - Account to log in with. Reading needs no more than the role C(Read-only), propagating from the top.
      - If not set, the environment variable E(VMWARE_USER) is used.
    type: str
    required: true
  password:
    description:
      - Password of O(username).
      - If not set, the environment variable E(VMWARE_PASSWORD) is used.
    type: str
    required: true
  port:
    description:
      - TCP port.
      - If not set, the environment variable E(VMWARE_PORT) is used.
    type: int
    default: 443
  validate_certs:
    description:
      - Whether the certificate of O(hostname) must be trusted and be its own.
      - If not set, the environment variable E(VMWARE_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder of CA certificates in PEM format to trust besides those of the system.
      - A vCenter's own CA certificate can be downloaded from its welcome page.
      - If not set, the environment variable E(VMWARE_CA_PATH) is used.
    type: path
  timeout:
    description:
      - Seconds that connecting, and each wait for an answer, may take.
      - If not set, the environment variable E(VMWARE_TIMEOUT) is used.
    type: int
    default: 30
  deadline:
    description:
      - Seconds that everything together may take. What was not read by then is missing from the scan, which says so.
      - If not set, the environment variable E(VMWARE_DEADLINE) is used.
    type: int
    default: 3600
  retries:
    description:
      - How often something that failed in passing (a connection that was cut, a server that is not ready or silent, a
        session that was ended) is tried again, with a new login, after pauses of 0.5, 1, 2, ... seconds.
      - An address where nothing answers from the beginning is not tried again.
      - If not set, the environment variable E(VMWARE_RETRIES) is used.
    type: int
    default: 3
requirements:
  - pyVmomi >= 8.0.1.0
"""
