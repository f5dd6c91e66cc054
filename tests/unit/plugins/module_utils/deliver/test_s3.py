# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys

import pytest
from botocore.exceptions import ClientError

from ansible_collections.estate.vmware.plugins.module_utils.deliver import s3
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

OPTIONS = {
    "bucket": "estate", "key": None, "url": "https://s3.example.com", "region": None, "access_key": None, "secret_key": None, "session_token": None,
    "addressing": "auto", "validate_certs": True, "ca_path": None, "timeout": 5, "deadline": 30,
}  # fmt: skip


def test_missing_boto3(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(DeliveryError, match=r"needs the Python library boto3.*pip install boto3"):
        s3.S3(OPTIONS, Payload("/tmp/estate.xlsx"))


def test_missing_credentials(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (tmp_path / "estate.xlsx").write_bytes(b"workbook")
    with pytest.raises(DeliveryError, match="no credentials found: set access_key and secret_key"):
        s3.S3(OPTIONS, Payload(str(tmp_path / "estate.xlsx"))).deliver()


@pytest.mark.parametrize(
    ("code", "status", "message", "transient"),
    [
        ("NotImplemented", 501, "words of the store", False),
        ("AccessDenied", 403, "s3:PutObject", False),
        ("", 429, "words of the store", True),
        ("AccessDenied", 403, "AccessDenied for the bucket estate: give the account the right s3:PutObject", False),
        ("SlowDown", 503, "SlowDown", True),
        ("InternalError", 500, "InternalError for the bucket estate: words of the store", True),
        ("Strange", 400, "words of the store", False),
    ],
)
def test_error_responses(code, status, message, transient):
    error = ClientError({"Error": {"Code": code, "Message": "words of the store"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")
    found = s3.store_failure(error, "estate")
    assert message in str(found) and found.transient == transient
