# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""VMX files, the configuration files of VMs: read and changed line by line. Lines that are not understood stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible

#: Real files have a few thousand bytes, and 64 KiB more for each user data of cloud-init.
MOST_BYTES = 1 << 20
_MOST_LINES = 20_000
_ENCODING = ".encoding"
#: What VMware's products write into .encoding, to Python's name.
_CODECS = {
    "utf-8": "utf-8-sig",
    "us-ascii": "ascii",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin-1",
    "gbk": "gbk",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "shift_jis": "cp932",
    "windows-932": "cp932",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
}
_DECLARED = re.compile(rb'(?im)^[ \t]*\.encoding[ \t]*=[ \t]*"([\w.-]{1,32})"')
_ESCAPE = re.compile(r"\|([0-9A-Fa-f]{2})")
_ESCAPED = {ord(character): f"|{ord(character):02X}" for character in '"|#\n\r\0'}


@dataclass(frozen=True)
class Vmx:
    """A VMX file. Keys are compared without regard to case.

    :ivar lines: without their ends.
    """

    lines: tuple[str, ...]

    @classmethod
    def parse(cls, content: bytes) -> Vmx:
        """A file as the server gives it.

        :raises NotPossible: it is too large, or no text in the encoding that it names.
        """
        if len(content) > MOST_BYTES:
            raise NotPossible(f"its VMX file has more than {MOST_BYTES >> 20} MiB: look at it in the datastore browser")
        declared = _DECLARED.search(content)
        name = declared[1].decode("ascii", "replace") if declared else "UTF-8"
        codec = _CODECS.get(name.lower())
        if codec is None:
            raise NotPossible(f"its VMX file is in an encoding that is not known here ({quoted(name)}): save it as UTF-8")
        try:
            text = content.decode(codec)
        except UnicodeError as error:
            raise NotPossible(f"its VMX file is no text in its encoding {quoted(name)}: look at it in the datastore browser") from error
        if "\0" in text or text.count("\n") > _MOST_LINES:
            raise NotPossible("its VMX file is no text, or has too many lines: look at it in the datastore browser")
        return cls(tuple(line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")))

    def render(self) -> bytes:
        """The content of the file, in UTF-8, and it says so."""
        lines = self.lines if self.get(_ENCODING, "").lower() == "utf-8" else (_entry(_ENCODING, "UTF-8"), *self._without({_ENCODING}))
        return "".join(f"{line}\n" for line in lines).encode()

    def get(self, key: str, default: str = "") -> str:
        """The value of a key: of its first line, if there are several."""
        return self._values.get(key.lower(), default)

    def is_true(self, key: str) -> bool:
        """Whether a key says so."""
        return self.get(key).upper() == "TRUE"

    @property
    def keys(self) -> list[str]:
        """All keys, in lower case."""
        return list(self._values)

    def changed(self, values: Mapping[str, str], drops: Callable[[str], bool] = lambda key: False) -> Vmx:
        """The same file, with other values.

        :param values: key to value. A key that is there keeps its line. :param drops: whether a key, in lower case, goes.
        """
        left = {key.lower(): (key, value) for key, value in values.items()}
        changed, lines = frozenset(left), []
        for name, line in self._named():
            if name in left:
                lines.append(_entry(_key(line), left.pop(name)[1]))
            elif name not in changed and not (name and drops(name)):
                lines.append(line)
        return Vmx((*lines, *(_entry(key, value) for key, value in left.values())))

    @cached_property
    def _values(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, line in self._named():
            if name:
                found.setdefault(name, _value(line))
        return found

    def _named(self) -> Iterator[tuple[str, str]]:
        """Each line with its key in lower case, empty where it has none."""
        for line in self.lines:
            yield _key(line).lower(), line

    def _without(self, keys: set[str]) -> Iterator[str]:
        return (line for name, line in self._named() if name not in keys)


def _key(line: str) -> str:
    key, is_entry, _value_text = line.partition("=")
    return "" if not is_entry or key.lstrip().startswith("#") else key.strip()


def _value(line: str) -> str:
    text = line.partition("=")[2].strip()
    if text.startswith('"'):
        text = text[1:].partition('"')[0]
    # |22 is a quotation mark.
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "|" in text else text


def _entry(key: str, value: str) -> str:
    return f'{key} = "{value.translate(_ESCAPED)}"'
