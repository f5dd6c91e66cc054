// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// machine is a virtual machine on its way: what was decided before it is created.
type machine struct {
	number   int // within the estate
	turn     int // within its role
	name     string
	role     role
	system   system
	template bool
	host     *simulator.HostSystem
	power    types.VirtualMachinePowerState
}

// place is where machines are created: one pool, and what its datacenter has to offer.
type place struct {
	pool       types.ManagedObjectReference
	hosts      []*simulator.HostSystem
	datastores []*simulator.Datastore
	networks   []mo.Entity
	root       *object.Folder
}

func (e *estate) createMachines(perPool int) error {
	turns := map[string]int{}
	number := 0
	for _, at := range e.places() {
		for range perPool {
			m := e.decide(number, turns, at)
			if err := e.create(m, at); err != nil {
				return fmt.Errorf("virtual machine %q: %w", m.name, err)
			}
			number++
		}
	}
	return nil
}

// places lists the pools that get machines: vApps, child pools, and a root pool without child pools.
func (e *estate) places() []place {
	var resources []*mo.ComputeResource
	resources = append(resources, each[*mo.ComputeResource](e, "ComputeResource")...)
	for _, cluster := range each[*simulator.ClusterComputeResource](e, "ClusterComputeResource") {
		resources = append(resources, &cluster.ComputeResource)
	}
	registry := e.model.Map()
	var all []place
	for _, resource := range resources {
		datacenter := e.datacenter(resource)
		at := place{root: object.NewFolder(e.client, datacenter.VmFolder)}
		for _, ref := range resource.Host {
			at.hosts = append(at.hosts, registry.Get(ref).(*simulator.HostSystem))
		}
		for _, ref := range resource.Datastore {
			at.datastores = append(at.datastores, registry.Get(ref).(*simulator.Datastore))
		}
		for _, ref := range resource.Network {
			group, distributed := registry.Get(ref).(*simulator.DistributedVirtualPortgroup)
			if !distributed || !strings.Contains(group.Name, "-DVUplinks") {
				at.networks = append(at.networks, registry.Get(ref).(mo.Entity))
			}
		}
		pools := registry.Get(*resource.ResourcePool).(*simulator.ResourcePool).ResourcePool.ResourcePool
		isPool := func(ref types.ManagedObjectReference) bool { return ref.Type == "ResourcePool" }
		if !slices.ContainsFunc(pools, isPool) {
			pools = append([]types.ManagedObjectReference{*resource.ResourcePool}, pools...)
		}
		for _, at.pool = range pools {
			all = append(all, at)
		}
	}
	return all
}

// decide says what the next machine is. Every fourth has a hard name, until there are no more of those.
func (e *estate) decide(number int, turns map[string]int, at place) *machine {
	m := &machine{number: number, role: roles[number%len(roles)], power: types.VirtualMachinePowerStatePoweredOn}
	m.system = systems[m.role.system]
	m.turn = turns[m.role.prefix]
	m.template = strings.HasPrefix(m.role.prefix, templatePrefix)
	if hard := number / 4; number%4 == 3 && hard < len(hardNames) {
		m.name = hardNames[hard]
		m.template = false
	} else {
		turns[m.role.prefix]++
		m.name = fmt.Sprintf("%s-%02d", m.role.prefix, m.turn+1)
	}
	inService := slices.DeleteFunc(slices.Clone(at.hosts), func(host *simulator.HostSystem) bool {
		return host.Runtime.InMaintenanceMode
	})
	if len(inService) == 0 {
		inService = at.hosts
	}
	m.host = inService[number%len(inService)]
	switch {
	case m.template, m.host.Runtime.InMaintenanceMode, number%9 == 5:
		m.power = types.VirtualMachinePowerStatePoweredOff
	case number%21 == 13:
		m.power = types.VirtualMachinePowerStateSuspended
	}
	return m
}

