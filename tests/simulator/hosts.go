// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/types"
)

// manyHosts is how many hosts a vCenter has before some of them may be out of service, and from
// veryManyHosts on one does not answer.
const manyHosts, veryManyHosts = 5, 10

// releaseOrder says how far behind the estate's release the hosts are, one after the other.
var releaseOrder = []int{0, 0, 1, 0, 2}

const physicalNICs = 4

// host is one ESXi server, and what has become of it.
type host struct {
	self     *simulator.HostSystem
	number   int
	name     string
	cpu      string // its model on one line
	mhz      int32
	at       *datacenter
	within   *cluster
	networks []*network // that machines may use
	phantom  bool       // a migration appliance, see oddities.go
	facts    hostFacts
}

// addHost fills a host and counts it in; a vCenter's is registered under its compute resource.
func (e *estate) addHost(at *datacenter, made *simulator.HostSystem, parent ref) *host {
	h := &host{self: made, number: len(e.hosts), at: at}
	h.name = fmt.Sprintf("esx%02d.%s.%s", len(at.members)+1, at.code, domain)
	if !e.isESXi() {
		made.HostSystem = esx.HostSystem
		made.ConfigManager = types.HostConfigManager{}
		e.put(made, e.ref("HostSystem", "host-"), &parent, h.name)
	}
	made.Name = h.name
	uptime := time.Duration(3+e.random.IntN(300))*24*time.Hour + time.Duration(e.random.IntN(86400))*time.Second
	made.Runtime = types.HostRuntimeInfo{
		ConnectionState: types.HostSystemConnectionStateConnected,
		PowerState:      types.HostSystemPowerStatePoweredOn,
		StandbyMode:     "none",
		BootTime:        e.ago(uptime),
		CryptoState:     "incapable",
	}
	summary := &made.Summary
	summary.Host, summary.Runtime, summary.OverallStatus = &made.Self, &made.Runtime, types.ManagedEntityStatusGreen
	summary.QuickStats = types.HostListSummaryQuickStats{Uptime: int32(uptime.Seconds())}
	summary.Config.Name, summary.Config.VmotionEnabled = h.name, true
	e.fillHardware(h)
	e.fillHostConfig(h)
	e.setOutOfService(h)
	h.facts.labels = e.label(&made.ManagedEntity, h.number)
	summary.CustomValue = made.CustomValue
	e.hosts = append(e.hosts, h)
	at.members = append(at.members, h)
	return h
}

// setOutOfService takes a few of many hosts out of service: the last is in maintenance, the third but
// last disconnected, the sixth but last does not respond.
func (e *estate) setOutOfService(h *host) {
	runtime, total := &h.self.Runtime, e.sizes.hosts
	switch {
	case total >= manyHosts && h.number == total-1:
		runtime.InMaintenanceMode = true
	case total >= manyHosts && h.number == total-3:
		runtime.ConnectionState = types.HostSystemConnectionStateDisconnected
	case total >= veryManyHosts && h.number == total-6:
		runtime.ConnectionState = types.HostSystemConnectionStateNotResponding
	default:
		return
	}
	status := types.ManagedEntityStatusYellow
	if !runtime.InMaintenanceMode {
		runtime.PowerState, status = types.HostSystemPowerStateUnknown, types.ManagedEntityStatusRed
	}
	if runtime.ConnectionState == types.HostSystemConnectionStateNotResponding {
		runtime.BootTime = nil
	}
	h.self.OverallStatus, h.self.Summary.OverallStatus = status, status
}

// findHostsInUse lists the hosts that take machines, one of each cluster after the other.
func (e *estate) findHostsInUse() {
	for _, h := range e.hosts {
		if !h.self.Runtime.InMaintenanceMode && !h.phantom {
			e.inUse = append(e.inUse, h)
		}
	}
}

