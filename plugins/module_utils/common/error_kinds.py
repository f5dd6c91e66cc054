# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What each kind of error means: its cause and its cure, in an administrator's words, for the docs.

The kinds are the ``kind`` of the subclasses of EstateError. Only text stands here; a test holds it complete.
"""

from __future__ import annotations

from typing import NamedTuple


class ErrorKind(NamedTuple):
    """Why errors of one kind happen, and what to do about them. Words in double backquotes are options or commands."""

    cause: str
    cure: str


ERROR_KINDS: dict[str, ErrorKind] = {
    "option": ErrorKind(
        "An option, or the environment variable in its place, has a value that cannot be used, is missing, or contradicts another option.",
        "Correct the option that the message names. Options are checked before anything is sent.",
    ),
    "unreachable": ErrorKind(
        "Nothing answers at the address: the host name does not resolve, the port is closed, a firewall drops the connection, or it was closed mid-response.",
        "Check ``hostname`` and ``port``, then name resolution, routes and firewalls between the Ansible controller and the server. "
        "Where the connection is dropped mid-response, check the server and any proxies or inspecting firewalls.",
    ),
    "proxy": ErrorKind(
        "The HTTP proxy cannot be reached, refuses its credentials, or does not allow a connection to the server.",
        "Check ``proxy_host``, ``proxy_port``, ``proxy_username`` and ``proxy_password``; have the proxy allow CONNECT to the server and its port.",
    ),
    "timeout": ErrorKind(
        "The server, or the way to it, did not answer within ``timeout`` seconds.",
        "Check the network path and the load of the server. If it is merely slow, raise ``timeout``, or lower ``page_size``.",
    ),
    "deadline": ErrorKind(
        "Reading the source as a whole took longer than ``deadline`` seconds.",
        "Raise ``deadline``, read fewer sections or objects, or find out what slows the server.",
    ),
    "certificate": ErrorKind(
        "The server's TLS certificate is not trusted, has expired, is issued for another name, or is not the one pinned with ``fingerprint``.",
        "Give the CA certificate as ``ca_path``, use as ``hostname`` a name that the certificate holds, or pin it with ``fingerprint``. "
        "If a pinned certificate changed, find out why before you pin the new one.",
    ),
    "authentication": ErrorKind(
        "The server rejects user name and password, or the session behind ``session_token`` or ``rest_session_token`` does not exist there (any more).",
        "Check ``username`` (with its domain, such as ``reader@vsphere.local``) and ``password``, and that the account is not locked or expired. "
        "For a token, get a new one from the same server.",
    ),
    "not_vsphere": ErrorKind(
        "Something answers at the address, but it is neither a vCenter Server nor an ESXi host: another web server, a load balancer, or a port without TLS.",
        "Check ``hostname`` and ``port``.",
    ),
    "permission": ErrorKind(
        "The account lacks a privilege, so the source, a section or some properties cannot be read.",
        "Give the account the role ``Read-only`` at the top of the inventory, propagating to children; see the guide to permissions for single sections.",
    ),
    "session": ErrorKind(
        "The server ended the session while it was in use: it was restarted, an administrator ended the session, or a session that was given expired.",
        "Run again. If it happens repeatedly, look in the server's events for what ends sessions.",
    ),
    "fault": ErrorKind(
        "The server answered with a fault, with an HTTP error, with data that is not what vSphere sends, or with much more of it than expected.",
        "Check that all services of the server run, and run again. If it stays, report it with the message and the versions of server and collection.",
    ),
    "refused": ErrorKind(
        "The server refused to change an object: its state does not allow it, an option does not suit it, or something it needs is lacking.",
        "The message names the fault of vSphere. Correct the option or the state of the object, and run again.",
    ),
    "gone": ErrorKind(
        "A VM or another object was deleted, or registered anew, while it was worked on.",
        "Run again: objects are looked up anew.",
    ),
    "unknown": ErrorKind(
        "The answer to a change was lost, and the server does not tell whether it was carried out. It was not sent again.",
        "Look at the object and its recent tasks in the vSphere Client, then run again: what was carried out is recognised.",
    ),
    "question": ErrorKind(
        "A VM waits for the answer to a question, such as whether it was moved or copied, and stops every task on it.",
        "Answer the question in the vSphere Client, then run again.",
    ),
    "package": ErrorKind(
        "An OVA or OVF cannot be read, is incomplete, was changed since its manifest was made, or is none.",
        "Check the path or URL and its rights, and fetch the package again. Nothing of it became a VM.",
    ),
    "upload": ErrorKind(
        "A file of an import did not reach the server, or the host that it named: no connection, a lease that timed out, too little space, a disk format.",
        "Check the way to the host that the message names (port 443 of ESXi hosts, too), the free space, and the server's events. "
        "The VM of the import was removed.",
    ),
    "left_out": ErrorKind(
        "The options given do not suffice to read something, such as tags with a ``session_token`` alone. The rest was read.",
        "Give the option that the message names, or switch off what it was needed for.",
    ),
    "scan_file": ErrorKind(
        "A scan file is missing, damaged, no scan, of a newer release, or cannot be written: no space, no permission, or a folder that does not exist.",
        "Check path, permissions and free space as the message says. Scan again to replace a damaged file.",
    ),
    "cancelled": ErrorKind(
        "The job was interrupted or killed, so its modules stopped too. Earlier scans stay as they were. Of changes nothing more was started.",
        "Run the job again. The journal of a module that changes VMs says what was running then.",
    ),
    "journal": ErrorKind(
        "The file of the option ``journal`` cannot be written, so nothing is changed, or nothing more.",
        "Check that its folder exists, its permissions and the free space, and that no other process keeps it locked.",
    ),
    "not_started": ErrorKind(
        "Nothing was done to the VM: another one failed before and ``on_error`` is ``stop``, or the job has ended.",
        "Cure the error of the VM that failed, and run again: what is done already stays as it is.",
    ),
    "child": ErrorKind(
        "The process that reads a source was killed, often by the kernel for lack of memory, or met a bug of this collection.",
        "Look in the kernel's log for the out-of-memory killer; give the controller more memory, or lower ``forks``. Report a bug with its traceback.",
    ),
    "source": ErrorKind(
        "The dynamic inventory could not read one or more of its sources. The message names each source and its own error.",
        "Cure that error, or allow for missing sources with the options of the inventory.",
    ),
    "report": ErrorKind(
        "The workbook cannot be made of these scans with these options, or cannot be written.",
        "Correct the option or file that the message names.",
    ),
    "delivery": ErrorKind(
        "A destination did not take the file: wrong address, rejected credentials, an untrusted certificate, a limit on size, or no answer.",
        "Check the destination's options and the log of its server. Delivering again replaces what may be there; reading the sources again is not needed.",
    ),
}
