// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func (e *estate) dressNetworks() {
	for _, dvs := range each[*simulator.DistributedVirtualSwitch](e, "DistributedVirtualSwitch") {
		name := e.siteOf(dvs).code + "-dvs-01"
		id := e.id.uuid(dvs.Self.Value).String()
		config := dvs.Config.GetDVSConfigInfo()
		dvs.Entity().Name, dvs.Summary.Name, config.Name = name, name, name
		dvs.Uuid, dvs.Summary.Uuid, config.Uuid = id, id, id
	}
	groups, tenants, opaque := numbered{}, numbered{}, numbered{}
	for _, group := range each[*simulator.DistributedVirtualPortgroup](e, "DistributedVirtualPortgroup") {
		at := e.siteOf(group)
		switch {
		case strings.Contains(group.Name, "-DVUplinks"):
			_, number, _ := strings.Cut(group.Name, "-DVUplinks")
			e.nameGroup(group, fmt.Sprintf("%s-dvs-01-DVUplinks%s", at.code, number))
			// The library leaves out the tag by which a real vCenter marks port groups of uplinks.
			group.Entity().Tag = []types.Tag{{Key: "SYSTEM/DVS.UPLINKPG"}}
		case group.Config.LogicalSwitchUuid != "":
			name, suffix := pick(segments, tenants.next(at))
			e.nameGroup(group, name+suffix)
		default:
			entry, suffix := pick(networks, groups.next(at))
			e.nameGroup(group, strings.ToUpper(at.code)+"-"+entry.name+suffix)
			setVLAN(group, entry)
		}
	}
	for _, segment := range each[*mo.OpaqueNetwork](e, "OpaqueNetwork") {
		name, suffix := pick(segments, opaque.next(e.siteOf(segment)))
		segment.Name, segment.Network.Name = name+suffix, name+suffix
		segment.Entity().Name = name + suffix
		segment.Summary.GetNetworkSummary().Name = name + suffix
	}
	e.linkNetworks()
}

// linkNetworks makes hosts and networks know each other where the library leaves that out.
func (e *estate) linkNetworks() {
	for _, host := range each[*simulator.HostSystem](e, "HostSystem") {
		for _, segment := range each[*mo.OpaqueNetwork](e, "OpaqueNetwork") {
			if e.datacenter(segment) == e.datacenter(host) {
				host.Network = append(host.Network, segment.Self)
			}
		}
		for _, ref := range host.Network {
			known := e.network(ref)
			if simulator.FindReference(known.Host, host.Self) == nil {
				known.Host = append(known.Host, host.Self)
			}
		}
	}
}

// network is what all kinds of networks have in common.
func (e *estate) network(ref types.ManagedObjectReference) *mo.Network {
	switch found := e.model.Map().Get(ref).(type) {
	case *simulator.DistributedVirtualPortgroup:
		return &found.Network
	case *mo.OpaqueNetwork:
		return &found.Network
	default:
		return found.(*mo.Network)
	}
}

func (e *estate) nameGroup(group *simulator.DistributedVirtualPortgroup, name string) {
	dvs := e.model.Map().Get(*group.Config.DistributedVirtualSwitch).(*simulator.DistributedVirtualSwitch)
	for i, known := range dvs.Summary.PortgroupName {
		if known == group.Name {
			dvs.Summary.PortgroupName[i] = name
		}
	}
	group.Entity().Name, group.Name, group.Config.Name = name, name, name
	if group.Summary != nil {
		group.Summary.GetNetworkSummary().Name = name
	}
}

func setVLAN(group *simulator.DistributedVirtualPortgroup, entry network) {
	setting, ok := group.Config.DefaultPortConfig.(*types.VMwareDVSPortSetting)
	if !ok {
		return
	}
	setting.Vlan = &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: entry.vlan}
	if entry.lastVLAN != 0 {
		setting.Vlan = &types.VmwareDistributedVirtualSwitchTrunkVlanSpec{
			VlanId: []types.NumericRange{{Start: entry.vlan, End: entry.lastVLAN}},
		}
	}
}
