# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OVF packages, from files and from web servers: what is read of them, and what is refused."""

from __future__ import annotations

import io
import itertools
import tarfile
import tracemalloc

import ovf_packages
import pytest
from estates import CertificateAuthority
from web_server import serve_folder

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.package import open_ova, open_ovf, url_beside
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import FileSource, PackageError, UrlSource
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

DISK, SECOND = ovf_packages.stream_disk(b"one"), b"KDMV" + bytes(3 << 20)
DESCRIPTOR = ovf_packages.descriptor({"a.vmdk": 1 << 30, "b c.vmdk": 1 << 30}).encode()
FILES = {"appliance.ovf": DESCRIPTOR, "a.vmdk": DISK, "b c.vmdk": SECOND}


def members(algorithm="SHA256", **changed):
    return {**FILES, "appliance.mf": ovf_packages.manifest(FILES, algorithm), **changed}


def content(body):
    return b"".join(body.blocks())


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_ova(tmp_path, algorithm):
    package = open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", members(algorithm).items()))))
    assert package.has_manifest and package.descriptor == DESCRIPTOR.decode()
    assert content(package.file("a.vmdk")) == content(package.file("a.vmdk")) == DISK
    assert content(package.file("b%20c.vmdk")) == SECOND
    assert package.file("b c.vmdk").length == len(SECOND)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_members_in_any_order(tmp_path, order):
    every = list(members().items())
    package = open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", [every[number] for number in order]))))
    assert content(package.file("a.vmdk")) == DISK


def test_manifest_is_optional(tmp_path):
    package = open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", FILES.items()))))
    assert not package.has_manifest
    assert content(package.file("a.vmdk")) == DISK


def test_changed_file_is_never_given_out_whole(tmp_path):
    damaged = SECOND[:-1] + b"x"
    package = open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", members(**{"b c.vmdk": damaged}).items()))))
    given = 0
    with pytest.raises(PackageError, match=r"b c\.vmdk.* has the checksum .*, and its manifest says .*: it was changed or damaged"):
        for block in package.file("b c.vmdk").blocks():
            given += len(block)
    assert given < len(damaged)


def _long_name(size=1 << 20):
    """An archive whose first header says that a long name follows."""
    member = tarfile.TarInfo("././@LongLink")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, size
    return member.tobuf(tarfile.GNU_FORMAT) + bytes(size)


def _archive(*infos):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(bytes(info.size)))
    return target.getvalue()


def _link(name="appliance.ovf"):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (b"", "is no OVA"),
        (b"no archive" * 100, "is no OVA"),
        (b"PK\x03\x04" + bytes(2000), "is no OVA"),
        (_long_name(), "is no OVA"),
        (_archive(_link()), "is no OVA: .appliance.ovf. in it is no file"),
        (_archive(*(tarfile.TarInfo(f"{number}.vmdk") for number in range(1001))), "is one too many"),
        (_archive(tarfile.TarInfo("a.vmdk")), "holds no OVF descriptors"),
        (_archive(tarfile.TarInfo("a.ovf"), tarfile.TarInfo("b.ovf")), "holds 2 OVF descriptors"),
        (_archive(tarfile.TarInfo("a.ovf"), tarfile.TarInfo("./a.ovf")), "holds .a.ovf. twice"),
    ],
)
def test_file_that_is_no_ova(tmp_path, archive, reason):
    path = tmp_path / "a.ova"
    path.write_bytes(archive)
    with pytest.raises(PackageError, match=reason):
        open_ova(FileSource(str(path)))


def test_ova_that_was_cut(tmp_path):
    whole = ovf_packages.write_ova(tmp_path / "a.ova", FILES.items()).read_bytes()
    (tmp_path / "b.ova").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PackageError, match="ends within .*: fetch it again|is no OVA"):
        open_ova(FileSource(str(tmp_path / "b.ova")))


def test_large_descriptor_is_refused(tmp_path):
    path = ovf_packages.write_ova(tmp_path / "a.ova", [("a.ovf", bytes(9 << 20))])
    with pytest.raises(PackageError, match="the descriptor of .* has 9437184 bytes"):
        open_ova(FileSource(str(path)))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"appliance.mf": b"MD5(a)= 00\n"}, "line 1 of .*appliance.mf.* must be a checksum"),
        ({"appliance.mf": b"\nSHA1(a)= 00\n"}, "line 2 of"),
        ({"appliance.mf": b"SHA256(a.vmdk)= " + b"0" * 64}, "has no checksum of .appliance.ovf."),
        ({"appliance.ovf": DESCRIPTOR + b" "}, "appliance.ovf.* has the checksum"),
        ({"appliance.ovf": b"\xff\xfe"}, "is not UTF-8"),
    ],
)
def test_manifest_and_descriptor_that_are_wrong(tmp_path, changed, reason):
    with pytest.raises(PackageError, match=reason):
        open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", members(**changed).items()))))


