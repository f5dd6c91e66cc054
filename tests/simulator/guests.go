// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// setGuest says what VMware Tools tell, where there are any.
func (e *estate) setGuest(m *machine) {
	state := toolsStates[m.number%len(toolsStates)]
	if !m.isOn() && state.running {
		state.running, state.status = false, types.VirtualMachineToolsStatusToolsNotRunning
	}
	guest := &types.GuestInfo{
		GuestState:         string(types.VirtualMachineGuestStateNotRunning),
		ToolsStatus:        state.status,
		ToolsVersion:       fmt.Sprint(state.version),
		ToolsRunningStatus: string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning),
		HwVersion:          m.vm.Config.Version,
		AppHeartbeatStatus: "appStatusGray",
		GuestKernelCrashed: ptr(false),
		AppState:           "none",
	}
	f := &m.facts
	versionState := state.versionStatus
	if state.version > 0 {
		guest.GuestId, guest.GuestFullName, guest.GuestFamily = m.system.id, m.system.name, m.system.family
		guest.ToolsInstallType = string(types.VirtualMachineToolsInstallTypeGuestToolsTypeMSI)
		if m.system.family == "linuxGuest" {
			guest.ToolsInstallType = string(types.VirtualMachineToolsInstallTypeGuestToolsTypeOpenVMTools)
			versionState = types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged
		}
		f.ToolsVersion, f.OSName, f.OSEdition = guest.ToolsVersion, m.system.name, m.system.name
		if m.system.family == "linuxGuest" && m.number%8 == 3 {
			guest.ToolsVersion, f.ToolsVersion = "2147483647", "guest-managed"
		}
	}
	guest.ToolsVersionStatus, guest.ToolsVersionStatus2 = string(versionState), string(versionState)
	if state.running {
		guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
		guest.GuestState = string(types.VirtualMachineGuestStateRunning)
		guest.GuestOperationsReady, guest.GuestStateChangeSupported = ptr(true), ptr(true)
		e.tellNetwork(m, guest)
		e.tellDisks(m, guest)
		details := fmt.Sprintf("architecture='X86' bitness='64' distroName='%s' familyName='%s' prettyName='%s'",
			m.system.pretty, strings.TrimSuffix(m.system.family, "Guest"), m.system.pretty)
		f.OSEdition = m.system.pretty
		if e.release.atLeast("8.0.2.0") {
			guest.GuestDetailedData = details
		} else {
			settings := slices.Clone(m.vm.Config.ExtraConfig)
			m.vm.Config.ExtraConfig = append(settings, &types.OptionValue{Key: "guestInfo.detailed.data", Value: details})
		}
	} else if !m.isOn() && state.version > 0 && m.number >= rareFrom && m.number%2 == 0 {
		e.rememberNetwork(m, guest)
	}
	m.vm.Guest = guest
	m.vm.GuestHeartbeatStatus = m.vm.Summary.QuickStats.GuestHeartbeatStatus
	f.GuestState, f.ToolsStatus, f.ToolsRunning = guest.GuestState, string(state.status), guest.ToolsRunningStatus
	f.ToolsVersionState, f.GuestIPAddress = string(versionState), guest.IpAddress
}

// hostName is the machine's short name in DNS; a hard name would not be one.
func (m *machine) hostName() string {
	if strings.HasPrefix(m.name, m.role.prefix) && m.condition != service {
		return m.name
	}
	return fmt.Sprintf("vm%03d", m.number+1)
}

