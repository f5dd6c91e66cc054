# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Check nested options against an argument spec, with messages that say where: ``vms[3].cpu.count must be 1 or greater (got 0)``.

Ansible's own check of nested options says neither the item of a list nor the path. A spec here is Ansible's, and may have in addition

* ``bounds`` of an option that is a number: the least and the greatest one, None for no bound,
* ``is_name`` of a text that YAML may read as a number: then it is refused, since 010 or 1.10 is another text by then,
* ``secret_keys`` of a mapping without named options: a regular expression for keys whose values are secrets,
* ``check``: a function that is called with path and value, and raises InvalidOption; of a list, with each element,
* ``secrets_of``: a function that finds the secrets in a text, such as the password in a URL,
* ``required``, ``mutually_exclusive``, ``required_one_of``, ``required_together`` and ``required_by`` within nested options, which are
  looked at when all is known, see :func:`completed`. :func:`ansible_options` leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from itertools import combinations
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import convert, join_choices, quoted_scalar, without_text
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line

Spec = Mapping[str, Any]
_OPTIONS = "options"
#: Characters of a value that is a secret because of its key.
_SHORTEST_SECRET = 4
#: Keys of a spec that Ansible does not know, or may not look at before defaults of several items are added.
_OURS = frozenset(
    {"bounds", "check", "is_name", "secret_keys", "secrets_of", "required", "mutually_exclusive", "required_one_of", "required_together", "required_by"}
)
#: Type to what Ansible would convert to it, and nobody means as such.
_NEVER: dict[str, Any] = {"int": bool, "float": bool, **dict.fromkeys(("str", "path"), (bool, Mapping, list, tuple))}


def ansible_options(options: Mapping[str, Spec]) -> dict[str, dict[str, Any]]:
    """The same options for AnsibleModule: without what only :func:`checked` and :func:`completed` know."""
    return {name: _ansible_spec(spec) for name, spec in options.items()}


def _ansible_spec(spec: Spec) -> dict[str, Any]:
    return {key: ansible_options(value) if key == _OPTIONS else value for key, value in spec.items() if key not in _OURS}


def checked(where: str, options: Mapping[str, Spec], given: Any, problems: MutableSequence[str]) -> dict[str, Any]:
    """The options of a mapping that are set, each converted to its type; nothing is added to them.

    :param where: what messages call the mapping, such as ``vms[3]``.
    :param problems: gets a line for each option that is unknown or cannot be used. Such an option is left out.
    """
    if not isinstance(given, Mapping):
        # A text in its place may hold a secret.
        problems.append(f"{where} must be a mapping of options (got {without_text(given)})")
        return {}
    found = {}
    for name, value in given.items():
        path = f"{where}.{one_line(name, 100)}"
        if name not in options:
            problems.append(f"{path} is unknown{suggestion(name, options)}")
        elif value is not None:
            try:
                found[str(name)] = _value(path, options[name], value, problems)
            except InvalidOption as error:
                problems.extend(error.lines)
    return found


def completed(where: str, spec: Spec, values: Mapping[str, Any], problems: MutableSequence[str]) -> dict[str, Any]:
    """Checked options with their defaults added, also of nested ones that are set.

    :param spec: that has these options as its ``options``.
    :param problems: gets a line for each rule that they break: an option that is missing, or that others exclude.
    """
    found = {}
    for name, option in spec[_OPTIONS].items():
        path, value = f"{where}.{name}", values.get(name, option.get("default"))
        if value is None:
            if option.get("required"):
                problems.append(f"{path} must be set")
        elif _OPTIONS not in option:
            found[name] = value
        elif isinstance(value, list):
            found[name] = [completed(f"{path}[{number}]", option, one, problems) for number, one in enumerate(value)]
        else:
            found[name] = completed(path, option, value, problems)
    problems.extend(f"{where}{text}" for text in _broken_rules(spec, values))
    return found


def secrets(options: Mapping[str, Spec], given: Any) -> Iterator[str]:
    """The texts of options with ``no_log``, and of ``secret_keys`` and ``secrets_of``, at any depth, of what was given unchecked."""
    for name, value in given.items() if isinstance(given, Mapping) else ():
        spec = options.get(name, {})
        several = value if isinstance(value, (list, tuple)) else [value]
        if spec.get("no_log"):
            yield from _hidden(several)
        elif "secrets_of" in spec:
            yield from (secret for one in several if isinstance(one, str) for secret in spec["secrets_of"](one))
        elif "secret_keys" in spec and isinstance(value, Mapping):
            # That a key looks like one of a secret says little about a value of few characters.
            yield from (text for text in _hidden(one for key, one in value.items() if spec["secret_keys"].search(str(key))) if len(text) >= _SHORTEST_SECRET)
        elif _OPTIONS in spec:
            for one in several:
                yield from secrets(spec[_OPTIONS], one)


def _hidden(values: Iterable[Any]) -> Iterator[str]:
    # Ansible hides a text wherever it occurs: true and false would make all output unreadable.
    return (str(one) for one in values if isinstance(one, (str, int)) and not isinstance(one, bool) and str(one))


def _value(path: str, spec: Spec, given: Any, problems: MutableSequence[str]) -> Any:
    kind, nested = spec.get("type", "str"), spec.get(_OPTIONS)
    if kind == "list":
        element = {key: value for key, value in spec.items() if key not in ("elements", "default")} | {"type": spec.get("elements", "raw")}
        return [_value(f"{path}[{number}]", element, one, problems) for number, one in enumerate(convert(path, {"type": kind}, given))]
    if nested is not None:
        return checked(path, nested, given, problems)
    if isinstance(given, bool) and "choices" in spec:
        given = _switch(given, spec["choices"])
    if isinstance(given, _NEVER.get(kind, ())) or (spec.get("is_name") and isinstance(given, (int, float))):
        got = "" if spec.get("no_log") else f" (got {quoted_scalar(given)})"
        raise InvalidOption(f"{path} must be {'a number' if kind in ('int', 'float') else 'text, in quotes if YAML reads it as something else'}{got}")
    value = convert(path, {key: value for key, value in spec.items() if key != "default"}, given)
    if "check" in spec:
        spec["check"](path, value)
    return in_range(path, value, *spec["bounds"]) if "bounds" in spec else value


def _switch(given: bool, choices: Sequence[Any]) -> Any:
    """What is meant by ``on`` or ``off`` without quotes, which YAML reads as true or false, as Ansible takes it for options of a module."""
    meant = [choice for choice in choices if choice in (("on", "yes") if given else ("off", "no"))]
    return meant[0] if len(meant) == 1 else given


def _broken_rules(spec: Spec, values: Mapping[str, Any]) -> Iterator[str]:
    """The end of a message for each rule that options break."""

    def given(names: Any) -> list[str]:
        return [name for name in names if values.get(name) not in (None, [], {})]

    for names in spec.get("mutually_exclusive", ()):
        for first, second in combinations(given(names), 2):
            yield f" has {first} and {second}, which exclude each other: leave one of them out"
    for names in spec.get("required_one_of", ()):
        if not given(names):
            yield f" must have {join_choices(names)}"
    for names in spec.get("required_together", ()):
        if given(names) and len(given(names)) < len(names):
            yield f".{given(names)[0]} needs {', '.join(name for name in names if name not in given(names))}, too"
    for name, others in spec.get("required_by", {}).items():
        missing = [other for other in others if not given([other])]
        if given([name]) and missing:
            yield f".{name} needs {', '.join(missing)}"
