# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dynamic inventory as Ansible's commands and plays see it, against simulated sources over TLS."""

from __future__ import annotations

import ipaddress
import json
import re
import sys
from typing import Any

import plain_pyvmomi
import pytest
import yaml
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.inventories import FAIL_ON_ERROR, PLUGIN, Inventory, connection, inventory_file, listed, run, sources
from ansible_collections.estate.vmware.tests.integration.proxy import changed
from ansible_collections.estate.vmware.tests.integration.running import run_module

_LOCAL = ("--connection", "local", "--extra-vars", json.dumps({"ansible_python_interpreter": sys.executable}))
_GROUPS = {
    "resources": ["vms", "hosts"],
    "group_by": [
        "source",
        "resource",
        "power_state",
        ["datacenter", "cluster", "host"],
        "folder",
        "tags.Environment",
        {"field": "guest_id", "prefix": "", "default_value": "no_guest"},
    ],
    "compose": {"big": "vmware.vcpu | default(0) | int > 4"},
    "groups": {"large": "big", "esxi": "vmware.resource == 'host'"},
    "keyed_groups": [{"key": "vmware.resource_pool | default('none', true)", "prefix": "pool"}],
}


@pytest.fixture(scope="module")
def expected(estate) -> dict[tuple[str, str], dict[str, Any]]:
    """What plain pyVmomi says of each VM, by source and managed object id."""
    wanted = ["name", "config.template", "config.hardware.numCPU", "config.guestId", "config.instanceUuid", "runtime.powerState", "guest.ipAddress"]
    found = {}
    for simulator in estate:
        machines = plain_pyvmomi.read(plain_pyvmomi.connect(simulator), {vim.VirtualMachine: wanted})[vim.VirtualMachine]
        found.update(((simulator.name, moid), properties) for moid, properties in machines.items())
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory, estate):
    """An inventory file of everything."""
    return inventory_file(tmp_path_factory.mktemp("inventory"), sources=sources(estate), **_GROUPS)


@pytest.fixture(scope="module")
def everything(site) -> Inventory:
    done = run(site.parent, "ansible-inventory", "--inventory", site, "--list", "-vvvv", **FAIL_ON_ERROR)
    assert done.code == 0, done.messages
    return Inventory(done.output, done.messages)


def of(inventory, resource):
    """The variable ``vmware`` of hosts of one resource, by name."""
    return {name: machine for name, machine in inventory.by_name().items() if machine["resource"] == resource}


def identity(machine):
    return machine["source"], machine["moid"]


def test_every_vm_is_a_host_with_its_fields(everything, expected):
    vms = of(everything, "vm")
    assert sorted(map(identity, vms.values())) == sorted(expected)
    for machine in vms.values():
        values = expected[identity(machine)]
        assert (machine["template"], machine["vcpu"], machine["guest_id"], machine["instance_uuid"], machine["power_state"]) == (
            values["config.template"], values["config.hardware.numCPU"], values["config.guestId"], values["config.instanceUuid"], values["runtime.powerState"],
        )  # fmt: skip
    assert {name for machine in everything.hosts.values() for name in machine} <= {"vmware", "ansible_host", "big"}, "no other variables"


def test_hosts_have_names_that_ansible_can_use(everything):
    assert all(re.fullmatch(r"[\w.+-]+", name) for name in everything.hosts)
    names = [machine["name"] for machine in everything.by_name().values()]
    same = {name for name in names if names.count(name) > 1}
    for name, machine in everything.by_name().items():
        if machine["name"] in same:
            assert name.startswith(re.sub(r"[^\w.+-]", "_", f"{machine['name']}_{machine['source']}")), name
    assert same and "names of several hosts, or reserved ones: " in everything.messages and "each got its source appended" in everything.messages
    assert "names that Ansible cannot use were changed: " in everything.messages and "'backup/restore 100%' to backup_restore_100_" in everything.messages


