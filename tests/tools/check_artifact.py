# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that a built collection holds what its users need and nothing else: ``python tests/tools/check_artifact.py ARTIFACT``."""

from __future__ import annotations

import sys
import tarfile
from fnmatch import fnmatch

#: What may be in it. ``*`` is any path.
EXPECTED = (
    "FILES.json",
    "MANIFEST.json",
    "*.md",
    "CHANGELOG.rst",
    "LICENSE",
    "LICENSES/*.txt",
    "changelogs/*.yaml",
    "docs/*.md",
    "meta/*",
    "playbooks/*.yml",
    "plugins/*.py",
    "requirements.txt",
    "roles/*.md",
    "roles/*.yml",
    "tests/config.yml",
)
#: Bytes of the largest file, but for the list of all files.
LARGEST = 100_000
FILES = "FILES.json"


def main() -> int:
    with tarfile.open(sys.argv[1]) as artifact:
        files = [member for member in artifact.getmembers() if not member.isdir()]
    wrong = [
        f"{file.name}: not expected in the artifact: add it to build_ignore in galaxy.yml, or to EXPECTED here" for file in files if not _expected(file.name)
    ]
    wrong += [f"{file.name}: {file.size} bytes, more than {LARGEST}" for file in files if file.size > LARGEST and file.name != FILES]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


def _expected(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in EXPECTED)


if __name__ == "__main__":
    sys.exit(main())
