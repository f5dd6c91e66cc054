# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vmware_inventory
short_description: VMs and ESXi hosts of any number of vCenters as inventory
version_added: 0.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Makes hosts of the VMs, the ESXi hosts, or both, of vCenters and standalone ESXi hosts. Several are read side by side.
  - They are read live, in a few paged calls, or taken from scan files that M(estate.vmware.vmware_inventory_facts) wrote.
  - What is known of a host is one variable, C(vmware), with the fields of the page C(docs/fields.md) of the collection.
  - Takes files whose names end in C(vmware_inventory.yml), C(vmware.yml) or C(vmware_vm_inventory.yml), or the same with C(.yaml).
  - Files that were written for C(community.vmware.vmware_vm_inventory) work when C(plugin) is changed, see the page
    C(docs/moving-from-community-vmware.md).
  - When a source cannot be read there are no hosts at all, not even of the others, and Ansible warns that the file could not be
    parsed. Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) to V(true) to make that an error.
extends_documentation_fragment:
  - estate.vmware.connection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [estate.vmware.vmware_inventory]
  hostname:
    description:
      - Host name or IP address of the vCenter Server or standalone ESXi host.
      - A URL is accepted too; of it only host and port are used, and a port in it wins over O(port).
      - If not set, the environment variable E(VMWARE_HOST) is used. Not needed with O(sources) or O(scans).
      - This and every other text of the connection may be a template, or vaulted. In O(sources) numbers and truths may be too.
    required: false
  source:
    description:
      - Alias of the source, by which people know it.
      - If not set, O(hostname) is used.
    type: str
  sources:
    description:
      - The sources to read, where there are several. Each is a dictionary of the options of a connection and O(source).
      - What stands beside O(sources) counts for all of them, unless one says otherwise.
    type: list
    elements: dict
  scans:
    description:
      - Scan files, or folders of them, to take everything from. Of several of one source the newest counts. No source is asked.
      - A relative path begins in the folder of the inventory file, here and in O(ca_path).
    type: list
    elements: path
  parallel_sources:
    description: How many sources to read at a time.
    type: int
    default: 10
  resources:
    description:
      - What becomes hosts, V(vms), V(hosts) (those that run ESXi) or both.
      - A list of dictionaries is the option of this name of C(community.vmware.vmware_vm_inventory).
    type: list
    elements: raw
    default: [vms]
  scopes:
    description:
      - Parts of the estate to read, where not all of it is wanted. Nothing else is asked for, which saves time.
      - Each is a dictionary of C(datacenter), C(cluster), C(host), C(folder) or C(resource_pool) to a name or a list of names,
        in which C(*) stands for any characters and C(?) for one. A folder may be named by its path, C(/Prod/Web).
      - Of several keys in one dictionary each lies within those before it. What lies in any of the scopes is read.
    type: list
    elements: dict
    default: []
  fields:
    description:
      - >-
        The fields of C(vmware), as lists by resource, such as C({vms: [name, host]}). V(all) in place of a list is every one.
      - Fields that names, groups, filters and expressions need are there besides.
      - Without it those are there that can be had without reading disks, adapters or snapshots.
    type: dict
    default: {}
  hostnames:
    description:
      - How hosts are called. Each is a field, such as V(dns_name), a Jinja expression, or a text with Jinja in it. The first that gives
        something counts.
      - Of what Ansible cannot use in a name, everything becomes C(_). A host without any name is called by its managed object id.
      - Hosts that would be called the same get the alias of their source added, and their id where that is not enough; with
        O(strict) they are an error. So do those whose names Ansible has itself, or lead to the control node, such as V(localhost.localdomain).
      - A host that is called as a group keeps its name, with a warning.
    type: list
    elements: str
    default: [name]
  address_families:
    description: Which addresses to use for C(ansible_host), V(ipv4), V(ipv6) or both, in the order of preference.
    type: list
    elements: str
    default: [ipv4, ipv6]
  prefer_networks:
    description:
      - Networks whose addresses to use before others for C(ansible_host), in CIDR notation or by the name of the port group, in the
        order of preference. In a name C(*) stands for any characters.
      - Names need the adapters of all VMs to be read.
    type: list
    elements: str
    default: []
  avoid_networks:
    description: Networks whose addresses not to use, written as in O(prefer_networks).
    type: list
    elements: str
    default: []
  group_by:
    description:
      - Groups by fields, made without Jinja. Each is a field, a list of fields, each of which parts the groups of the one before it,
        or a dictionary of C(field) (one or a list), C(prefix) (the name of the field where it is not set), C(separator) and
        C(default_value) (what stands for a field that has no value; without it there is no group).
      - C(source) and C(resource) (V(vm) or V(host)) are fields here too. C(tags.Environment) is one category of tags and
        C(custom_attributes.Owner) one attribute.
      - Folders are groups within each other.
    type: list
    elements: raw
    default: []
  include_filters:
    description:
      - Which hosts are wanted; each must hold. By resource, or one list for all of them.
      - A dictionary is a filter by fields, written as in O(estate.vmware.vmware_inventory_export#module:include_filters), a text is a Jinja
        expression, which takes much longer.
    type: raw
    default: []
  exclude_filters:
    description: Which hosts are not wanted; none may hold. Written as O(include_filters).
    type: raw
    default: []
  with_tags:
    description:
      - Whether to read tags. It takes a REST session besides that for everything else, and a request for every page of objects.
      - They are not read when neither O(fields) nor anything else asks for them.
    type: bool
    default: true
  environment_from:
    description:
      - What tells the field C(environment) of a VM, a dictionary with one of C(tag_category), C(custom_attribute) and C(folder_level), as in
        M(estate.vmware.vmware_inventory_facts).
    type: dict
  use_stale_cache:
    description:
      - Use what a source answered last, however old, when it cannot be read, with a warning.
      - Needs O(cache), and a cache plugin that keeps things, such as P(ansible.builtin.jsonfile#cache).
    type: bool
    default: false
  page_size:
    description: Objects to ask a server for at a time.
    type: int
    default: 500
  properties:
    description: Properties of VMs that become variables, as in C(community.vmware.vmware_vm_inventory).
    type: list
    elements: str
  subproperties:
    description: Parts of properties, as in C(community.vmware.vmware_vm_inventory).
    type: list
    elements: dict
  filters:
    description: Jinja expressions that must hold for a VM, as in C(community.vmware.vmware_vm_inventory).
    type: list
    elements: str
  with_path:
    description: Make groups of the folders that a VM lies in, as in C(community.vmware.vmware_vm_inventory).
    type: raw
  with_sanitized_property_name:
    description: Write the names of variables in snake case, as in C(community.vmware.vmware_vm_inventory).
    type: bool
  with_nested_properties:
    description: Accepted when it is V(true), what it always is. From C(community.vmware.vmware_vm_inventory).
    type: bool
  enable_backward_compatibility:
    description: Accepted when it is V(false), what it always is. From C(community.vmware.vmware_vm_inventory).
    type: bool
requirements:
  - pyVmomi >= 8.0.1.0
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
# site.vmware_inventory.yml: one vCenter, password from the environment variable VMWARE_PASSWORD
plugin: estate.vmware.vmware_inventory
hostname: vcenter.example.com
username: inventory@vsphere.local
group_by:
  - power_state
  - [datacenter, cluster]

---
# estate.vmware_inventory.yml: several, with what they share beside them
plugin: estate.vmware.vmware_inventory
username: inventory@vsphere.local
password: "{{ lookup('ansible.builtin.env', 'VCENTER_PASSWORD') }}"
sources:
  - source: madrid
    hostname: vcenter-mad.example.com
  - source: lima
    hostname: vcenter-lim.example.com
    username: reader@lima.local
hostnames: [dns_name, name]
include_filters:
  - power_state: poweredOn
    template: false
group_by:
  - source
  - field: tags.Environment
    default_value: unknown
prefer_networks: [10.20.0.0/16]
compose:
  ansible_user: "'Administrator' if vmware.os_name is search('Windows') else 'ansible'"

---
# nightly.vmware_inventory.yml: what last night's job has read, without asking any vCenter
plugin: estate.vmware.vmware_inventory
scans: [vmware-inventory/scans]
"""

import os

from ansible.errors import AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.text.converters import to_native
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.plugins.loader import cache_loader

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import PYVMOMI_ERROR
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.duplicates import without_duplicates
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import Cache, SourceFailed, read_live, read_scans
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import VARIABLE
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.filling import Filling, safe
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.here import drop_local
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import is_another, machines
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.names import Named, unique_names
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.options import InventoryOptions
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import check_names, live_sources, scan_paths
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import as_data, resolver
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.vm_inventory_compat import PROPERTIES

_FILES = tuple(f"{name}.{suffix}" for name in ("vmware_inventory", "vmware", "vmware_vm_inventory") for suffix in ("yml", "yaml"))
_MOST_NAMED = 3


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads an inventory file, then what it names, and fills Ansible's inventory."""

    NAME = "estate.vmware.vmware_inventory"

    def verify_file(self, path):
        return path.endswith(_FILES) and super().verify_file(path)

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        try:
            self._fill(self._read_config_data(path), path, cache)
        except (VsphereError, InvalidOption, SourceFailed) as error:
            raise AnsibleParserError(f"{path}: {error}") from error

    def _fill(self, given, path, use_cache):
        check_names(given, self._options)
        self._strict = self.get_option("strict")
        self._failures = {}
        wishes = InventoryOptions.of(given, self.get_option)
        shown = self._shown(wishes, self._answers(wishes, given, path, use_cache))
        names = self._names(wishes, shown)
        self._warn_of_failures()
        filling = Filling(self.inventory)
        replaced, local = [], []
        for name, machine in zip(names, shown):
            host = filling.add(name, machine.source)
            if is_another(host.vars.get(VARIABLE), machine):
                replaced.append(f"{name} (now of {machine.source})")
            self._fill_host(wishes, filling, host, machine)
            if drop_local(host.vars, wishes.compose):
                local.append(f"{name} (of {machine.source})")
        self._warn_of_hosts(filling.finish(), replaced, local)
        self._warn_of_groups(filling)

    def _answers(self, wishes, given, path, use_cache):
        """What the sources answer, or have answered."""
        resolve = resolver(self.templar)
        folder = os.path.dirname(os.path.abspath(path))
        paths = scan_paths(given, folder, resolve)
        request = wishes.request
        if paths:
            if wishes.community or request.scopes:
                raise AnsibleParserError(f"{path}: scans: what they hold was read already; neither scopes nor properties can be asked for")
            answers = read_scans(paths, request.sections, self._warn)
        else:
            if PYVMOMI_ERROR is not None:
                raise AnsibleParserError(f"{path}: {missing_required_lib('pyvmomi')}")
            sources = live_sources(given, folder, resolve)
            stale = self.get_option("use_stale_cache")
            answers = read_live(sources, request, self.get_option("parallel_sources"), self._kept(stale), use_cache, stale, self._warn)
        answers = without_duplicates(answers, self._warn)
        for answer in answers:
            if answer.gaps:
                self._warn(f"{answer.source}: {answer.gaps}")
        for what in set.intersection(*(set(answer.not_in_scope) for answer in answers)):
            raise AnsibleParserError(f"{path}: scopes: {answers[0].not_in_scope[what]}")
        return answers

    def _kept(self, stale):
        """The cache, None where there is none."""
        if not self.get_option("cache"):
            if stale:
                raise AnsibleParserError("use_stale_cache: nothing is kept without a cache; set cache, cache_plugin and cache_connection, or leave it out")
            return None
        lifetime = self.get_option("cache_timeout")
        options = {"_uri": self.get_option("cache_connection"), "_prefix": self.get_option("cache_prefix"), "_timeout": 0 if stale else lifetime}
        plugin = cache_loader.get(self.get_option("cache_plugin"), **{name: value for name, value in options.items() if value is not None})
        return Cache(plugin, lifetime, self._warn)

    def _shown(self, wishes, answers):
        """The machines that are wanted."""
        properties = {}
        for answer in answers if wishes.community else ():
            read = answer.sections[PROPERTIES]
            properties.update(((answer.source, row[0]), dict(zip(read["fields"], row))) for row in read["rows"])
        shown = []
        for machine in machines(answers, wishes.filters, wishes.addresses):
            if wishes.community and not wishes.community.shows(machine, properties.get((machine.source, machine.moid), {}), safe):
                continue
            machine.variables = as_data(machine.variables)
            machine.unset = as_data(machine.unset)
            if self._is_wanted(wishes, machine):
                shown.append(machine)
        return shown

    def _is_wanted(self, wishes, machine):
        for condition in wishes.conditions:
            if condition.resource != machine.resource:
                continue
            for text in condition.texts:
                held = self._evaluated(condition.option, text, machine)
                # What cannot be told does not hold, and a warning says so.
                if (held is not _FAILED and bool(held)) != condition.wanted:
                    return False
        return True

    def _names(self, wishes, shown):
        """What the machines are called."""
        wished = []
        for machine in shown:
            found = ""
            for name, is_field in wishes.wished_names():
                value = machine.row.get(name) if is_field else self._evaluated("hostnames", name, machine)
                if value is not _FAILED and value not in (None, ""):
                    found = to_native(value, nonstring="simplerepr")
                    break
            wished.append(Named(found, machine.source, machine.moid))
        names, several, changed = unique_names(wished, keep=bool(wishes.community))
        if several:
            shared = _some(f"{name} ({count})" for name, count in several.items())
            message = f"names that several hosts would have, or that Ansible itself has, so that each got its source added: {shared}"
            if self._strict:
                raise AnsibleParserError(f"hostnames: {message}; name something that is unique, or leave strict out")
            self._warn(message)
        if changed:
            self._warn(f"names that Ansible cannot use were changed: {_some(f'{old!r} to {new}' for old, new in changed.items())}")
        return names

    def _fill_host(self, wishes, filling, host, machine):
        """Give a host its variables and groups."""
        name = host.name
        if machine.address:
            host.set_variable("ansible_host", as_data(machine.address))
        for rule in wishes.rules:
            for chain in rule.chains(machine.row):
                filling.join_chain(name, chain)
        if wishes.community:
            filling.join_chain(name, wishes.community.folders(machine))
        composed = self.get_option("groups")
        if wishes.compose or composed or wishes.keyed_groups:
            seen = machine.seen
            self.inventory = filling.of_hosts
            self._set_composite_vars(wishes.compose, seen, name, strict=self._strict)
            self._add_host_to_composed_groups(composed, seen, name, strict=self._strict, fetch_hostvars=bool(wishes.compose))
            self.inventory = filling.of_groups
            self._add_host_to_keyed_groups(wishes.keyed_groups, seen, name, strict=self._strict, fetch_hostvars=bool(wishes.compose))
        # Past the inventory's own set_variable, which notes on every single value where it comes from: a quarter of all CPU time.
        for variable, value in machine.variables.items():
            host.set_variable(variable, value)

    def _evaluated(self, option, text, machine):
        """What an expression, or a text with Jinja in it, gives for a machine; _FAILED where it cannot be told."""
        try:
            if "{{" in text or "{%" in text:
                self.templar.available_variables = machine.seen
                return self.templar.template(text)
            return self._compose(text, machine.seen)
        except Exception as error:  # pylint: disable=broad-except
            # Of the many ways in which Jinja fails none is worth more than the others.
            if self._strict:
                raise AnsibleParserError(f"{option}: {text} cannot be told of {machine.row['name']}: {to_native(error)}") from error
            count, *first = self._failures.get((option, text), (0, machine.row["name"], to_native(error)))
            self._failures[option, text] = (count + 1, *first)
            return _FAILED

    def _warn_of_failures(self):
        for (option, text), (count, name, error) in self._failures.items():
            self._warn(f"{option}: {text} could not be told of {count} machines, first {name}: {error}")

    def _warn_of_hosts(self, meetings, replaced, local):
        if meetings:
            met = _some(f"{name} (of {origin or 'another inventory file'})" for name, origin in meetings)
            self._warn(f"hosts that are called as a group: {met}; in patterns the name means the group: rename the group, or the host with hostnames")
        if replaced:
            self._warn(f"hosts that another inventory file made of other machines: {_some(replaced)}; tell them apart with hostnames")
        if local:
            self._warn(f"compose: ansible_host was left out where it would lead to this machine: {_some(local)}")

    def _warn_of_groups(self, filling):
        merged = {name: raws for name, raws in filling.wished.items() if len(raws) > 1}
        if merged:
            self._warn(f"groups that several values share: {_some(f'{name} ({_some(sorted(raws))})' for name, raws in merged.items())}")
        if filling.renamed:
            self._warn(f"groups that would be called as Ansible's own were renamed: {_some(f'{old} to {new}' for old, new in filling.renamed.items())}")
        if filling.unnested:
            self._warn(f"groups that hold what they would lie in were not put there: {_some(f'{inner} into {outer}' for outer, inner in filling.unnested)}")

    def _warn(self, message):
        self.display.warning(message)


#: In place of a value that could not be told.
_FAILED = object()


def _some(texts):
    """The first few of them."""
    texts = list(texts)
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else "")
