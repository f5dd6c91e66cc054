// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/types"
)

// fillHostConfig gives a host its own product, clock, kernel adapters and network cards. All the rest of
// its configuration is the library's template, one for all.
func (e *estate) fillHostConfig(h *host) {
	behind := 0
	available := e.release.notNewer()
	if !e.isESXi() {
		behind = min(releaseOrder[h.number%len(releaseOrder)], len(available)-1)
	}
	product := *esx.HostSystem.Summary.Config.Product
	available[behind].stamp(&product)
	h.self.Summary.Config.Product = &product

	config := *esx.HostSystem.Config
	config.Product = product
	config.Option, config.LockdownMode = esx.AdvancedOptions, types.HostLockdownModeLockdownDisabled
	if h.number%4 == 1 {
		config.LockdownMode = types.HostLockdownModeLockdownNormal
	}
	config.HyperThread = &types.HostHyperThreadScheduleInfo{Available: true, Active: h.number%7 != 6, Config: true}
	servers := []string{"ntp1." + domain, "ntp2." + domain}[:1+h.number%2]
	config.DateTimeInfo = &types.HostDateTimeInfo{
		TimeZone:  types.HostDateTimeSystemTimeZone{Key: "UTC", Name: "UTC", Description: "UTC"},
		NtpConfig: &types.HostNtpConfig{Server: servers}, SystemClockProtocol: "ntp",
	}
	address := fmt.Sprintf("10.%d.%d.%d", e.octet, h.number/200, 11+h.number%200)
	config.Network = e.hostNetwork(h, address)
	config.VirtualNicManagerInfo = &types.HostVirtualNicManagerInfo{NetConfig: []types.VirtualNicManagerNetConfig{
		{NicType: "vmotion", MultiSelectAllowed: true, CandidateVnic: kernelNICs("vmotion", config.Network.Vnic), SelectedVnic: []string{"vmotion." + config.Network.Vnic[1].Key}},
		{NicType: "management", MultiSelectAllowed: true, CandidateVnic: kernelNICs("management", config.Network.Vnic), SelectedVnic: []string{"management." + config.Network.Vnic[0].Key}},
	}}
	h.self.Config = &config
	if !e.isESXi() {
		h.self.Summary.ManagementServerIp = fmt.Sprintf("10.%d.0.5", e.octet)
	}
	h.facts.IP, h.facts.NTP, h.facts.TimeZone, h.facts.Lockdown = address, servers, "UTC", string(config.LockdownMode)
	h.facts.Version, h.facts.Build, h.facts.FullName = product.Version, product.Build, product.FullName
	h.facts.HyperThreading = config.HyperThread.Active
}

// kernelNICs are the adapters as the manager of a service lists them, with its name in their keys.
func kernelNICs(service string, adapters []types.HostVirtualNic) []types.HostVirtualNic {
	var all []types.HostVirtualNic
	for _, adapter := range adapters {
		adapter.Key = service + "." + adapter.Key
		all = append(all, adapter)
	}
	return all
}

// hostNetwork has a switch for management and machines and one for the rest, and two kernel adapters.
func (e *estate) hostNetwork(h *host, address string) *types.HostNetworkInfo {
	network := *esx.HostSystem.Config.Network
	short, rest, _ := strings.Cut(h.name, ".")
	network.DnsConfig = &types.HostDnsConfig{HostName: short, DomainName: rest, Address: []string{fmt.Sprintf("10.%d.0.2", e.octet)}}
	card := network.Pnic[0]
	network.Pnic = nil
	for i := range physicalNICs {
		card.Device = fmt.Sprintf("vmnic%d", i)
		card.Key = "key-vim.host.PhysicalNic-" + card.Device
		card.Mac = e.mac("pnic", h.name, card.Device)
		network.Pnic = append(network.Pnic, card)
	}
	template := network.Vswitch[0]
	network.Vswitch = nil
	for i := range 2 {
		template.Name = fmt.Sprintf("vSwitch%d", i)
		template.Key = "key-vim.host.VirtualSwitch-" + template.Name
		template.Pnic = []string{network.Pnic[i].Key}
		template.Portgroup = nil
		network.Vswitch = append(network.Vswitch, template)
	}
	network.Portgroup = nil
	addPortGroup(&network, "Management Network", 20, 0)
	adapter := network.Vnic[0]
	network.Vnic = nil
	for i, ip := range []string{address, strings.Replace(address, "10.", "172.", 1)} {
		adapter.Device = fmt.Sprintf("vmk%d", i)
		adapter.Key = "key-vim.host.VirtualNic-" + adapter.Device
		adapter.Spec.Ip = &types.HostIpConfig{IpAddress: ip, SubnetMask: "255.255.255.0"}
		adapter.Spec.Mac = e.mac("vmk", h.name, adapter.Device)
		network.Vnic = append(network.Vnic, adapter)
	}
	return &network
}

// addPortGroup puts a port group on the host's switch of that number.
func addPortGroup(network *types.HostNetworkInfo, name string, vlan int32, number int) {
	on := &network.Vswitch[number]
	policy := esx.HostSystem.Config.Network.Portgroup[0]
	group := types.HostPortGroup{Key: "key-vim.host.PortGroup-" + name, Vswitch: on.Key, ComputedPolicy: policy.ComputedPolicy}
	group.Spec = types.HostPortGroupSpec{Name: name, VlanId: vlan, VswitchName: on.Name}
	on.Portgroup = append(on.Portgroup, group.Key)
	network.Portgroup = append(network.Portgroup, group)
}
