# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a change, driven by hand; real lost answers are in tests/integration/test_scheduler.py."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.evidence import Verdict
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Send, Sleep, TaskFailed, TaskForgotten
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault

VM, TASK = MoRef("VirtualMachine", "vm-1"), MoRef("Task", "task-1")
CUT = errors.ConnectionDropped("connection closed mid-response")


class FakeSession:
    """Answers calls one after the other: a value, or an error to raise."""

    number = 1

    def __init__(self, *answers, remaining=60.0):
        self.answers = list(answers)
        self.sent = []
        self.renewed = []
        self.remaining = remaining
        self.transport = self

    def object(self, ref):
        return ref

    def invoke(self, ref, method, *arguments, shape=None):
        self.sent.append(method)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def renew(self, number):
        self.renewed.append(number)


def drive(session, work, looks=(), tasks=()):
    """Run work to its end: calls go to the session, looks and tasks have these results; what it slept is left out. The result or error, and its requests."""
    looks, tasks, requests = list(looks), list(tasks), []
    answer, error = None, None
    while True:
        try:
            request = work.throw(error) if error else work.send(answer)
        except StopIteration as end:
            return end.value, requests
        answer = error = None
        if isinstance(request, Sleep):
            continue
        try:
            if isinstance(request, AwaitTask):
                requests.append("await")
                answer = tasks.pop(0)
            else:
                assert isinstance(request, Send)
                is_look = request.function.func.__name__ == "look"
                requests.append("look" if is_look else "send")
                answer = looks.pop(0) if is_look else request.function(session)
            if isinstance(answer, Exception):
                raise answer
        except errors.EstateError as raised:
            error = raised


def test_task_of_a_change_is_awaited():
    session = FakeSession(TASK)
    assert drive(session, perform(operations.POWER_ON, VM, None), tasks=["done"]) == ("done", ["send", "await"])
    assert session.sent == ["PowerOn"]


def test_lost_answer_of_a_change_that_happened():
    assert drive(FakeSession(CUT), perform(operations.POWER_ON, VM, None), looks=[Verdict(True, TASK)], tasks=["done"]) == ("done", ["send", "look", "await"])


def test_lost_answer_of_a_change_that_did_not_happen():
    session = FakeSession(CUT, TASK)
    looks = [Verdict(False)] * 3
    assert drive(session, perform(operations.POWER_ON, VM, None), looks=looks, tasks=["done"])[1] == ["send", "look", "look", "look", "send", "await"]


def test_task_that_may_be_the_change_is_waited_for():
    made = MoRef("VirtualMachine", "vm-2")
    looks = [Verdict(None)] * 6 + [Verdict(True, result=made)]
    result, requests = drive(FakeSession(CUT), perform(operations.CLONE, VM, find_made=lambda session: None), looks=looks)
    assert (result, requests.count("send"), requests.count("look")) == (made, 1, 7)


@pytest.mark.parametrize(
    ("lost", "looks"),
    [
        (errors.TimedOut("no answer within 30 s"), [Verdict(False)] * 3),
        (CUT, [errors.Unreachable("no connection")]),
        (errors.DeadlinePassed("it took longer"), []),
        (errors.ResponseTooLarge("too large"), [errors.TimedOut("no answer")]),
    ],
)
def test_unknown_outcome_is_an_error_and_nothing_is_sent_again(lost, looks):
    session = FakeSession(lost)
    with pytest.raises(errors.OutcomeUnknown, match="whether it was carried out is unknown .power on: "):
        drive(session, perform(operations.POWER_ON, VM, None), looks=looks)
    assert session.sent == ["PowerOn"]


def test_change_that_leaves_no_traces_is_not_sent_again():
    session = FakeSession(CUT)
    with pytest.raises(errors.OutcomeUnknown, match="reboot the guest"):
        drive(session, perform(operations.REBOOT, VM))
    assert session.sent == ["RebootGuest"]


def unsent(error):
    error.was_sent = False
    return error


@pytest.mark.parametrize("never_sent", [errors.Unreachable("no connection"), errors.TimedOut("no connection within 5 s")])
def test_what_was_never_sent_is_sent_again_without_a_look(never_sent):
    session = FakeSession(unsent(never_sent), TASK)
    assert drive(session, perform(operations.TAKE_SNAPSHOT, VM), tasks=["done"])[1] == ["send", "send", "await"]


