# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest
from ansible.module_utils.common.parameters import remove_values

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.masking import MASK, PIECE, Secrets, contains_secret

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


USER_DATA = """#cloud-config
hostname: web
chpasswd:
  list: |
    root:Tr0ub4dor
password: hunter2
write_files:
  - path: /etc/app.conf
    content: "api   key of the other side is 7e2f9c1b5a"
"""
ENCODED = base64.b64encode(USER_DATA.encode()).decode()


@pytest.mark.parametrize(
    "leak",
    [
        USER_DATA,
        " ".join(USER_DATA.split()),
        "root:Tr0ub4dor",
        "password: hunter2",
        "hunter2",
        "api   key of the other side is 7e2f9c1b5a",
        "the other side is 7e2f9c1b5a",
        ENCODED,
        ENCODED[37:77],
        ENCODED[len(ENCODED) - 30 :],
    ],
)
def test_user_data_is_masked_in_whole_and_in_part(leak):
    secrets = Secrets([USER_DATA])
    shown = secrets.hide(str(EstateError(f"cannot clone: {leak} is not allowed: check it")))
    assert shown.startswith("cannot clone: ") and shown.endswith(" is not allowed: check it"), shown
    for secret in ("Tr0ub4dor", "hunter2", "7e2f9c1b5a", ENCODED[40:56]):
        assert secret not in shown


@pytest.mark.parametrize("around", [0, 7, 15, 30])
def test_pieces_are_found_wherever_they_begin(around):
    secret = "".join(chr(ord("a") + number * 7 % 26) + str(number) for number in range(40))
    secrets = Secrets(["other", secret])
    for start in range(len(secret) - PIECE):
        piece = secret[start : start + PIECE]
        assert secrets.hide("~" * around + piece + "." * around) == "~" * around + MASK + "." * around
    assert secrets.hide(secret[3 : 3 + PIECE - 4]) == secret[3 : 3 + PIECE - 4]


def test_short_secrets_and_ordinary_words():
    secrets = Secrets(["pw", "", USER_DATA])
    assert secrets.hide("the pw of root") == f"the {MASK} of root"
    assert secrets.hide("the hostname web has no password: set one") == "the hostname web has no password: set one"
    assert Secrets([]).hide("nothing …") == "nothing …"


@pytest.mark.parametrize("before", range(230, 275))
def test_secret_at_which_a_message_was_shortened(before):
    secret = "Wq7-Zk3!Pn9"
    message = str(EstateError("x" * before + secret + "y" * 600))
    shown = Secrets([secret]).hide(message)
    assert not any(secret[:length] in shown or secret[-length:] in shown for length in range(4, len(secret) + 1)), shown


def test_size_of_secrets_costs_little():
    texts = [f"#cloud-config\nnumber: {number}\n" + "line of a script\n" * 50 for number in range(500)]
    assert Secrets(texts).hide("number: 499 line of a script line of a script") == MASK
