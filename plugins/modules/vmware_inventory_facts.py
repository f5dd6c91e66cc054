#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_inventory_facts
short_description: Read the inventory of a vCenter or ESXi host
version_added: 1.0.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Reads VMs with their disks, network adapters, partitions and snapshots, hosts, clusters, datastores and networks of one
    source, a vCenter Server or a standalone ESXi host, in a few paged calls.
  - With O(dest) the rows are written to a scan file, an SQLite database from which M(estate.vmware.vmware_inventory_export) makes a
    workbook, and the facts stay small. Without it the rows are part of the facts.
  - A source that cannot be read fails the task. With O(dest) a scan file with the error is written beside the last good one.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
options:
  source:
    description:
      - Name of the source. By default O(hostname).
    type: str
  sections:
    description:
      - Sections to read.
    type: list
    elements: str
    choices: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots, vm_cdroms, vm_usb_devices, resource_pools]
    default: [vms, hosts, datastores, networks, clusters, vm_disks, vm_nics, vm_partitions, vm_snapshots]
  fields:
    description:
      - Fields to read, as lists by section, or C(all). Of sections that are not named, all fields are read but those that are read only on request.
      - Fields that identify a row are always read. Only the properties that these fields need are requested.
      - C(docs/fields.md) of the collection lists all fields.
    type: dict
    default: {}
  environment_from:
    description: Where the environment (production, test, ...) of a VM is stored. Without it the field C(environment) is empty.
    type: dict
    suboptions:
      tag_category:
        description: A tag category. Several tags of it are joined with commas.
        type: str
      custom_attribute:
        description: A custom attribute.
        type: str
      folder_level:
        description: A level of VM folders; 1 is the top level of a datacenter.
        type: int
  with_tags:
    description:
      - Read tags. This needs a REST session, and a request for every page of objects.
      - A scan without the tags of a vCenter is C(partial). A standalone ESXi host has no tags.
      - With O(session_token) tags need O(rest_session_token), too. Without it they are not read, and the scan has an issue of the kind C(left_out) but
        is not C(partial).
    type: bool
    default: true
  dest:
    description:
      - Scan file to write, or an existing folder, which gets a file named after O(source).
      - Only its owner can read the file. An older scan is replaced once the new one is complete, and never by a failed one.
      - A failed scan is written to the folder C(failed) beside that file, under the same name. The next good scan removes it.
    type: path
  max_age:
    description:
      - The source is not read if O(dest) has a scan of it that is C(ok), has the same options, and was started no longer ago than this.
        The facts are those of that scan.
      - Seconds, or a number with its unit, such as C(90m), C(12h) or C(7d).
      - So a job that was interrupted resumes.
    type: str
  keep:
    description:
      - Earlier scans of the source to keep beside O(dest), in the folder C(earlier). Older ones are removed. Failed scans are not kept.
      - With V(0) none is kept or removed.
    type: int
    default: 0
  page_size:
    description:
      - Objects to request at a time. The server may send fewer, and fewer are requested if they are very large.
    type: int
    default: 500
  progress:
    description:
      - Print the progress every few seconds.
      - Only on the control node, and neither asynchronously nor with C(no_log).
    type: bool
    default: true
  progress_pipe:
    description: Named pipe for the progress. The action plugin of this module sets it.
    type: path
attributes:
  check_mode:
    support: full
    details:
      - The source is read, and O(dest) is not written.
  diff_mode:
    support: none
notes:
  - Needs pyVmomi where it runs, usually on the control node with C(connection=local) and
    C(ansible_python_interpreter) set to C({{ ansible_playbook_python }}).
  - Ansible masks the text of O(password) and other secrets wherever a result contains it, even in the name of a VM. Without O(dest) this
    is a warning. Scan files are not masked.
seealso:
  - module: estate.vmware.vmware_connection_info
  - module: estate.vmware.vmware_inventory_export
"""

EXAMPLES = r"""
- name: Read a vCenter into a scan file
  estate.vmware.vmware_inventory_facts:
    hostname: vcenter.example.com
    username: inventory@vsphere.local
    password: "{{ vault_vcenter_password }}"
    source: vcenter-prod
    dest: scans/

