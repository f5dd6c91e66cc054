// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func build(t *testing.T, arguments ...string) *estate {
	t.Helper()
	o, err := parseOptions(arguments)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEstate(o, newIdentity(o.name, o.seed))
	if err == nil {
		err = e.fill()
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Every reference leads to an object, and lists of references do not name one twice.
func TestReferencesLeadSomewhere(t *testing.T) {
	for _, kind := range []string{"vcenter", "esxi"} {
		e := build(t, "-kind", kind, "-vms", "400")
		lists := map[ref][][]ref{}
		var all []mo.Reference
		for _, entity := range e.registry.All("") {
			self := entity.Reference()
			switch item := entity.(type) {
			case *simulator.VirtualMachine:
				lists[self] = [][]ref{item.Datastore, item.Network}
				all = append(all, item.Runtime.Host)
				if item.ResourcePool == nil != item.Summary.Config.Template {
					t.Errorf("%s: template %v, pool %v", item.Name, item.Summary.Config.Template, item.ResourcePool)
				}
			case *simulator.HostSystem:
				lists[self] = [][]ref{item.Vm, item.Datastore, item.Network}
			case *simulator.Datastore:
				lists[self] = [][]ref{item.Vm}
				all = append(all, item.Browser)
			case *mo.Network:
				lists[self] = [][]ref{item.Vm, item.Host}
			case *simulator.DistributedVirtualPortgroup:
				lists[self] = [][]ref{item.Vm, item.Host, {*item.Config.DistributedVirtualSwitch}}
			case *simulator.Folder:
				lists[self] = [][]ref{item.ChildEntity}
			case *simulator.StoragePod:
				lists[self] = [][]ref{item.ChildEntity}
			case *simulator.ResourcePool:
				lists[self] = [][]ref{item.Vm, item.ResourcePool.ResourcePool, {item.Owner}}
			case *simulator.ClusterComputeResource:
				lists[self] = [][]ref{item.Host, item.Datastore, item.Network, {*item.ResourcePool}}
			}
			if parent := entity.Entity().Parent; parent != nil {
				all = append(all, *parent)
			}
		}
		for self, of := range lists {
			for _, list := range of {
				seen := map[ref]bool{}
				for _, one := range list {
					if seen[one] {
						t.Errorf("%s names %s twice", self, one)
					}
					seen[one] = true
					all = append(all, one)
				}
			}
		}
		for _, one := range all {
			if e.registry.Get(one.Reference()) == nil {
				t.Errorf("%s: nothing at %s", kind, one.Reference())
			}
		}
	}
}

func TestSizes(t *testing.T) {
	for _, test := range []struct {
		arguments []string
		kind      string
		want      int
	}{
		{[]string{"-vms", "10000"}, "HostSystem", 313},
		{[]string{"-vms", "10000"}, "VirtualMachine", 10000},
		{[]string{"-vms", "0"}, "VirtualMachine", 0},
		{[]string{"-vms", "1", "-hosts", "1"}, "HostSystem", 1},
		{[]string{"-vms", "30", "-hosts", "9", "-clusters", "4", "-datacenters", "2"}, "ClusterComputeResource", 4},
		{[]string{"-vms", "30", "-hosts", "9", "-clusters", "4", "-datacenters", "2"}, "HostSystem", 9},
		{[]string{"-vms", "30", "-clusters", "0", "-hosts", "2", "-standalone-hosts", "2"}, "ComputeResource", 2},
		{[]string{"-vms", "9", "-clusters", "5", "-hosts", "3"}, "ClusterComputeResource", 5},
		{[]string{"-vms", "9", "-clusters", "0", "-hosts", "3"}, "HostSystem", 3},
		{[]string{"-vms", "9", "-datacenters", "5", "-hosts", "2"}, "Datacenter", 5},
		{[]string{"-vms", "60", "-portgroups", "0", "-opaque-networks", "0", "-networks", "1"}, "DistributedVirtualPortgroup", 0},
		{[]string{"-kind", "esxi", "-vms", "70"}, "Datastore", 2},
	} {
		if got := len(build(t, test.arguments...).registry.All(test.kind)); got != test.want {
			t.Errorf("%v: %d of %s, want %d", test.arguments, got, test.kind, test.want)
		}
	}
}

func TestSizesThatDoNotGoTogether(t *testing.T) {
	for _, arguments := range [][]string{{"-vms", "-2"}, {"-hosts", "0"}, {"-hosts", "2", "-standalone-hosts", "3"}, {"-folders", "2"}} {
		if _, err := parseOptions(arguments); err == nil {
			t.Errorf("%v: no error", arguments)
		}
	}
}

func TestVLANs(t *testing.T) {
	e := &estate{}
	for _, test := range []struct {
		entry group
		index int
		want  string
	}{
		{group{vlan: 110}, 0, "110"},
		{group{}, 0, ""},
		{group{vlan: 2001, private: true}, 0, "pvlan 2001"},
		{group{vlan: 100, lastVLAN: 199}, 0, "trunk 100-199"},
		{group{vlan: 100, lastVLAN: 199}, len(groups), "trunk 100-199,300,4094"},
	} {
		setting, text := e.vlanOf(test.entry, test.index)
		if text != test.want {
			t.Errorf("%+v: %q, want %q", test.entry, text, test.want)
		}
		if trunk, ok := setting.(*types.VmwareDistributedVirtualSwitchTrunkVlanSpec); ok && len(trunk.VlanId) == 0 {
			t.Errorf("%+v: trunk without ranges", test.entry)
		}
	}
}