def test_what_was_never_sent_for_a_lasting_reason_is_not_sent_again():
    session = FakeSession(unsent(errors.CertificateRejected("expired")))
    with pytest.raises(errors.CertificateRejected):
        drive(session, perform(operations.POWER_ON, VM, None))
    assert session.sent == ["PowerOn"]


@pytest.mark.parametrize("operation", [operations.TAKE_SNAPSHOT, operations.RESET, operations.REVERT_SNAPSHOT, operations.UPDATE_TOOLS])
def test_change_that_must_not_happen_twice_is_looked_for_longer_and_never_sent_again(operation):
    """The server may carry it out long after the connection was cut."""
    session = FakeSession(CUT)
    with pytest.raises(errors.OutcomeUnknown, match=f"{operation.name}: connection closed mid-response; no trace of it so far"):
        drive(session, perform(operation, VM), looks=[Verdict(False)] * 5)
    assert session.sent == [operation.method]
    looks = [Verdict(False)] * 4 + [Verdict(True, TASK)]
    assert drive(FakeSession(CUT), perform(operation, VM), looks=looks, tasks=["done"])[0] == "done"


def test_change_without_traces_that_may_happen_twice_is_sent_again():
    session = FakeSession(CUT, None)
    assert drive(session, perform(operations.SET_ATTRIBUTE, VM, 1, "x"))[1] == ["send", "send"]


@pytest.mark.parametrize("error", [errors.MethodFault, TaskFailed])
def test_name_that_the_first_of_two_has_taken(error):
    """The first one was carried out after all, so the second is refused: what it made is taken, once its task has ended."""
    made, taken = MoRef("VirtualMachine", "vm-2"), error("taken", Fault("DuplicateName", "no"))
    answers, tasks = ((CUT, TASK), [taken]) if error is TaskFailed else ((CUT, taken), [])
    looks = [Verdict(False)] * 3 + [Verdict(None), Verdict(True, result=made)]
    result, requests = drive(FakeSession(*answers), perform(operations.CLONE, VM, find_made=lambda session: made), looks=looks, tasks=tasks)
    assert (result, requests.count("send")) == (made, 2)


def test_name_that_somebody_else_has_taken():
    taken = errors.MethodFault("taken", Fault("DuplicateName", "no"))
    with pytest.raises(errors.MethodFault, match="cannot clone: taken"):
        drive(FakeSession(taken), perform(operations.CLONE, VM, find_made=lambda session: None), looks=[Verdict(False)])


def test_hardware_that_is_upgraded_already_is_no_error():
    assert drive(FakeSession(errors.MethodFault("no", Fault("AlreadyUpgraded", "no"))), perform(operations.UPGRADE, VM, "vmx-21"))[0] is None


def test_connection_that_fails_later_may_have_carried_the_change():
    assert drive(FakeSession(errors.Unreachable("no route")), perform(operations.POWER_ON, VM, None), looks=[Verdict(True)])[1] == ["send", "look"]


def test_change_after_the_deadline_is_not_sent():
    session = FakeSession(remaining=0.0)
    with pytest.raises(errors.DeadlinePassed, match="passed before it was sent"):
        drive(session, perform(operations.POWER_ON, VM, None))
    assert session.sent == []


def test_ended_session_is_replaced():
    session = FakeSession(errors.SessionExpired("ended"), TASK)
    assert drive(session, perform(operations.POWER_ON, VM, None), tasks=["done"])[1] == ["send", "send", "await"]
    assert session.renewed == [1]


def fault(kind, **parts):
    return Fault(kind, "no", parts=parts)


@pytest.mark.parametrize("error", [errors.MethodFault, TaskFailed])
def test_wanted_state_that_is_there_already_is_no_error(error):
    already = error("no", fault("InvalidPowerState", existingState="poweredOn"))
    session, tasks = (FakeSession(TASK), [already]) if error is TaskFailed else (FakeSession(already), [])
    assert drive(session, perform(operations.POWER_ON, VM, None), tasks=tasks)[0] is None


def test_other_state_is_an_error_that_names_the_step():
    with pytest.raises(errors.MethodFault, match="^cannot power on: no$"):
        drive(FakeSession(errors.MethodFault("no", fault("InvalidPowerState", existingState="suspended"))), perform(operations.POWER_ON, VM, None))


