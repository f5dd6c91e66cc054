# Copyright (c) 2026, the estate.vmware contributors
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
      - Needed with O(password), and not with O(session_token).
      - If not set, the environment variable E(VMWARE_USER) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - Needed unless O(session_token) is given.
      - If not set, the environment variable E(VMWARE_PASSWORD) is used.
    type: str
  session_token:
    description:
      - Id of a session that exists, the value of its cookie C(vmware_soap_session), to use instead of O(username) and O(password).
      - That session is neither begun nor ended. When it has ended meanwhile, nothing can be read any more, and it is not replaced by a new one.
      - Cannot be given together with O(password).
      - If not set, the environment variable E(VMWARE_SESSION_TOKEN) is used.
    type: str
  rest_session_token:
    description:
      - Id of a REST session that exists, the value of the header C(vmware-api-session-id), for tags. Needed beside O(session_token) where tags are
        wanted, which are read with REST alone.
      - That session is neither begun nor ended.
      - Cannot be given together with O(password).
      - If not set, the environment variable E(VMWARE_REST_SESSION_TOKEN) is used.
    type: str
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
  fingerprint:
    description:
      - SHA-256 fingerprint of the one certificate to trust, with or without colons. Neither CAs nor the name in the certificate count then.
      - Each connection is compared with it before anything is sent.
      - Cannot be given together with O(ca_path), or with O(validate_certs) set to V(false).
      - If not set, the environment variable E(VMWARE_FINGERPRINT) is used.
    type: str
  proxy_host:
    description:
      - Host name, IP address or URL of an HTTP proxy through which to connect, with its method CONNECT.
      - The proxy itself is spoken to in plain HTTP. Inside the connection that it makes, TLS runs from here to O(hostname).
      - If not set, the environment variable E(VMWARE_PROXY_HOST) is used; E(HTTPS_PROXY) is not.
    type: str
  proxy_port:
    description:
      - TCP port of O(proxy_host). Needed unless that is a URL that holds it.
      - If not set, the environment variable E(VMWARE_PROXY_PORT) is used.
    type: int
  proxy_username:
    description:
      - Account for a proxy that wants Basic credentials. It gets them in the clear, as such proxies do.
      - If not set, the environment variable E(VMWARE_PROXY_USERNAME) is used.
    type: str
  proxy_password:
    description:
      - Password of O(proxy_username).
      - If not set, the environment variable E(VMWARE_PROXY_PASSWORD) is used.
    type: str
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
notes:
  - An option that is given wins over one of the environment that contradicts it.
requirements:
  - pyVmomi >= 8.0.1.0
  - cryptography, to say what a certificate holds; ansible-core brings it along
"""
