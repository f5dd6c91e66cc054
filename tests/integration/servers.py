# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on loopback that take deliveries: WebDAV, S3, mail, all over TLS, and ssh."""

from __future__ import annotations

import getpass
import json
import logging
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER = "courier"


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def webdav(folder: Path, certificate: tuple[Path, Path], password: str, port: int) -> Iterator[None]:
    """A WebDAV server with a folder that one user may write."""
    # Here and below, libraries of servers are imported when one is started: that takes seconds, of each process that collects tests.
    from cheroot.ssl.builtin import BuiltinSSLAdapter
    from cheroot.wsgi import Server
    from wsgidav.wsgidav_app import WsgiDAVApp

    folder.mkdir(exist_ok=True)
    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    config = {
        "provider_mapping": {"/": str(folder)},
        "simple_dc": {"user_mapping": {"*": {USER: {"password": password}}}},
        "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
        "verbose": 0,
        "logging": {"enable": False},
    }
    server = Server(("127.0.0.1", port), WsgiDAVApp(config))
    server.ssl_adapter = BuiltinSSLAdapter(*map(str, certificate))
    server.error_log = lambda *arguments, **options: None
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(10)


class Store:
    """An S3 store with a bucket that one account may write to, and whose secret it checks.

    :ivar url: its address. :ivar access_key: of the account. :ivar secret_key: what belongs to it.
    """

    BUCKET = "estate"
    _MAY_WRITE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}

    def __init__(self, certificate: tuple[Path, Path], ca_path: Path) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tuple(map(str, certificate)))
        self._ca_path = str(ca_path)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self.access_key = self.secret_key = "nobody"

    def client(self, service: str = "s3") -> Any:
        """A client of the account."""
        import boto3

        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key}
        return boto3.session.Session().client(service, endpoint_url=self.url, region_name="us-east-1", verify=self._ca_path, **keys)

    def content(self, key: str) -> bytes:
        """An object of the bucket."""
        return self.client().get_object(Bucket=self.BUCKET, Key=key)["Body"].read()

    def _check_signatures_after(self, calls: int) -> None:
        request = Request(f"{self.url}/moto-api/reset-auth", data=str(calls).encode(), headers={"Content-Type": "text/plain"})
        urlopen(request, context=ssl.create_default_context(cafile=self._ca_path)).close()

    def __enter__(self) -> Store:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.client().create_bucket(Bucket=self.BUCKET)
        iam = self.client("iam")
        iam.create_user(UserName=USER)
        iam.put_user_policy(UserName=USER, PolicyName="write", PolicyDocument=json.dumps(self._MAY_WRITE))
        made = iam.create_access_key(UserName=USER)["AccessKey"]
        self.access_key, self.secret_key = made["AccessKeyId"], made["SecretAccessKey"]
        self._check_signatures_after(0)
        return self

    def __exit__(self, *what: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """A mail server that wants a login over TLS, from the beginning or later, and keeps what it gets."""

    def __init__(self, certificate: tuple[Path, Path], password: str, size_limit: int = 0, from_the_beginning: bool = False) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.port = free_port()
        self._password = password.encode()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, authenticator=self._authenticate, auth_required=True, data_size_limit=size_limit or None,
            # The server that speaks TLS from the beginning does not notice, and would take no login.
            **({"ssl_context": context, "auth_require_tls": False} if from_the_beginning else {"tls_context": context, "require_starttls": True}),
        )  # fmt: skip

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and login == LoginPassword(USER.encode(), self._password)
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *what: object) -> None:
        self._controller.stop()


@contextmanager
def ssh_host(folder: Path, sshd: str) -> Iterator[dict[str, Any]]:
    """Inventory variables of a host that is reached over ssh, with a key that was made for it: this machine itself."""
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    port = free_port()
    settings = {
        "ListenAddress": f"127.0.0.1:{port}", "HostKey": folder / "host", "AuthorizedKeysFile": folder / "user.pub", "PidFile": "none", "UsePAM": "no",
        "StrictModes": "no", "PasswordAuthentication": "no", "PermitRootLogin": "prohibit-password",
        "Subsystem": "sftp internal-sftp",
    }  # fmt: skip
    config = folder / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([sshd, "-D", "-f", str(config), "-E", str(folder / "log")])
    try:
        _wait_for(port)
        yield {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_user": getpass.getuser(),
            "ansible_python_interpreter": sys.executable,
            "ansible_ssh_private_key_file": str(folder / "user"),
            # In place of Ansible's own, which keep a connection open for a minute.
            "ansible_ssh_args": f"-o UserKnownHostsFile={folder / 'known_hosts'} -o IdentitiesOnly=yes",
        }
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
