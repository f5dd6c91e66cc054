// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// changeable is an estate whose machines can be changed, and the context of a call.
func changeable(t *testing.T, arguments ...string) (*changer, *simulator.Context) {
	t.Helper()
	before, err := os.Getwd()
	if err == nil {
		err = os.Chdir(t.TempDir())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chdir(before) })
	e := build(t, arguments...)
	c := newChanger(&e.options, e.id, e.registry)
	session := &simulator.Session{Registry: simulator.NewRegistry(), Map: e.registry}
	return c, &simulator.Context{Context: context.Background(), Session: session, Map: e.registry}
}

// take takes a snapshot without a task.
func take(c *changer, ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	made := &simulator.VirtualMachineSnapshot{}
	made.Vm = vm.Self
	return c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		settle(d)
		made.Config = *d.Config
		c.registry.Put(made)
		node := types.VirtualMachineSnapshotTree{Snapshot: made.Self, Vm: vm.Self, Id: c.snapshotID(vm, true)}
		c.freeze(d, node, false)
		return c.account(d)
	})
}

// checkFiles tells what is wrong with the files of a machine.
func checkFiles(t *testing.T, vm *simulator.VirtualMachine) {
	t.Helper()
	d := &vm.VirtualMachine
	for _, chain := range chains(d) {
		for _, one := range chain {
			for _, key := range one.FileKey {
				if fileOf(d, key) == nil {
					t.Fatalf("%s: no file has key %d", vm.Name, key)
				}
			}
		}
	}
	for _, disk := range disksOf(vm.Config) {
		chain := chainOf(vm.LayoutEx.Disk, disk.Key)
		if top := fileOf(d, chain[len(chain)-1].FileKey[0]).Name; fileName(disk) != top {
			t.Fatalf("%s: disk %d stands on %s, not on %s", vm.Name, disk.Key, fileName(disk), top)
		}
	}
	if vm.Snapshot == nil {
		for _, disk := range disksOf(vm.Config) {
			if length := len(chainOf(vm.LayoutEx.Disk, disk.Key)); length != 1 {
				t.Fatalf("%s: disk %d has %d files without a snapshot", vm.Name, disk.Key, length)
			}
		}
	}
}

// Whatever is done with snapshots, and in whatever order: each chain has its files, disks stand on top of theirs, and without
// snapshots nothing of them is left.
func TestSnapshotsInAnyOrder(t *testing.T) {
	c, ctx := changeable(t, "-vms", "40")
	random := rand.New(rand.NewPCG(1, 2))
	for _, item := range c.registry.All("VirtualMachine") {
		vm := item.(*simulator.VirtualMachine)
		if c.reachable(vm) != nil || vm.Config.Template {
			continue
		}
		files := len(vm.LayoutEx.File)
		hadNone := vm.Snapshot == nil
		for range 12 {
			all := snapshotsIn(vm.Snapshot)
			var fault types.BaseMethodFault
			switch choice := random.IntN(4); {
			case choice == 0 || len(all) == 0:
				fault = take(c, ctx, vm)
			case choice == 1:
				fault = c.revert(ctx, vm, all[random.IntN(len(all))], true)
			case choice == 2:
				fault = c.removeSnapshots(ctx, vm, below(vm.Snapshot, all[random.IntN(len(all))]), true)
			default:
				fault = c.removeSnapshots(ctx, vm, all[:1], random.IntN(2) == 0)
			}
			if fault != nil {
				t.Fatalf("%s: %s", vm.Name, describe(fault))
			}
			if vm.Snapshot != nil {
				checkFiles(t, vm)
			}
		}
		if fault := c.removeSnapshots(ctx, vm, snapshotsIn(vm.Snapshot), true); fault != nil {
			t.Fatal(describe(fault))
		}
		if fault := c.change(ctx, vm, c.consolidate); fault != nil {
			t.Fatal(describe(fault))
		}
		checkFiles(t, vm)
		dropFiles(&vm.VirtualMachine, isRunningFile)
		if left := len(vm.LayoutEx.File); hadNone && left > files {
			t.Errorf("%s: %d files, %d before", vm.Name, left, files)
		}
	}
}

// Estates share the parts of their machines: a change of one machine leaves all others as they are.
func TestChangesStayWithTheirMachine(t *testing.T) {
	c, ctx := changeable(t, "-vms", "30")
	machines := c.registry.All("VirtualMachine")
	before := map[ref]mo.VirtualMachine{}
	for _, item := range machines {
		vm := item.(*simulator.VirtualMachine)
		before[vm.Self] = *draft(&vm.VirtualMachine)
	}
	option := &types.OptionValue{Key: "svga.present", Value: "changed"}
	for _, item := range machines {
		vm := item.(*simulator.VirtualMachine)
		if c.reachable(vm) != nil || vm.Config.Template || vm.Runtime.PowerState == on {
			continue
		}
		spec := &types.VirtualMachineConfigSpec{
			ExtraConfig: []types.BaseOptionValue{option}, Tools: &types.ToolsConfigInfo{SyncTimeWithHost: ptr(true)},
			CpuAllocation: &types.ResourceAllocationInfo{Reservation: ptr(int64(1))}, BootOptions: &types.VirtualMachineBootOptions{BootDelay: 7},
		}
		if fault := c.reconfigure(ctx, vm, spec); fault != nil {
			t.Fatal(describe(fault))
		}
		for _, other := range machines {
			it := other.(*simulator.VirtualMachine)
			was := before[it.Self]
			if it != vm {
				if changed := differences(&was, &it.VirtualMachine); len(changed) > 0 {
					t.Fatalf("%s was changed with %s: %s", it.Name, vm.Name, changed[0].Name)
				}
			}
		}
		before[vm.Self] = *draft(&vm.VirtualMachine)
	}
}

func TestSplitPath(t *testing.T) {
	for path, want := range map[string][2]string{
		"[a] b/c.vmx": {"a", "b/c.vmx"}, "[a]": {"a", ""}, "[a [b] 1] c/d": {"a [b] 1", "c/d"}, "": {"", ""}, "x": {"", ""}, "[a": {"", ""},
	} {
		if store, inside := splitPath(path); store != want[0] || inside != want[1] {
			t.Errorf("%q: %q and %q", path, store, inside)
		}
	}
}
