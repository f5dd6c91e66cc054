# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vmware_inventory
short_description: VMs and ESXi hosts of any number of vCenters as inventory
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Makes hosts of the VMs, the ESXi hosts, or both, of vCenters and standalone ESXi hosts. Several sources are read in parallel.
  - They are read live, in a few paged calls, or taken from scan files that M(estate.vmware.vmware_inventory_facts) wrote.
  - Each host has one variable, C(vmware), with the fields that the page C(docs/fields.md) of the collection lists.
  - Reads files whose names end in C(vmware_inventory.yml), C(vmware.yml) or C(vmware_vm_inventory.yml), or the same with C(.yaml).
  - Files that were written for C(community.vmware.vmware_vm_inventory) work once C(plugin) is changed, see the page
    C(docs/moving-from-community-vmware.md).
  - If a source cannot be read, there are no hosts at all, not even of the other sources, and Ansible warns that the file could not be
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
      - A URL is accepted too. Only its host and port are used, and its port takes precedence over O(port).
      - If not set, the environment variable E(VMWARE_HOST) is used. Not needed with O(sources) or O(scans).
      - Texts of connection options may be templates or vaulted; numbers and booleans too in O(sources).
    required: false
  source:
    description:
      - Alias of the source.
      - If not set, O(hostname) is used.
    type: str
  sources:
    description:
      - The sources to read, if there are several. Each is a dictionary of connection options and O(source).
      - Connection options beside O(sources) apply to all of them, unless an entry sets its own.
    type: list
    elements: dict
  scans:
    description:
      - Scan files, or folders of them, to read instead of sources. Of several scans of one source the newest is used.
      - A relative path starts in the folder of the inventory file, here and in O(ca_path).
    type: list
    elements: path
  parallel_sources:
    description: How many sources to read at a time.
    type: int
    default: 10
  resources:
    description:
      - What becomes hosts, V(vms), V(hosts) (ESXi hosts) or both.
      - A list of dictionaries is the option of this name of C(community.vmware.vmware_vm_inventory).
    type: list
    elements: raw
    default: [vms]
  scopes:
    description:
      - Parts of the inventory tree to read, if not all of it. Nothing else is requested, which saves time.
      - Each is a dictionary of C(datacenter), C(cluster), C(host), C(folder) or C(resource_pool) to a name or a list of names,
        in which C(*) matches any characters and C(?) one. A folder may be given as its path, C(/Prod/Web).
      - Several keys in one dictionary are nested, each within those before it. Objects in any of the scopes are read.
    type: list
    elements: dict
    default: []
  fields:
    description:
      - >-
        The fields of C(vmware), as lists by resource, such as C({vms: [name, host]}). V(all) instead of a list is every field.
      - Fields that names, groups, filters and expressions use are added.
      - If not set, all fields that can be read without disks, adapters or snapshots.
    type: dict
    default: {}
  hostnames:
    description:
      - Names of hosts. Each entry is a field, such as V(dns_name), a Jinja expression, or a text with Jinja in it. The first one with a
        result is used.
      - Characters that Ansible cannot use in names are replaced by C(_). A host without a name gets its managed object ID.
      - Hosts that would get the same name get the alias of their source appended, and their ID where that is not enough; with
        O(strict) that is an error. So do hosts with a reserved name, or one of the control node, such as V(localhost.localdomain).
      - A host with the name of a group keeps it, with a warning.
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
      - Networks whose addresses to prefer for C(ansible_host), in CIDR notation or as the name of the port group, in the
        order of preference. In a name C(*) matches any characters.
      - With names the adapters of all VMs are read.
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
      - Groups by fields, without Jinja. Each entry is a field, a list of fields (groups of each within those of the one before it),
        or a dictionary of C(field) (one or a list), C(prefix) (default is the name of the field), C(separator) and
        C(default_value) (for hosts where the field has no value; without it they get no group).
      - C(source) and C(resource) (V(vm) or V(host)) can be used like fields. C(tags.Environment) is one category of tags,
        C(custom_attributes.Owner) one attribute.
      - Groups of folders are nested.
    type: list
    elements: raw
    default: []
  include_filters:
    description:
      - Only hosts for which each filter holds. By resource, or one list for all of them.
      - A dictionary is a filter by fields, written as in O(estate.vmware.vmware_inventory_export#module:include_filters), a text is a Jinja
        expression, which takes much longer.
    type: raw
    default: []
  exclude_filters:
    description: Leave out hosts for which any filter holds. Written as O(include_filters).
    type: raw
    default: []
  with_tags:
    description:
      - Whether to read tags. They take a REST session of their own, and a request for every page of objects.
      - They are not read if neither O(fields) nor anything else uses them.
    type: bool
    default: true
  environment_from:
    description:
      - Where the field C(environment) of a VM comes from, a dictionary with one of C(tag_category), C(custom_attribute) and C(folder_level),
        as in M(estate.vmware.vmware_inventory_facts).
    type: dict
  use_stale_cache:
    description:
      - If a source cannot be read, use its last cached result, however old, with a warning.
      - Needs O(cache), and a persistent cache plugin, such as P(ansible.builtin.jsonfile#cache).
    type: bool
    default: false
  page_size:
    description: Objects per page of a server's reply.
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
    description: Make groups of the folders of a VM, as in C(community.vmware.vmware_vm_inventory).
    type: raw
  with_sanitized_property_name:
    description: Write names of variables in snake case, as in C(community.vmware.vmware_vm_inventory).
    type: bool
  with_nested_properties:
    description: From C(community.vmware.vmware_vm_inventory). Only V(true) is accepted, which is how this plugin always works.
    type: bool
  enable_backward_compatibility:
    description: From C(community.vmware.vmware_vm_inventory). Only V(false) is accepted, which is how this plugin always works.
    type: bool
requirements:
  - pyVmomi >= 8.0.1.0
seealso:
  - module: estate.vmware.vmware_inventory_facts
"""

EXAMPLES = r"""
# Each entry is an inventory file of its own: its name, and below that its content.

# One vCenter, password from the environment variable VMWARE_PASSWORD.
site.vmware_inventory.yml:
  plugin: estate.vmware.vmware_inventory
  hostname: vcenter.example.com
  username: inventory@vsphere.local
  group_by:
    - power_state
    - [datacenter, cluster]

# Several, with the options that they share beside them.
estate.vmware_inventory.yml:
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

# The scans of last night's job, without reading any vCenter.
nightly.vmware_inventory.yml:
  plugin: estate.vmware.vmware_inventory
  scans: [vmware-inventory/scans]
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.host import Host
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.text.converters import to_native
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.plugins.loader import cache_loader

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import remove_local_addresses
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.duplicates import without_duplicates
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import Cache, SourceResult, read_live, read_scans
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import VARIABLE
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import Machine, is_different_machine, machines
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.inventory_writer import InventoryWriter, NameCollision, safe_group_name
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.names import PreferredName, unique_names
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.options import InventoryOptions
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import check_names, live_sources, scan_paths
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import as_data, resolver
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.vm_inventory_compat import PROPERTIES

_FILES = tuple(f"{name}.{suffix}" for name in ("vmware_inventory", "vmware", "vmware_vm_inventory") for suffix in ("yml", "yaml"))
#: How many names a warning lists.
_MOST_NAMED = 3
#: The result of an expression that cannot be evaluated.
_FAILED = object()


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Checks an inventory file, reads its sources, and adds their machines to Ansible's inventory."""

    NAME = "estate.vmware.vmware_inventory"

    def verify_file(self, path: str) -> bool:
        return path.endswith(_FILES) and bool(super().verify_file(path))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        try:
            self._populate(self._read_config_data(path), path, cache)
        except EstateError as error:
            raise AnsibleParserError(f"{path}: {error}") from error

    def _populate(self, given: Mapping[str, Any], path: str, use_cache: bool) -> None:
        check_names(given, self._options)
        self._strict = bool(self.get_option("strict"))
        # Option and expression: for how many machines it failed, the name of the first, and its error.
        self._failures: dict[tuple[str, str], tuple[int, str, str]] = {}
        options = InventoryOptions.of(given, self.get_option)
        wanted = self._wanted_machines(options, self._read_sources(options, given, path, use_cache))
        names = self._names(options, wanted)
        self._warn_of_failures()
        writer = InventoryWriter(self.inventory)
        replaced, local = [], []
        for name, machine in zip(names, wanted):
            host = writer.add_host(name, machine.source)
            if is_different_machine(host.vars.get(VARIABLE), machine):
                replaced.append(f"{name} (now of {machine.source})")
            self._fill_host(options, writer, host, machine)
            if remove_local_addresses(host.vars, options.compose):
                local.append(f"{name} (of {machine.source})")
        self._warn_of_hosts(writer.finish(), replaced, local)
        self._warn_of_groups(writer)

    def _read_sources(self, options: InventoryOptions, given: Mapping[str, Any], path: str, use_cache: bool) -> list[SourceResult]:
        """The results of all sources."""
        resolve = resolver(self.templar)
        folder = os.path.dirname(os.path.abspath(path))
        paths = scan_paths(given, folder, resolve)
        request = options.request
        if paths:
            if options.compat or request.scopes:
                raise AnsibleParserError(f"{path}: scans cannot be used with {'properties' if options.compat else 'scopes'}: read the sources live instead")
            results = read_scans(paths, request.sections, self._warn)
        else:
            if PYVMOMI_ERROR is not None:
                raise AnsibleParserError(f"{path}: {missing_required_lib('pyvmomi')}")
            sources = live_sources(given, folder, resolve)
            stale = bool(self.get_option("use_stale_cache"))
            results = read_live(sources, request, self.get_option("parallel_sources"), self._open_cache(stale), use_cache, stale, self._warn)
        results = without_duplicates(results, self._warn)
        for result in results:
            if result.issue_summary:
                self._warn(f"{result.source}: {result.issue_summary}")
        for what in set.intersection(*(set(result.unmatched_scopes) for result in results)):
            raise AnsibleParserError(f"{path}: scopes: {results[0].unmatched_scopes[what]}")
        return results

    def _open_cache(self, stale: bool) -> Cache | None:
        """The cache, None where there is none.

        :param stale: whether expired results may be used.
        """
        if not self.get_option("cache"):
            if stale:
                raise AnsibleParserError("use_stale_cache needs cache, cache_plugin and cache_connection: set them, or remove use_stale_cache")
            return None
        lifetime = self.get_option("cache_timeout")
        options = {"_uri": self.get_option("cache_connection"), "_prefix": self.get_option("cache_prefix"), "_timeout": 0 if stale else lifetime}
        plugin = cache_loader.get(self.get_option("cache_plugin"), **{name: value for name, value in options.items() if value is not None})
        return Cache(plugin, lifetime, self._warn)

    def _wanted_machines(self, options: InventoryOptions, results: Sequence[SourceResult]) -> list[Machine]:
        """The machines that pass all filters."""
        compat = options.compat
        properties: dict[tuple[str, str], dict[str, Any]] = {}
        for result in results if compat else ():
            read = result.sections[PROPERTIES]
            properties.update(((result.source, row[0]), dict(zip(read["fields"], row))) for row in read["rows"])
        wanted = []
        for machine in machines(results, options.filters, options.addresses):
            if compat and not compat.apply_to(machine, properties.get((machine.source, machine.moid), {}), safe_group_name):
                continue
            machine.variables = as_data(machine.variables)
            machine.expression_only = as_data(machine.expression_only)
            if self._is_wanted(options, machine):
                wanted.append(machine)
        return wanted

    def _is_wanted(self, options: InventoryOptions, machine: Machine) -> bool:
        for condition in options.conditions:
            if condition.resource != machine.resource:
                continue
            for text in condition.texts:
                result = self._evaluate(condition.option, text, machine)
                # A condition that cannot be evaluated does not hold; a warning reports it.
                if (result is not _FAILED and bool(result)) != condition.wanted:
                    return False
        return True

    def _names(self, options: InventoryOptions, wanted: Sequence[Machine]) -> list[str]:
        """A name for each machine."""
        preferred = []
        for machine in wanted:
            found = ""
            for name, is_field in options.hostname_choices():
                value = machine.row.get(name) if is_field else self._evaluate("hostnames", name, machine)
                if value is not _FAILED and value not in (None, ""):
                    found = to_native(value, nonstring="simplerepr")
                    break
            preferred.append(PreferredName(found, machine.source, machine.moid))
        names, shared, changed = unique_names(preferred, keep=bool(options.compat))
        if shared:
            message = f"names of several hosts, or reserved ones: {_first_few(f'{name} ({count})' for name, count in shared.items())}"
            if self._strict:
                raise AnsibleParserError(f"hostnames: {message}: choose unique names, or remove strict")
            self._warn(f"hostnames: {message}; each got its source appended")
        if changed:
            self._warn(f"names that Ansible cannot use were changed: {_first_few(f'{old!r} to {new}' for old, new in changed.items())}")
        return names

    def _fill_host(self, options: InventoryOptions, writer: InventoryWriter, host: Host, machine: Machine) -> None:
        """Give a host its variables and groups."""
        name = host.name
        if machine.address:
            host.set_variable("ansible_host", as_data(machine.address))
        for rule in options.rules:
            for chain in rule.chains(machine.row):
                writer.add_to_nested_groups(name, chain)
        if options.compat:
            writer.add_to_nested_groups(name, options.compat.folders(machine))
        composed = self.get_option("groups")
        if options.compose or composed or options.keyed_groups:
            variables = machine.expression_variables
            fetch = bool(options.compose)
            self.inventory = writer.host_target
            self._set_composite_vars(options.compose, variables, name, strict=self._strict)
            self._add_host_to_composed_groups(composed, variables, name, strict=self._strict, fetch_hostvars=fetch)
            self.inventory = writer.group_target
            self._add_host_to_keyed_groups(options.keyed_groups, variables, name, strict=self._strict, fetch_hostvars=fetch)
        # Not by the inventory's own set_variable, which records the origin of every single value: a quarter of all CPU time.
        for variable, value in machine.variables.items():
            host.set_variable(variable, value)

    def _evaluate(self, option: str, text: str, machine: Machine) -> Any:
        """The result of an expression, or of a text with Jinja in it, for a machine; _FAILED where it cannot be evaluated."""
        try:
            if "{{" in text or "{%" in text:
                self.templar.available_variables = machine.expression_variables
                return self.templar.template(text)
            return self._compose(text, machine.expression_variables)
        except Exception as error:  # pylint: disable=broad-except
            # Jinja fails in many ways, all of which mean the same here.
            if self._strict:
                raise AnsibleParserError(f"{option}: cannot evaluate {text} for {machine.row['name']}: {to_native(error)}") from error
            count, name, first = self._failures.get((option, text), (0, machine.row["name"], to_native(error)))
            self._failures[option, text] = (count + 1, name, first)
            return _FAILED

    def _warn_of_failures(self) -> None:
        for (option, text), (count, name, error) in self._failures.items():
            self._warn(f"{option}: cannot evaluate {text} for {count} machines, first {name}: {error}")

    def _warn_of_hosts(self, collisions: Iterable[NameCollision], replaced: Iterable[str], local: Iterable[str]) -> None:
        if named := _first_few(f"{name} (of {origin or 'another inventory file'})" for name, origin in collisions):
            self._warn(f"hosts with the name of a group: {named}; patterns with that name mean the group: rename the group, or set hostnames")
        if named := _first_few(replaced):
            self._warn(f"hosts with the name of a host of another inventory file: {named}; set hostnames to distinguish them")
        if named := _first_few(local):
            self._warn(f"compose: ansible_host removed where it is an address of the control node: {named}")

    def _warn_of_groups(self, writer: InventoryWriter) -> None:
        merged = {name: sorted(raw) for name, raw in writer.raw_names.items() if len(raw) > 1}
        if named := _first_few(f"{name} ({_first_few(raw)})" for name, raw in merged.items()):
            self._warn(f"groups of several values: {named}")
        if named := _first_few(f"{old} to {new}" for old, new in writer.renamed.items()):
            self._warn(f"groups with the name of one of Ansible's own groups were renamed: {named}")
        if named := _first_few(f"{inner} in {outer}" for outer, inner in writer.cycles):
            self._warn(f"groups were not nested where the inner one contains the outer one: {named}")

    def _warn(self, message: str) -> None:
        self.display.warning(message)


def _first_few(texts: Iterable[str]) -> str:
    """The first texts, and how many more there are; empty for none."""
    texts = list(texts)
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else "")