def test_hosts_are_reached_at_an_address_of_their_guest(everything, expected):
    seen = 0
    for name, machine in of(everything, "vm").items():
        primary = expected[identity(machine)].get("guest.ipAddress")
        address = everything.hosts[name].get("ansible_host")
        assert (address is None) == (not machine["ip_addresses"] and not primary)
        if primary and ipaddress.ip_address(primary).version == 4 and not ipaddress.ip_address(primary).is_link_local:
            assert address == primary
            seen += 1
    assert seen > 10
    assert all(everything.hosts[name]["ansible_host"] for name in of(everything, "host"))


def test_groups_are_what_fields_say(everything):
    vms = of(everything, "vm")

    def having(**fields):
        return {name for name, machine in vms.items() if all(machine[key] == value for key, value in fields.items())}

    groups = everything.groups
    assert groups["power_state_poweredOff"] == having(power_state="poweredOff") != set()
    assert groups["source_vcenter_south"] == {name for name, machine in everything.by_name().items() if machine["source"] == "vcenter-south"}
    assert groups["resource_host"] == groups["esxi"] == set(of(everything, "host"))
    assert groups["large"] == {name for name, machine in vms.items() if machine["vcpu"] > 4} == {name for name in vms if everything.hosts[name]["big"]}
    assert groups["pool_Gold"] == having(resource_pool="Gold") != set()
    tagged = {name for name, machine in everything.by_name().items() if "Production" in (machine.get("tags") or {}).get("Environment", ())}
    assert groups["Environment_Production"] == tagged != set()
    assert groups["rhel9_64Guest"] == having(guest_id="rhel9_64Guest") and groups["no_guest"] == set(of(everything, "host"))
    for name in having(datacenter="Madrid", cluster="MAD-Production"):
        host = re.sub(r"\W", "_", vms[name]["host"])
        assert name in groups[f"host_Madrid_MAD_Production_{host}"]


def test_groups_lie_within_each_other(everything):
    assert "cluster_Madrid_MAD_Production" in everything.children["datacenter_Madrid"]
    assert all(name.startswith("host_Madrid_MAD_Production_") for name in everything.children["cluster_Madrid_MAD_Production"])
    standalone = [machine for machine in of(everything, "vm").values() if machine["cluster"] is None and machine["datacenter"] and machine["host"]]
    assert standalone and all(
        f"host_{machine['datacenter']}_{re.sub(r'[^a-zA-Z0-9_]', '_', machine['host'])}" in everything.children[f"datacenter_{machine['datacenter']}"]
        for machine in standalone
        if machine["datacenter"].isascii() and machine["source"] != "esxi-branch"
    )


def test_no_secret_and_no_deprecation_in_output(everything, site, estate):
    assert "DEPRECAT" not in everything.messages
    log = (site.parent / "ansible.log").read_text()
    for simulator in estate:
        assert simulator.password not in everything.messages and simulator.password not in log


def test_graph_and_one_host(site, everything):
    graph = run(site.parent, "ansible-inventory", "--inventory", site, "--graph", "datacenter_Madrid")
    assert graph.code == 0 and graph.output.startswith("@datacenter_Madrid:\n  |--@cluster_Madrid_MAD_")
    name = min(everything.groups["power_state_poweredOff"])
    host = run(site.parent, "ansible-inventory", "--inventory", site, "--host", name)
    assert json.loads(host.output) == everything.hosts[name]


def test_selections(site, everything):
    pattern, limit = "power_state_poweredOn:&source_vcenter_south:!large", "rhel9_64Guest,sles15_64Guest"
    groups = everything.groups
    chosen = (groups["power_state_poweredOn"] & groups["source_vcenter_south"]) - groups["large"]
    chosen &= groups["rhel9_64Guest"] | groups["sles15_64Guest"]
    done = run(site.parent, "ansible", pattern, "--inventory", site, "--limit", limit, "--module-name", "ansible.builtin.ping", *_LOCAL)
    assert done.code == 0
    assert set(re.findall(r"^(\S+) \| SUCCESS", done.output, re.MULTILINE)) == chosen != set()


