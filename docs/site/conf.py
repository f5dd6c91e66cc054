# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of the documentation's site. ``make docs-site`` builds it, of docs/*.md and of pages that antsibull-docs writes. Needs no network."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "estate.vmware"
author = "the estate.vmware contributors"
copyright = f"2026, {author}"
version = release = re.search(r"^version: (.+)$", Path(__file__).with_name("galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)[1]

extensions = ["myst_parser", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
# Anchors of headings, as GitHub has them.
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"{project} {version}"
html_copy_source = False
html_show_sphinx = False

#: Labels of Ansible's documentation that our reference uses, and their pages there. Not by intersphinx, which needs a network to build.
ANSIBLE = "https://docs.ansible.com/ansible/latest"
ANSIBLE_PAGES = {
    r"ansible_configuration_settings": "reference_appendices/config.html",
    r"action_plugins": "plugins/action.html",
    r"common_return_values": "reference_appendices/common_return_values.html",
    r"ansible_collections\.ansible\.builtin\.(\w+)": r"collections/ansible/builtin/\1.html",
    r"(ANSIBLE_\w+)": r"reference_appendices/config.html#envvar-\1",
}


def setup(app: Sphinx) -> None:
    """Link Ansible's pages, and show crontabs, of which Pygments knows nothing."""
    app.connect("missing-reference", _in_ansible)
    app.add_lexer("cron", TextLexer)


def _in_ansible(_app: Sphinx, _env: BuildEnvironment, unresolved: pending_xref, shown: nodes.TextElement) -> nodes.reference | None:
    """A link to a page of Ansible's documentation; None where it is none of its labels."""
    for label, page in ANSIBLE_PAGES.items():
        if found := re.fullmatch(label, unresolved["reftarget"]):
            return nodes.reference("", "", shown, refuri=f"{ANSIBLE}/{found.expand(page)}")
    return None
