# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: a private data directory each, through ansible-runner's transmit, worker and process."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, ansible_environment

#: From here on AWX keeps nothing of a task's result.
RESULT_LIMIT = 700_000

#: What AWX sets and nothing else: the rest of a job's environment is that of its execution environment.
_AWX_ENVIRONMENT = {"ANSIBLE_FORCE_COLOR": "True", "ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True"}


class Job:
    """One job, from its private data directory to its artifacts."""

    def __init__(
        self,
        folder: Path,
        playbook: str,
        group: Mapping[str, Any],
        *,
        environment: Mapping[str, str] | None = None,
        extra_vars: Mapping[str, Any] | None = None,
    ) -> None:
        """Prepare the folder.

        :param playbook: the collection's playbook that the project imports. :param group: of the inventory, vmware_sources.
        :param environment: what credentials inject. :param extra_vars: of the launch.
        """
        self.folder = folder
        self.data, self.away, self.back = (folder / name for name in ("data", "away", "back"))
        _write(self.data / "project" / "job.yml", [{"name": "The job", "ansible.builtin.import_playbook": f"estate.vmware.{playbook}"}])
        _write(self.data / "inventory" / "hosts.yml", {"all": {"children": {"vmware_sources": dict(group)}}})
        _write(self.data / "env" / "envvars", {**_AWX_ENVIRONMENT, **(environment or {})})
        _write(self.data / "env" / "extravars", {**(extra_vars or {}), "awx_job_id": 1, "awx_job_launch_type": "scheduled"})

    def start(self) -> None:
        """Start the three programs as AWX and its mesh do: each reads what the one before says."""
        surroundings = ansible_environment(self.folder)
        del surroundings["ANSIBLE_LOG_PATH"], surroundings["ANSIBLE_NOCOLOR"]
        self._programs: list[subprocess.Popen[bytes]] = []
        for arguments in (
            ["transmit", str(self.data), "--playbook", "job.yml"],
            ["worker", "--private-data-dir", str(self.away)],
            ["process", str(self.back), "--ident", "job"],
        ):
            before = self._programs[-1].stdout if self._programs else subprocess.DEVNULL
            output = subprocess.PIPE if arguments[0] != "process" else subprocess.DEVNULL
            self._programs.append(
                subprocess.Popen(
                    ["ansible-runner", *arguments], stdin=before, stdout=output, stderr=(self.folder / f"{arguments[0]}.err").open("wb"), env=surroundings
                )
            )
            if self._programs[:-1]:
                before.close()  # So that a program that ends early ends the one before too.

    @property
    def is_running(self) -> bool:
        """Whether a program has not ended yet."""
        return any(program.poll() is None for program in self._programs)

    def finish(self) -> Job:
        """Wait for the end."""
        for program in self._programs:
            program.wait(timeout=300)
        return self

    def run(self) -> Job:
        """The whole of it."""
        self.start()
        return self.finish()

    @property
    def status(self) -> str:
        """``successful`` or ``failed``."""
        return (self.back / "artifacts" / "job" / "status").read_text()

    @property
    def output(self) -> str:
        """What the job's page in AWX shows."""
        return re.sub(r"\x1b\[[0-9;]*m", "", (self.back / "artifacts" / "job" / "stdout").read_text())

    def events(self) -> list[dict[str, Any]]:
        """The events, in order."""
        found = [json.loads(path.read_text()) for path in (self.back / "artifacts" / "job" / "job_events").glob("*-*.json")]
        return sorted(found, key=lambda event: event["counter"])

    def artifacts(self) -> dict[str, Any]:
        """What ``set_stats`` left."""
        (last,) = [event for event in self.events() if event["event"] == "playbook_on_stats"]
        return last["event_data"].get("artifact_data", {})


def sliced(hosts: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """The hosts of one slice (0, 1, …): every so many of them, by name."""
    return {name: hosts[name] for name in sorted(hosts)[number::count]}


def from_docs(first_line: str) -> Any:
    """The YAML block of docs/awx.md that begins with a comment."""
    (block,) = re.findall(rf"```yaml\n# {re.escape(first_line)}\n(.*?)```", (REPOSITORY / "docs" / "awx.md").read_text(), re.DOTALL)
    return yaml.safe_load(block)


def injected(credential: str, folder: Path, **inputs: str) -> dict[str, str]:
    """The environment that a credential of docs/awx.md makes, with its files in a folder. What was left empty is not defined, as in AWX.

    :param credential: ``one account`` or ``many accounts``.
    """
    fields = {field["id"] for field in from_docs(f"input configuration, {credential}")["fields"]}
    assert inputs.keys() <= fields
    definition = from_docs(f"injector configuration, {credential}")
    assert not [name for name in definition["env"] if name.startswith("ANSIBLE_")], "AWX refuses these"
    jinja = ImmutableSandboxedEnvironment()
    files: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in definition["file"].items():
        path = folder / name.removeprefix("template.")
        path.write_text(jinja.from_string(template).render(**inputs))
        files[path.name] = str(path)
    return {name: jinja.from_string(template).render(**inputs, tower={"filename": files}) for name, template in definition["env"].items()}


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content))
