#!/usr/bin/python
# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_vm
short_description: Make, clone, change, retire and remove many VMs
version_added: 1.1.0
author:
  - The estate.vmware team (@estate-vmware)
description:
  - Makes VMs on a vCenter Server or a standalone ESXi host, from scratch or as clones, changes those that are there until they are as wanted, takes VMs
    out of service, and removes them.
  - All VMs are looked up at once, their tasks run side by side and are awaited together. A VM that is as wanted already is left alone.
extends_documentation_fragment:
  - estate.vmware.attributes
  - estate.vmware.connection
  - estate.vmware.changes
options:
  state:
    description:
      - V(present) makes VMs that do not exist, and changes those that do until they are as their items say. What an item does not say stays as it is.
      - V(absent) removes VMs as O(vms[].delete) says. A VM that does not exist is left out.
      - V(retired) powers VMs off, renames them as O(vms[].retired_name) says, moves them to O(vms[].retired_folder) and stamps them with the time of the
        server. The stamp stands in C(extraConfig), where a guest cannot write it. A VM that is retired already is left alone.
    type: str
    choices: [present, absent, retired]
    default: present
  vms:
    description:
      - The VMs, each an item that names one, or with O(vms[].count) or O(vms[].filters) several.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the VM, with O(vms[].folder) or O(vms[].datacenter) where several are called so. A VM that is to be made is given by its name.
          - With O(vms[].count), V({n}) in it stands for the number of the VM, V({n:02d}) for the number with leading zeros.
        type: str
      folder:
        description: Folder of the VM with this name, as a path or the end of one, such as V(Prod/Web).
        type: str
      datacenter:
        description: Datacenter of the VM with this name.
        type: str
      path:
        description: Path of the VM from its datacenter on, such as V(/Madrid/Prod/web-1).
        type: str
      instance_uuid:
        description: Its instance UUID, which is unique within a vCenter.
        type: str
      bios_uuid:
        description: Its BIOS UUID.
        type: str
      moid:
        description: Its managed object id, such as V(vm-123).
        type: str
      filters:
        description:
          - VMs that match all of these, as in O(estate.vmware.vmware_inventory#inventory:include_filters). There may be none.
          - Only with O(state=present), and not where disks are destroyed.
        type: list
        elements: dict
      count:
        description:
          - Make so many VMs of this item, 1 to 1000, numbered from 1. O(vms[].name) must have V({n}). The number may also stand in addresses and host names.
        type: int
      source:
        description:
          - What a VM that does not exist is made of, one of O(vms[].source.template), O(vms[].source.vm), O(vms[].source.ova) and O(vms[].source.ovf). Without
            it the VM is made from scratch (C(CreateVM_Task)) and needs at least O(vms[].memory.size) and O(vms[].hardware.guest_id).
          - A template or VM is cloned (C(CloneVM_Task)), or copied as O(vms[].source.method) says. Of a clone, CPU, memory, devices, customization and power on
            are part of the one call. Only what vSphere does not do there is a second step.
          - An OVA or OVF is read by this machine and sent to the server (C(ImportVApp)), disk by disk. Then the VM is changed as the item says, customized
            and powered on. With O(vms[].count) it is sent once, and the others are clones of the first VM before that is changed; on a standalone ESXi host
            they are copies.
          - A VM that exists is not compared with its source.
        type: dict
        suboptions:
          template:
            description: Name or path of the template.
            type: str
          vm:
            description: Name or path of the VM. It may run, if it is not copied.
            type: str
          snapshot:
            description: Name of a snapshot of the VM. The clone is as the VM was then.
            type: str
          method:
            description:
              - V(clone) is one call of vCenter. By default VMs are cloned on a vCenter, and copied on a standalone ESXi host, which cannot clone.
              - V(copy) copies the files of a VM that is off into a new directory (C(CopyVirtualDisk_Task)), rewrites its VMX file, and registers the
                copy (C(RegisterVM_Task)). What else the item says is changed afterwards. There are no snapshots, linked clones and customization.
            type: str
            choices: [clone, copy]
          clone:
            description:
              - V(full) copies all disks, and is what is done where nothing is said.
              - V(linked) makes disks that depend on those of a snapshot (C(diskMoveType=createNewChildDiskBacking)), by default the current one.
            type: str
            choices: [full, linked]
          ova:
            description:
              - OVA file, as an absolute path of the machine that runs the module or an C(https) URL. Checksums of its manifest are compared while it is sent.
              - URLs are read with the CAs, the proxy and the timeouts of the connection. User name and password may stand in a URL, and are shown nowhere.
            type: str
          ovf:
            description: OVF descriptor with its files beside it, as a path or URL, as O(vms[].source.ova).
            type: str
          networks:
            description:
              - Networks of the OVF, each with the name or path of the network that its adapters get.
              - One that is not named here gets the network of the same name; if there is none, the task ends before anything is sent.
            type: dict
          properties:
            description:
              - Values of vApp properties of the OVF, by C(id) or C(class.id.instance). Values of O(vms[].properties) are given to it, too.
              - Unknown ones, values that the descriptor does not allow, and required ones that are missing end the task before anything is sent.
            type: dict
          accept_eula:
            description: Accept the licence agreements of the OVF. Without it an OVF that has any is refused.
            type: bool
          deployment_option:
            description: Deployment option of the OVF, such as its size. By default the one that the OVF says.
            type: str
          provisioning:
            description: How the files of the disks are made (C(diskProvisioning)). By default as the server chooses.
            type: str
            choices: [thin, thick, eager_zeroed]
      placement:
        description:
          - Where a new VM goes. Names or paths. What is not said is found where there is no choice; else the task ends before anything is changed.
          - A clone of a VM goes where that is. A VM that exists is moved only with O(vms[].relocate).
        type: dict
        suboptions:
          datacenter:
            description: Datacenter. By default that of the other places, or of the source.
            type: str
          cluster:
            description: Cluster. Where it has no DRS, its usable hosts are taken in turn.
            type: str
          host:
            description: ESXi host.
            type: str
          resource_pool:
            description: Resource pool or vApp. By default the topmost one of the cluster or host.
            type: str
          folder:
            description: Folder of VMs. By default O(vms[].folder), or the topmost one of the datacenter.
            type: str
          create_folder:
            description: Make the folder, and those above it, if they do not exist (C(CreateFolder)).
            type: bool
            default: false
          datastore:
            description: Datastore. By default that of the source; from scratch the only one that the cluster or host has mounted.
            type: str
          datastore_cluster:
            description: Datastore cluster. Of its datastores that are accessible and not in maintenance the one with the most free space is taken.
            type: str
      relocate:
        description: Move a VM that exists to O(vms[].placement) (C(RelocateVM_Task), C(MoveIntoFolder_Task)), also while it runs.
        type: bool
        default: false
      rename:
        description: New name of a VM that is named by its UUID or O(vms[].moid) (C(Rename_Task)).
        type: str
      # begin: settings, written by make docs
      cpu:
        description: CPUs.
        type: dict
        suboptions:
          count:
            description: Number of virtual CPUs.
            type: int
          cores_per_socket:
            description: Cores of each virtual socket; the number of CPUs is a multiple of it.
            type: int
          hot_add:
            description: CPUs can be added while it runs.
            type: bool
          hot_remove:
            description: CPUs can be removed while it runs.
            type: bool
          reservation_mhz:
            description: MHz that it is guaranteed.
            type: int
          limit_mhz:
            description: MHz that it gets at most, or unlimited.
            type: str
          shares:
            description: 'Its share when CPU is scarce: low, normal, high or a number.'
            type: str
          nested:
            description: The guest can run VMs itself (hardware-assisted virtualization).
            type: bool
      memory:
        description: Memory. Sizes have a unit, such as V(8GiB) or V(512MB).
        type: dict
        suboptions:
          size:
            description: Memory with its unit, such as 8GiB; a multiple of 4MiB.
            type: str
          hot_add:
            description: Memory can be added while it runs.
            type: bool
          reservation:
            description: Memory that it is guaranteed, such as 4GiB; 0MiB for none.
            type: str
          limit:
            description: Memory of the host that it gets at most, or unlimited.
            type: str
          shares:
            description: 'Its share when memory is scarce: low, normal, high or a number.'
            type: str
          reserve_all:
            description: All of its memory is reserved, also after a change of its size.
            type: bool
      hardware:
        description: Virtual hardware and firmware.
        type: dict
        suboptions:
          guest_id:
            description: 'Guest operating system, as vSphere names it: ubuntu64Guest.'
            type: str
          version:
            description: Hardware version, such as vmx-19; that of an existing VM can only rise.
            type: str
          firmware:
            description: Firmware; an installed guest starts with its own alone.
            type: str
            choices:
            - bios
            - efi
          secure_boot:
            description: UEFI secure boot.
            type: bool
          boot:
            description: How it boots.
            type: dict
            suboptions:
              delay:
                description: Milliseconds before the boot order is begun.
                type: int
              retry:
                description: Boot again where no device could be booted.
                type: bool
              retry_delay:
                description: Milliseconds before it boots again.
                type: int
              order:
                description: 'Devices to boot from, in order: disk (the first by place), network (all adapters), cdrom, floppy, or a disk''s place such
                  as scsi0:1.'
                type: list
                elements: str
          time_sync:
            description: VMware Tools set the guest's clock from the host's all the time.
            type: bool
      annotation:
        description: Notes.
        type: str
      user_data:
        description: Text for cloud-init, put into guestinfo.userdata.
        type: str
      meta_data:
        description: Text for cloud-init, put into guestinfo.metadata.
        type: str
      exact:
        description: Lists of which everything is removed that they do not name.
        type: list
        elements: str
        choices:
        - disks
        - networks
        - cdroms
      destroy_disks:
        description: Delete the files of disks that exact removes; without it they are detached.
        type: bool
        default: false
      power_cycle:
        description: What to do where a change needs a running VM to be off.
        type: str
        choices:
        - never
        - guest
        - hard
        default: never
      controllers:
        description: Controllers of a certain type. Others are made where disks and drives need them, SCSI controllers as V(pvscsi).
        type: list
        elements: dict
        suboptions:
          at:
            description: 'Which controller it is: scsi0, sata1, ide0.'
            type: str
          type:
            description: Its type.
            type: str
            choices:
            - pvscsi
            - lsilogic
            - lsilogic_sas
            - sata
            - ide
      disks:
        description: Disks, each known by its place.
        type: list
        elements: dict
        suboptions:
          at:
            description: 'Its place: scsi0:1 is unit 1 of SCSI controller 0.'
            type: str
          size:
            description: Its size with the unit, such as 40GiB; that of an existing disk can only grow.
            type: str
          provisioning:
            description: How its file is made; of an existing disk it is not compared.
            type: str
            choices:
            - thin
            - thick
            - eager_zeroed
          mode:
            description: Whether snapshots hold it, and whether it keeps what is written.
            type: str
            choices:
            - persistent
            - independent_persistent
            - independent_nonpersistent
          sharing:
            description: Whether several VMs may write to it at the same time.
            type: str
            choices:
            - none
            - multi_writer
          datastore:
            description: Name or path of the datastore for its file; by default that of the VM.
            type: str
          file:
            description: Existing file to attach, such as [datastore] folder/disk.vmdk.
            type: str
          keep:
            description: Whatever is at this place stays as it is, also with exact; nothing is made there.
            type: bool
      cdroms:
        description: CD-ROM drives, each known by its place.
        type: list
        elements: dict
        suboptions:
          at:
            description: 'Its place: ide0:0, sata0:1.'
            type: str
          iso:
            description: Image in it, such as [datastore] folder/image.iso or [datastore]/folder/image.iso.
            type: str
          client:
            description: The drive of whoever opens a console, in place of an image.
            type: bool
          connected:
            description: Is connected, and connects when the VM powers on; a new drive with an image is.
            type: bool
      networks:
        description: Network adapters. Those with the MAC address of an existing one are that one, the others are taken in order.
        type: list
        elements: dict
        suboptions:
          network:
            description: 'Name or path of its network: a port group, a distributed port group or an opaque network.'
            type: str
          adapter:
            description: Its type; a new adapter is vmxnet3.
            type: str
            choices:
            - vmxnet3
            - e1000
            - e1000e
          mac:
            description: MAC address; without one the server generates it.
            type: str
          connected:
            description: Is connected while the VM runs.
            type: bool
          start_connected:
            description: Connects when the VM powers on; by default the same as connected.
            type: bool
          address:
            description: Addresses with their prefix, such as 10.0.0.5/24, or dhcp; used by customization.
            type: list
            elements: str
          gateway:
            description: Gateways; used by customization.
            type: list
            elements: str
          dns:
            description: DNS servers; used by customization.
            type: list
            elements: str
          search:
            description: DNS search domains; used by customization.
            type: list
            elements: str
      extra_config:
        description: Keys and values of the VMX file. A key without a value is removed.
        type: dict
      properties:
        description: Values of vApp properties, by C(id) or C(class.id.instance).
        type: dict
      customization:
        description: What is set in the guest when the VM is made. Addresses are those of O(vms[].networks).
        type: dict
        suboptions:
          linux:
            description: Of a Linux guest.
            type: dict
            suboptions:
              hostname:
                description: Host name, with its domain or without; by default the name of the VM.
                type: str
              domain:
                description: DNS domain.
                type: str
              time_zone:
                description: Time zone, such as Europe/Berlin.
                type: str
          windows:
            description: Of a Windows guest.
            type: dict
            suboptions:
              computer_name:
                description: Computer name; by default the name of the VM.
                type: str
              workgroup:
                description: Workgroup to join.
                type: str
              domain:
                description: Domain to join, in place of a workgroup.
                type: str
              domain_admin:
                description: Account that may join it to the domain.
                type: str
              domain_password:
                description: Password of that account.
                type: str
              admin_password:
                description: Password of the local administrator.
                type: str
              time_zone:
                description: Index of the time zone, as Microsoft numbers them; 85 is GMT.
                type: int
                default: 85
              product_key:
                description: Product key.
                type: str
              full_name:
                description: Name of the user that it is registered for.
                type: str
                default: Administrator
              organization:
                description: Organization that it is registered for.
                type: str
                default: Organization
              run_once:
                description: Commands that run when the administrator logs on for the first time.
                type: list
                elements: str
          spec:
            description: Name of a specification that vCenter has.
            type: str
      # end: settings
      tags:
        description:
          - Tags, as a mapping of categories to lists of names of tags that exist. A category that is named has exactly these tags afterwards, others stay.
          - An ESXi host has no tags, nor custom attributes.
        type: dict
      custom_attributes:
        description: Custom attributes that exist, by name, with their values (C(customValue)). Others stay as they are.
        type: dict
      power:
        description:
          - V(on) or V(off), at once. V(unchanged) leaves a VM as it is, and a new one off.
        type: str
        choices: ['on', 'off', unchanged]
        default: unchanged
      grace:
        description: How long a guest may take to shut down for O(vms[].power_cycle=guest), in seconds, or a number with its unit, such as V(5m).
        type: str
        default: 5m
      wait_for:
        description:
          - What of its guest to wait for, each with the longest time, such as V(10m). A VM that is not as far by then fails, and is kept as it is.
          - It needs a VM that is on. What is reached already costs nothing.
        type: dict
        suboptions:
          tools:
            description: VMware Tools run (C(guest.toolsRunningStatus)).
            type: str
          ip:
            description: The guest has an address that is not link-local (C(guest.net)).
            type: str
          customization:
            description: Its customization has ended (C(guest.customizationInfo), before vSphere 7.0.2 events). One that has failed fails the VM.
            type: str
      on_failure:
        description:
          - What becomes of a VM that this call made and could not finish. V(remove) destroys it with its files, V(keep) leaves it.
          - What was there before is never removed.
        type: str
        choices: [remove, keep]
        default: remove
      delete:
        description:
          - Required with O(state=absent); there is no default.
          - V(unregister) takes a VM out of the inventory, and its files stay (C(UnregisterVM)).
          - V(destroy) deletes it with the files of all of its disks (C(Destroy_Task)), also of disks that were attached by hand. If other VMs use these files,
            as linked clones do, the VM is left alone and its item fails.
        type: str
        choices: [unregister, destroy]
      keep_disks:
        description:
          - Places of disks, such as V(scsi0:1), that are detached before O(vms[].delete=destroy), or V(all) alone. Their files stay.
          - Not possible with snapshots, nor for templates.
        type: list
        elements: str
      power_off:
        description: Power a running or suspended VM off before it is removed. Without it such a VM is left alone and its item fails.
        type: bool
        default: false
      retired_for:
        description:
          - With O(state=absent), take only VMs that were retired so long ago, such as V(7d), by the clock of the server. Others are left alone.
          - They can be named as they were called before they were retired.
        type: str
      retired_folder:
        description: Folder of VMs to move a retired VM to. By default it stays where it is.
        type: str
      retired_name:
        description: Its new name. V({name}) stands for its name until now, V({date}) for the date, such as V(20261128).
        type: str
        default: '{name}-retired-{date}'
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
seealso:
  - module: estate.vmware.vmware_vm_power
"""

EXAMPLES = r"""
- name: Twelve web servers from a template, each with its name and address
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    vms:
      - name: web-{n:02d}
        count: 12
        source:
          template: ubuntu-24.04
        placement:
          cluster: Production
          folder: Prod/Web
          create_folder: true
          datastore_cluster: Gold
        cpu:
          count: 4
        memory:
          size: 8GiB
        networks:
          - network: VLAN120
            address: ['10.1.120.1{n:02d}/24']
            gateway: [10.1.120.1]
            dns: [10.1.0.53]
        customization:
          linux:
            domain: example.com
            time_zone: Europe/Madrid
        power: 'on'
        wait_for:
          customization: 15m
          ip: 5m

- name: A VM from scratch, with an image to install from
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    vms:
      - name: db-1
        placement:
          cluster: Production
          datastore: nvme-01
        cpu:
          count: 8
        memory:
          size: 64GiB
        hardware:
          guest_id: rhel9_64Guest
          firmware: efi
        disks:
          - at: scsi0:0
            size: 60GiB
            provisioning: thin
          - at: scsi1:0
            size: 500GiB
        cdroms:
          - at: sata0:0
            iso: '[iso] rhel-9.4.iso'
        networks:
          - network: VLAN130

- name: More memory for VMs that match, shutting guests down where that is needed
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    vms:
      - filters:
          - folder: /Prod/Web
        memory:
          size: 16GiB
        power_cycle: guest

- name: Take VMs out of service
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: retired
    common:
      retired_folder: Retired
    vms:
      - name: web-1
      - path: /Madrid/Prod/web-2

- name: Delete those that were retired a week ago, with their files
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: absent
    common:
      delete: destroy
      retired_for: 7d
    vms:
      - name: web-1
      - path: /Madrid/Prod/web-2

- name: Delete a VM, but keep its second disk
  estate.vmware.vmware_vm:
    hostname: vcenter.example.com
    username: automation@vsphere.local
    password: "{{ vault_vcenter_password }}"
    state: absent
    vms:
      - instance_uuid: 503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
        delete: destroy
        keep_disks: [scsi0:1]
        power_off: true
"""

RETURN = r"""
vms:
  description: What became of each VM, in the order of the items. With more than 500 VMs the first 500, failed ones first; O(dest) has all.
  returned: when the options could be used
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
    path:
      description: Its path.
      type: str
      returned: always
    moid:
      description: Its managed object id.
      type: str
      returned: always
    instance_uuid:
      description: Its instance UUID.
      type: str
      returned: always
    bios_uuid:
      description: Its BIOS UUID.
      type: str
      returned: always
    changed:
      description: Whether something was changed, or would be in check mode.
      type: bool
      returned: always
    actions:
      description: >-
        C(create), C(clone), C(copy), C(reconfigure), C(upgrade_hardware), C(remove_disk), C(rename), C(relocate), C(move), C(set_tags), C(set_attributes),
        C(power_on), C(power_off), C(shut_down), C(wait_for_tools), C(wait_for_ip), C(wait_for_customization), C(retire), C(detach_disks), C(unregister)
        or C(destroy), in order.
      type: list
      elements: str
      returned: always
    tasks:
      description: Ids of the tasks of the server.
      type: list
      elements: str
      returned: always
    error:
      description: Why it failed, empty if it did not.
      type: str
      returned: always
    error_kind:
      description: Kind of the error, see C(docs/troubleshooting.md) of the collection. C(not_started) where nothing was done because of another VM.
      type: str
      returned: always
  sample:
    - name: web-1
      path: /Madrid/Prod/web-1
      moid: vm-1012
      instance_uuid: 503c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      bios_uuid: 423c1b0e-6c2f-4d2b-9a0f-0b1d6b7e4a11
      changed: true
      actions: [power_off, destroy]
      tasks: [task-310, task-311]
      error: ''
      error_kind: ''
counts:
  description: Number of VMs that were changed, were as wanted already, failed, and were not worked on.
  returned: when the options could be used
  type: dict
  sample: {"changed": 12, "unchanged": 3, "failed": 0, "not_started": 0}
calls:
  description: Number of requests.
  returned: when the options could be used
  type: int
seconds:
  description: Duration in seconds.
  returned: when the options could be used
  type: float
"""

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.vm import ITEM_OPTIONS, MODULE_OPTIONS, vm_flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import argument_spec, item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.run_changes import run_changes

ITEM = item_spec(ITEM_OPTIONS, with_filters=True)
ARGUMENT_SPEC = argument_spec(ITEM, **MODULE_OPTIONS)


def main() -> None:
    run_changes(vm_flow, ITEM, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
