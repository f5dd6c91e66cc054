# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, documented once for modules and plugins."""

from __future__ import annotations


class ModuleDocFragment:
    """Descriptions of the options of plugins/module_utils/vsphere/connection_options.py."""

    DOCUMENTATION = r"""
options:
  hostname:
    description:
      - Host name or IP address of the vCenter Server or standalone ESXi host.
      - A URL is accepted too. Only its host and port are used, and its port takes precedence over O(port).
      - If not set, the environment variable E(VMWARE_HOST) is used.
    type: str
    required: true
  username:
    description:
      - Account to log in with. It needs the role C(Read-only) at the top of the inventory, propagating, and no more where nothing is changed.
        C(docs/changing.md) lists the privileges that changes need.
      - Required with O(password), unless O(session_token) is given.
      - If not set, the environment variable E(VMWARE_USER) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - Required unless O(session_token) is given.
      - If not set, the environment variable E(VMWARE_PASSWORD) is used.
    type: str
  session_token:
    description:
      - Id of an existing session, the value of its cookie C(vmware_soap_session), to use instead of O(username) and O(password).
      - The session is neither started nor ended. If it expires, reading fails; no new session is started.
      - Cannot be given together with O(password).
      - If not set, the environment variable E(VMWARE_SESSION_TOKEN) is used.
    type: str
  rest_session_token:
    description:
      - Id of an existing REST session, the value of its header C(vmware-api-session-id). Required with O(session_token) to read tags, which only REST has.
      - The session is neither started nor ended.
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
      - Whether to verify the certificate of O(hostname). V(false) accepts any certificate, also that of an attacker.
      - If not set, the environment variable E(VMWARE_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File or folder of CA certificates in PEM format to trust in addition to those of the system.
      - The CA certificate of a vCenter can be downloaded from its welcome page.
      - If not set, the environment variable E(VMWARE_CA_PATH) is used.
    type: path
  fingerprint:
    description:
      - SHA-256 fingerprint of the one certificate to trust, with or without colons. CAs and the name in the certificate are ignored then.
      - It is compared on each connection before anything is sent.
      - Cannot be given together with O(ca_path), or with O(validate_certs) set to V(false).
      - If not set, the environment variable E(VMWARE_FINGERPRINT) is used.
    type: str
  proxy_host:
    description:
      - Host name, IP address or URL of an HTTP proxy to connect through, with its method CONNECT.
      - The proxy is reached in plain HTTP. Inside the connection that it makes, TLS runs from the host of the module to O(hostname).
      - If not set, the environment variable E(VMWARE_PROXY_HOST) is used; E(HTTPS_PROXY) is not.
    type: str
  proxy_port:
    description:
      - TCP port of O(proxy_host). Required unless that is a URL with a port.
      - If not set, the environment variable E(VMWARE_PROXY_PORT) is used.
    type: int
  proxy_username:
    description:
      - Account for a proxy that requires Basic authentication. The proxy receives it unencrypted.
      - If not set, the environment variable E(VMWARE_PROXY_USERNAME) is used.
    type: str
  proxy_password:
    description:
      - Password of O(proxy_username).
      - If not set, the environment variable E(VMWARE_PROXY_PASSWORD) is used.
    type: str
  timeout:
    description:
      - Seconds that connecting, and each wait for a response, may take.
      - If not set, the environment variable E(VMWARE_TIMEOUT) is used.
    type: int
    default: 30
  deadline:
    description:
      - Seconds that the module may take as a whole. What was not read by then is missing, and the scan reports it. Of changes nothing more is begun then, and
        what goes on is named.
      - If not set, the environment variable E(VMWARE_DEADLINE) is used.
    type: int
    default: 3600
  retries:
    description:
      - How often to retry after a transient error (connection closed, timeout, server not ready, session ended), with a new login, after pauses
        of 0.5, 1, 2, ... seconds.
      - An address where nothing answers at all is not retried.
      - If not set, the environment variable E(VMWARE_RETRIES) is used.
    type: int
    default: 3
notes:
  - An option that is given takes precedence over one from the environment that contradicts it.
requirements:
  - pyVmomi >= 8.0.1.0
  - cryptography, to describe certificates; ansible-core requires it
"""
