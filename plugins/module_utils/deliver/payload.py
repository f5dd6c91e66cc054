# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What is delivered."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class AttachmentNotes:
    """The last paragraph of a mail, about its attachment.

    Each text may have the field ``{name}``, that of the file; ``too_large`` also ``{size}`` and ``{limit}``, in MB.
    """

    attached: str = "The file {name} is attached."
    too_large: str = "The file {name} is not attached: it has {size} MB, and {limit} MB are allowed."
    no_file: str = "There is no file to attach."


@dataclass(frozen=True)
class Payload:
    """A file, and the text of a mail about it.

    :ivar path: the file; empty for a mail without one. :ivar content_type: its media type.
    :ivar subject: one line. :ivar text: plain text, which ends with a line break. :ivar html: what a page has between the tags of its body.
    """

    path: str = ""
    content_type: str = "application/octet-stream"
    subject: str = ""
    text: str = ""
    html: str = ""
    notes: AttachmentNotes = AttachmentNotes()

    @property
    def name(self) -> str:
        """The name of the file."""
        return os.path.basename(self.path)

    def target_path(self, path: str) -> str:
        """A path at a destination, with the name of the file added where it is a folder: empty, or ends with a slash."""
        return path + self.name if not path or path.endswith("/") else path