def test_removed_object_that_is_gone_is_no_error():
    gone = errors.ObjectGone("vm-1 does not exist any more", fault("ManagedObjectNotFound"))
    assert drive(FakeSession(gone), perform(operations.DESTROY, VM))[0] is None
    with pytest.raises(errors.ObjectGone):
        drive(FakeSession(gone), perform(operations.POWER_OFF, VM))
    other = errors.ObjectGone("host-1 does not exist any more", fault("ManagedObjectNotFound", obj=MoRef("HostSystem", "host-1")))
    with pytest.raises(errors.ObjectGone):
        drive(FakeSession(other), perform(operations.DESTROY, VM))


def test_passing_refusal_is_tried_again_and_not_for_ever():
    busy = errors.MethodFault("another task", fault("TaskInProgress"))
    assert drive(FakeSession(busy, busy, TASK), perform(operations.POWER_ON, VM, None), tasks=["done"])[0] == "done"
    session = FakeSession(*[busy] * 10)
    with pytest.raises(errors.MethodFault):
        drive(session, perform(operations.POWER_ON, VM, None))
    assert 1 < len(session.sent) < 10


@pytest.mark.parametrize(("verdict", "outcome"), [(Verdict(True), None), (Verdict(True, result=VM), VM)])
def test_forgotten_task_is_judged_by_the_object(verdict, outcome):
    assert drive(FakeSession(TASK), perform(operations.POWER_ON, VM, None), tasks=[TaskForgotten("?")], looks=[verdict])[0] == outcome


@pytest.mark.parametrize(
    ("end", "looks"), [(TaskForgotten("?"), [Verdict(False)]), (errors.DeadlinePassed("too long"), []), (errors.TimedOut("no answer"), [])]
)
def test_task_whose_end_is_not_seen_is_named(end, looks):
    with pytest.raises(errors.OutcomeUnknown, match="task-1"):
        drive(FakeSession(TASK), perform(operations.POWER_ON, VM, None), tasks=[end], looks=looks)


def test_lacking_privilege_is_not_tried_again():
    session = FakeSession(errors.NotPermitted("operator lacks VirtualMachine.Interact.PowerOn"))
    with pytest.raises(errors.NotPermitted, match="^cannot power on: operator lacks"):
        drive(session, perform(operations.POWER_ON, VM, None))
    assert session.sent == ["PowerOn"]


def test_session_that_ends_again_and_again():
    session = FakeSession(*[errors.SessionExpired("ended")] * 5)
    with pytest.raises(errors.SessionExpired):
        drive(session, perform(operations.POWER_ON, VM, None))
    assert session.sent == ["PowerOn"] * 3


def test_answer_that_is_lost_again_and_again():
    """What may happen twice is sent three times; then the error says that it did not happen."""
    session = FakeSession(CUT, CUT, CUT, CUT)
    with pytest.raises(errors.ConnectionDropped):
        drive(session, perform(operations.POWER_ON, VM, None), looks=[Verdict(False)] * 9)
    assert session.sent == ["PowerOn"] * 3


@pytest.mark.parametrize(("error", "times"), [(errors.TimedOut("no answer"), 3), (errors.AuthenticationFailed("the login is refused"), 1)])
def test_login_that_fails_after_a_session_has_ended(error, times):
    """The change was refused before, so it did not happen, whatever becomes of the login."""

    class Ended(FakeSession):
        def renew(self, number):
            raise error

    session = Ended(*[errors.SessionExpired("ended")] * 5)
    error.was_sent = True
    with pytest.raises(type(error)):
        drive(session, perform(operations.CLONE, VM, find_made=lambda session: None))
    assert session.sent == ["Clone"] * times


def test_change_without_a_task_returns_what_it_made():
    folder = MoRef("Folder", "group-v7")
    assert drive(FakeSession(folder), perform(operations.CREATE_FOLDER, VM, "web", find_made=lambda session: None)) == (folder, ["send"])
    assert drive(FakeSession(None), perform(operations.SHUT_DOWN, VM)) == (None, ["send"])


def test_references_among_arguments_become_objects():
    class Converting(FakeSession):
        def object(self, ref):
            return f"object of {ref.moid}"

        def invoke(self, ref, method, *arguments, shape=None):
            self.sent.append(arguments)

    session = Converting()
    drive(session, perform(operations.MOVE, VM, [VM, [TASK, 1]], VM, None, "text", find_made=lambda session: VM))
    assert session.sent == [(["object of vm-1", ["object of task-1", 1]], "object of vm-1", None, "text")]
