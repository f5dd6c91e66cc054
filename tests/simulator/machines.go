// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// condition is what may be wrong with a machine beyond being off.
type condition int

const (
	sound condition = iota
	orphaned
	inaccessible
	service // vCenter's own
)

// conditions stand at these places in every thousand machines.
var conditions = map[int]condition{131: orphaned, 137: inaccessible, 141: service, 142: service}

// managers of machines at some places in every thousand, and what these then are; the last one's are those of users.
var managers = map[int]struct{ extension, kind, systemVM string }{
	141: {"com.vmware.vim.eam", "cluster-agent", "vcls"},
	142: {"VirtualCenter", "vcls-entity", "vcls"},
	143: {"com.vmware.vcDr-Lyon", "placeholderVm", "placeholder"},
	144: {"com.vmware.nsx.management.nsxt", "NSX Edge", "appliance"},
	145: {"com.vmware.vim.eam", "esx-agent", "agent"},
	146: {"com.vmware.vcenter.wcp", "VirtualMachine", ""},
}

// followsAt is the place of the second half of a fault tolerant machine.
const followsAt = 149

// rareFrom is the first machine with a rare name; every second one has, until there are no more.
const rareFrom = manyVMs

// machine is a virtual machine on its way into the registry.
type machine struct {
	number, turn int // within the estate, within its role
	name, note   string
	role         role
	system       system
	condition    condition
	template     bool
	host         *host
	pool         *pool
	folder       *simulator.Folder
	home         *volume
	power        types.VirtualMachinePowerState
	random       *rand.Rand
	vm           *simulator.VirtualMachine
	disks        []*disk
	cards        []*card
	layout       types.VirtualMachineFileLayoutEx
	facts        vmFacts
}

// addMachine decides what the next machine is, makes it, and writes it down.
func (e *estate) addMachine(number int) {
	m := e.decide(number)
	m.vm = &simulator.VirtualMachine{}
	self := ref{Type: "VirtualMachine", Value: fmt.Sprint(number + 1)}
	if !e.isESXi() {
		self = e.ref("VirtualMachine", "vm-")
	}
	m.facts = vmFacts{Moid: self.Value, Name: m.name, Host: m.host.name, Processor: m.host.cpu, Cluster: m.host.within.name}
	m.facts.Datacenter, m.facts.Networks, m.facts.Datastores = m.host.at.name, []string{}, []string{}
	m.facts.CDROMs, m.facts.USBDevices = []cdromFacts{}, []usbFacts{}
	m.facts.Disks, m.facts.NICs, m.facts.Partitions, m.facts.Snapshots = []diskFacts{}, []nicFacts{}, []partitionFacts{}, []snapshotFacts{}
	m.vm.Self = self
	e.addDisks(m)
	e.addCards(m)
	e.configure(m)
	e.setRuntime(m)
	e.setGuest(m)
	e.addSnapshots(m)
	e.setStorage(m)
	e.place(m, self)
	m.facts.labels = e.label(&m.vm.ManagedEntity, number)
	e.addDetails(m)
	m.addItemDetails()
	m.summarize()
	if m.condition == inaccessible {
		m.forget()
	}
	e.written.add("vms", m.facts)
}

// decide says what the next machine is. Every fourth has a hard name, until there are no more of those.
func (e *estate) decide(number int) *machine {
	m := &machine{
		number: number,
		role:   roles[number%len(roles)],
		power:  types.VirtualMachinePowerStatePoweredOn,
		host:   e.inUse[number%len(e.inUse)],
		random: rand.New(rand.NewPCG(e.seed, uint64(number)^uint64(e.octet)<<32)),
	}
	if !e.isESXi() {
		m.condition = conditions[number%1000]
	}
	if m.condition == service {
		m.role = agent
	}
	m.system = systems[m.role.system]
	m.turn = e.turns[m.role.prefix]
	m.template = strings.HasPrefix(m.role.prefix, templatePrefix)
	hard, rare, odd := number/4, (number-rareFrom)/2, false
	switch {
	case number%4 == 3 && hard < len(unusualNames):
		m.name, m.template = unusualNames[hard], false
	case number >= rareFrom && number%2 == 0 && rare < len(rareNames) && m.condition == sound:
		m.name, m.template, odd = rareNames[rare], false, true
		m.role.folder, m.role.note = fmt.Sprintf("Odd / %d%%", rare%2), rareNotes[rare%len(rareNotes)]
	case m.condition == service:
		m.name = "vCLS-" + e.id.uuid("vcls", fmt.Sprint(number)).String()
	default:
		e.turns[m.role.prefix]++
		m.name = fmt.Sprintf("%s-%02d", m.role.prefix, m.turn+1)
	}
	m.note = m.role.note
	round := number / len(e.inUse)
	pools := m.host.within.pools
	m.pool = pools[round%len(pools)]
	if m.pool.app != nil && (odd || m.condition == service) {
		m.pool = pools[0]
	}
	stores := m.host.at.stores
	m.home = stores[m.random.IntN(len(stores))]
	switch {
	case m.condition == service:
	case m.template, m.host.self.Runtime.InMaintenanceMode, number%9 == 5, m.condition == orphaned:
		m.power = types.VirtualMachinePowerStatePoweredOff
	case number%21 == 13:
		m.power = types.VirtualMachinePowerStateSuspended
	}
	return m
}

