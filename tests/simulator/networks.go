// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// network is one of any kind, as machines and hosts need it.
type network struct {
	self   ref
	name   string
	common *mo.Network
	trunk  *dvs            // of a distributed port group
	opaque string          // id of an opaque network
	vlans  map[*host]int32 // of a standard network, whose hosts may disagree
	facts  networkFacts
	entity *mo.ManagedEntity
}

// dvs is the distributed switch of a datacenter.
type dvs struct {
	self ref
	name string
	uuid string
	mo   *simulator.DistributedVirtualSwitch
}

func (e *estate) addNetworks(at *datacenter, index int) {
	for i := range share(e.sizes.networks, index, len(e.sites)) {
		e.addStandard(at, i)
	}
	if count := share(e.sizes.portgroups, index, len(e.sites)); count > 0 {
		e.addSwitch(at)
		for i := range count {
			entry, suffix := pick(groups, i)
			e.addGroup(at, strings.ToUpper(at.code)+"-"+entry.name+suffix, entry, i)
		}
	}
	for i := range share(e.sizes.opaque, index, len(e.sites)) {
		e.addOpaque(at, i)
	}
}

// addNetwork registers a network of any kind; common is the part that all kinds have.
func (e *estate) addNetwork(at *datacenter, item mo.Entity, common *mo.Network, self ref, facts networkFacts) *network {
	name := facts.Name
	e.put(item, self, &at.shares.Self, name)
	common.Name = escape(name)
	common.Summary.GetNetworkSummary().Network = &common.Self
	common.Summary.GetNetworkSummary().Name = common.Name
	common.Summary.GetNetworkSummary().Accessible = true
	addChild(at.shares, self)
	at.self.Network = append(at.self.Network, self)
	facts.Moid, facts.Accessible, facts.Datacenter, facts.Folder = self.Value, true, at.name, e.path(at.shares)
	facts.labels = e.label(&common.ManagedEntity, e.count)
	made := &network{self: self, name: name, common: common, facts: facts, entity: &common.ManagedEntity}
	at.networks = append(at.networks, made)
	return made
}

func (e *estate) addStandard(at *datacenter, index int) {
	entry, suffix := pick(standardNets, index)
	item := &mo.Network{Summary: &types.NetworkSummary{}}
	self := ref{Type: "Network", Value: "HaNetwork-" + entry.name + suffix}
	if !e.isESXi() {
		self = e.ref("Network", "network-")
	}
	facts := networkFacts{Name: entry.name + suffix, Type: "Standard", Switch: fmt.Sprintf("vSwitch%d", min(index, 1))}
	made := e.addNetwork(at, item, item, self, facts)
	made.vlans = map[*host]int32{}
	for _, h := range at.members {
		if h.phantom {
			continue
		}
		vlan := entry.vlan
		if entry.drifts && h.number%3 == 2 {
			vlan++
		}
		addPortGroup(h.self.Config.Network, made.name, vlan, min(index, 1))
		made.vlans[h] = vlan
		if !slices.Contains(made.facts.VLANs, vlan) {
			made.facts.VLANs = append(made.facts.VLANs, vlan)
		}
	}
	slices.Sort(made.facts.VLANs)
	if len(made.facts.VLANs) == 1 && entry.vlan != 0 {
		made.facts.VLAN = strconv.Itoa(int(entry.vlan))
	}
}

// vlanOn is the network's VLAN for machines of a host, as people write it.
func (n *network) vlanOn(h *host) string {
	vlan, own := n.vlans[h]
	switch {
	case !own:
		return n.facts.VLAN
	case vlan == 0:
		return ""
	}
	return strconv.Itoa(int(vlan))
}

func (e *estate) addSwitch(at *datacenter) {
	name, id := at.code+"-dvs-01", e.id.uuid("dvs", at.code).String()
	made := &simulator.DistributedVirtualSwitch{}
	self := e.ref("VmwareDistributedVirtualSwitch", "dvs-")
	e.put(made, self, &at.shares.Self, name)
	addChild(at.shares, self)
	product := types.DistributedVirtualSwitchProductSpec{Name: "DVS", Vendor: "VMware, Inc.", Version: "7.0.3"}
	made.Uuid = id
	made.Summary = types.DVSSummary{Name: name, Uuid: id, ProductInfo: &product}
	made.Config = &types.VMwareDVSConfigInfo{
		DVSConfigInfo: types.DVSConfigInfo{
			Uuid: id, Name: name, NumPorts: 512, MaxPorts: 1 << 15, ProductInfo: product, CreateTime: *e.ago(9e6 * 1e9),
			UplinkPortPolicy: &types.DVSNameArrayUplinkPortPolicy{UplinkPortName: []string{"Uplink 1", "Uplink 2"}},
		},
		MaxMtu: 9000,
	}
	at.trunk = &dvs{self, name, id, made}
	e.written.add("switches", placeFacts{Moid: self.Value, Name: name, Datacenter: at.name})
	uplinks := e.addGroup(at, name+"-DVUplinks-"+strconv.Itoa(e.count), group{name: "DVUplinks", lastVLAN: 4094}, 0)
	uplinks.entity.Tag = []types.Tag{{Key: "SYSTEM/DVS.UPLINKPG"}}
	uplinks.facts.Type = "Uplink"
	config := made.Config.GetDVSConfigInfo()
	config.UplinkPortgroup = []ref{uplinks.self}
}