// tellNetwork tells of each adapter: IPv4, a global IPv6 on Linux, the link-local one. Some machines list
// their adapters in another order, some have bridges that are no virtual hardware.
func (e *estate) tellNetwork(m *machine, guest *types.GuestInfo) {
	f := &m.facts
	f.Domain = m.host.at.code + "." + domain
	guest.HostName = m.hostName() + "." + f.Domain
	if m.number%7 == 5 {
		guest.HostName = m.hostName()
	}
	f.DNSName = guest.HostName
	if m.number >= rareFrom && m.number%29 == 17 {
		guest.HostName, f.DNSName = "(none)", ""
	}
	var global, local []string
	for i, c := range m.cards {
		nic := types.GuestNicInfo{
			Network: c.network.name, MacAddress: c.facts.MAC, Connected: c.facts.Connected,
			DeviceConfigId: c.facts.Key, IpConfig: &types.NetIpConfigInfo{},
		}
		if c.facts.Connected {
			number := m.number*3 + i
			address := fmt.Sprintf("10.%d.%d.%d", int(e.octet)+number/200/156, 100+number/200%156, 10+number%200)
			c.facts.IPv4 = []string{address}
			if m.system.family == "linuxGuest" {
				c.facts.IPv6 = append(c.facts.IPv6, fmt.Sprintf("2001:db8:%x:%x::%x", e.octet, 0x100+number>>16, 1+number&0xffff))
			}
			global = append(append(global, address), c.facts.IPv6...)
			own := linkLocal(c.facts.MAC)
			c.facts.IPv6, local = append(c.facts.IPv6, own), append(local, own)
			tellAddresses(&nic, c.facts.IPv4, 24)
			tellAddresses(&nic, c.facts.IPv6, 64)
		}
		guest.Net = append(guest.Net, nic)
		if c.facts.Connected && m.number >= rareFrom && m.number%5 == 1 && m.role.folder != "Platform" {
			// A VLAN of the guest's own on the same adapter, and one that has no address yet.
			own := nic
			own.IpAddress, own.IpConfig = nil, &types.NetIpConfigInfo{}
			tellAddresses(&own, []string{fmt.Sprintf("198.51.%d.%d", 100+m.number/200*4+i, 10+m.number%200), c.facts.IPv4[0]}, 24)
			c.facts.IPv4 = append(c.facts.IPv4, own.IpAddress[0])
			global = append(global, own.IpAddress[0])
			guest.Net = append(guest.Net, own, types.GuestNicInfo{MacAddress: c.facts.MAC, DeviceConfigId: c.facts.Key})
		}
	}
	if m.number%3 == 1 {
		slices.Reverse(guest.Net)
	}
	if len(m.cards) > 0 {
		guest.IpAddress = m.cards[0].facts.IPv4[0]
	}
	f.IPAddress, f.AdapterAddresses = guest.IpAddress, append(slices.Clone(global), local...)
	if m.role.folder == "Platform" {
		bridge := types.GuestNicInfo{MacAddress: fmt.Sprintf("02:42:ac:11:00:%02x", m.number&0xff), Connected: true, DeviceConfigId: -1, IpConfig: &types.NetIpConfigInfo{}}
		tellAddresses(&bridge, []string{"172.17.0.1"}, 16)
		guest.Net = append(guest.Net, bridge)
		global = append(global, "172.17.0.1")
		if m.number >= rareFrom {
			guest.IpAddress = "172.17.0.1"
		}
	}
	f.IPAddresses = append(global, local...)
	if len(m.cards) > 0 && m.number >= rareFrom && m.number%31 == 11 {
		// Tools that are older tell no more than this.
		guest.Net, f.IPAddresses, f.AdapterAddresses = nil, []string{guest.IpAddress}, nil
		f.IPAddress = guest.IpAddress
		for _, c := range m.cards {
			c.facts.IPv4, c.facts.IPv6 = nil, nil
		}
	}
	guest.IpStack = []types.GuestStackInfo{{
		DnsConfig: &types.NetDnsConfigInfo{
			HostName: m.hostName(), DomainName: m.host.at.code + "." + domain, SearchDomain: []string{domain},
			IpAddress: []string{fmt.Sprintf("10.%d.0.2", e.octet)},
		},
		IpRouteConfig: &types.NetIpRouteConfigInfo{IpRoute: []types.NetIpRouteConfigInfoIpRoute{
			{Network: "0.0.0.0", Gateway: types.NetIpRouteConfigInfoGateway{IpAddress: fmt.Sprintf("10.%d.0.1", e.octet), Device: "0"}},
		}},
	}}
}

// rememberNetwork tells what the adapters of a machine that is off are configured with.
func (e *estate) rememberNetwork(m *machine, guest *types.GuestInfo) {
	for i, c := range m.cards {
		nic := types.GuestNicInfo{MacAddress: c.facts.MAC, DeviceConfigId: c.facts.Key, IpConfig: &types.NetIpConfigInfo{}}
		c.facts.IPv4 = []string{fmt.Sprintf("10.%d.%d.%d", e.octet, m.number%200, 10+i)}
		tellAddresses(&nic, c.facts.IPv4, 24)
		nic.IpAddress = nil
		guest.Net = append(guest.Net, nic)
		m.facts.AdapterAddresses = append(m.facts.AdapterAddresses, c.facts.IPv4[0])
	}
	if len(m.cards) > 0 {
		m.facts.IPAddresses, m.facts.IPAddress = m.facts.AdapterAddresses, m.cards[0].facts.IPv4[0]
	}
}

func tellAddresses(nic *types.GuestNicInfo, addresses []string, prefix int32) {
	for _, address := range addresses {
		nic.IpAddress = append(nic.IpAddress, address)
		nic.IpConfig.IpAddress = append(nic.IpConfig.IpAddress, types.NetIpConfigInfoIpAddress{
			IpAddress: address, PrefixLength: prefix, State: string(types.NetIpConfigInfoIpAddressStatusPreferred),
		})
	}
}

// linkLocal makes the IPv6 address that an interface gives itself from its MAC address.
func linkLocal(mac string) string {
	m, err := net.ParseMAC(mac)
	if err != nil {
		return ""
	}
	return net.IP{0xfe, 0x80, 0, 0, 0, 0, 0, 0, m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]}.String()
}

// tellDisks gives every disk a partition, and on Linux two more to the first.
func (e *estate) tellDisks(m *machine, guest *types.GuestInfo) {
	for i, d := range m.disks {
		type partition struct {
			path  string
			share int64 // percent
		}
		parts := []partition{{fmt.Sprintf("/data%d", i), 97}}
		switch {
		case m.system.family == "windowsGuest":
			parts[0].path = string(rune('C'+i)) + `:\`
		case i == 0:
			parts = []partition{{"/", 60}, {"/boot", 2}, {"/var/log", 35}}
		}
		for _, part := range parts {
			capacity := d.capacity / 100 * part.share
			info := types.GuestDiskInfo{
				DiskPath: part.path, Capacity: capacity, FreeSpace: capacity / 100 * int64(4+m.random.IntN(70)), FilesystemType: m.system.fileSystem,
			}
			if e.release.atLeast("7.0.0.0") {
				info.Mappings = []types.GuestInfoVirtualDiskMapping{{Key: d.facts.Key}}
			}
			guest.Disk = append(guest.Disk, info)
			m.facts.Partitions = append(m.facts.Partitions, partitionFacts{
				Path: part.path, FileSystem: info.FilesystemType, Capacity: gb(info.Capacity), Free: gb(info.FreeSpace),
			})
		}
	}
}
