# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Upload to S3 stores: Amazon S3, MinIO, Ceph and others."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError, network_error, untrusted_certificate
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

if TYPE_CHECKING:
    from botocore.exceptions import ClientError, SSLError

S3_OPTIONS = {
    "bucket": {"type": "str"},
    "key": {"type": "str", "no_log": False},
    "url": {"type": "str"},
    "region": {"type": "str"},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "session_token": {"type": "str", "no_log": True},
    "addressing": {"type": "str", "choices": ["auto", "path", "virtual"], "default": "auto"},
}

_HINTS = {
    "NoSuchBucket": "create the bucket, or check bucket and url",
    "AccessDenied": "give the account the right s3:PutObject",
    "InvalidAccessKeyId": "check access_key",
    "SignatureDoesNotMatch": "check secret_key",
    "ExpiredToken": "session_token has expired: get a new one",
    "InvalidToken": "check session_token",
    "RequestTimeTooSkewed": "set the clock of this machine",
    "AuthorizationHeaderMalformed": "check region",
    "PermanentRedirect": "check region and url",
    "QuotaExceeded": "raise the quota, or delete objects",
}
#: Error codes and HTTP statuses of which a retry may help.
_TRANSIENT = frozenset({"SlowDown", "Throttling", "RequestTimeout", "TooManyRequests", 408, 425, 429, 500, 502, 503, 504})


class S3:
    """An object of a bucket.

    :raises DeliveryError: options do not fit, or boto3 is missing.
    """

    warning = ""

    def __init__(self, options: Mapping[str, Any], payload: Payload) -> None:
        try:
            # Only here: importing boto3 takes longer than a job needs for a delivery to another type of destination.
            import boto3
            import botocore.exceptions
        except ImportError as error:
            raise DeliveryError("s3 needs the Python library boto3: install it for the Python that runs Ansible (pip install boto3)") from error
        self._problems = botocore.exceptions
        if bool(options["access_key"]) != bool(options["secret_key"]):
            raise DeliveryError("access_key and secret_key must be set together, or neither to use the environment's")
        ca_path = options["ca_path"]
        if ca_path and not os.path.isfile(ca_path):
            raise DeliveryError(f"ca_path: {os.path.abspath(ca_path)} does not exist or is a folder; give a file of CA certificates in PEM format")
        self._payload = payload
        self.limits = TimeLimits(options["timeout"], options["deadline"])
        self._bucket = options["bucket"]
        self._key = payload.target_path((options["key"] or "").lstrip("/"))
        self._server = options["url"] or "Amazon S3"
        self.location = f"s3://{self._bucket}/{self._key}"
        try:
            self._client = boto3.session.Session().client(
                "s3",
                endpoint_url=options["url"],
                region_name=options["region"],
                aws_access_key_id=options["access_key"],
                aws_secret_access_key=options["secret_key"],
                aws_session_token=options["session_token"],
                verify=(ca_path or True) if options["validate_certs"] else False,
                config=_config(options),
            )
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            raise DeliveryError(f"boto3 refused these options: {error}") from error

    def deliver(self) -> str:
        """Upload the file, whole or not at all; no remark.

        :raises DeliveryError: it was not uploaded.
        """
        problems = self._problems
        try:
            with open(self._payload.path, "rb") as file:
                put = partial(self._client.put_object, Bucket=self._bucket, Key=self._key, Body=file, ContentType=self._payload.content_type)
                # boto3 has timeouts for each wait, and none for all of them.
                self.limits.call(put)
        except DeadlineExceeded as error:
            raise network_error(error, self._server) from error
        except problems.ClientError as error:
            raise store_failure(error, self._bucket) from error
        except problems.SSLError as error:
            raise _tls_failure(error, self._server) from error
        except (problems.ConnectTimeoutError, problems.ReadTimeoutError) as error:
            raise network_error(TimeoutError(), self._server) from error
        except (problems.HTTPClientError, problems.ConnectionError) as error:
            raise network_error(ConnectionError(type(error).__name__), self._server) from error
        except problems.NoCredentialsError as error:
            raise DeliveryError(
                "no credentials found: set access_key and secret_key, or the environment's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            ) from error
        except (problems.BotoCoreError, ValueError) as error:
            raise DeliveryError(f"boto3 cannot send the file: {error}") from error
        return ""


def _config(options: Mapping[str, Any]) -> Any:
    from botocore.config import Config

    settings: dict[str, Any] = {
        "connect_timeout": options["timeout"],
        "read_timeout": options["timeout"],
        # Retries are ours, as for every destination.
        "retries": {"total_max_attempts": 1},
        "s3": {"addressing_style": options["addressing"]},
        "signature_version": "s3v4",
    }
    # Newer releases add checksums that many stores do not support.
    if "request_checksum_calculation" in Config.OPTION_DEFAULTS:
        settings.update(request_checksum_calculation="when_required", response_checksum_validation="when_required")
    return Config(**settings)


def _tls_failure(error: SSLError, server: str) -> DeliveryError:
    reason = str(error.kwargs.get("error", ""))
    found = re.search(r"certificate verify failed: ([^(]*)", reason)
    return untrusted_certificate(server, found[1].strip()) if found else network_error(ssl.SSLError(reason), server)


def store_failure(error: ClientError, bucket: str) -> DeliveryError:
    """What an error response of a store means."""
    details = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = details.get("Code", "")
    hint = _HINTS.get(code, details.get("Message", "see the log of the store"))
    return DeliveryError(f"the store responded {code or status} for the bucket {bucket}: {hint}", transient=bool(_TRANSIENT & {code, status}))
