#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_deliver
short_description: Deliver a workbook over HTTP, to an S3 store or by mail
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Brings a workbook of M(estate.vmware.vmware_inventory_export) to one destination.
  - What fails in passing, as when a server does not answer, is tried again. What does not, as a wrong password, is not, so that no
    account gets locked.
  - The role P(estate.vmware.vmware_deliver#role) delivers to any number of destinations, copies on hosts among them.
options:
  src:
    description:
      - The workbook. Needed unless O(to.type=mail); without it a mail has the summary only, and says so.
    type: path
  to:
    description:
      - Where it goes, and how. Which options there are besides O(to.type), O(to.name), O(to.validate_certs), O(to.ca_path),
        O(to.timeout) and O(to.deadline) depends on O(to.type); one that does not belong to it is an error.
    type: dict
    required: true
    suboptions:
      type:
        description:
          - V(http) puts the file at O(to.url) with the method PUT, as WebDAV, Nexus, Artifactory and other stores take it.
            Needs O(to.url), knows O(to.username), O(to.password), O(to.token), O(to.headers) and O(to.create_folders). A proxy is taken
            from the environment.
          - V(s3) makes it an object of a store that speaks S3. Needs O(to.bucket) and the Python library boto3, knows O(to.key), O(to.url),
            O(to.region), O(to.access_key), O(to.secret_key), O(to.session_token) and O(to.addressing).
          - V(mail) sends a summary of the run as text and HTML with the file attached. Needs O(to.server), O(to.sender) and
            O(to.recipients), knows O(to.port), O(to.tls), O(to.username), O(to.password), O(to.subject), O(to.attach) and
            O(to.attachment_limit).
        type: str
        choices: [http, s3, mail]
        required: true
      name:
        description:
          - What messages call this destination. By default its address.
        type: str
      validate_certs:
        description:
          - Whether the server's certificate must be trusted and be its own.
        type: bool
        default: true
      ca_path:
        description:
          - File or folder of CA certificates in PEM format to trust besides those of the system.
          - With O(to.type=s3) it must be a file, and it is trusted instead of those of the system.
        type: path
      timeout:
        description:
          - Seconds that connecting, and each wait for an answer, may take.
        type: int
        default: 60
      deadline:
        description:
          - Seconds that the delivery may take altogether, all attempts and the pauses between them included. Large files over slow lines
            may need more.
        type: int
        default: 600
      url:
        description:
          - With O(to.type=http) the address of the file, or of a folder, with a slash at its end, to which the file's name is added.
            A query in it, such as a signature, is never shown.
          - With O(to.type=s3) the address of the store. Amazon's when not set.
        type: str
      username:
        description:
          - Account for O(to.type=http) with Basic authentication, or O(to.type=mail).
        type: str
      password:
        description:
          - Password of O(to.username).
        type: str
      token:
        description:
          - A bearer token, to use instead of O(to.username) and O(to.password).
        type: str
      headers:
        description:
          - Headers to send along, such as an API key. Their values are taken for secrets and not shown.
        type: dict
      create_folders:
        description:
          - Make the folders of O(to.url) that do not exist, with the method MKCOL of WebDAV.
        type: bool
        default: false
      bucket:
        description:
          - The bucket, which must exist.
        type: str
      key:
        description:
          - The object, or a folder, with a slash at its end, to which the file's name is added. The file's name when not set.
        type: str
      region:
        description:
          - The region of O(to.bucket). What boto3 finds in the environment when not set.
        type: str
      access_key:
        description:
          - Id of the access key. What boto3 finds in the environment, in its files or of the machine when not set.
        type: str
      secret_key:
        description:
          - The secret that belongs to O(to.access_key).
        type: str
      session_token:
        description:
          - The token that belongs to an O(to.access_key) that is lent.
        type: str
      addressing:
        description:
          - Whether the bucket stands in the path of an address or before the host name. V(auto) leaves it to boto3.
        type: str
        choices: [auto, path, virtual]
        default: auto
      server:
        description:
          - The mail server.
        type: str
      port:
        description:
          - TCP port of O(to.server). By O(to.tls), 587 with V(starttls), 465 with V(tls) and 25 with V(none), when not set.
        type: int
      tls:
        description:
          - Whether O(to.server) is spoken to over TLS, after it was asked to (V(starttls)), from the beginning (V(tls)), or not at all
            (V(none)).
        type: str
        choices: [starttls, tls, none]
        default: starttls
      sender:
        description:
          - Address that the mail comes from, such as V(inventory@example.com) or V(Inventory <inventory@example.com>).
        type: str
      recipients:
        description:
          - Addresses that it goes to.
        type: list
        elements: str
      subject:
        description:
          - The mail's subject. By default it tells how many sources were read and how many not.
        type: str
      attach:
        description:
          - Attach the workbook.
        type: bool
        default: true
      attachment_limit:
        description:
          - Megabytes that the workbook may have. A larger one is not attached, as one that the server says is too large for it, and the mail
            says so. That is no failure.
        type: float
        default: 10
  report:
    description:
      - What M(estate.vmware.vmware_inventory_export) returned, for the summary of a mail.
      - Where the workbook is redacted, the mail has the same pseudonyms, and leaves out errors.
    type: dict
    default: {}
  language:
    description:
      - Language of a mail.
    type: str
    choices: [en, es, fr, zh]
    default: en
  retries:
    description:
      - How often something that failed in passing is tried again.
    type: int
    default: 3
  delay:
    description:
      - Seconds before each further attempt.
    type: int
    default: 10
extends_documentation_fragment:
  - estate.vmware.attributes
attributes:
  check_mode:
    support: full
    details:
      - Options, CA certificates and libraries are checked, without a connection to the server. O(src) need not exist.
  diff_mode:
    support: none
    details:
      - The destination is not read.
notes:
  - A delivery always counts as a change, for what was there before is not looked at.
  - Runs where the workbook is, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
requirements:
  - boto3, with O(to.type=s3) only
seealso:
  - module: estate.vmware.vmware_inventory_export
"""

EXAMPLES = r"""
- name: Put a workbook into a WebDAV folder of this month
  estate.vmware.vmware_inventory_deliver:
    src: reports/estate.xlsx
    to:
      type: http
      url: "https://files.example.com/inventory/{{ now(utc=true, fmt='%Y-%m') }}/"
      username: inventory
      password: "{{ vault_files_password }}"
      create_folders: true

- name: Keep it in a bucket
  estate.vmware.vmware_inventory_deliver:
    src: reports/estate.xlsx
    to:
      type: s3
      url: https://minio.example.com:9000
      bucket: estate
      key: "nightly/{{ now(utc=true, fmt='%Y-%m-%d') }}.xlsx"
      access_key: inventory
      secret_key: "{{ vault_minio_key }}"
      ca_path: /etc/pki/minio.pem

- name: Mail what another task made, and what it found
  estate.vmware.vmware_inventory_deliver:
    src: "{{ workbook.dest }}"
    report: "{{ workbook }}"
    to:
      type: mail
      server: smtp.example.com
      username: inventory@example.com
      password: "{{ vault_mail_password }}"
      sender: inventory@example.com
      recipients: [operations@example.com]
"""

RETURN = r"""
location:
  description: Address of the destination, without secrets.
  returned: success
  type: str
  sample: s3://estate/nightly/2025-02-20.xlsx
attempts:
  description: How often it was tried. 0 in check mode.
  returned: success
  type: int
remark:
  description: Why a mail has no workbook. Else empty.
  returned: success
  type: str
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import ModuleFailure, run_module
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import (
    DESTINATION_OPTIONS,
    REQUIRED_BY_TYPE,
    call_with_retries,
    create_destination,
)
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import AttachmentNotes, Payload
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import CONTENT_TYPE
from ansible_collections.estate.vmware.plugins.module_utils.report.export_result import checked_result
from ansible_collections.estate.vmware.plugins.module_utils.report.mail_summary import mail_html, mail_subject, mail_text
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

ARGUMENT_SPEC = {
    "src": {"type": "path"},
    "to": {"type": "dict", "required": True, "options": DESTINATION_OPTIONS, "required_if": REQUIRED_BY_TYPE},
    "report": {"type": "dict", "default": {}},
    "language": {"type": "str", "choices": list(LANGUAGES), "default": "en"},
    "retries": {"type": "int", "default": 3},
    "delay": {"type": "int", "default": 10},
}


def main() -> None:
    run_module(deliver, ARGUMENT_SPEC)


def deliver(module: AnsibleModule) -> dict[str, Any]:
    options, to = module.params, module.params["to"]
    module.no_log_values.update(secrets_of(to["url"]))
    name = to["name"] or to["type"]
    try:
        for option in ("retries", "delay"):
            in_range(option, options[option], 0)
        path = readable_file(options["src"]) if options["src"] and not module.check_mode else options["src"] or ""
        destination = create_destination(to, workbook_payload(path, options["report"], LANGUAGES[options["language"]]))
        name = f"{name} ({destination.location})"
        if destination.warning:
            module.warn(f"{name}: {destination.warning}")
        remark, attempts = ("", 0) if module.check_mode else call_with_retries(destination, options["retries"], options["delay"])
    except (DeliveryError, InvalidOption) as error:
        raise ModuleFailure(f"{one_line(name, 200)}: {error}") from error
    return {"changed": True, "location": destination.location, "attempts": attempts, "remark": remark}


def workbook_payload(path: str, result: Mapping[str, Any], labels: Mapping[str, str]) -> Payload:
    """A workbook, and the mail about it.

    :param result: what vmware_inventory_export returned. :param labels: label key to text, of the language of the mail.
    :raises InvalidOption: the result is something else.
    """
    checked_result(result, labels)
    notes = AttachmentNotes(labels["text.mail_attached"], labels["text.mail_too_large"], labels["text.mail_none"])
    return Payload(path, CONTENT_TYPE, mail_subject(result, labels), mail_text(result, labels), mail_html(result, labels), notes)


def readable_file(src: str) -> str:
    """:raises DeliveryError: it cannot be read, or is no file."""
    # A pipe waits for ever, and a device may have no end.
    if os.path.exists(src) and not os.path.isfile(src):
        raise DeliveryError(f"src must be a file ({src} is none)")
    try:
        with open(src, "rb"):
            return src
    except OSError as error:
        raise DeliveryError(f"src {src} cannot be read ({error.strerror}): check path and permissions")


def secrets_of(url: str | None) -> set[str]:
    """The parts of a URL that people hide in it."""
    found: set[str | None]
    try:
        parts = urlsplit(url or "")
        found = {parts.query, parts.password}
    except ValueError:
        found = {url}
    return {form for text in found if text for form in (text, unquote(text))}


if __name__ == "__main__":
    main()