// directory is what a machine's files are called; some characters of names cannot be in there.
func (m *machine) directory() string {
	return strings.NewReplacer("/", "_", `\`, "_", "%", "_", "\t", "_", "\n", "_").Replace(m.name)
}

func (m *machine) path(on *volume, ending string) string {
	return fmt.Sprintf("[%s] %s/%s%s", on.name, m.directory(), m.directory(), ending)
}

// isMoved tells of a machine that it has another operating system by now than the one that it is configured for.
func (m *machine) isMoved() bool { return m.number >= rareFrom && m.number%9 == 2 }

// isNew tells of a machine that it was never powered on, so that its adapters have no MAC address.
func (m *machine) isNew() bool {
	return m.number >= rareFrom && m.power == types.VirtualMachinePowerStatePoweredOff && m.number%3 == 1
}

func (m *machine) isOn() bool { return m.power == types.VirtualMachinePowerStatePoweredOn }

// place puts a machine into its folder or vApp, its pool, and onto its host.
func (e *estate) place(m *machine, self ref) {
	vm := m.vm
	vm.EnvironmentBrowser = *m.host.within.compute.EnvironmentBrowser
	var parent *ref
	if m.pool.app != nil && !m.template {
		vm.ParentVApp = &m.pool.self
		m.facts.VApp, m.facts.Folder = m.pool.name, e.path(m.pool.app)
	} else {
		folder := e.folderFor(m)
		parent = &folder.Self
		addChild(folder, self)
		m.facts.Folder = e.path(folder)
	}
	e.put(vm, self, parent, m.name)
	vm.OverallStatus = types.ManagedEntityStatusGreen
	if m.condition != sound && m.condition != service {
		vm.OverallStatus = types.ManagedEntityStatusRed
	}
	if !m.template {
		vm.ResourcePool = &m.pool.self
		m.pool.mo.Vm = append(m.pool.mo.Vm, self)
		m.facts.ResourcePool = m.pool.name
	}
	m.host.self.Vm = append(m.host.self.Vm, self)
	m.host.facts.VMCount++
	if m.isOn() {
		m.host.facts.VMRunning++
		if m.condition != inaccessible { // which has none that anybody knows
			m.host.facts.VCPUCount += vm.Config.Hardware.NumCPU
		}
	}
}

// folderFor is the folder of a machine's role, in large estates one below it; ESXi has only one folder.
func (e *estate) folderFor(m *machine) *simulator.Folder {
	at := m.host.at
	if e.isESXi() {
		return at.vms
	}
	path := []string{m.role.folder}
	if e.sizes.vms >= manyVMs && m.role.folder != "Templates" {
		path = append(path, m.role.prefix)
	}
	return e.folderAt(at, path...)
}

// folderAt is the folder of machines at a path, made as far as it is not there.
func (e *estate) folderAt(at *datacenter, path ...string) *simulator.Folder {
	folder, walked := at.vms, ""
	for _, name := range path {
		walked += "\x00" + name
		if at.folders[walked] == nil {
			at.folders[walked] = e.addFolder(folder, name, "VirtualMachine", "VirtualApp")
		}
		folder = at.folders[walked]
	}
	return folder
}

// moment is a time some days back, with as many digits of a second as the machine's number says.
func (e *estate) moment(m *machine, back time.Duration) time.Time {
	fraction := []time.Duration{0, 123456 * time.Microsecond, 5 * time.Millisecond, 120 * time.Millisecond}[m.number%4]
	return e.now.Add(fraction - back.Truncate(time.Second))
}