- name: Show the datastores of a standalone ESXi host
  estate.vmware.vmware_inventory_facts:
    hostname: esxi-lab.example.com
    username: root
    password: "{{ vault_esxi_password }}"
    ca_path: /etc/pki/lab-ca.pem
    sections: [datastores]

- name: Use what was read
  ansible.builtin.debug:
    msg: "{{ ansible_facts.vmware_inventory.sections.datastores | map(attribute='name') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to the host. A task that fails because of its source returns them, too.
  returned: when the options could be used
  type: dict
  contains:
    vmware_inventory:
      description: The scan of the source.
      returned: always
      type: dict
      contains:
        source:
          description: Name of the source.
          type: str
          returned: always
        address:
          description: Host that was read, with its port unless that is 443.
          type: str
          returned: always
        type:
          description: C(vCenter) or C(ESXi). Empty without an answer of the source.
          type: str
          returned: always
        about:
          description: Product information of the server.
          type: dict
          returned: always
          sample: {"name": "VMware vCenter Server", "version": "8.0.2", "build": "22617221", "api_version": "8.0.2.0"}
        certificate:
          description:
            - Its certificate, with C(days_left) when it was read, negative after it has expired. Empty without a connection.
            - Without the library cryptography all but the fingerprint is empty.
          type: dict
          returned: always
          sample:
            subject: CN=vcenter.example.com
            issuer: CN=CA,DC=vsphere,DC=local
            not_before: "2025-01-10T08:12:00Z"
            not_after: "2027-01-10T08:12:00Z"
            fingerprint: 7A:0B:…:91
            days_left: 403
        status:
          description: C(ok), C(partial) if something could not be read (see RV(ansible_facts.vmware_inventory.issues)), or C(failed).
          type: str
          returned: always
        error:
          description: Why the source could not be read. Empty unless the scan failed.
          type: str
          returned: always
        error_kind:
          description:
            - Kind of RV(ansible_facts.vmware_inventory.error), empty if that is. C(option), C(unreachable), C(proxy), C(timeout), C(deadline),
              C(certificate), C(authentication), C(not_vsphere), C(permission), C(session) or C(fault).
          type: str
          returned: always
        started:
          description: Start, ISO 8601 in UTC.
          type: str
          returned: always
        finished:
          description: End, ISO 8601 in UTC.
          type: str
          returned: always
        seconds:
          description: Duration in seconds.
          type: float
          returned: always
        calls:
          description: Number of requests.
          type: int
          returned: always
        counts:
          description: Number of rows of each section.
          type: dict
          returned: always
          sample: {"vms": 461, "hosts": 12, "datastores": 9, "networks": 31}
        section_seconds:
          description: Duration of each section in seconds. Sections that are read by the same requests have the same duration.
          type: dict
          returned: always
          sample: {"vms": 21.407, "hosts": 1.214, "datastores": 1.214, "networks": 1.214}
        issue_count:
          description: Number of values and objects that could not be read.
          type: int
          returned: always
        issues:
          description: The first 20 of them, each with section, object, property, kind and message.
          type: list
          elements: dict
          returned: always
        scan_file:
          description: The scan file, in the folder C(failed) if the scan failed. Null without O(dest).
          type: str
          returned: always
        good_scan_file:
          description:
            - The last good scan of the source. Null if there is none, or without O(dest).
            - The same as RV(ansible_facts.vmware_inventory.scan_file) unless the scan failed.
          type: str
          returned: always
        checksum:
          description: SHA-256 of the scan file. Null without O(dest).
          type: str
          returned: always
        reused:
          description: Whether the source was not read, see O(max_age).
          type: bool
          returned: always
        sections:
          description: The rows of each section, each a dictionary by field.
          type: dict
          returned: when O(dest) is not given
          contains:
            vms:
              description:
                - Virtual machines and templates.
                - Each has C(moid), C(name), C(instance_uuid), C(bios_uuid), C(template), C(system_vm), C(managed_by),
                  C(power_state), C(connection_state), C(guest_state), C(host), C(processor), C(cluster), C(datacenter),
                  C(folder), C(vapp), C(resource_pool), C(vcpu), C(cores_per_socket), C(ram_mb), C(cpu_hot_add),
                  C(memory_hot_add), C(cpu_reservation_mhz), C(cpu_limit_mhz), C(memory_reservation_mb),
                  C(memory_limit_mb), C(cpu_usage_mhz), C(memory_usage_mb), C(uptime_seconds), C(os_name),
                  C(os_configured), C(guest_id), C(os_edition), C(dns_name), C(domain), C(ip_address),
                  C(guest_ip_address), C(ip_addresses), C(adapter_addresses), C(mac_addresses), C(nic_count),
                  C(disk_count), C(disks), C(storage_total_gb), C(provisioned_gb), C(used_gb), C(unshared_gb),
                  C(networks), C(primary_network), C(datastores), C(primary_datastore), C(vmx_path), C(tools_status),
                  C(tools_running), C(tools_version_status), C(tools_version), C(hw_version), C(firmware),
                  C(secure_boot), C(snapshot_count), C(snapshot_oldest), C(snapshot_size_gb), C(created), C(boot_time),
                  C(consolidation_needed), C(change_tracking), C(fault_tolerance), C(annotation), C(custom_attributes),
                  C(tags), C(environment).
                - Those that O(fields) asks for also have C(config_status), C(heartbeat), C(suspended_to_memory),
                  C(suspend_time), C(suspend_interval), C(change_version), C(evc_mode), C(failover_in_progress),
                  C(ha_protected), C(operation_timeout), C(customization_status), C(cpu_max_mhz), C(cpu_shares_level),
                  C(cpu_shares), C(cpu_entitlement_mhz), C(cpu_drs_entitlement_mhz), C(cpu_readiness_percent),
                  C(cpu_hot_remove), C(numa_hot_add), C(latency_sensitivity), C(memory_reserved_all), C(memory_max_mb),
                  C(memory_overhead_mb), C(memory_consumed_mb), C(memory_consumed_overhead_mb), C(memory_private_mb),
                  C(memory_shared_mb), C(memory_swapped_mb), C(memory_ballooned_mb), C(memory_active_mb),
                  C(memory_entitlement_mb), C(memory_drs_entitlement_mb), C(memory_shares_level), C(memory_shares),
                  C(displays), C(video_memory_kb), C(adapter_networks), C(passthrough_hot_plug), C(disk_uuid_setting),
                  C(change_tracking_setting), C(upgrade_status), C(upgrade_policy), C(upgrade_target),
                  C(install_boot_required), C(boot_delay_ms), C(boot_retry), C(boot_retry_delay_ms), C(boot_setup),
                  C(reboot_power_off), C(ft_role), C(ft_latency_status), C(ft_bandwidth_kbps),
                  C(ft_secondary_latency_ms), C(folder_moid), C(resource_pool_path), C(log_directory),
                  C(snapshot_directory), C(suspend_directory), C(provisioned_mb), C(used_mb), C(unshared_mb),
                  C(os_of_tools), C(guest_details), C(tools_upgrade_policy), C(tools_sync_time), C(app_state),
                  C(app_heartbeat), C(guest_crashed), C(guest_operations_ready), C(guest_state_change),
                  C(guest_interactive_ready).
              type: list
              elements: dict
              returned: when it is among O(sections)
            hosts:
              description:
                - ESXi hosts.
                - Each has C(moid), C(name), C(uuid), C(ip), C(version), C(build), C(full_name), C(vendor), C(model),
                  C(migration_appliance), C(serial), C(bios_version), C(bios_date), C(cpu_model), C(sockets), C(cores),
                  C(threads), C(cpu_mhz), C(hyperthreading), C(ram_gb), C(ram_used_gb), C(ram_free_gb),
                  C(ram_usage_percent), C(cpu_usage_mhz), C(cpu_usage_percent), C(connection_state), C(power_state),
                  C(maintenance), C(standby), C(overall_status), C(cluster), C(datacenter), C(folder), C(vm_count),
                  C(vm_running), C(vcpu_count), C(vcpu_per_core), C(datastores), C(networks), C(nic_count),
                  C(hba_count), C(boot_time), C(evc_mode), C(evc_mode_max), C(ntp_servers), C(time_zone), C(lockdown),
                  C(custom_attributes), C(tags).
              type: list
              elements: dict
              returned: when it is among O(sections)
            datastores:
              description:
                - Datastores.
                - Each has C(moid), C(name), C(type), C(migration_appliance), C(capacity_gb), C(free_gb), C(used_gb),
                  C(used_percent), C(uncommitted_gb), C(provisioned_gb), C(accessible), C(maintenance_mode),
                  C(multiple_host_access), C(ssd), C(vmfs_version), C(vmfs_uuid), C(nfs_server), C(nfs_path), C(url),
                  C(store_id), C(duplicate_of), C(hosts), C(hosts_without_access), C(hosts_read_only), C(host_count),
                  C(vm_count), C(cluster), C(datacenter), C(folder), C(custom_attributes), C(tags).
              type: list
              elements: dict
              returned: when it is among O(sections)
            networks:
              description:
                - Standard, distributed and opaque networks.
                - Each has C(moid), C(name), C(type), C(vlan), C(switch), C(segment), C(transport_zone), C(accessible),
                  C(hosts), C(host_count), C(vm_count), C(ports), C(datacenter), C(folder), C(custom_attributes),
                  C(tags).
              type: list
              elements: dict
              returned: when it is among O(sections)
            clusters:
              description:
                - Clusters.
                - Each has C(moid), C(name), C(datacenter), C(folder), C(hosts), C(host_count), C(effective_hosts),
                  C(cores), C(threads), C(cpu_mhz), C(ram_gb), C(effective_cpu_mhz), C(effective_ram_gb), C(vm_count),
                  C(drs_enabled), C(drs_behavior), C(ha_enabled), C(ha_admission_control), C(ha_failover_level),
                  C(evc_mode), C(vsan_enabled), C(overall_status), C(custom_attributes), C(tags).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_disks:
              description:
                - Virtual disks.
                - Each has C(moid), C(vm), C(label), C(key), C(capacity_gb), C(thin), C(eager_zeroed), C(mode),
                  C(sharing), C(raw), C(datastore), C(file), C(controller), C(controller_type), C(unit), C(uuid).
                - Those that O(fields) asks for also have C(capacity_mb), C(controller_summary),
                  C(scsi_controller_unit), C(bus_sharing), C(split), C(write_through), C(io_shares_level), C(io_shares),
                  C(io_reservation), C(io_limit), C(raw_lun), C(raw_mode), C(guest_paths).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_nics:
              description:
                - Network adapters.
                - Each has C(moid), C(vm), C(label), C(key), C(adapter), C(mac), C(network), C(switch), C(vlan),
                  C(connected), C(start_connected), C(ipv4), C(ipv6).
                - Those that O(fields) asks for also have C(mac_type), C(direct_path), C(addresses_with_prefix).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_partitions:
              description:
                - File systems of guests.
                - Each has C(moid), C(vm), C(path), C(filesystem), C(capacity_gb), C(free_gb), C(free_percent).
                - Those that O(fields) asks for also have C(capacity_mb), C(free_mb), C(disk_keys).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_snapshots:
              description:
                - Snapshots.
                - Each has C(moid), C(vm), C(snapshot), C(name), C(description), C(created), C(age_days), C(size_gb),
                  C(quiesced), C(state), C(id), C(parent), C(current).
                - Those that O(fields) asks for also have C(file), C(file_mb), C(size_mb).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_cdroms:
              description:
                - CD and DVD drives.
                - Each has C(moid), C(vm), C(label), C(key), C(connected), C(start_connected), C(summary), C(iso).
              type: list
              elements: dict
              returned: when it is among O(sections)
            vm_usb_devices:
              description:
                - USB devices passed to VMs.
                - Each has C(moid), C(vm), C(label), C(key), C(summary), C(connected), C(family), C(speed), C(unit),
                  C(controller_bus), C(ehci), C(auto_connect).
              type: list
              elements: dict
              returned: when it is among O(sections)
            resource_pools:
              description:
                - Resource pools and vApps.
                - Each has C(moid), C(name), C(kind), C(parent_moid), C(path), C(cluster), C(datacenter),
                  C(overall_status), C(vm_count), C(cpu_reservation_mhz), C(cpu_limit_mhz), C(cpu_expandable),
                  C(cpu_shares_level), C(cpu_shares), C(cpu_max_mhz), C(cpu_usage_mhz), C(cpu_reserved_mhz),
                  C(cpu_reserved_for_vms_mhz), C(cpu_unreserved_for_pools_mhz), C(cpu_unreserved_for_vms_mhz),
                  C(cpu_demand_mhz), C(cpu_usage_of_vms_mhz), C(cpu_entitlement_mhz), C(cpu_drs_entitlement_mhz),
                  C(memory_reservation_mb), C(memory_limit_mb), C(memory_expandable), C(memory_shares_level),
                  C(memory_shares), C(memory_max_mb), C(memory_usage_mb), C(memory_reserved_mb),
                  C(memory_reserved_for_vms_mb), C(memory_unreserved_for_pools_mb), C(memory_unreserved_for_vms_mb),
                  C(memory_configured_mb), C(memory_consumed_mb), C(memory_active_mb), C(memory_overhead_mb),
                  C(memory_consumed_overhead_mb), C(memory_private_mb), C(memory_shared_mb), C(memory_swapped_mb),
                  C(memory_ballooned_mb), C(memory_compressed_kb), C(memory_entitlement_mb),
                  C(memory_drs_entitlement_mb).
              type: list
              elements: dict
              returned: when it is among O(sections)
