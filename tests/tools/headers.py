# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the head of every Python file: its licence, and that module_utils and plugin_utils are private.

``python tests/tools/headers.py`` lists the files that lack it and exits with 1; ``--fix`` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LICENSE = """\
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
PRIVATE = "# Private to this collection: may change without notice.\n"
PRIVATE_FOLDERS = ("module_utils", "plugin_utils")
SHEBANG = "#!/usr/bin/python\n"
FORMER = "# Copyright: (c) 2026, the estate.vmware contributors\n"


def missing() -> list[tuple[Path, str]]:
    """Files without their head, each with that head. Empty files need none."""
    wanted = []
    for path in sorted([*(ROOT / "plugins").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        folder, part = path.relative_to(ROOT).parts[:2]
        head = LICENSE + PRIVATE if folder == "plugins" and part in PRIVATE_FOLDERS else LICENSE
        text = path.read_text(encoding="utf-8")
        if text and not text.removeprefix(SHEBANG).startswith(head):
            wanted.append((path, head))
    return wanted


def fix(path: Path, head: str) -> None:
    """Put the head first, in place of one that lacks the private line or has the former words."""
    text = path.read_text(encoding="utf-8")
    body = text.removeprefix(SHEBANG)
    body = body.replace(FORMER, LICENSE.splitlines(keepends=True)[0], 1).removeprefix(LICENSE).removeprefix(PRIVATE).lstrip("\n")
    path.write_text(f"{SHEBANG if text.startswith(SHEBANG) else ''}{head}\n{body}", encoding="utf-8")


def main() -> int:
    found = missing()
    for path, head in found:
        if "--fix" in sys.argv[1:]:
            fix(path, head)
        else:
            print(
                f"{path.relative_to(ROOT)}: the file must begin with the licence and, in module_utils and plugin_utils, the private line: run this with --fix"
            )
    return 1 if found and "--fix" not in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
