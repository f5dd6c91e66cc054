# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation: code blocks of its pages, and the commands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^( *)```([a-z]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
#: What ends one command of a line and begins the next one.
_BETWEEN = {"&&", "||", "|", ";", "(", ")"}


class Block(NamedTuple):
    """A code block. Its first line and the page are its name."""

    page: str
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}: {self.text.partition(chr(10))[0]}"

    @property
    def commands(self) -> list[str]:
        """Lines that a person enters, as a shell reads them, without comments."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")] if self.language == "console" else []


class Vaulted(str):
    """A value that is encrypted, or must not be taken for a template."""


class _Loader(yaml.SafeLoader):
    pass


for _tag in ("!vault", "!unsafe"):
    _Loader.add_constructor(_tag, lambda loader, node: Vaulted(loader.construct_scalar(node)))


def pages() -> list[Path]:
    return [_ROOT / "README.md", *sorted(_ROOT.glob("docs/*.md")), *sorted(_ROOT.glob("roles/*/README.md"))]


def blocks() -> Iterator[Block]:
    """Every code block of every page."""
    for page in pages():
        for indent, language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            yield Block(page.relative_to(_ROOT).as_posix(), language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE))


def loaded(text: str) -> Any:
    """What a YAML block holds."""
    return yaml.load(text, _Loader)  # noqa: S506  (a SafeLoader)


def programs(command: str) -> Iterator[list[str]]:
    """The programs that a line starts, each with its arguments; without what is before them (``NAME=value``)."""
    words: list[str] = []
    for word in [*_words(command), ";"]:
        if word not in _BETWEEN:
            words.append(word)
            continue
        while words and re.match(r"\w+=", words[0]):
            del words[0]
        if words:
            yield words
        words = []


def _words(command: str) -> list[str]:
    lexer = shlex.shlex(command, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    return list(lexer)
