# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which sources an inventory file names: one at its top, a list, or scan files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection, merge_options
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS

SOURCES = "sources"
SCANS = "scans"
SOURCE = "source"
_SOURCE_OPTIONS = {**CONNECTION_OPTIONS, SOURCE: {"type": "str"}}

#: Evaluates the templates and decrypts the vaulted texts in an option.
Resolve = Callable[[Any], Any]


class Source(NamedTuple):
    """A source to read: its alias, and how to connect."""

    alias: str
    connection: Connection


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse options that do not exist, which Ansible ignores.

    :raises InvalidOption: an option is unknown.
    """
    known = list(known)
    for name in given:
        if name not in known:
            raise InvalidOption(f"{name} is not an option{suggestion(name, sorted(known))}")


def live_sources(given: Mapping[str, Any], folder: str, resolve: Resolve) -> list[Source]:
    """The sources that an inventory file names, each with its own alias.

    :param given: the options in the file. :param folder: what relative paths start from.
    :raises InvalidOption: an option cannot be used; the message names the source.
    """
    shared = _of_source(given, folder, resolve)
    if SOURCES not in given:
        return [_source("", shared)]
    entries = resolve(given[SOURCES])
    if not isinstance(entries, list) or not entries:
        raise InvalidOption(f"{SOURCES} must be a list of sources, each with hostname and the options that differ")
    if SOURCE in shared:
        raise InvalidOption(f"{SOURCE} cannot be used with {SOURCES}: set it in each of them")
    sources = []
    for number, entry in enumerate(entries):
        where = f"{SOURCES}[{number}]"
        if not isinstance(entry, Mapping):
            raise InvalidOption(f"{where} must be a mapping with at least hostname")
        try:
            check_names(entry, _SOURCE_OPTIONS)
            sources.append(_source(f"{where}.", merge_options(_of_source(entry, folder, resolve), shared)))
        except InvalidOption as error:
            raise error if str(error).startswith(where) else InvalidOption(*(f"{where}.{line}" for line in error.lines)) from error
    aliases = [source.alias for source in sources]
    for alias in aliases:
        if aliases.count(alias) > 1:
            raise InvalidOption(f"{SOURCES}: {aliases.count(alias)} of them are called {alias}; give each its own {SOURCE}")
    return sources


def scan_paths(given: Mapping[str, Any], folder: str, resolve: Resolve) -> list[str]:
    """Absolute paths of the scan files and folders that an inventory file names; none where sources are read live.

    :raises InvalidOption: the option is no list of paths, or sources are named as well.
    """
    if SCANS not in given:
        return []
    paths = resolve(given[SCANS])
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
        raise InvalidOption(f"{SCANS} must be a list of scan files or of folders with scan files")
    besides = sorted({SOURCES, *CONNECTION_OPTIONS} & given.keys())
    if besides:
        raise InvalidOption(f"{SCANS} cannot be used with {', '.join(besides)}: remove one of them")
    return [_path(path, folder) for path in paths]


def _of_source(given: Mapping[str, Any], folder: str, resolve: Resolve) -> dict[str, Any]:
    options = {name: resolve(given[name]) for name in _SOURCE_OPTIONS if given.get(name) is not None}
    if options.get("ca_path"):
        options["ca_path"] = _path(options["ca_path"], folder)
    return options


def _source(where: str, options: Mapping[str, Any]) -> Source:
    result = ArgumentSpecValidator(_SOURCE_OPTIONS).validate(options)
    if result.error_messages:
        # Messages may quote values, but not of secrets: these are texts, which always convert.
        raise InvalidOption(f"{where.rstrip('.') or 'options'}: {'; '.join(result.error_messages)}")
    checked = result.validated_parameters
    return Source(checked[SOURCE] or checked["hostname"], Connection.from_options(checked))


def _path(path: str, folder: str) -> str:
    return os.path.join(folder, os.path.expanduser(os.path.expandvars(path)))
