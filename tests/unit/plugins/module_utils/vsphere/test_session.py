# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session makes of versions and of everything that goes wrong; real servers are in tests/integration."""

from __future__ import annotations

import dataclasses
import re
from contextlib import nullcontext
from datetime import datetime, timezone

import pytest
from hostile_vcenter import fault
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, SoapFault, decode_page
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError, TooManyElements
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer, Xml

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (SoapFault(Fault("InvalidLogin", "Cannot complete login")), "authentication", "the login of reader is refused"),
        (SoapFault(Fault("NoPermission", "Permission denied")), "permission", "reader may not do this (NoPermission: Permission denied)"),
        (SoapFault(Fault("NotAuthenticated", "")), "session", "has ended the session of reader (NotAuthenticated)"),
        (SoapFault(Fault("ManagedObjectNotFound", "gone")), "session", "(ManagedObjectNotFound: gone)"),
        (SoapFault(Fault("InvalidProperty", "token", "token")), "session", "(InvalidProperty: token)"),
        (SoapFault(Fault("InvalidProperty", "config.x", "config.x")), "fault", "the server does not know the property config.x"),
        (SoapFault(Fault("SystemError", "out of\nmemory")), "fault", "the server refuses the request (SystemError: out of memory)"),
        (DecodeError("it is no SOAP envelope"), "fault", "cannot be used, it is no SOAP envelope"),
        (TooManyElements("it has more elements"), "fault", "is too large, it has more elements"),
    ],
)
def test_faults_of_the_server_have_their_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(session.VsphereError) as caught, session.Session(CONNECTION).translate_decode_errors():
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