def test_second_playbook(tmp_path, site, everything):
    play = {
        "hosts": "source_vcenter_south:&resource_vm",
        "gather_facts": False,
        "tasks": [
            {"ansible.builtin.assert": {"that": ["vmware.source == 'vcenter-south'", "inventory_hostname in groups['power_state_' ~ vmware.power_state]"]}},
            {
                "ansible.builtin.copy": {
                    "content": "{{ groups['datacenter_Madrid'] | map('extract', hostvars, ['vmware', 'moid']) | sort | to_json }}",
                    "dest": str(tmp_path / "moids"),
                },
                "delegate_to": "localhost",
                "run_once": True,
            },
        ],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    done = run(tmp_path, "ansible-playbook", "--inventory", site, tmp_path / "play.yml", *_LOCAL)
    assert done.code == 0, done.output
    expected = sorted(machine["moid"] for machine in everything.by_name().values() if machine["datacenter"] == "Madrid")
    assert json.loads((tmp_path / "moids").read_text()) == expected
    assert done.output.count("ok=") == len(everything.groups["source_vcenter_south"] & everything.groups["resource_vm"])


def test_scans_instead_of_sources(tmp_path, estate, everything):
    (tmp_path / "scans").mkdir()
    for simulator in estate[:2]:
        run_module(tmp_path, "vmware_inventory_facts", **connection(simulator), source=simulator.name, dest=str(tmp_path / "scans"))
        simulator.reset_calls()
    found = listed(tmp_path, scans=["scans"], **_GROUPS)
    assert [simulator.calls() | simulator.rest_calls() for simulator in estate[:2]] == [{}, {}]
    live = {identity(machine): machine for machine in everything.by_name().values() if machine["source"] != "esxi-branch"}
    assert {identity(machine): machine for machine in found.by_name().values()} == live
    assert found.groups["large"] <= everything.groups["large"] and found.children["datacenter_Madrid"] == everything.children["datacenter_Madrid"]


def each(folder, simulator, cases, **shared) -> dict[str, dict[str, dict[str, Any]]]:
    """The hosts of several files of one vCenter, by case and managed object id, read in one run."""
    files = []
    for case, options in cases.items():
        options = {**connection(simulator), **shared, "hostnames": [f"'{case}-' ~ vmware.moid"], **options}
        files += ["--inventory", inventory_file(folder, case, **options)]
    done = run(folder, "ansible-inventory", *files, "--list", **FAIL_ON_ERROR)
    assert done.code == 0, done.messages
    found: dict[str, dict[str, dict[str, Any]]] = {case: {} for case in cases}
    for name, variables in Inventory(done.output).hosts.items():
        found[name.partition("-")[0]][variables["vmware"]["moid"]] = variables
    return found


def chosen(everything, test, source="vcenter-north", resource="vm"):
    return {machine["moid"] for machine in of(everything, resource).values() if machine["source"] == source and test(machine)}


def test_scopes(tmp_path, estate, everything):
    scopes = {
        "datacenter": ([{"datacenter": "madrid"}], lambda vm: vm["datacenter"] == "Madrid"),
        "cluster": ([{"datacenter": "Madrid", "cluster": "*-Production"}], lambda vm: vm["cluster"] == "MAD-Production"),
        "folder": ([{"folder": "/Production"}], lambda vm: vm["folder"] == "/Production" or vm["folder"].startswith("/Production/")),
        "pool": ([{"resource_pool": "Silver"}], lambda vm: vm["resource_pool"] == "Silver"),
        "several": ([{"datacenter": "Lyon"}, {"folder": "Test"}], lambda vm: vm["datacenter"] == "Lyon" or "Test" in (vm["folder"] or "")),
    }
    found = each(tmp_path, estate[0], {case: {"scopes": given} for case, (given, _test) in scopes.items()})
    for case, (_given, test) in scopes.items():
        assert set(found[case]) == chosen(everything, test) != set(), case
        assert len(found[case]) < 60


def test_scopes_cut_down_what_a_server_is_asked_for(tmp_path, estate, authority, everything):
    asked = []

    def counted(request, reply):
        asked.extend(re.findall(rb'<obj type="VirtualMachine">([^<]+)<', reply))
        return reply

    with changed(estate[0], authority, counted) as way:
        found = listed(tmp_path, **way, scopes=[{"datacenter": "Lyon"}], with_tags=False)
    lyon = chosen(everything, lambda vm: vm["datacenter"] == "Lyon")
    assert len(found.hosts) == len(lyon) and sorted(asked) == sorted(moid.encode() for moid in lyon)


def test_filters_with_and_without_jinja(tmp_path, estate, everything):
    def large_and_on(vm):
        return vm["power_state"] == "poweredOn" and vm["vcpu"] >= 4

    cases = {
        "native": ({"include_filters": [{"power_state": "poweredOn", "vcpu": {"at_least": 4}}]}, large_and_on),
        "jinja": ({"include_filters": ["vmware.vcpu >= 4", "{{ vmware.power_state == 'poweredOn' }}"]}, large_and_on),
        "excluded": (
            {"exclude_filters": {"vms": [{"template": True}, {"name": "web-*"}]}},
            lambda vm: not vm["template"] and not vm["name"].startswith("web-"),
        ),
        "both": (
            {"include_filters": [{"tags.Environment": "Production"}], "exclude_filters": ["vmware.os_name is search('Windows')"]},
            lambda vm: "Production" in (vm["tags"] or {}).get("Environment", ()) and "Windows" not in (vm["os_name"] or ""),
        ),
        "nobody": ({"include_filters": [{"name": "there is none"}]}, lambda vm: False),
    }
    found = each(tmp_path, estate[0], {case: options for case, (options, _test) in cases.items()})
    for case, (_options, test) in cases.items():
        assert set(found[case]) == chosen(everything, test), case
    assert [len(found[case]) > 0 for case in cases] == [True] * 4 + [False]


def test_addresses_by_rule(tmp_path, estate, everything):
    """By the networks in which they lie, by family, and by the port group of the adapter."""
    machines = {machine["moid"]: machine for machine in of(everything, "vm").values() if machine["source"] == "vcenter-north"}
    facts = run_module(tmp_path, "vmware_inventory_facts", **connection(estate[0]), sections=["vm_nics"])["ansible_facts"]
    rows = facts["vmware_inventory"]["sections"]["vm_nics"]
    usable = {moid: [text for text in vm["ip_addresses"] or () if re.match(r"(?!169\.254)[\d.]+$", text)] for moid, vm in machines.items()}
    several = {moid for moid, addresses in usable.items() if len(addresses) > 1}
    assert several, "no VM with two addresses proves nothing"
    one = min(several)
    mine = [row for row in rows if row["moid"] == one and row["ipv4"]]
    last = mine[-1]
    found = each(
        tmp_path,
        estate[0],
        {
            "plain": {},
            "six": {"address_families": ["ipv6"]},
            "network": {"prefer_networks": [f"{last['ipv4'][0]}/32"]},
            "group": {"prefer_networks": [last["network"].upper()]},
            "avoided": {"avoid_networks": [row["network"] for row in mine[:-1]], "address_families": ["ipv4"]},
            "composed": {"compose": {"ansible_host": "vmware.name"}},
        },
        scopes=[{"datacenter": machines[one]["datacenter"]}],
    )
    assert found["plain"][one]["ansible_host"] == machines[one]["ip_address"] != last["ipv4"][0]
    assert [found[case][one]["ansible_host"] for case in ("network", "group", "avoided")] == [last["ipv4"][0]] * 3
    assert {ipaddress.ip_address(variables["ansible_host"]).version for variables in found["six"].values() if "ansible_host" in variables} == {6}
    assert all(variables["ansible_host"] == variables["vmware"]["name"] for variables in found["composed"].values())


def test_connection_options_are_templates_and_vaulted(tmp_path, estate):
    simulator = estate[1]
    (tmp_path / "vault-password").write_text("0pen sesame\n")
    hidden = run(tmp_path, "ansible-vault", "encrypt_string", "--vault-password-file", tmp_path / "vault-password", simulator.password)
    assert hidden.output.startswith("!vault |")
    text = f"""
plugin: {PLUGIN}
hostname: "{{{{ lookup('ansible.builtin.env', 'WHERE') }}}}"
port: {simulator.port}
username: {simulator.username}
ca_path: "{{{{ '{simulator.ca_path.parent}' }}}}/{simulator.ca_path.name}"
password: {hidden.output}
"""
    path = tmp_path / "site.vmware.yaml"
    path.write_text(text)
    command = ("ansible-inventory", "--inventory", path, "--list", "--vault-password-file", tmp_path / "vault-password", "-vvvv")
    done = run(tmp_path, *command, WHERE=f"https://{simulator.host}/ui", **FAIL_ON_ERROR)
    assert done.code == 0, done.messages
    assert {machine["source"] for machine in Inventory(done.output).by_name().values()} == {f"https://{simulator.host}/ui"}
    assert simulator.password not in done.output + done.messages
    done = run(tmp_path, *command[:-3], WHERE=simulator.host, **FAIL_ON_ERROR)
    assert done.code != 0 and "vault" in done.messages.lower() and simulator.password not in done.messages


def test_mistakes_are_reported_with_what_to_do(tmp_path, estate, dead_port):
    good = connection(estate[0])
    mistakes = {
        "option": ({"colour": "red"}, "colour is not an option; there are "),
        "typing": ({"hostnme": "x"}, "hostnme is not an option; did you mean hostname?"),
        "scope": ({"scopes": [{"datacenter": "Madird"}]}, "scopes: there is no datacenter Madird; there are Lyon, Madrid"),
        "group": ({"group_by": ["colour"]}, "group_by[0]: unknown field colour"),
        "strict": ({"strict": True, "hostnames": ["power_state"]}, "names of several hosts"),
        "unevaluated": ({"strict": True, "hostnames": ["vmware.nothing.at_all"]}, "hostnames: cannot evaluate vmware.nothing.at_all for"),
        "contradiction": ({"fingerprint": ":".join(["AB"] * 32)}, "fingerprint contradicts ca_path"),
        "dead": ({"port": dead_port}, f"the source could not be read: {estate[0].host}: "),
        "refused": ({"password": "wr0ng-passw0rd"}, "the login of svc-north is refused"),
        "stranger": ({"ca_path": None}, "the certificate is not trusted"),
        "stale": ({"use_stale_cache": True}, "use_stale_cache needs cache, cache_plugin and cache_connection"),
        "scans": ({"scans": ["x"]}, "scans cannot be used with ca_path, hostname, password, port, username: remove one of them"),
        "moved": ({"with_nested_properties": False}, "with_nested_properties: Ansible deprecates variables with dots"),
    }
    files = []
    for case, (options, _message) in mistakes.items():
        given = {key: value for key, value in {**good, **options, "retries": 0}.items() if value is not None}
        if case == "scans":
            del given["retries"]
        files += ["--inventory", inventory_file(tmp_path, case, **given)]
    done = run(tmp_path, "ansible-inventory", *files, "--list", "-vvvv")
    assert done.code == 0, "Ansible takes a file that cannot be parsed for no more than a warning"
    assert Inventory(done.output).hosts == {}
    for case, (_options, message) in mistakes.items():
        assert message in done.messages, (case, done.messages)
        assert f"{case}.vmware_inventory.yml" in done.messages
    assert estate[0].password not in done.messages and "wr0ng-passw0rd" not in done.messages
    for setting in ("ANY_UNPARSED_IS_FAILED", "UNPARSED_FAILED"):
        done = run(tmp_path, "ansible-inventory", *files[:2], "--list", **{f"ANSIBLE_INVENTORY_{setting}": "true"})
        assert done.code != 0 and "colour is not an option; there are " in done.messages, setting


_HOSTILE = {
    b"name": b"{{ lookup('ansible.builtin.pipe', 'touch PWNED') }}x",
    b"config.name": b"x{{ lookup('ansible.builtin.pipe', 'touch PWNED') }}",
    b"config.annotation": b"#jinja2:variable_start_string:'[%',variable_end_string:'%]'\n[% lookup('ansible.builtin.pipe', 'touch PWNED') %]",
    b"guest.hostName": b"{% if lookup('ansible.builtin.pipe', 'touch PWNED') %}{% endif %}",
    b"guest.ipAddress": b"fe80::1%{{ lookup('ansible.builtin.pipe', 'touch PWNED') }}",
}


def _hostile(request, reply):
    # There is no better address than the one that Tools hold for the most important.
    reply = re.sub(rb"<propSet><name>guest.net</name>.*?</propSet>", b"", reply, flags=re.DOTALL)
    for name, text in _HOSTILE.items():
        pattern = rb'(<obj type="VirtualMachine">(?:(?!</objects>).)*?<name>' + re.escape(name) + rb"</name><val[^>]*>)[^<]*"
        reply = re.sub(pattern, lambda found: found[1] + text, reply, flags=re.DOTALL)  # noqa: B023
    return reply


def test_values_of_guests_are_never_templates(tmp_path, estate, authority):
    messages = [
        "{{ inventory_hostname }} {{ inventory_hostname_short }} {{ vmware }} {{ shown }} {{ ansible_host | default('none') }}",
        "said: {{ vmware.annotation }}",
        "{{ hostvars[inventory_hostname] }} {{ groups }}",
    ]
    tasks = [{"ansible.builtin.debug": {"msg": message}} for message in messages]
    (tmp_path / "play.yml").write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    with changed(estate[2], authority, _hostile) as way:
        ours = inventory_file(
            tmp_path, "ours", **way, fields={"vms": ["annotation", "dns_name"]}, hostnames=["vmware.name ~ vmware.moid"], strict=True,
            compose={"shown": "vmware.annotation"}, keyed_groups=[{"key": "vmware.dns_name"}], group_by=["annotation"],
            include_filters=["vmware.annotation is defined"],
        )  # fmt: skip
        theirs = inventory_file(
            tmp_path, "theirs", **way, properties=["name", "config.name", "config.annotation", "guest.ipAddress"], hostnames=["config.name", "name"],
            compose={"shown": "config.annotation"}, fields={"vms": ["annotation"]},
        )  # fmt: skip
        done = run(tmp_path, "ansible-playbook", "--inventory", ours, "--inventory", theirs, tmp_path / "play.yml", *_LOCAL, **FAIL_ON_ERROR)
    assert done.code == 0, done.output + done.messages
    assert not list(tmp_path.rglob("PWNED"))
    # Of each VM once as ours and once as theirs.
    assert done.output.count("said: #jinja2:variable_start_string") == 8


def test_vm_without_any_property(tmp_path, estate, authority):
    """One that has no more than its id costs nobody else anything."""

    def bare(request, reply):
        first = re.search(rb'<objects><obj type="VirtualMachine">[^<]*</obj>(.*?)</objects>', reply, re.DOTALL)
        return reply.replace(first[1], b"") if first else reply

    with changed(estate[2], authority, bare) as way:
        found = listed(tmp_path, **way, group_by=["power_state", "folder"], compose={"upper": "vmware.name | upper"})
    assert len(found.hosts) == 4 and "1 thing could not be read" not in found.messages
    (nothing,) = [variables for variables in found.by_name().values() if variables["name"] == variables["moid"]]
    assert {value for key, value in nothing.items() if key not in ("moid", "name", "source", "resource")} <= {None}
    assert nothing["moid"] in found.hosts


def test_source_without_vms(tmp_path, estate, authority):
    machines = re.compile(rb'<objects><obj type="VirtualMachine">.*?</objects>', re.DOTALL)
    with changed(estate[2], authority, lambda request, reply: machines.sub(b"", reply)) as way:
        found = listed(tmp_path, **way, group_by=["power_state"])
    assert (found.hosts, found.messages) == ({}, "")


def _called(names):
    """A change of replies that gives VMs these names, in the order of their ids, and takes the addresses of their guests away."""

    def change(request, reply):
        reply = re.sub(rb"<propSet><name>guest\.(net|ipAddress)</name>.*?</propSet>", b"", reply, flags=re.DOTALL)
        parts = reply.split(b"<objects>")
        machines = sorted({found[1] for part in parts if (found := re.match(rb'<obj type="VirtualMachine">([^<]*)<', part))})
        for number, part in enumerate(parts):
            found = re.match(rb'<obj type="VirtualMachine">([^<]*)<', part)
            name = names[machines.index(found[1])] if found and machines.index(found[1]) < len(names) else None
            for path in (b"name", b"config.name", b"guest.hostName") if name else ():
                parts[number] = re.sub(rb"(<name>" + re.escape(path) + rb"</name><val[^>]*>)[^<]*", rb"\g<1>" + name, parts[number])
        return b"<objects>".join(parts)

    return change


def test_vms_with_the_name_of_a_group(tmp_path, estate, authority):
    """In files of ours and in those that were moved, with a group and a host of that name in files that are read before."""
    (tmp_path / "first.yml").write_text(yaml.safe_dump({"all": {"hosts": {"linux": {"x": 1}}, "children": {"web": {"hosts": {"static": {"x": 1}}}}}}))
    with changed(estate[2], authority, _called([b"web", b"sql-1", b"sql-2", b"db"])) as way:
        ours = inventory_file(
            tmp_path, "ours", **way, groups={"db": "vmware.name is match('sql')", "linux": "vmware.name == 'db'"}, with_tags=False,
            compose={"ansible_user": "vmware.name"},
        )  # fmt: skip
        done = run(tmp_path, "ansible-inventory", "--inventory", tmp_path / "first.yml", "--inventory", ours, "--list", **FAIL_ON_ERROR)
        moved = inventory_file(
            tmp_path, "moved", **way, properties=["name", "config.name"], hostnames=["config.name"], keyed_groups=[{"key": "config.name", "separator": ""}],
            groups={"db": "config.name is match('sql')", "linux": "config.name == 'db'"},
        )  # fmt: skip
        moved_done = run(tmp_path, "ansible-inventory", "--inventory", tmp_path / "first.yml", "--inventory", moved, "--list", **FAIL_ON_ERROR)
    assert (done.code, moved_done.code) == (0, 0), done.messages + moved_done.messages
    found, theirs = Inventory(done.output, done.messages), Inventory(moved_done.output, moved_done.messages)
    assert found.hosts.keys() == theirs.hosts.keys() == {"db", "sql-1", "sql-2", "web", "linux", "static"}
    assert {name: found.groups[name] for name in ("db", "linux", "web", "ungrouped")} == {
        "db": {"sql-1", "sql-2"}, "linux": {"db"}, "web": {"static"}, "ungrouped": {"web", "linux"},
    }  # fmt: skip
    assert {name: theirs.groups[name] for name in ("db", "linux", "web", "sql_1")} == {
        "db": {"db", "sql-1", "sql-2"}, "linux": {"db"}, "web": {"static", "web"}, "sql_1": {"sql-1"},
    }  # fmt: skip
    assert found.children.keys() == theirs.children.keys() == {"all"}
    assert {name: variables.get("ansible_user") for name, variables in found.hosts.items()} == {
        **{name: name for name in ("db", "sql-1", "sql-2", "web")}, "linux": None, "static": None,
    }  # fmt: skip
    for one in (found, theirs):
        assert "hosts with the name of a group: " in one.messages
        origins = {"web": way["hostname"], "db": way["hostname"], "linux": "another inventory file"}
        assert all(f"{name} (of {origin})" in one.messages for name, origin in origins.items())


def test_vms_whose_names_lead_to_the_control_node(tmp_path, estate, authority):
    names = [b"localhost.localdomain", b"LOCALHOST6.localdomain6", b"2130706433", b"all"]
    with changed(estate[2], authority, _called(names)) as way:
        found = listed(tmp_path, **way, source="branch", hostnames=["dns_name", "name"], compose={"ansible_host": "vmware.name"}, with_tags=False)
    assert sorted(found.hosts) == ["2130706433_branch", "LOCALHOST6.localdomain6_branch", "all_branch", "localhost.localdomain_branch"]
    assert [variables.get("ansible_host") for _name, variables in sorted(found.hosts.items())] == [None, None, "all", None]
    assert "ansible_host removed where it is an address of the control node: " in found.messages and "(of branch)" in found.messages
