// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// changer carries out the calls that change virtual machines, nearer to a real server than the library does.
type changer struct {
	registry   *simulator.Registry
	id         identity
	release    release
	esxi       bool
	guestDelay time.Duration
	guests     *guests
	naming     sync.Mutex // held while something new gets its name
	mutex      sync.Mutex // of what follows
	numbers    map[string]int
	looseFiles map[string]looseFile
}

// machineCalls are the calls on a virtual machine.
type machineCalls struct {
	*simulator.VirtualMachine
	notEntity
	c *changer
}

// newChanger takes over the calls on the machines of a registry that has been filled.
func newChanger(o *options, id identity, registry *simulator.Registry) *changer {
	c := &changer{
		registry: registry, id: id, release: o.release, esxi: o.kind == "esxi", guestDelay: o.guestDelay,
		numbers: map[string]int{}, looseFiles: map[string]looseFile{},
	}
	c.guests = newGuests(c)
	for _, item := range registry.All("Datastore") {
		_ = os.MkdirAll(item.(*simulator.Datastore).Summary.Url, 0o700)
	}
	registry.AddHandler(taskTexts{})
	instead := newSubstitutes(registry)
	instead.substitute("VirtualMachine", func(item mo.Reference) mo.Reference {
		if vm, ok := item.(*simulator.VirtualMachine); ok {
			return &machineCalls{VirtualMachine: vm, c: c}
		}
		return nil
	})
	instead.substitute("Folder", func(item mo.Reference) mo.Reference {
		if folder, ok := item.(*simulator.Folder); ok {
			return &folderCalls{Folder: folder, c: c}
		}
		return nil
	})
	instead.substitute("CustomFieldsManager", func(item mo.Reference) mo.Reference {
		if fields, ok := item.(*simulator.CustomFieldsManager); ok {
			return &fieldCalls{CustomFieldsManager: fields, c: c}
		}
		return nil
	})
	instead.substitute("Datacenter", func(item mo.Reference) mo.Reference {
		if at, ok := item.(*simulator.Datacenter); ok {
			return &datacenterCalls{Datacenter: at, c: c}
		}
		return nil
	})
	instead.substitute("VirtualMachineSnapshot", func(item mo.Reference) mo.Reference {
		if taken, ok := item.(*simulator.VirtualMachineSnapshot); ok {
			return &snapshotCalls{VirtualMachineSnapshot: taken, c: c}
		}
		return nil
	})
	c.reserveIDs()
	for _, item := range registry.All("VirtualMachine") {
		c.registerSnapshots(item.(*simulator.VirtualMachine))
	}
	return c
}

// reserveIDs lets the library count on from the highest id of the estate, which has given out its own.
func (c *changer) reserveIDs() {
	highest := 0
	for _, item := range c.registry.AllReference("") {
		digits := lastDigits.FindString(item.Reference().Value)
		if number, err := strconv.Atoi(digits); err == nil && number < 1_000_000 {
			highest = max(highest, number)
		}
	}
	for range highest {
		c.registry.NewEntity(&mo.Folder{})
	}
}

var lastDigits = regexp.MustCompile(`\d+$`)

// next counts from 1, each name for itself.
func (c *changer) next(name string) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.numbers[name]++
	return c.numbers[name]
}

// version is a new changeVersion; each change has one.
func (c *changer) version(at time.Time) string {
	return fmt.Sprintf("%s-%d", at.UTC().Format(time.RFC3339Nano), c.next("changeVersion"))
}

// touch stamps a changed configuration.
func (c *changer) touch(config *types.VirtualMachineConfigInfo) {
	now := time.Now().UTC()
	config.ChangeVersion, config.Modified = c.version(now), now
}

// uuid makes a new UUID, the same in each run that makes the same changes in the same order.
func (c *changer) uuid(kind string) string {
	return c.id.uuid("new", kind, fmt.Sprint(c.next("uuid "+kind))).String()
}

// validUUID tells whether text is a UUID as vSphere takes it.
func validUUID(text string) bool {
	_, err := uuid.Parse(text)
	return err == nil
}

// relink makes the networks and datastores know a machine that has come to use them, and forget one that does not any more.
func (c *changer) relink(ctx *simulator.Context, before, after *mo.VirtualMachine) {
	for _, gone := range missing(before.Network, after.Network) {
		c.editUsers(ctx, gone, func(users []ref) []ref { return without(users, after.Self) })
	}
	for _, come := range missing(after.Network, before.Network) {
		c.editUsers(ctx, come, func(users []ref) []ref { return with(users, after.Self) })
	}
	for _, gone := range missing(before.Datastore, after.Datastore) {
		c.editUsers(ctx, gone, func(users []ref) []ref { return without(users, after.Self) })
	}
	for _, come := range missing(after.Datastore, before.Datastore) {
		c.editUsers(ctx, come, func(users []ref) []ref { return with(users, after.Self) })
	}
}

// editUsers replaces the list of machines that an object has.
func (c *changer) editUsers(ctx *simulator.Context, of ref, edit func([]ref) []ref) {
	item := c.registry.Get(of)
	var list *[]ref
	switch item := item.(type) {
	case *mo.Network:
		list = &item.Vm
	case *mo.OpaqueNetwork:
		list = &item.Vm
	case *simulator.DistributedVirtualPortgroup:
		list = &item.Vm
	case *simulator.Datastore:
		list = &item.Vm
	case *simulator.HostSystem:
		list = &item.Vm
	case *simulator.ResourcePool:
		list = &item.Vm
	case *simulator.VirtualApp:
		list = &item.Vm
	default:
		return
	}
	ctx.WithLock(item, func() {
		ctx.Update(item, []types.PropertyChange{{Name: "vm", Val: edit(*list)}})
	})
}

// missing lists what the first list has and the second has not.
func missing(from, in []ref) []ref {
	var all []ref
	for _, one := range from {
		if !slices.Contains(in, one) {
			all = append(all, one)
		}
	}
	return all
}

func with(list []ref, one ref) []ref {
	if slices.Contains(list, one) {
		return list
	}
	return append(slices.Clip(list), one)
}

func without(list []ref, one ref) []ref {
	return slices.DeleteFunc(slices.Clone(list), func(each ref) bool { return each == one })
}