class FakeTransport:
    """Answers one request after another and remembers what was asked."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []
        self.remaining = 60

    def request(self, method, path, body, headers, max_bytes=None):
        self.asked.append((method, path, body, headers))
        return self.replies.pop(0)

    def pause(self, seconds):
        pass

    def close(self):
        pass

    def grace_period(self):
        return nullcontext()


def reply(status=200, body=b"", **headers):
    return Reply(status, "a reason", {name.replace("_", "-"): value for name, value in headers.items()}, body)


def envelope(method, returned):
    text = f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><{method}Response>{returned}</{method}Response></e:Body></e:Envelope>'
    return text.encode()


def returned(method, *values):
    return envelope(method, "".join(f"<returnval>{value}</returnval>" for value in values))


CONTENT = returned(
    "RetrieveServiceContent",
    '<rootFolder type="Folder">root</rootFolder><propertyCollector type="PropertyCollector">pc</propertyCollector>'
    '<viewManager type="ViewManager">vm</viewManager><authorizationManager type="AuthorizationManager">am</authorizationManager>'
    '<sessionManager type="SessionManager">sm</sessionManager>'
    "<about><apiType>VirtualCenter</apiType><apiVersion>8.0.1.0</apiVersion></about>",
)
USER = "<key>52aa</key><userName>EXAMPLE\\reader</userName>"
TOKEN = "52e1c1f6-0b1a"


@pytest.fixture
def enter(monkeypatch):
    """A function that enters a session with a server that gives these replies; the session and the transport."""

    def entered(*replies, **options):
        transport = FakeTransport(*replies)
        monkeypatch.setattr(session, "HttpTransport", lambda connection, limits: transport)
        opened = session.Session(dataclasses.replace(CONNECTION, **{"retries": 0, **options}))
        return opened.__enter__(), transport

    return entered


def test_first_request_is_one_that_every_server_understands(enter):
    _opened, transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)))
    method, path, body, headers = transport.asked[0]
    assert (method, path, headers["SOAPAction"]) == ("POST", "/sdk", '"urn:vim25/6.5"')
    assert b"RetrieveServiceContent" in body


@pytest.mark.parametrize(("status", "kind"), [(404, "not_vsphere"), (302, "not_vsphere"), (503, "fault"), (502, "fault")])
def test_unexpected_status(enter, status, kind):
    with pytest.raises(session.VsphereError, match=f"HTTP status {status} a reason") as caught:
        enter(reply(status))
    assert caught.value.kind == kind


def test_transport_and_certificate_before_the_session_is_entered():
    opened = session.Session(CONNECTION)
    assert opened.certificate == b"" and opened.calls == 0
    with pytest.raises(RuntimeError):
        opened.transport.close()


def methods(transport):
    return [re.search(rb"<(?:\w+:)?Body><(\w+)", body)[1].decode() for _method, _path, body, _headers in transport.asked]


def cookies(transport):
    return [headers.get("Cookie") for _method, _path, _body, headers in transport.asked]


def test_cookie_of_the_login_is_sent_from_then_on(enter):
    opened, transport = enter(
        reply(body=CONTENT), reply(body=returned("Login", USER), Set_Cookie='vmware_soap_session="52bb"; Path=/; HttpOnly'), reply(body=returned("Logout"))
    )
    opened.__exit__(None, None, None)
    assert methods(transport) == ["RetrieveServiceContent", "Login", "Logout"]
    assert cookies(transport) == [None, None, 'vmware_soap_session="52bb"']
    assert (opened.user["userName"], opened.user["key"], opened.api) == ("EXAMPLE\\reader", "52aa", "vim25/8.0.1.0")


def current_session(user):
    found = f"<propSet><name>currentSession</name><val>{user}</val></propSet>" if user else ""
    return envelope("RetrievePropertiesEx", f'<returnval><objects><obj type="SessionManager">sm</obj>{found}</objects></returnval>')


def test_given_session_is_neither_started_nor_ended(enter):
    opened, transport = enter(
        reply(body=CONTENT, Set_Cookie='vmware_soap_session="new"'), reply(body=current_session(USER)), username="", password="", session_token=TOKEN
    )
    opened.__exit__(None, None, None)
    assert methods(transport) == ["RetrieveServiceContent", "RetrievePropertiesEx"]
    assert cookies(transport) == [f'vmware_soap_session="{TOKEN}"'] * 2, "the server's own idea of a session is not taken up"
    assert opened.user["userName"] == "EXAMPLE\\reader"


FAULT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><e:Fault>'
    b'<faultstring>no</faultstring><detail><f xsi:type="%s"/></detail></e:Fault></e:Body></e:Envelope>'
)


@pytest.mark.parametrize(
    "answer", [reply(body=current_session("")), reply(500, FAULT % b"NotAuthenticated"), reply(500, FAULT % b"NoPermission")], ids=["unset", "fault", "right"]
)
def test_given_session_that_has_ended_is_an_error(enter, answer):
    with pytest.raises(session.AuthenticationFailed, match="the server has no session of this session_token") as caught:
        enter(reply(body=CONTENT), answer, username="", password="", session_token=TOKEN)
    assert TOKEN not in str(caught.value)


def test_given_session_is_not_replaced(enter):
    opened, transport = enter(
        *(reply(body=CONTENT), reply(body=current_session(USER))),
        *(reply(body=CONTENT), reply(body=current_session(""))),
        username="",
        password="",
        session_token=TOKEN,
        retries=3,
    )
    attempts = []

    def attempt():
        attempts.append(1)
        raise session.SessionExpired("it is lost")

    with pytest.raises(session.AuthenticationFailed):
        opened.call_with_retries(attempt)
    assert len(attempts) == 1
    assert "Login" not in methods(transport)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)),
        ("2026-11-20T09:30:00.123456789Z", datetime(2026, 11, 20, 9, 30, 0, 123456, tzinfo=timezone.utc)),
        ("2026-11-20T10:30:00.5+01:00", datetime(2026, 11, 20, 9, 30, 0, 500000, tzinfo=timezone.utc)),
    ],
)
def test_clock_of_the_server(enter, text, expected):
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=returned("CurrentTime", text)))
    assert opened.current_time() == expected


@pytest.mark.parametrize("values", [["now"], []])
def test_invalid_time_of_the_server(enter, values):
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=returned("CurrentTime", *values)))
    with pytest.raises(session.ServerFault, match="returned no valid time"):
        opened.current_time()


def privileges(**granted):
    answers = "".join(f"<privAvailability><privId>{name}</privId><isGranted>{answer}</isGranted></privAvailability>" for name, answer in granted.items())
    return returned("HasPrivilegeOnEntities", f'<entity type="Folder">root</entity>{answers}')


@pytest.mark.parametrize(
    ("asked", "granted", "missing"),
    [
        (["A", "B", "C"], {"A": "true", "B": "false", "C": "false"}, ["B", "C"]),
        (["A", "B"], {"B": "true", "A": "true"}, []),
        (["A", "B"], {"B": "true"}, ["A"]),
        (["A"], {"A": "true"}, []),
        (["A"], {"A": "false"}, ["A"]),
    ],
)
def test_missing_privileges(enter, asked, granted, missing):
    opened, transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=privileges(**granted)))
    assert opened.privileges_missing(asked) == missing
    assert b">52aa</sessionId>" in transport.asked[-1][2]


@pytest.mark.parametrize("answer", [privileges(), privileges(A="perhaps"), returned("HasPrivilegeOnEntities"), returned("HasPrivilegeOnEntities", "true")])
def test_missing_reply_about_privileges_is_an_error(enter, answer):
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=answer))
    with pytest.raises(session.ServerFault, match="did not return the privileges|cannot be used"):
        opened.privileges_missing(["A", "B"])


def test_missing_manager_is_no_ended_session(enter):
    gone = reply(500, body=fault("ManagedObjectNotFound").body.encode())
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), gone)
    with pytest.raises(session.ServerFault, match="has no authorizationManager"):
        opened.privileges_missing(["A"])


def test_server_without_a_manager(enter):
    content = re.sub(b"<authorizationManager.*?</authorizationManager>", b"", CONTENT)
    opened, _transport = enter(reply(body=content), reply(body=returned("Login", USER)))
    with pytest.raises(session.ServerFault, match="has no authorizationManager"):
        opened.privileges_missing(["A"])


VM = session.MoRef("VirtualMachine", "vm-7")


def refusal(kind, parts="", message="no"):
    """A SOAP fault with parts, as vSphere sends it."""
    return reply(
        500,
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><e:Fault>'
        + f'<faultstring>{message}</faultstring><detail><f xsi:type="{kind}">{parts}</f></detail></e:Fault></e:Body></e:Envelope>'.encode(),
    )


def test_change_is_sent_once_and_returns_its_task(enter):
    opened, transport = enter(
        reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=envelope("PowerOnVM_Task", '<returnval type="Task">task-3</returnval>'))
    )
    assert opened.invoke(VM, "PowerOn", None, shape=session.MoRef) == ("Task", "task-3")
    assert methods(transport)[2:] == ["PowerOnVM_Task"]
    assert b">vm-7</" in transport.asked[2][2]


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (refusal("NotAuthenticated"), "session", "ended the session of reader"),
        (refusal("NoPermission", "<privilegeId>VirtualMachine.Interact.PowerOn</privilegeId>"), "permission", "reader lacks VirtualMachine.Interact.PowerOn: "),
        (refusal("ManagedObjectNotFound", '<obj type="HostSystem">host-9</obj>'), "gone", "host-9 does not exist any more: look it up again"),
        (refusal("ManagedObjectNotFound"), "gone", "vm-7 does not exist any more"),
        (refusal("InvalidArgument", "<invalidProperty>spec.x</invalidProperty>"), "refused", "the server does not accept spec.x (InvalidArgument: no)"),
        (refusal("InvalidProperty", "<name>spec</name>"), "refused", "the server refuses it (InvalidProperty: no)"),
        (reply(503), "fault", "the server is not ready"),
        (reply(200, b"<nonsense/>"), "fault", "response cannot be used"),
    ],
)
def test_refused_change_is_told_from_a_lost_answer_and_never_repeated(enter, answer, kind, message):
    opened, transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), answer, retries=3)
    with pytest.raises(session.VsphereError, match=re.escape(message)) as caught:
        opened.invoke(VM, "PowerOn", None)
    assert caught.value.kind == kind
    assert len(transport.asked) == 3


def test_refusal_says_which_state_the_object_has(enter):
    state = refusal("InvalidPowerState", "<requestedState>poweredOn</requestedState><existingState>poweredOn</existingState>")
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)), state)
    with pytest.raises(session.MethodFault) as caught:
        opened.invoke(VM, "PowerOn", None)
    assert caught.value.fault.type == "InvalidPowerState"
    assert caught.value.fault.text("existingState") == "poweredOn"
    assert caught.value.fault.text("property") == ""


def test_one_of_several_threads_logs_in_anew(enter):
    opened, transport = enter(
        reply(body=CONTENT), reply(body=returned("Login", USER)), reply(body=returned("Logout")), reply(body=CONTENT), reply(body=returned("Login", USER))
    )
    number = opened.number
    assert opened.renew(number) == number + 1
    assert opened.renew(number) == number + 1
    assert methods(transport)[2:] == ["Logout", "RetrieveServiceContent", "Login"]


def test_reference_of_an_unknown_type_is_an_error(enter):
    opened, _transport = enter(reply(body=CONTENT), reply(body=returned("Login", USER)))
    with pytest.raises(session.InvalidResponse, match="the unknown type Nonsense"):
        opened.object(session.MoRef("Nonsense", "x"))


@pytest.fixture
def server():
    return SoapServer({VM: {"name": "web"}, session.MoRef("VirtualMachine", "vm-8"): {"name": "db"}, session.MoRef("HostSystem", "host-1"): {"name": "esx"}})


def test_view_is_there_while_the_block_runs(server, open_session):
    opened = open_session(server)
    with opened.container_view(["VirtualMachine"], session.MoRef("Folder", "group-v1")) as view:
        asked = server.asked[-1]
        assert (asked.refs("container"), asked.text("type"), asked.text("recursive")) == ([("Folder", "group-v1")], "VirtualMachine", "true")
        assert opened.view_size(view) == 0, "the server has no such property here"
        page = opened.first_page(view, {"VirtualMachine": ["name"]}, 10)
        assert [item.properties["name"] for item in decode_page(page, {}, 2).objects] == ["web", "db"]
    assert server.open == {}


def test_view_of_a_block_that_fails_is_destroyed(server, open_session):
    opened = open_session(server)
    with pytest.raises(ZeroDivisionError), opened.container_view(["VirtualMachine"]):
        assert server.asked[-1].refs("container") == [("Folder", "rootFolder")]
        raise ZeroDivisionError
    assert server.open == {}


def test_view_that_cannot_be_destroyed_is_left_to_the_session(server, open_session):
    opened = open_session(server)
    with opened.container_view(["VirtualMachine"]):
        server.end_sessions()
    with pytest.raises(session.SessionExpired), opened.container_view(["VirtualMachine"]):
        pass


def test_server_that_creates_no_view(server, open_session):
    server.answers["CreateContainerView"] = lambda asked: None
    with pytest.raises(session.ServerFault, match="created no view"), open_session(server).container_view(["VirtualMachine"]):
        pass


def test_read_is_repeated_in_a_new_session(server, open_session):
    opened = open_session(server)
    number = opened.number
    server.end_sessions()
    assert opened.call_with_retries(opened.current_time).year == 2026
    assert opened.number == number + 1


def test_read_is_not_repeated_for_ever(server, open_session):
    opened = open_session(server)
    server.answers["CurrentTime"] = lambda asked: Refusal("NotAuthenticated")
    with pytest.raises(session.SessionExpired):
        opened.call_with_retries(opened.current_time)
    assert server.methods().count("CurrentTime") == 3


def test_custom_attributes(server, open_session):
    opened = open_session(server)
    server.change(
        session.MoRef("CustomFieldsManager", "customFieldsManager"),
        {"field": Xml("<val><CustomFieldDef><key>7</key><name>own%2fer</name></CustomFieldDef><CustomFieldDef><key>8</key></CustomFieldDef></val>")},
    )
    assert opened.custom_attributes() == {7: "own/er"}


@pytest.mark.parametrize("found", [{}, {"name": "x"}], ids=["no manager", "nothing defined"])
def test_no_custom_attributes(server, open_session, found):
    opened = open_session(server)
    if found:
        server.change(session.MoRef("CustomFieldsManager", "customFieldsManager"), found)
    assert opened.custom_attributes() == {}


def test_custom_attributes_that_may_not_be_read(server, open_session):
    opened = open_session(server)
    manager = '<objects><obj type="CustomFieldsManager">customFieldsManager</obj>%s</objects>'
    missing = '<missingSet><path>field</path><fault><fault xsi:type="NoPermission"/><localizedMessage>no</localizedMessage></fault></missingSet>'
    server.answers["RetrievePropertiesEx"] = lambda asked: Xml(f"<returnval>{manager % missing}</returnval>")
    with pytest.raises(session.NotPermitted, match="operator may not do this"):
        opened.custom_attributes()


def test_further_page_is_asked_for_by_its_token(server, open_session):
    opened = open_session(server)
    server.answers["ContinueRetrievePropertiesEx"] = lambda asked: Xml(f"<returnval><token>{asked.text('token')}</token></returnval>")
    assert b"page-2" in opened.next_page("page-2")


def test_typed_result_that_pyvmomi_cannot_read(server, open_session):
    opened = open_session(server)
    with pytest.raises(session.InvalidResponse, match="cannot be used .* report it if it persists"):
        opened.typed_result(returned("X", "<nonsense><a/></nonsense>"), vim.OvfManager.CreateImportSpecResult)


def test_number_of_requests(server, open_session):
    opened = open_session(server)
    assert opened.calls == 2
    opened.current_time()
    assert opened.calls == 3