def test_files_that_are_missing(tmp_path):
    package = open_ova(FileSource(str(ovf_packages.write_ova(tmp_path / "a.ova", members(**{"more.iso": b"x"}).items()))))
    with pytest.raises(PackageError, match="has no file .c.vmdk."):
        package.file("c.vmdk")
    with pytest.raises(PackageError, match=r"has no checksum of .more\.iso."):
        package.file("more.iso")
    with pytest.raises(PackageError, match="cannot be read .No such file"):
        FileSource(str(tmp_path / "b.ova"))


def test_memory_does_not_grow_with_the_file(tmp_path):
    size = 256 << 20
    path = tmp_path / "large.ova"
    header = tarfile.TarInfo("a.vmdk")
    header.size = size
    with path.open("wb") as file:
        file.write(header.tobuf(tarfile.USTAR_FORMAT))
        file.seek(size, io.SEEK_CUR)
        descriptor = tarfile.TarInfo("a.ovf")
        descriptor.size = len(DESCRIPTOR)
        file.write(descriptor.tobuf(tarfile.USTAR_FORMAT) + DESCRIPTOR.ljust(-len(DESCRIPTOR) % 512 + len(DESCRIPTOR), b"\0") + bytes(1024))
    package = open_ova(FileSource(str(path)))
    tracemalloc.start()
    assert sum(map(len, package.file("a.vmdk").blocks())) == size
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_folder(tmp_path):
    for name, text in members().items():
        (tmp_path / name).write_bytes(text)

    def beside(name):
        path = tmp_path / name
        return FileSource(str(path)) if path.is_file() else None

    package = open_ovf(FileSource(str(tmp_path / "appliance.ovf")), beside)
    assert package.has_manifest and content(package.file("a.vmdk")) == DISK
    for name in ("../a.vmdk", "/etc/passwd", "https://example.com/a.vmdk"):
        with pytest.raises(PackageError, match="is not in its folder"):
            package.file(name)
    with pytest.raises(PackageError, match="is not beside"):
        package.file("c.vmdk")


def test_url_of_a_file_beside():
    assert url_beside("https://web/images/appliance.ovf", "b c.vmdk") == "https://web/images/b%20c.vmdk"


@pytest.fixture
def web(tmp_path, request):
    """A function that opens a file of a web server; its ``asked`` lists what that was asked for."""
    authority = CertificateAuthority(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    with serve_folder(folder, authority, **getattr(request, "param", {})) as server:
        transport = HttpTransport(Connection("127.0.0.1", server.server_port, ca_path=str(authority.path), timeout=10))

        def opened(name):
            return UrlSource(transport, f"/{name}", f"https://web/{name}")

        opened.folder, opened.asked = folder, server.asked
        yield opened


@pytest.mark.parametrize("web", [{}, {"ranges": False}], indirect=True, ids=["parts", "whole"])
def test_ova_of_a_web_server(web):
    ovf_packages.write_ova(web.folder / "a.ova", reversed(members().items()))
    package = open_ova(web("a.ova"))
    assert content(package.file("a.vmdk")) == DISK
    assert content(package.file("b c.vmdk")) == SECOND
    assert len(web.asked) < 40


def test_web_server_without_the_file(web):
    with pytest.raises(PackageError, match="https://web/a.ova.* does not exist .HTTP status 404"):
        web("a.ova")


@pytest.mark.parametrize("web", [{"tells_length": False}], indirect=True)
def test_web_server_that_does_not_say_how_long_a_file_is(web):
    ovf_packages.write_ova(web.folder / "a.ova", FILES.items())
    with pytest.raises(PackageError, match="does not say how long it is"):
        web("a.ova")


def test_file_that_becomes_shorter(web):
    path = ovf_packages.write_ova(web.folder / "a.ova", FILES.items())
    package = open_ova(web("a.ova"))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PackageError, match="is shorter than the server said"):
        content(package.file("b c.vmdk"))