// fillHardware gives a host its own hardware instead of the library's template.
func (e *estate) fillHardware(h *host) {
	machine := servers[(h.number+int(e.seed%uint64(len(servers))))%len(servers)]
	id := e.id.uuid("host", h.name).String()
	cores := machine.sockets * machine.cores
	threads := 2 * cores
	hertz, memory := int64(machine.mhz)*1_000_000, machine.memoryGB<<30
	serial := e.serial(machine.serialLength)
	tags := []types.HostSystemIdentificationInfo{identification("AssetTag", " "), identification("ServiceTag", serial)}
	inField := serial
	if machine.tag != "" {
		inField, tags[1] = "", identification(machine.tag, serial)
	}
	if e.sizes.hosts >= manyHosts && h.number%3 == 1 {
		// Firmware without a serial number, and one that reports the chassis too.
		inField = "To Be Filled By O.E.M."
		key := tags[1].IdentifierType.GetElementDescription().Key
		tags = []types.HostSystemIdentificationInfo{tags[0], identification(key, "Not Specified"), tags[1], identification(key, "CHASSIS9")}
	}
	h.cpu, h.mhz = strings.Join(strings.Fields(machine.cpu), " "), machine.mhz

	hbas := int32(len(esx.HostStorageDeviceInfo.HostBusAdapter))
	h.self.Summary.Hardware = &types.HostHardwareSummary{
		Vendor: machine.vendor, Model: machine.model, Uuid: id, OtherIdentifyingInfo: tags,
		CpuModel: machine.cpu, CpuMhz: machine.mhz, MemorySize: memory, NumNics: physicalNICs, NumHBAs: hbas,
		NumCpuPkgs: int16(machine.sockets), NumCpuCores: int16(cores), NumCpuThreads: int16(threads),
	}
	released, _ := time.Parse(time.DateOnly, machine.biosDate)
	hardware := *esx.HostHardwareInfo
	hardware.SystemInfo = types.HostSystemInfo{
		Vendor: machine.vendor, Model: machine.model, Uuid: id, SerialNumber: inField, OtherIdentifyingInfo: tags,
	}
	hardware.BiosInfo = &types.HostBIOSInfo{BiosVersion: machine.bios, ReleaseDate: &released, Vendor: machine.vendor}
	hardware.MemorySize = memory
	hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: int16(machine.sockets), NumCpuCores: int16(cores), NumCpuThreads: int16(threads), Hz: hertz,
	}
	hardware.CpuPkg = nil
	for socket := range machine.sockets {
		hardware.CpuPkg = append(hardware.CpuPkg, types.HostCpuPackage{
			Index: int16(socket), Description: machine.cpu, Vendor: machine.brand, Hz: hertz, BusHz: 100_000_000,
		})
	}
	h.self.Hardware, h.self.Capability = &hardware, esx.HostCapability
	h.self.Summary.MaxEVCModeKey = map[string]string{"intel": "intel-icelake", "amd": "amd-zen3"}[machine.brand]
	h.facts = hostFacts{
		UUID: id, Vendor: machine.vendor, Model: machine.model, Serial: serial, BIOSVersion: machine.bios, BIOSDate: released,
		CPUModel: h.cpu, Sockets: machine.sockets, Cores: cores, Threads: threads, MHz: machine.mhz, RAM: gb(memory),
		EVCMax: h.self.Summary.MaxEVCModeKey, NICCount: physicalNICs, HBACount: int(hbas),
	}
}

func identification(key, value string) types.HostSystemIdentificationInfo {
	return types.HostSystemIdentificationInfo{
		IdentifierValue: value,
		IdentifierType:  &types.ElementDescription{Key: key, Description: types.Description{Label: key, Summary: key + " of the system"}},
	}
}

const serialLetters = "0123456789BCDFGHJKLMNPQRSTVWXYZ"

func (e *estate) serial(length int) string {
	text := make([]byte, length)
	for i := range text {
		text[i] = serialLetters[e.random.IntN(len(serialLetters))]
	}
	return string(text)
}

// mac derives an address in the range that VMware gives to manual ones.
func (e *estate) mac(parts ...string) string {
	id := e.id.uuid(append(parts, "mac")...)
	return fmt.Sprintf("00:50:56:%02x:%02x:%02x", id[0]&0x3f, id[1], id[2])
}
