# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start simulated vCenters and ESXi hosts, each with a certificate and a password of its own.

Everything ends with the process that started it, even when that one is killed, and leaves nothing behind
but the folder it was given.
"""

from __future__ import annotations

import glob
import json
import os
import secrets
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from simulator_build import SimulatorError, simulator_binary
from simulator_ca import CertificateAuthority

__all__ = [
    "CertificateAuthority",
    "Simulator",
    "SimulatorError",
    "simulator_binary",
    "start_demo_estate",
    "start_simulator",
]

#: Sizes that start_simulator takes, all of them totals, see README.md; each is a flag of the program.
SIZES = frozenset(
    {
        "vms",
        "datacenters",
        "folders",
        "clusters",
        "hosts",
        "standalone_hosts",
        "pools",
        "apps",
        "datastores",
        "pods",
        "portgroups",
        "networks",
        "opaque_networks",
    }
)

#: Two vCenters of different size and age, and a host without one.
DEMO: tuple[dict[str, Any], ...] = (
    {
        "name": "vcenter-north",
        "username": "svc-north",
        "seed": 0,
        "api_version": "8.0.2.0",
        "vms": 60,
        "datacenters": 2,
        "folders": 1,
        "clusters": 2,
        "hosts": 8,
        "standalone_hosts": 2,
        "pools": 4,
        "datastores": 8,
        "portgroups": 16,
        "networks": 2,
        "opaque_networks": 2,
    },
    {
        "name": "vcenter-south",
        "username": "svc-south",
        "seed": 2,
        "api_version": "7.0.3.0",
        "vms": 25,
        "clusters": 1,
        "hosts": 5,
        "standalone_hosts": 1,
        "pools": 3,
        "apps": 1,
        "datastores": 3,
        "pods": 1,
        "portgroups": 5,
    },
    {
        "name": "esxi-branch",
        "username": "root",
        "seed": 5,
        "api_version": "8.0.2.0",
        "kind": "esxi",
        "vms": 4,
        "datastores": 2,
    },
)


class Simulator:
    """A running simulator. Use it as a context manager, or call stop()."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        url: str,
        *,
        name: str,
        kind: str,
        username: str,
        password: str,
        ca_path: Path,
        certificate_path: Path,
    ) -> None:
        address = urllib.parse.urlsplit(url)
        self.process = process
        self.url = url
        self.host = address.hostname or ""
        self.port = address.port or 443
        self.name = name
        self.kind = kind
        self.username = username
        self.password = password
        self.ca_path = ca_path
        self.certificate_path = certificate_path

    def __repr__(self) -> str:
        return f"<Simulator {self.name} {self.url}>"

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def calls(self) -> dict[str, int]:
        """How often each SOAP method was called since the start or the last reset_calls()."""
        return {name: count for name, count in self._counts().items() if not _is_rest(name)}

    def rest_calls(self) -> dict[str, int]:
        """The same of REST requests and of files: HTTP method and path, every identifier in it as ``*``, and every path of a file."""
        return {name: count for name, count in self._counts().items() if _is_rest(name)}

    def reset_calls(self) -> None:
        """Count from zero again."""
        self._ask("DELETE", "calls")

    def left(self) -> dict[str, int]:
        """What is open: ``sessions`` and ``rest_sessions``, and what the sessions have: ``container_views``, ``list_views``,
        ``filters``, ``property_collectors``, ``event_collectors``, ``task_collectors`` and ``leases``.
        """
        return json.loads(self._ask("GET", "left"))

    def end_sessions(self) -> None:
        """End all sessions with what they have, as a vCenter does with idle ones. Tasks go on."""
        self._ask("DELETE", "sessions")

    def uploads(self) -> list[dict[str, Any]]:
        """The files that were imported whole: ``path``, ``device`` (the import key), ``vm``, ``method``, ``size``, ``sha1``, ``sha256``."""
        return json.loads(self._ask("GET", "uploads"))

    def set_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Replace the faults; their counts begin anew. Raises SimulatorError for an entry that is wrong."""
        self._ask("PUT", "faults", faults)

    def set_tasks(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Replace what is said of tasks, for those that start from now on. Raises SimulatorError for an entry that is wrong."""
        self._ask("PUT", "tasks", tasks)

    def stop(self) -> None:
        """End the simulator; calling it again does nothing."""
        _end(self.process)

    def _counts(self) -> dict[str, int]:
        return json.loads(self._ask("GET", "calls"))

    def _ask(self, method: str, what: str, content: Any = None) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_unchecked()))
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"https://{self.host}:{self.port}/simulator/{what}", body, method=method)
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise SimulatorError(error.read().decode(errors="replace").strip() or str(error)) from None


