# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which snapshots of a VM retention removes, and why each of them goes or stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import TEXT
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import spellings
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import Snapshot
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Whether a name fits a pattern.
Test = Callable[[Any], bool]
#: The options. ``only`` and ``never`` are patterns of names.
RETENTION_OPTIONS: dict[str, dict[str, Any]] = {
    "keep": {"type": "int"},
    "max_age": {"type": "str"},
    "only": {"type": "list", "elements": "str"},
    "never": {"type": "list", "elements": "str"},
}


@dataclass(frozen=True)
class Retention:
    """What retention removes: of the snapshots that count, all but the newest ones, and what is too old.

    :ivar keep: how many of the newest stay; None for all. :ivar max_age: older ones go; None for no limit. :ivar max_age_text: as it was written.
    :ivar only: tests of names: these alone count; None for all. :ivar never: these do not.
    """

    keep: int | None
    max_age: timedelta | None
    max_age_text: str
    only: Sequence[Test] | None
    never: Sequence[Test]

    @classmethod
    def of(cls, option: str, given: Mapping[str, Any], least_kept: int, problems: list[str]) -> Retention | None:
        """The retention in an option; None where it cannot be used.

        :param option: its name, for messages. :param least_kept: what ``keep`` must be at least. :param problems: gets a line for everything that is wrong.
        """
        before = len(problems)
        keep, text = given.get("keep"), given.get("max_age")
        if keep is None and not text:
            problems.append(f"{option} must have keep or max_age: what either says goes")
        max_age = None
        try:
            if keep is not None:
                in_range(f"{option}.keep", keep, least_kept)
        except InvalidOption as error:
            problems += error.lines
        try:
            max_age = age(str(text), f"{option}.max_age") if text else None
        except InvalidOption as error:
            problems += error.lines
        tests = {name: list(_tests(f"{option}.{name}", given.get(name) or (), problems)) for name in ("only", "never")}
        if len(problems) > before:
            return None
        return cls(keep, max_age, str(text or ""), tests["only"] if given.get("only") is not None else None, tests["never"])

    def counts(self, name: str) -> bool:
        """Whether a snapshot of this name may go, and counts among the newest ones."""
        return not self._spared(name)

    def verdicts(self, found: Sequence[Snapshot], now: datetime, made: int = 0, wanted: str | None = None) -> dict[MoRef, tuple[bool, str]]:
        """Of each snapshot whether it goes, and why, in words.

        :param now: the server's clock. :param made: snapshots that count and are newer than all of these: one that is about to be taken.
        :param wanted: name of snapshots that stay in any case, because the call asks for one.
        """
        verdicts: dict[MoRef, tuple[bool, str]] = {}
        place = made
        for one in sorted(found, key=lambda one: one.created.timestamp() if one.created else 0.0, reverse=True):
            spared = self._spared(one.name) or ("" if one.created else "when it was taken is unknown")
            if spared or one.created is None:
                verdicts[one.ref] = (False, spared)
                continue
            place += 1
            if wanted is not None and one.name in spellings(wanted):
                verdicts[one.ref] = (False, "it is the one that shall be present")
            elif self.keep is not None and place > self.keep:
                verdicts[one.ref] = (True, f"not one of the newest {self.keep}")
            elif self.max_age is not None and now - one.created > self.max_age:
                verdicts[one.ref] = (True, f"older than {self.max_age_text}")
            else:
                verdicts[one.ref] = (False, "new enough")
        return verdicts

    def _spared(self, name: str) -> str:
        """Why a snapshot of this name stays in any case; empty if it need not."""
        if self.only is not None and not any(test(name) for test in self.only):
            return "its name is not in only"
        return "its name is in never" if any(test(name) for test in self.never) else ""


def _tests(option: str, patterns: Sequence[str], problems: list[str]) -> Iterator[Test]:
    if not patterns:
        return
    # Only where there are patterns, see identity.py.
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import alike

    for number, pattern in enumerate(patterns):
        try:
            yield alike(f"{option}[{number}]", TEXT, pattern)
        except InvalidOption as error:
            problems += error.lines
