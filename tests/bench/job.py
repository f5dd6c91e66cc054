# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a reader is told: where the simulator is, what to ask it, where a scan may go. A JSON file, also read by Go."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: Seconds to wait for data: the simulator makes the first page of a large estate wait for all the others.
TIMEOUT = 1800


@dataclass(frozen=True)
class Question:
    """One call of RetrievePropertiesEx over a view of these types, followed to its last page."""

    properties: dict[str, list[str]]
    page_size: int


@dataclass(frozen=True)
class Job:
    """:ivar questions: what our scan asks for, found out by questions.py."""

    host: str
    port: int
    username: str
    password: str
    ca_path: str
    page_size: int
    scan_file: str
    questions: list[Question] = field(default_factory=list)

    def save(self, path: Path) -> None:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(asdict(self), stream)

    @classmethod
    def load(cls, path: str) -> Job:
        saved = json.loads(Path(path).read_text())
        return cls(**{**saved, "questions": [Question(**question) for question in saved["questions"]]})


def told() -> Job:
    """The job that the command line names."""
    return Job.load(sys.argv[1])


def tell(machines: int) -> None:
    """Say how many virtual machines were read, so that nobody wins by reading less."""
    print(json.dumps({"machines": machines}))
