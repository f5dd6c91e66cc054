# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of the documentation: generated parts are up to date, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import docs_tables
import option_docs

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md"), *ROOT.glob("tests/*/README.md")])
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page have, as GitHub and MyST make them."""
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """The links of a page to files or headings that do not exist."""
    found = []
    for path, anchor in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(f"{page.relative_to(ROOT)}: {path}#{anchor}")
    return found


def test_links_lead_to_files_and_headings():
    assert [link for page in PAGES for link in broken(page)] == []


def test_generated_tables_are_up_to_date():
    documents = [*docs_tables.documents(), *option_docs.documents()]
    stale = [path.name for path, text in documents if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run make docs: {stale}"


def test_every_option_of_an_item_is_described():
    def described(options):
        return all(option["description"].endswith(".") and described(option.get("suboptions", {})) for option in options.values())

    found = option_docs.suboptions()
    assert described(found) and found["hardware"]["suboptions"]["boot"]["suboptions"]["order"]["elements"] == "str"


def test_readme_and_site_have_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    site = (ROOT / "docs" / "site" / "index.md").read_text(encoding="utf-8").splitlines()
    pages = list(ROOT.glob("docs/*.md"))
    assert [page.name for page in pages if f"(docs/{page.name}" not in readme] == []
    assert [page.name for page in pages if page.stem not in site] == []
