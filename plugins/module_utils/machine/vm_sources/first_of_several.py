# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""One VM that is made of a source which is costly, and further ones that are made of it before it is changed and powered on.

Generators for ``yield from``, see work.py.
"""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Sleep, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Seconds between two looks whether others have come so far.
_PAUSE = 1.0


class FirstOfSeveral:
    """What the first VM and the further ones know of each other.

    :ivar vm: the first one, once it is complete.
    """

    def __init__(self) -> None:
        self.vm: MoRef | None = None
        self._is_over: Callable[[], bool] = lambda: True
        self._further: list[tuple[list[None], Callable[[], bool]]] = []

    def be_first(self, is_over: Callable[[], bool]) -> None:
        """:param is_over: tells whether the work on the first one has ended, or will not begin."""
        self._is_over = is_over

    def made_of_it(self, is_over: Callable[[], bool], make: Callable[[MoRef], Work]) -> Callable[[], Work]:
        """Announce a further VM; returns what makes its work. :param is_over: of the further one. :param make: makes it of the first one."""
        made: list[None] = []
        self._further.append((made, is_over))

        def work() -> Work:
            try:
                while self.vm is None:
                    if self._is_over():
                        raise NotPossible("the first VM of its item, which it is made of, was not made: see there")
                    yield Sleep(_PAUSE, frees_place=True)
                return (yield from make(self.vm))
            finally:
                made.append(None)

        return work

    def await_further(self) -> Work:
        """Wait until the further ones are made, or never will be."""
        while any(not made and not is_over() for made, is_over in self._further):
            yield Sleep(_PAUSE, frees_place=True)