func (e *estate) addGroup(at *datacenter, name string, entry group, index int) *network {
	on := at.trunk
	item := &simulator.DistributedVirtualPortgroup{}
	item.Network.Summary = &types.NetworkSummary{}
	self := e.ref("DistributedVirtualPortgroup", "dvportgroup-")
	uplink := entry.name == "DVUplinks"
	item.Key = self.Value
	setting, text := e.vlanOf(entry, index)
	ports := int32(8 << (index % 3))
	item.Config = types.DVPortgroupConfigInfo{
		Key: self.Value, Name: escape(name), NumPorts: ports, DistributedVirtualSwitch: &on.self, Type: "earlyBinding",
		BackingType: "standard", Uplink: &uplink, AutoExpand: ptr(true), ConfigVersion: "1", Policy: &types.VMwareDVSPortgroupPolicy{},
		DefaultPortConfig: &types.VMwareDVSPortSetting{
			DVPortSetting: types.DVPortSetting{Blocked: &types.BoolPolicy{Value: ptr(false)}},
			Vlan:          setting,
		},
	}
	on.mo.Portgroup = append(on.mo.Portgroup, self)
	on.mo.Summary.PortgroupName = append(on.mo.Summary.PortgroupName, item.Config.Name)
	facts := networkFacts{Name: name, Type: "Distributed", VLAN: text, Switch: on.name, Ports: ports}
	if entry.nsx && e.release.atLeast("7.0") {
		segment, zone := e.id.uuid("segment", name).String(), "overlay-"+at.code
		config := &item.Config
		config.BackingType, config.LogicalSwitchUuid, config.TransportZoneName = "nsx", segment, zone
		// NSX of VMware Cloud names no segment, only its switch.
		if at == e.sites[0] {
			segment = "/infra/segments/" + name
			config.SegmentId = segment
		}
		facts.Type, facts.Segment, facts.Zone = "NSX", segment, zone
	}
	made := e.addNetwork(at, item, &item.Network, self, facts)
	made.trunk = on
	return made
}

// vlanOf is a group's VLAN, on the wire and as people write it.
func (e *estate) vlanOf(entry group, index int) (types.BaseVmwareDistributedVirtualSwitchVlanSpec, string) {
	switch {
	case entry.private:
		return &types.VmwareDistributedVirtualSwitchPvlanSpec{PvlanId: entry.vlan}, fmt.Sprintf("pvlan %d", entry.vlan)
	case entry.lastVLAN != 0:
		ranges := []types.NumericRange{{Start: entry.vlan, End: entry.lastVLAN}}
		text := fmt.Sprintf("trunk %d-%d", entry.vlan, entry.lastVLAN)
		if index >= len(groups) {
			for _, single := range trunkRest {
				ranges = append(ranges, types.NumericRange{Start: single, End: single})
				text += fmt.Sprintf(",%d", single)
			}
		}
		return &types.VmwareDistributedVirtualSwitchTrunkVlanSpec{VlanId: ranges}, text
	case entry.vlan == 0:
		return &types.VmwareDistributedVirtualSwitchVlanIdSpec{}, ""
	}
	return &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: entry.vlan}, strconv.Itoa(int(entry.vlan))
}

func (e *estate) addOpaque(at *datacenter, index int) {
	name, suffix := pick(segments, index)
	id := e.id.uuid("opaque", at.code, strconv.Itoa(index)).String()
	item := &mo.OpaqueNetwork{}
	item.Network.Summary = &types.OpaqueNetworkSummary{OpaqueNetworkId: id, OpaqueNetworkType: "nsx.LogicalSwitch"}
	on := at.code + "-nvds-01"
	made := e.addNetwork(at, item, &item.Network, e.ref("OpaqueNetwork", "network-o"), networkFacts{Name: name + suffix, Type: "Opaque", Switch: on})
	made.opaque = id
	for _, h := range at.members {
		if !h.phantom {
			h.self.Config.Network.OpaqueSwitch = []types.HostOpaqueSwitch{{Key: e.id.uuid("opaque switch", on).String(), Name: on, Status: "up"}}
		}
	}
}
