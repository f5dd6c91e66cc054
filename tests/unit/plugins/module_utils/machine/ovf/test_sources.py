# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that packages are read from, and what their servers may answer; test_package.py has a real web server."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import (
    FileSource,
    Moved,
    NoSuchPackageFile,
    PackageError,
    UrlSource,
    content_of,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import TimedOut
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Download

CONTENT = b"0123456789"


class Web:
    """A transport to a web server that gives one answer after another: a status, headers and blocks, or an error."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    @contextmanager
    def download(self, path, headers):
        self.asked.append((path, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, found, blocks = answer
        yield Download(status, "a reason", found, found.get("length"), iter(blocks))


def sized(total="10", **headers):
    return 206, {"Content-Range": f"bytes 0-0/{total}", **headers}, []


def source(*answers, **headers):
    web = Web(*answers)
    return UrlSource(web, "/a.ova?token=x", "https://web/a.ova", headers), web


def test_parts_of_a_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    found = FileSource(str(path))
    assert (found.size, b"".join(found.blocks(2, 3)), list(found.blocks(9, 0))) == (10, b"234", [])
    assert content_of(found, 8, 2, limit=2, what="it") == b"89"
    with pytest.raises(PackageError, match="the manifest of .* has 3 bytes, more than 2"):
        content_of(found, 0, 3, limit=2, what="the manifest")


def test_file_that_becomes_shorter_or_is_gone(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    found = FileSource(str(path))
    path.write_bytes(CONTENT[:5])
    with pytest.raises(PackageError, match="became shorter while it was read"):
        list(found.blocks(2, 8))
    path.unlink()
    with pytest.raises(PackageError, match=r"cannot be read \(No such file or directory\)"):
        list(found.blocks(2, 8))
    with pytest.raises(PackageError, match="Is a directory"):
        FileSource(str(tmp_path))


def test_each_request_has_the_headers_and_a_range():
    found, web = source(sized(), (206, {}, [b"234"]), Authorization="Basic x")
    assert found.size == 10 and b"".join(found.blocks(2, 3)) == b"234"
    assert web.asked == [
        ("/a.ova?token=x", {"Authorization": "Basic x", "Range": "bytes=0-0"}),
        ("/a.ova?token=x", {"Authorization": "Basic x", "Range": "bytes=2-4"}),
    ]
    assert list(found.blocks(9, 0)) == [] and len(web.asked) == 2, "nothing is asked for nothing"


@pytest.mark.parametrize(("etag", "sent"), [('"abc"', '"abc"'), ('W/"abc"', None), ("", None)])
def test_file_that_was_replaced_meanwhile_is_refused_by_the_server(etag, sent):
    found, web = source(sized(ETag=etag), (412, {}, []))
    with pytest.raises(PackageError, match="HTTP status 412 a reason"):
        list(found.blocks(2, 3))
    assert web.asked[1][1].get("If-Match") == sent


@pytest.mark.parametrize(
    ("blocks", "offset"), [([b"0123456789"], 2), ([b"0", b"1", b"2", b"34", b"56789"], 2), ([b"01", b"23456789"], 2)], ids=["whole", "small", "at an edge"]
)
def test_server_without_ranges(blocks, offset):
    found, _web = source((200, {"length": 10}, []), (200, {"length": 10}, blocks))
    assert b"".join(found.blocks(offset, 3)) == b"234"


@pytest.mark.parametrize("status", [200, 206])
def test_answer_that_ends_early(status):
    found, _web = source(sized(), (status, {}, [b"01"]))
    with pytest.raises(PackageError, match="shorter than the server said"):
        list(found.blocks(2, 8))


def test_answer_with_more_than_was_asked_for():
    found, _web = source(sized(), (206, {}, [b"2345", b"6789"]))
    assert b"".join(found.blocks(2, 3)) == b"234"


def test_answer_with_another_part():
    for part, fits in (("bytes 2-4/10", True), ("bytes 0-2/10", False), ("bytes 22-24/100", False)):
        found, _web = source(sized(), (206, {"Content-Range": part}, [b"234"]))
        if fits:
            assert b"".join(found.blocks(2, 3)) == b"234"
        else:
            with pytest.raises(PackageError, match="sends another part than it was asked for"):
                list(found.blocks(2, 3))


def test_lost_answers():
    with pytest.raises(PackageError, match=r"https://web/a.ova.* cannot be read \(no answer\)"):
        source(TimedOut("no answer"))
    found, _web = source(sized(), TimedOut("no answer"))
    with pytest.raises(PackageError, match="no answer"):
        list(found.blocks(0, 1))


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        ((404, {}, []), NoSuchPackageFile, "does not exist"),
        ((403, {}, []), PackageError, "HTTP status 403"),
        ((302, {}, []), PackageError, "HTTP status 302"),
        ((200, {}, []), PackageError, "does not say how long it is"),
        (sized("*"), PackageError, "does not say how long it is"),
        (sized("1" * 30), PackageError, "does not say how long it is"),
        (sized("²"), PackageError, "does not say how long it is"),
        ((206, {}, []), PackageError, "does not say how long it is"),
    ],
)
def test_answers_that_cannot_be_used(answer, error, message):
    with pytest.raises(error, match=message) as caught:
        source(answer)
    assert "token" not in str(caught.value)


def test_file_that_is_elsewhere():
    with pytest.raises(Moved) as caught:
        source((307, {"Location": "/b.ova"}, []))
    assert caught.value.target == "/b.ova"
