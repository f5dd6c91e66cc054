// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// manyHosts is how many hosts a vCenter has before some of them may be out of service.
const manyHosts = 5

// releaseOrder says how far behind the estate's release the hosts are, one after the other.
var releaseOrder = []int{0, 0, 1, 0, 2}

func (e *estate) dressHosts() {
	hosts := each[*simulator.HostSystem](e, "HostSystem")
	within := numbered{}
	available := e.release.notNewer()
	for i, host := range hosts {
		at := e.siteOf(host)
		number := within.next(at) + 1
		e.nameHost(host, fmt.Sprintf("esx%02d.%s.%s", number, at.code, domain))
		machine, _ := pick(servers, i+int(e.seed%uint64(len(servers))))
		e.dressHardware(host, machine)
		behind := 0
		if !e.isESXi() {
			behind = min(releaseOrder[i%len(releaseOrder)], len(available)-1)
		}
		e.dressProduct(host, available[behind])
		e.dressManagement(host, fmt.Sprintf("10.%d.%d.%d", e.octet, i/200, 11+i%200))

		uptime := time.Duration(3+e.random.IntN(300))*24*time.Hour + time.Duration(e.random.IntN(86400))*time.Second
		booted := time.Now().Add(-uptime).Truncate(time.Second)
		host.Runtime.BootTime = &booted
		host.Summary.QuickStats.Uptime = int32(uptime.Seconds())
		host.Summary.OverallStatus = types.ManagedEntityStatusGreen
		host.OverallStatus = types.ManagedEntityStatusGreen
	}
	if !e.isESXi() && len(hosts) >= manyHosts {
		hosts[len(hosts)-1].Runtime.InMaintenanceMode = true
		gone := hosts[len(hosts)-3]
		gone.Runtime.ConnectionState = types.HostSystemConnectionStateDisconnected
		gone.Runtime.PowerState = types.HostSystemPowerStateUnknown
		gone.OverallStatus = types.ManagedEntityStatusRed
		gone.Summary.OverallStatus = types.ManagedEntityStatusRed
	}
}

func (e *estate) nameHost(host *simulator.HostSystem, name string) {
	if parent, ok := e.model.Map().Get(*host.Parent).(*mo.ComputeResource); ok {
		parent.Name = name
	}
	host.Name, host.Summary.Config.Name = name, name
	short, rest, _ := strings.Cut(name, ".")
	dns := host.Config.Network.DnsConfig.GetHostDnsConfig()
	dns.HostName, dns.DomainName = short, rest
}

// dressHardware replaces what all hosts share with the library's template.
func (e *estate) dressHardware(host *simulator.HostSystem, machine server) {
	id := e.id.uuid(host.Self.Value).String()
	cores := machine.sockets * machine.cores
	threads := 2 * cores
	hertz := int64(machine.mhz) * 1_000_000
	memory := machine.memoryGB << 30
	tag := e.serial(machine.serialLength)
	tags := []types.HostSystemIdentificationInfo{{
		IdentifierValue: tag,
		IdentifierType: &types.ElementDescription{
			Key:         "ServiceTag",
			Description: types.Description{Label: "Service tag", Summary: "Service tag of the system"},
		},
	}}
	serial := tag
	if machine.tagOnly {
		serial = ""
	}

	summary := host.Summary.Hardware
	summary.Vendor, summary.Model, summary.Uuid = machine.vendor, machine.model, id
	summary.OtherIdentifyingInfo = tags
	summary.CpuModel, summary.CpuMhz, summary.MemorySize = machine.cpu, machine.mhz, memory
	summary.NumCpuPkgs, summary.NumCpuCores, summary.NumCpuThreads = int16(machine.sockets), int16(cores), int16(threads)

	released, _ := time.Parse(time.DateOnly, machine.biosDate)
	hardware := host.Hardware
	hardware.SystemInfo = types.HostSystemInfo{
		Vendor: machine.vendor, Model: machine.model, Uuid: id, SerialNumber: serial, OtherIdentifyingInfo: tags,
	}
	hardware.BiosInfo = &types.HostBIOSInfo{BiosVersion: machine.bios, ReleaseDate: &released, Vendor: machine.vendor}
	hardware.MemorySize = memory
	hardware.CpuInfo = types.HostCpuInfo{
		NumCpuPackages: int16(machine.sockets), NumCpuCores: int16(cores), NumCpuThreads: int16(threads), Hz: hertz,
	}
	template := hardware.CpuPkg[0]
	hardware.CpuPkg = nil
	for socket := range machine.sockets {
		cpu := template
		cpu.Index, cpu.Description, cpu.Vendor, cpu.Hz = int16(socket), machine.cpu, machine.brand, hertz
		cpu.ThreadId = nil
		for thread := range threads / machine.sockets {
			cpu.ThreadId = append(cpu.ThreadId, int16(socket*threads/machine.sockets+thread))
		}
		hardware.CpuPkg = append(hardware.CpuPkg, cpu)
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

func (e *estate) dressProduct(host *simulator.HostSystem, runs release) {
	product := *host.Summary.Config.Product
	runs.stamp(&product)
	host.Summary.Config.Product = &product
	host.Config.Product = product
}

// dressManagement gives the host's first kernel adapter an address, everywhere it is told.
func (e *estate) dressManagement(host *simulator.HostSystem, address string) {
	mac := e.mac(host.Self.Value)
	adapters := [][]types.HostVirtualNic{host.Config.Network.Vnic}
	for i := range host.Config.VirtualNicManagerInfo.NetConfig {
		adapters = append(adapters, host.Config.VirtualNicManagerInfo.NetConfig[i].CandidateVnic)
	}
	for _, list := range adapters {
		for i := range list {
			if list[i].Device == "vmk0" {
				ip := *list[i].Spec.Ip
				ip.Dhcp, ip.IpAddress, ip.SubnetMask = false, address, "255.255.255.0"
				list[i].Spec.Ip, list[i].Spec.Mac = &ip, mac
			}
		}
	}
	for i := range host.Config.Network.Pnic {
		host.Config.Network.Pnic[i].Mac = e.mac(host.Self.Value, host.Config.Network.Pnic[i].Device)
	}
	if !e.isESXi() {
		host.Summary.ManagementServerIp = fmt.Sprintf("10.%d.0.5", e.octet)
	}
}

// mac derives an address in the range that VMware gives to manual ones.
func (e *estate) mac(parts ...string) string {
	id := e.id.uuid(append(parts, "mac")...)
	return fmt.Sprintf("00:50:56:%02x:%02x:%02x", id[0]&0x3f, id[1], id[2])
}
