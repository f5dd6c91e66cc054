# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import MOST_BYTES, Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9.:]{0,20}", fullmatch=True)


def test_values_are_read_whatever_the_case_of_the_key_and_unescaped():
    vmx = Vmx.parse(b'#!/usr/bin/vmware\r\n.encoding = "UTF-8"\r\ndisplayName = "a |22b|22 |7C c"\r\nscsi0:0.present="TRUE"\r\nodd line\r\nplain = 8\r\n')
    assert (vmx.get("DISPLAYNAME"), vmx.get("plain"), vmx.get("none", "x")) == ('a "b" | c', "8", "x")
    assert vmx.is_true("scsi0:0.Present") and not vmx.is_true("plain")
    assert vmx.keys == [".encoding", "displayname", "scsi0:0.present", "plain"]


def test_unknown_lines_stay_and_keys_keep_their_place_and_case():
    vmx = Vmx.parse(b'.encoding = "UTF-8"\n# a comment = 1\nstrange\nuuid.Bios = "56"\nDisplayName = "old"\nDisplayName = "twice"\n\nb = "1"\n')
    changed = vmx.changed({"displayname": 'x"#', "new.key": "y"}, lambda key: key == "uuid.bios")
    assert changed.render() == b'.encoding = "UTF-8"\n# a comment = 1\nstrange\nDisplayName = "x|22|23"\n\nb = "1"\nnew.key = "y"\n'


@given(st.dictionaries(KEYS, TEXT, max_size=8), st.lists(TEXT.filter(lambda line: "=" not in line and "\n" not in line and "\r" not in line), max_size=4))
def test_what_is_written_is_read_back(values, others):
    vmx = Vmx(('.encoding = "UTF-8"', *others)).changed(values)
    again = Vmx.parse(vmx.render())
    assert again == vmx
    by_key = {key.lower(): value for key, value in values.items()}
    assert {key: again.get(key) for key in by_key} == by_key
    assert again.lines[1 : 1 + len(others)] == tuple(others)


@given(st.binary(max_size=200))
def test_nonsense_is_kept_or_refused(content):
    try:
        vmx = Vmx.parse(content)
    except NotPossible:
        return
    assert Vmx.parse(vmx.render()).get("displayName") == vmx.get("displayName")


def test_other_encodings_become_utf_8():
    text = '.encoding = "windows-1252"\ndisplayName = "Büro"\n'
    rendered = Vmx.parse(text.encode("cp1252")).render()
    assert rendered == '.encoding = "UTF-8"\ndisplayName = "Büro"\n'.encode()
    assert Vmx.parse(b'\xef\xbb\xbfdisplayName = "a"\n').get("displayName") == "a"


@pytest.mark.parametrize(
    "content, text",
    [
        (b" " * (MOST_BYTES + 1), "more than 1 MiB"),
        (b'.encoding = "rot13"\n', "an encoding that is not known here ('rot13')"),
        (b'.encoding = "UTF-8"\ndisplayName = "B\xfcro"\n', "no text in its encoding 'UTF-8'"),
        (b"\0\0", "no text"),
        (b"a\n" * 20_001, "too many lines"),
    ],
)
def test_what_is_no_vmx_file_is_refused(content, text):
    with pytest.raises(NotPossible, match=text.replace("(", r"\(").replace(")", r"\)")):
        Vmx.parse(content)
