#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_deliver
short_description: Deliver a workbook over HTTP, to an S3 store or by mail
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Delivers a workbook of M(estate.vmware.vmware_inventory_export) to one destination.
  - Transient errors, such as a timeout, are retried. Others, such as a wrong password, are not, so that no account is locked.
  - The role P(estate.vmware.vmware_deliver#role) delivers to any number of destinations, copies on hosts among them.
options:
  src:
    description:
      - The workbook. Required unless O(to.type=mail). A mail without it has the summary alone.
    type: path
  to:
    description:
      - The destination. Besides O(to.type), O(to.name), O(to.validate_certs), O(to.ca_path), O(to.timeout) and O(to.deadline), its options depend
        on O(to.type). An option of another type is an error.
    type: dict
    required: true
    suboptions:
      type:
        description:
          - V(http) uploads the file to O(to.url) with the method PUT, as for WebDAV, Nexus and Artifactory.
            Required is O(to.url), optional are O(to.username), O(to.password), O(to.token), O(to.headers) and O(to.create_folders). A proxy is taken
            from the environment.
          - V(s3) uploads it to an S3 store. Required are O(to.bucket) and the Python library boto3, optional are O(to.key), O(to.url),
            O(to.region), O(to.access_key), O(to.secret_key), O(to.session_token) and O(to.addressing).
          - V(mail) sends a summary of the run as text and HTML with the file attached. Required are O(to.server), O(to.sender) and
            O(to.recipients), optional are O(to.port), O(to.tls), O(to.username), O(to.password), O(to.subject), O(to.attach) and
            O(to.attachment_limit).
        type: str
        choices: [http, s3, mail]
        required: true
      name:
        description:
          - Name of the destination in messages. By default its type and address.
        type: str
      validate_certs:
        description:
          - Verify the certificate of the server.
        type: bool
        default: true
      ca_path:
        description:
          - File or folder of CA certificates in PEM format to trust besides those of the system.
          - With O(to.type=s3) it must be a file, and replaces those of the system.
        type: path
      timeout:
        description:
          - Seconds that connecting, and each wait for an answer, may take.
        type: int
        default: 60
      deadline:
        description:
          - Seconds that all attempts together may take, pauses included. Large files over slow lines may need more.
        type: int
        default: 600
      url:
        description:
          - With O(to.type=http) the URL of the file, or of a folder, with a slash at its end, to which the name of the file is added.
            A query in it, such as a signature, is never printed.
          - With O(to.type=s3) the URL of the store. By default Amazon S3.
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
          - Further headers, such as an API key. Their values are never printed.
        type: dict
      create_folders:
        description:
          - Create missing folders of O(to.url), with the method MKCOL of WebDAV.
        type: bool
        default: false
      bucket:
        description:
          - The bucket, which must exist.
        type: str
      key:
        description:
          - Key of the object, or of a folder, with a slash at its end, to which the name of the file is added. By default the name of the file.
        type: str
      region:
        description:
          - The region of O(to.bucket). By default that of boto3's configuration.
        type: str
      access_key:
        description:
          - Id of the access key. By default the credentials of boto3's configuration.
        type: str
      secret_key:
        description:
          - Secret of O(to.access_key).
        type: str
      session_token:
        description:
          - Session token of a temporary O(to.access_key).
        type: str
      addressing:
        description:
          - Whether the bucket is part of the path or of the host name. With V(auto) boto3 decides.
        type: str
        choices: [auto, path, virtual]
        default: auto
      server:
        description:
          - The mail server.
        type: str
      port:
        description:
          - TCP port of O(to.server). By default 587 with O(to.tls=starttls), 465 with O(to.tls=tls) and 25 with O(to.tls=none).
        type: int
      tls:
        description:
          - Use TLS after STARTTLS (V(starttls)), from the start (V(tls)), or not at all (V(none)).
        type: str
        choices: [starttls, tls, none]
        default: starttls
      sender:
        description:
          - Address of the sender, such as V(inventory@example.com) or V(Inventory <inventory@example.com>).
        type: str
      recipients:
        description:
          - Addresses of the recipients.
        type: list
        elements: str
      subject:
        description:
          - Subject of the mail. By default the number of sources that were read, and of those that failed.
        type: str
      attach:
        description:
          - Attach the workbook.
        type: bool
        default: true
      attachment_limit:
        description:
          - Size in megabytes up to which the workbook is attached. A larger one, or one beyond the limit of the server, is not attached, and the mail says
            so. That is not a failure.
        type: float
        default: 10
  report:
    description:
      - What M(estate.vmware.vmware_inventory_export) returned, for the summary of a mail.
      - For a redacted workbook, the mail has the same pseudonyms, and no errors.
    type: dict
    default: {}
  summary:
    description:
      - Subject and text of a mail about a file that is no workbook. O(report) is not used then.
    type: dict
    suboptions:
      subject:
        description:
          - One line.
        type: str
        required: true
      text:
        description:
          - Plain text.
        type: str
        required: true
    version_added: 1.1.0
  language:
    description:
      - Language of a mail.
    type: str
    choices: [en, es, fr, zh]
    default: en
  retries:
    description:
      - How often a transient error is retried.
    type: int
    default: 3
  delay:
    description:
      - Seconds before each retry.
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
  - A delivery always counts as a change, because the destination is not compared.
  - Runs where the workbook is, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
requirements:
  - boto3, with O(to.type=s3) only
seealso:
  - module: estate.vmware.vmware_inventory_export
"""

EXAMPLES = r"""
- name: Upload a workbook to a WebDAV folder of this month
  estate.vmware.vmware_inventory_deliver:
    src: reports/estate.xlsx
    to:
      type: http
      url: "https://files.example.com/inventory/{{ now(utc=true, fmt='%Y-%m') }}/"
      username: inventory
      password: "{{ vault_files_password }}"
      create_folders: true

- name: Upload it to a bucket
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

- name: Mail a workbook with a summary
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
  description: Number of attempts. 0 in check mode.
  returned: success
  type: int
remark:
  description: Why a mail has no workbook; else empty.
  returned: success
  type: str
"""

import os
from collections.abc import Callable, Mapping
from html import escape
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
    create_destination,
    deliver_with_retries,
)
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import AttachmentNotes, Payload
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import CONTENT_TYPE
from ansible_collections.estate.vmware.plugins.module_utils.report.export_result import checked_result
from ansible_collections.estate.vmware.plugins.module_utils.report.mail_summary import mail_html, mail_subject, mail_text
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

_CONTENT_TYPES = {".csv": "text/csv", ".json": "application/json", ".xlsx": CONTENT_TYPE}
ARGUMENT_SPEC = {
    "src": {"type": "path"},
    "to": {"type": "dict", "required": True, "options": DESTINATION_OPTIONS, "required_if": REQUIRED_BY_TYPE},
    "report": {"type": "dict", "default": {}},
    "summary": {"type": "dict", "options": {"subject": {"type": "str", "required": True}, "text": {"type": "str", "required": True}}},
    "language": {"type": "str", "choices": list(LANGUAGES), "default": "en"},
    "retries": {"type": "int", "default": 3},
    "delay": {"type": "int", "default": 10},
}


def main(make: Callable[..., AnsibleModule] = AnsibleModule) -> None:
    run_module(deliver, ARGUMENT_SPEC, make=make)


def deliver(module: AnsibleModule) -> dict[str, Any]:
    options, to = module.params, module.params["to"]
    module.no_log_values.update(secrets_of(to["url"]))
    name = to["name"] or to["type"]
    try:
        for option in ("retries", "delay"):
            in_range(option, options[option], 0)
        path = readable_file(options["src"]) if options["src"] and not module.check_mode else options["src"] or ""
        labels = LANGUAGES[options["language"]]
        payload = file_payload(path, options["summary"]) if options["summary"] else workbook_payload(path, options["report"], labels)
        destination = create_destination(to, payload)
        name = f"{name} ({destination.location})"
        if destination.warning:
            module.warn(f"{name}: {destination.warning}")
        remark, attempts = ("", 0) if module.check_mode else deliver_with_retries(destination, options["retries"], options["delay"])
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


def file_payload(path: str, summary: Mapping[str, str]) -> Payload:
    """Any file, and the mail about it.

    :param summary: subject and text.
    """
    content_type = _CONTENT_TYPES.get(os.path.splitext(path)[1].lower(), Payload.content_type)
    return Payload(path, content_type, one_line(summary["subject"]), summary["text"], f"<pre>{escape(summary['text'])}</pre>")


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