"""

from contextlib import closing
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.masking import contains_secret
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import ModuleFailure, run_module
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, USUAL_SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import number_to_keep
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, failed_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_or_reuse import scan_or_reuse
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, ScanFileError, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import scan_path
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR

ARGUMENT_SPEC = {
    **CONNECTION_OPTIONS,
    "source": {"type": "str"},
    "sections": {"type": "list", "elements": "str", "choices": list(SECTIONS), "default": list(USUAL_SECTIONS)},
    "fields": {"type": "dict", "default": {}},
    "environment_from": {
        "type": "dict",
        "options": {"tag_category": {"type": "str"}, "custom_attribute": {"type": "str"}, "folder_level": {"type": "int"}},
        "mutually_exclusive": [("tag_category", "custom_attribute", "folder_level")],
        "required_one_of": [("tag_category", "custom_attribute", "folder_level")],
    },
    "with_tags": {"type": "bool", "default": True},
    "dest": {"type": "path"},
    "max_age": {"type": "str"},
    "keep": {"type": "int", "default": 0},
    "page_size": {"type": "int", "default": 500},
    "progress": {"type": "bool", "default": True},
    "progress_pipe": {"type": "path"},
}


def main() -> None:
    run_module(read, ARGUMENT_SPEC, library=("pyvmomi", PYVMOMI_ERROR), what="scan", required_by={"max_age": "dest"})


def read(module: AnsibleModule) -> dict[str, Any]:
    try:
        scan = scan_as_asked(module)
    except (Cancelled, ScanFileError) as error:
        raise ModuleFailure(f"{one_line(module.params['source'] or module.params['hostname'], 100)}: {error}") from error
    result: dict[str, Any] = {"ansible_facts": {"vmware_inventory": scan}}
    if not module.params["dest"]:
        warn_of_masks(module, scan)
    if scan["status"] == FAILED:
        address = f" ({scan['address']})" if scan["address"] not in ("", scan["source"]) else ""
        raise ModuleFailure(f"{one_line(scan['source'], 100)}{address}: {scan['error']}", **result)
    return result


def warn_of_masks(module: AnsibleModule, scan: dict[str, Any]) -> None:
    """Ansible masks a secret wherever a result holds its text, without a warning."""
    for name, spec in CONNECTION_OPTIONS.items():
        if spec.get("no_log") and module.params[name] and contains_secret(scan, module.params[name]):
            module.warn(f"values of the source contain the text of {name}, which Ansible masks in facts: set dest, and read the scan file")


def scan_as_asked(module: AnsibleModule) -> dict[str, Any]:
    """What the module returns as vmware_inventory."""
    options, writes = module.params, not module.check_mode
    try:
        connection = Connection.from_options(options)
        request = ScanRequest.from_options(options)
        keep = number_to_keep(options["keep"])
        max_age = age(options["max_age"] or "0", "max_age")
    except InvalidOption as error:
        source = options["source"] or options["hostname"].rpartition("@")[2]
        path = scan_path(options["dest"], source) if options["dest"] and writes else IN_MEMORY
        with closing(failed_scan(ScanHead(source, ""), error, path)) as scan:
            return {**facts(scan, with_rows=not options["dest"]), "reused": False}
    source = options["source"] or connection.host
    progress = Progress(options["progress_pipe"], options["progress"])
    return scan_or_reuse(connection, source, request, options["dest"], max_age, keep, progress, writes)


if __name__ == "__main__":
    main()
