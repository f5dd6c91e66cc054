# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.module_utils.common.parameters import remove_values

from ansible_collections.estate.vmware.plugins.module_utils.common.masking import contains_secret

RESULT = {"name": "web-prod-01", "vcpu": 12, "on": True, "none": None, "free": 0.5, "tags": {"secret key": ["a", "b%2f"]}, "rows": [{"state": "poweredOn"}]}


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("web-", True), ("poweredOn", True), ("b%2f", True), ("12", True), ("1", True), ("True", True), ("None", True), (".5", True),
        ("secret key", False), ("WEB-", False), ("13", False), ("prod-02", False),
    ],
)  # fmt: skip
def test_values_that_ansible_masks(secret, expected):
    assert contains_secret(RESULT, secret) == expected
    # Releases after 2.16 mask no booleans and nulls.
    assert expected == (remove_values(RESULT, {secret}) != RESULT) or secret in ("True", "None")