@cache
def _unchecked() -> ssl.SSLContext:
    """For a server whose certificate may be wrong on purpose. A default context would read all certificates of the system."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _is_rest(name: str) -> bool:
    return name.partition(" ")[2].startswith(("/api/", "/rest/", "/folder/", "/nfc/"))


def start_simulator(
    folder: str | os.PathLike[str],
    *,
    name: str = "vcenter",
    kind: str = "vcenter",
    username: str = "simulator",
    password: str | None = None,
    ca: CertificateAuthority | None = None,
    accounts: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    faults: Sequence[Mapping[str, Any]] | str | os.PathLike[str] | None = None,
    tasks: Sequence[Mapping[str, Any]] | str | os.PathLike[str] | None = None,
    api_version: str = "8.0.2.0",
    delay: int = 0,
    method_delays: Mapping[str, int] | None = None,
    guest_delay: int = 100,
    seed: int = 1,
    today: date | str | None = None,
    record: str | os.PathLike[str] | None = None,
    plain: bool = False,
    newer_rest: bool = False,
    nfc_host: bool = False,
    lease_timeout: str = "5m",
    oddities: bool = False,
    load: str | os.PathLike[str] | None = None,
    timeout: float = 120,
    **sizes: int,
) -> Simulator:
    """Start one simulator and return it once it answers.

    Its files go into folder, under its name. Without a password it gets a random one, without an authority it
    gets one of its own. Accounts see a part of the estate: user name to permissions as README.md describes them,
    with the same password. Faults and tasks are lists as README.md describes them, or paths of such files. Delays are in
    milliseconds; a guest's is how long it takes to start, or to do what it is asked for. Ages and uptimes count back
    from today, a fixed day unless given. What is in the estate is written to record, a JSON object a line. With oddities it
    has what few expect, see README.md. With newer_rest it answers for tags below /api too, as vSphere does from 7.0 U2 on.
    Raises SimulatorError when it cannot be started or does not answer within timeout seconds.
    """
    if unknown := sizes.keys() - SIZES:
        raise SimulatorError(f"unknown size {', '.join(sorted(unknown))}; there are {', '.join(sorted(SIZES))}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    password = password or secrets.token_urlsafe(18)
    ca = ca or CertificateAuthority(folder, name=f"{name}-ca")
    certificate, key = ca.issue(name)
    url_file = folder / f"{name}.url"
    url_file.unlink(missing_ok=True)

    options: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "user": username,
        "api-version": api_version,
        "seed": seed,
        "delay": delay,
        "lease-timeout": lease_timeout,
        "guest-delay": guest_delay,
        "cert": certificate,
        "key": key,
        "url-file": url_file,
        **{size.replace("_", "-"): count for size, count in sizes.items()},
    }
    if nfc_host:
        options["nfc-cert"], options["nfc-key"] = CertificateAuthority(folder, name=f"{name}-nfc-ca").issue(f"{name}-nfc")
    options.update({flag: value for flag, value in {"load": load, "record": record, "today": today}.items() if value is not None})
    for option, content in {"accounts": accounts, "faults": faults, "tasks": tasks}.items():
        if content is not None:
            options[option] = _json_file(folder / f"{name}-{option}.json", content)
    flags = {"plain": plain, "newer-rest": newer_rest, "oddities": oddities}
    command = [str(simulator_binary()), "-watch-stdin", *(f"-{flag}={str(wanted).lower()}" for flag, wanted in flags.items())]
    command += [f"-{option}={value}" for option, value in options.items()]
    command += [f"-method-delay={method}:{wait}" for method, wait in (method_delays or {}).items()]

    log = folder / f"{name}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(_temporary()), "SIMULATOR_PASSWORD": password},
        )
    try:
        url = _await_url(process, url_file, timeout)
    except BaseException as problem:
        _end(process)
        if isinstance(problem, SimulatorError):
            said = " ".join(log.read_text(errors="replace").split("\n")).strip()
            raise SimulatorError(f"{name}: {problem}: {said or 'it said nothing'}") from None
        raise
    return Simulator(process, url, name=name, kind=kind, username=username, password=password, ca_path=ca.path, certificate_path=certificate)


def start_demo_estate(folder: str | os.PathLike[str]) -> list[Simulator]:
    """Start the estate of the demo: two vCenters and a standalone ESXi host, of one authority made on the spot."""
    folder = Path(folder)
    simulator_binary()
    ca = CertificateAuthority(folder, name="estate-ca")
    with ThreadPoolExecutor(len(DEMO)) as pool:
        started = [pool.submit(start_simulator, folder, ca=ca, today=date.today(), **member) for member in DEMO]
    problem = next((future.exception() for future in started if future.exception()), None)
    if problem:
        for future in started:
            if not future.exception():
                future.result().stop()
        raise problem
    return [future.result() for future in started]


def _json_file(path: Path, content: Any) -> Path:
    """The file that content names, or a new one that holds it."""
    if isinstance(content, (str, os.PathLike)):
        return Path(content)
    path.write_text(json.dumps(content))
    return path


def _temporary() -> Path:
    """Where a simulator keeps the files of its datastores: in memory where that is possible."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else Path(tempfile.gettempdir())


def _await_url(process: subprocess.Popen[bytes], url_file: Path, timeout: float) -> str:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if url_file.exists():
            return url_file.read_text().strip()
        if (code := process.poll()) is not None:
            raise SimulatorError(f"ended with code {code}")
        time.sleep(0.02)
    raise SimulatorError(f"no answer within {timeout:g} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    """A simulator ends by itself when its standard input does; one that has to be killed is cleaned up after."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for left in glob.glob(str(_temporary() / f"estate-simulator-{process.pid}-*")):
        shutil.rmtree(left, ignore_errors=True)