// directory is what a machine's files are called; some characters of names cannot be in there.
func (m *machine) directory() string {
	return strings.NewReplacer("/", "_", `\`, "_", "%", "_").Replace(m.name)
}

func (m *machine) path(store *simulator.Datastore, ending string) string {
	return fmt.Sprintf("[%s] %s/%s%s", store.Name, m.directory(), m.directory(), ending)
}

func (e *estate) create(m *machine, at place) error {
	folder, err := e.folderFor(m, at)
	if err != nil {
		return err
	}
	home := at.datastores[m.number%len(at.datastores)]
	devices, err := e.devices(m, at, home)
	if err != nil {
		return err
	}
	changes, err := devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	if err != nil {
		return err
	}
	cpus := m.role.cpus[m.turn%len(m.role.cpus)]
	hotAdd := m.number%3 == 0
	task, err := folder.CreateVM(e.ctx, types.VirtualMachineConfigSpec{
		Name:                m.directory(),
		GuestId:             m.system.id,
		Annotation:          m.role.note,
		Version:             fmt.Sprintf("vmx-%d", max(13, e.release.hardware-2*(m.number%3))),
		Firmware:            m.system.firmware,
		Uuid:                e.id.uuid("bios", fmt.Sprint(m.number)).String(),
		InstanceUuid:        e.id.uuid("instance", fmt.Sprint(m.number)).String(),
		NumCPUs:             cpus,
		NumCoresPerSocket:   max(1, cpus/2),
		MemoryMB:            m.role.memoryGB[m.turn%len(m.role.memoryGB)] << 10,
		CpuHotAddEnabled:    &hotAdd,
		MemoryHotAddEnabled: &hotAdd,
		Files:               &types.VirtualMachineFileInfo{VmPathName: m.path(home, ".vmx")},
		DeviceChange:        changes,
	}, object.NewResourcePool(e.client, at.pool), object.NewHostSystem(e.client, m.host.Self))
	if err != nil {
		return err
	}
	info, err := task.WaitForResult(e.ctx)
	if err != nil {
		return err
	}
	vm := e.model.Map().Get(info.Result.(types.ManagedObjectReference)).(*simulator.VirtualMachine)
	return e.finish(m, vm)
}

// folderFor is the folder of a machine's role; ESXi has only one folder.
func (e *estate) folderFor(m *machine, at place) (*object.Folder, error) {
	if e.isESXi() {
		return at.root, nil
	}
	registry := e.model.Map()
	siblings := registry.Get(at.root.Reference()).(*simulator.Folder).ChildEntity
	if known := registry.FindByName(m.role.folder, siblings); known != nil {
		return object.NewFolder(e.client, known.Reference()), nil
	}
	return at.root.CreateFolder(e.ctx, m.role.folder)
}

// devices are a machine's disks and network cards. Every fourth disk is thick; data disks of machines with
// more than two stand on another datastore than their home.
func (e *estate) devices(m *machine, at place, home *simulator.Datastore) (object.VirtualDeviceList, error) {
	var devices object.VirtualDeviceList
	controller, err := devices.CreateSCSIController("pvscsi")
	if err != nil {
		return nil, err
	}
	label(controller, "SCSI controller", 0)
	devices = append(devices, controller)
	for i, size := range m.role.diskGB {
		store := home
		if i > 1 {
			store = at.datastores[(m.number+1)%len(at.datastores)]
		}
		if err = os.MkdirAll(filepath.Join(store.Summary.Url, m.directory()), 0o700); err != nil {
			return nil, err
		}
		suffix := ""
		if i > 0 {
			suffix = fmt.Sprintf("_%d", i)
		}
		disk := devices.CreateDisk(controller.(types.BaseVirtualController), store.Self, m.path(store, suffix+".vmdk"))
		backing := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		thin := (m.number+i)%4 != 0
		backing.ThinProvisioned = &thin
		disk.CapacityInKB = size << 20
		label(disk, "Hard disk", i+1)
		devices = append(devices, disk)
	}
	adapter := "vmxnet3"
	if m.system.firmware == "bios" {
		adapter = "e1000e"
	}
	for i := range m.role.nics {
		network := at.networks[(m.number+i)%len(at.networks)].Reference()
		backing, err := object.NewReference(e.client, network).(object.NetworkReference).EthernetCardBackingInfo(e.ctx)
		if err != nil {
			return nil, err
		}
		card, err := devices.CreateEthernetCard(adapter, backing)
		if err != nil {
			return nil, err
		}
		ethernet := card.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard()
		ethernet.AddressType = string(types.VirtualEthernetCardMacTypeManual)
		ethernet.MacAddress = e.mac("nic", fmt.Sprint(m.number), fmt.Sprint(i))
		ethernet.Key = -int32(100 + i)
		label(card, "Network adapter", i+1)
		devices = append(devices, card)
	}
	return devices, nil
}

// label gives a device the name that vSphere would, not the library's.
func label(device types.BaseVirtualDevice, kind string, number int) {
	device.GetVirtualDevice().DeviceInfo = &types.Description{Label: fmt.Sprintf("%s %d", kind, number)}
}
