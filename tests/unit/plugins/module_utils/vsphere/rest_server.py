# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The REST side of a vCenter in either generation, behind something that looks like a HttpTransport and fails on order."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPMessage
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply

NEWER, OLDER = "newer", "older"

#: How a path of each generation reads: root, what stands before an identifier, name of the action's parameter.
_PATHS = {NEWER: ("/api/", "", "action"), OLDER: ("/rest/com/vmware/", "id:", "~action")}
_SESSIONS = {"/api/session": NEWER, "/rest/com/vmware/cis/session": OLDER}
_ITEM = re.compile(r"cis/tagging/(tag|category)/([^/]+)")
_LISTS = {"cis/tagging/tag": "tags", "cis/tagging/category": "categories"}
_ASSOCIATION = "cis/tagging/tag-association"
_ACTIONS = {"list-attached-tags-on-objects": "objects", "attach-multiple-tags-to-object": "attach", "detach-multiple-tags-from-object": "detach"}

#: In place of an answer: an error to raise, an HTTP status, a body, or what makes the body of the right one. None lets it pass.
Outcome = Any


class Asked(NamedTuple):
    """A request and its purpose: login, look, logout, objects, tag, category, tags, categories, attach or detach."""

    purpose: str
    subject: Any


class FakeVcenter:
    """Knows tags by id as (name, category id), categories by id, and the tags of objects by (type, id).

    :ivar single: ids of the categories of which an object can have one tag.

    :ivar troubles: purpose to the outcomes of the first requests for it.
    :ivar asked: every request that came. :ivar remaining_times: seconds to the deadline at each. :ivar sessions: those that are open.
    """

    remaining = 60.0

    def __init__(self, *speaks: str, account: str = "reader:s3cret") -> None:
        self.speaks = speaks
        self.account = account
        self.tags: dict[str, tuple[Any, Any]] = {}
        self.categories: dict[str, Any] = {}
        self.attached: dict[tuple[str, str], list[str] | None] = {}
        self.single: set[str] = set()
        self.troubles: defaultdict[str, list[Outcome]] = defaultdict(list)
        self.asked: list[Asked] = []
        self.remaining_times: list[float] = []
        self.sessions: set[str] = set()
        self._opened = 0

    def pause(self, seconds: float) -> None:
        time.sleep(min(seconds, self.remaining))

    def count(self, purpose: str) -> int:
        return sum(asked.purpose == purpose for asked in self.asked)

    @contextmanager
    def grace_period(self) -> Iterator[None]:
        before, self.remaining = self.remaining, 5.0
        yield
        self.remaining = before

    def request(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        headers = headers or {}
        parts = urlsplit(path)
        generation = _SESSIONS.get(parts.path) or next(name for name in (NEWER, OLDER) if parts.path.startswith(_PATHS[name][0]))
        asked = self._understood(generation, method, parts.path, parts.query, body)
        self.asked.append(asked)
        self.remaining_times.append(self.remaining)
        trouble = self.troubles[asked.purpose].pop(0) if self.troubles[asked.purpose] else None
        if isinstance(trouble, Exception):
            raise trouble
        if isinstance(trouble, int):
            return _reply(trouble, b"")
        status, value = self._answer(generation, asked, headers)
        if isinstance(trouble, bytes):
            return _reply(200, trouble)
        if trouble is not None:
            value = trouble(value)
        return _reply(status, json.dumps({"value": value} if generation == OLDER else value).encode() if status < 300 else b"no JSON")

    def _understood(self, generation: str, method: str, path: str, query: str, body: bytes | None) -> Asked:
        if path in _SESSIONS:
            looks = method == "GET" if generation == NEWER else query == "~action=get"
            return Asked("look" if looks else {"POST": "login", "DELETE": "logout"}[method], generation)
        root, mark, action = _PATHS[generation]
        resource = path.removeprefix(root)
        if method == "POST" and body is not None:
            given, purpose = json.loads(body), _ACTIONS[query.removeprefix(f"{action}=")]
            assert resource == _ASSOCIATION and query.startswith(action)
            if purpose == "objects":
                return Asked(purpose, [(entry["type"], entry["id"]) for entry in given["object_ids"]])
            return Asked(purpose, ((given["object_id"]["type"], given["object_id"]["id"]), given["tag_ids"]))
        if resource in _LISTS:
            return Asked(_LISTS[resource], None)
        item = _ITEM.fullmatch(resource)
        assert method == "GET" and item and item[2].startswith(mark), path
        return Asked(item[1], unquote(item[2].removeprefix(mark)))

    def _answer(self, generation: str, asked: Asked, headers: Mapping[str, str]) -> tuple[int, Any]:
        if generation not in self.speaks:
            return 404, None
        if asked.purpose == "login":
            scheme, _blank, given = headers["Authorization"].partition(" ")
            if scheme != "Basic" or b64decode(given).decode() != self.account:
                return 401, None
            self._opened += 1
            self.sessions.add(f"session-{self._opened}")
            return 201, f"session-{self._opened}"
        assert "Authorization" not in headers
        key = headers["vmware-api-session-id"]
        if key not in self.sessions:
            return 401, None
        if asked.purpose == "look":
            return 200, {"user": self.account.partition(":")[0], "created_time": "2026-01-01T00:00:00.000Z"}
        if asked.purpose == "logout":
            self.sessions.remove(key)
            return 204, None
        if asked.purpose == "objects":
            return 200, [{"object_id": {"type": kind, "id": moid}, "tag_ids": self.attached.get((kind, moid))} for kind, moid in asked.subject]
        if asked.purpose in ("attach", "detach"):
            return 200, {"success": self._change(asked.purpose, *asked.subject), "error_messages": []}
        if asked.purpose in ("tags", "categories"):
            return 200, list(getattr(self, asked.purpose))
        if asked.purpose == "tag" and asked.subject in self.tags:
            name, category = self.tags[asked.subject]
            return 200, {"id": asked.subject, "name": name, "category_id": category, "description": "", "used_by": []}
        if asked.purpose == "category" and asked.subject in self.categories:
            return 200, {"id": asked.subject, "name": self.categories[asked.subject], "cardinality": "SINGLE"}
        return 404, None

    def _change(self, purpose: str, owner: tuple[str, str], tags: list[str]) -> bool:
        before = self.attached.get(owner) or []
        after = [tag for tag in before if tag not in tags] if purpose == "detach" else list(dict.fromkeys([*before, *tags]))
        kinds = [self.tags[tag][1] for tag in after]
        if any(kinds.count(kind) > 1 for kind in self.single):
            return False
        self.attached[owner] = after
        return True


def _reply(status: int, body: bytes) -> Reply:
    return Reply(status, "a reason", HTTPMessage(), body)
