# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages by their path or URL, with the trust of the connection."""

from __future__ import annotations

import dataclasses

import ovf_packages
import pytest
from estates import CertificateAuthority
from web_server import serve_folder

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.location import open_package, secrets_in
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport

DISK = ovf_packages.stream_disk(b"one")
DESCRIPTOR = ovf_packages.descriptor({"a.vmdk": 1 << 30}).encode()
FILES = {"my.ovf": DESCRIPTOR, "a.vmdk": DISK}


@pytest.fixture
def folder(tmp_path):
    """With a package as a folder and as an OVA."""
    made = tmp_path / "files"
    made.mkdir()
    for name, text in {**FILES, "my.mf": ovf_packages.manifest(FILES)}.items():
        (made / name).write_bytes(text)
    ovf_packages.write_ova(made / "my.ova", FILES.items())
    return made


@pytest.fixture
def authority(tmp_path):
    return CertificateAuthority(tmp_path)


@pytest.fixture
def read(authority):
    """A function that reads the disk of a package; whether that has a manifest."""

    def opened(location, **changed):
        connection = dataclasses.replace(Connection("vc.example.com", 443, "me", "s3cret", ca_path=str(authority.path), timeout=10), **changed)
        package = open_package(location, connection, HttpTransport(connection))
        assert b"".join(package.file("a.vmdk").blocks()) == DISK
        return package.has_manifest

    return opened


def test_paths(folder, read):
    assert not read(str(folder / "my.ova"))
    assert read(str(folder / "my.ovf"))


def test_urls(folder, authority, read):
    with serve_folder(folder, authority) as web:
        assert not read(f"{web.url}/my.ova?token=1")
        assert {path for _method, path, _range in web.asked} == {"/my.ova?token=1"}
        assert read(f"{web.url}/my.ovf")
        (folder / "my.mf").unlink()
        assert not read(f"{web.url}/my.ovf")


def test_host_of_a_url_is_checked_by_the_cas(folder, authority, read, tmp_path):
    (tmp_path / "other").mkdir()
    with serve_folder(folder, CertificateAuthority(tmp_path / "other", name="other")) as web:
        with pytest.raises(PackageError, match="not trusted"):
            read(f"{web.url}/my.ova")
        with pytest.raises(PackageError, match="not trusted"):
            read(f"{web.url}/my.ova", ca_path=None, fingerprint=":".join(["AB"] * 32))
        assert web.asked == []
        assert not read(f"{web.url}/my.ova", ca_path=None, validate_certs=False)


def test_account_in_a_url_is_in_no_message(folder, authority, read):
    with serve_folder(folder, authority, account="me:pa ss/w") as web:
        host = web.url.removeprefix("https://")
        assert not read(f"https://me:pa%20ss%2Fw@{host}/my.ova")
        with pytest.raises(PackageError, match="HTTP status 401") as caught:
            read(f"https://me:hidden@{host}/my.ova?token=hidden")
        assert "hidden" not in str(caught.value) and "me" not in str(caught.value).split("https")[1][:3]


def test_url_that_leads_elsewhere(folder, authority, read):
    with serve_folder(folder, authority) as web, serve_folder(folder, authority, account="me:secret", moved={"/a.ova": f"{web.url}/my.ova"}) as first:
        assert not read(f"https://me:secret@{first.url.removeprefix('https://')}/a.ova")
        assert any(path == "/my.ova" for _method, path, _range in web.asked)
    for target, reason in (("/none.ova", "none.ova.* does not exist"), ("/a.ova", "leads from URL to URL"), ("http://example.com/", "must be an https URL")):
        with serve_folder(folder, authority, moved={"/a.ova": target}) as web, pytest.raises(PackageError, match=reason):
            read(f"{web.url}/a.ova")


@pytest.mark.parametrize("location", ["http://example.com/a.ova", "https://", "ftp://u:hidden@x/a.ova", "https://[::1/a.ova", "https://x:y/a.ova"])
def test_url_that_is_none(read, location):
    with pytest.raises(PackageError, match="must be an https URL, or a path of this machine") as caught:
        read(location)
    assert "hidden" not in str(caught.value)


def test_manifest_that_cannot_be_fetched_is_not_left_out(folder, authority, read):
    with serve_folder(folder, authority) as web:
        (folder / "my.mf").chmod(0)
        if (folder / "my.mf").stat().st_uid == 0:
            # Root reads it all the same: a folder of that name cannot be read as a file.
            (folder / "my.mf").unlink()
            (folder / "my.mf").mkdir()
        with pytest.raises(PackageError):
            read(f"{web.url}/my.ovf")


@pytest.mark.parametrize(
    ("location", "secrets"),
    [
        ("/images/a.ova", []),
        ("https://host/a.ova", []),
        ("https://me@host/a.ova", []),
        ("https://me:p%40ss@host/a.ova", ["p%40ss", "p@ss"]),
        ("https://me:pass@host:8443/a.ova?token=t0ken&x=1", ["pass", "token=t0ken&x=1"]),
        ("https://host/a@b:c.ova?sig=1", ["sig=1"]),
    ],
)
def test_secrets_in_a_location(location, secrets):
    assert secrets_in(location) == secrets
