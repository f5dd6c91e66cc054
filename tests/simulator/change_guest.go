// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// What is in the name of a machine makes its guest behave badly.
const (
	stubborn     = "stubborn"     // does not shut down, restart or stand by when asked to
	toolless     = "toolless"     // its VMware Tools never start
	uncustomized = "uncustomized" // its customization fails
	speechless   = "speechless"   // says nothing of its customization, ever
)

func behaves(vm *mo.VirtualMachine, badly string) bool { return !strings.Contains(vm.Name, badly) }

// guests are the operating systems in the machines: they start some time after their machine does, and then Tools tell
// of them.
type guests struct {
	c         *changer
	mutex     sync.Mutex
	of        map[ref]*guest
	addresses int
}

// guest is what stays of an operating system while its machine is off.
type guest struct {
	starts        int // what was to happen in an earlier run does not happen in a later one
	known         *types.GuestInfo
	customization *types.CustomizationSpec
	asked         bool        // it has asked its question, see change_questions.go
	answer        chan string // where the answer goes
}

func newGuests(c *changer) *guests { return &guests{c: c, of: map[ref]*guest{}} }

// edit changes what is known of a machine's guest.
func (g *guests) edit(vm ref, edit func(*guest)) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.of[vm] == nil {
		g.of[vm] = &guest{}
	}
	edit(g.of[vm])
}

// forget is for a machine that has gone.
func (g *guests) forget(vm ref) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	delete(g.of, vm)
}

// stop ends a run of a guest: nothing of what was planned for it happens.
func (g *guests) stop(vm *simulator.VirtualMachine) {
	g.edit(vm.Self, func(of *guest) {
		of.starts++
		if vm.Guest != nil && vm.Guest.HostName != "" {
			of.known = vm.Guest
		}
	})
}

// run is how many starts a guest has had.
func (g *guests) run(vm ref) (starts int) {
	g.edit(vm, func(of *guest) { starts = of.starts })
	return starts
}

// later does something with a machine after a part of the guest's delay, unless it was stopped or removed until then.
func (g *guests) later(ctx *simulator.Context, vm *simulator.VirtualMachine, part float64, do func(*simulator.Context)) {
	starts := g.run(vm.Self)
	time.AfterFunc(time.Duration(part*float64(g.c.guestDelay)), func() {
		then := &simulator.Context{Context: ctx.Context, Session: ctx.Session, Map: ctx.Map}
		then.WithLock(vm, func() {
			if g.c.registry.Get(vm.Self) != nil && g.run(vm.Self) == starts {
				do(then)
			}
		})
	})
}

// hasTools tells whether VMware Tools are installed in a guest.
func hasTools(vm *mo.VirtualMachine) bool {
	return vm.Guest != nil && vm.Guest.ToolsStatus != types.VirtualMachineToolsStatusToolsNotInstalled && vm.Guest.ToolsStatus != ""
}

func toolsRun(vm *mo.VirtualMachine) bool {
	return vm.Guest != nil && vm.Guest.ToolsRunningStatus == string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
}

// boot lets the guest of a machine that has been powered on start: first its Tools, then its network.
func (g *guests) boot(ctx *simulator.Context, vm *simulator.VirtualMachine, resumed bool) {
	if !hasTools(&vm.VirtualMachine) || !behaves(&vm.VirtualMachine, toolless) {
		return
	}
	g.later(ctx, vm, 0.5, func(ctx *simulator.Context) {
		_ = g.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			startTools(d)
			return nil
		})
		if !resumed {
			g.startCustomization(ctx, vm)
		}
	})
	g.later(ctx, vm, 1, func(ctx *simulator.Context) {
		_ = g.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			g.tell(d)
			return nil
		})
		if !resumed {
			g.finishCustomization(ctx, vm)
		}
	})
}

func startTools(d *mo.VirtualMachine) {
	guest := d.Guest
	guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
	guest.GuestState = string(types.VirtualMachineGuestStateRunning)
	guest.GuestOperationsReady, guest.GuestStateChangeSupported = ptr(true), ptr(true)
	guest.ToolsStatus = types.VirtualMachineToolsStatusToolsOk
	if guest.ToolsVersionStatus2 == string(types.VirtualMachineToolsVersionStatusGuestToolsNeedUpgrade) {
		guest.ToolsStatus = types.VirtualMachineToolsStatusToolsOld
	}
	d.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
	d.Summary.QuickStats.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
}

// silence takes away what Tools told of a guest that does not run any more.
func (g *guests) silence(d *mo.VirtualMachine) {
	guest := d.Guest
	if guest == nil {
		return
	}
	guest.GuestState = string(types.VirtualMachineGuestStateNotRunning)
	guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning)
	guest.GuestOperationsReady, guest.GuestStateChangeSupported = nil, nil
	guest.HostName, guest.IpAddress, guest.Net, guest.IpStack, guest.Disk = "", "", nil, nil, nil
	if hasTools(d) {
		guest.ToolsStatus = types.VirtualMachineToolsStatusToolsNotRunning
	}
	d.GuestHeartbeatStatus = types.ManagedEntityStatusGray
	d.Summary.QuickStats.GuestHeartbeatStatus = types.ManagedEntityStatusGray
}

// tell writes what Tools tell of a guest into a draft: as before where it has run before, else with addresses of DHCP.
func (g *guests) tell(d *mo.VirtualMachine) {
	known := &types.GuestInfo{}
	g.edit(d.Self, func(of *guest) {
		if of.known != nil {
			known = of.known
		}
	})
	guest := d.Guest
	guest.HostName, guest.IpStack, guest.Disk = known.HostName, known.IpStack, known.Disk
	if guest.HostName == "" {
		guest.HostName = hostName(d.Name)
	}
	guest.Net, guest.IpAddress = nil, ""
	for _, one := range d.Config.Hardware.Device {
		card, ok := one.(types.BaseVirtualEthernetCard)
		if !ok {
			continue
		}
		nic := g.nic(d, card.GetVirtualEthernetCard(), known)
		if guest.Net = append(guest.Net, nic); guest.IpAddress == "" && nic.Connected && len(nic.IpAddress) > 0 {
			guest.IpAddress = nic.IpAddress[0]
		}
	}
	for _, nic := range known.Net {
		if nic.DeviceConfigId < 0 {
			guest.Net = append(guest.Net, nic)
		}
	}
}

// nic is what Tools tell of an adapter.
func (g *guests) nic(d *mo.VirtualMachine, card *types.VirtualEthernetCard, known *types.GuestInfo) types.GuestNicInfo {
	connected := card.Connectable == nil || card.Connectable.Connected
	for _, nic := range known.Net {
		if nic.DeviceConfigId == card.Key && strings.EqualFold(nic.MacAddress, card.MacAddress) && len(nic.IpAddress) > 0 {
			nic.Connected = connected
			return nic
		}
	}
	nic := types.GuestNicInfo{
		Network: g.c.networkName(card), MacAddress: card.MacAddress, Connected: connected, DeviceConfigId: card.Key, IpConfig: &types.NetIpConfigInfo{},
	}
	if connected {
		tellAddresses(&nic, []string{g.address()}, 24)
		tellAddresses(&nic, []string{linkLocal(card.MacAddress)}, 64)
	}
	return nic
}

// address is one that DHCP gives: of a network that the estate's own machines do not use.
func (g *guests) address() string {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.addresses++
	return fmt.Sprintf("10.8.%d.%d", g.addresses/250%256, 1+g.addresses%250)
}

// hostName makes a name of DNS out of the name of a machine.
func hostName(name string) string {
	made := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, unescape(name))
	return strings.Trim(made[:min(63, len(made))], "-")
}

// networkName is the name of the network that an adapter is on, or nothing.
func (c *changer) networkName(card *types.VirtualEthernetCard) string {
	if at := c.networkOf(card.Backing); at != nil {
		return unescape(at.Entity().Name)
	}
	return ""
}

// networkOf is the network that a backing names, or nil.
func (c *changer) networkOf(backing types.BaseVirtualDeviceBackingInfo) mo.Entity {
	switch b := backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		if b.Network != nil {
			item, _ := c.registry.Get(*b.Network).(mo.Entity)
			return item
		}
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		item, _ := c.registry.Get(ref{Type: "DistributedVirtualPortgroup", Value: b.Port.PortgroupKey}).(mo.Entity)
		return item
	case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
		for _, item := range c.registry.All("OpaqueNetwork") {
			if of, ok := item.(*mo.OpaqueNetwork); ok {
				if summary, ok := of.Summary.(*types.OpaqueNetworkSummary); ok && summary.OpaqueNetworkId == b.OpaqueNetworkId {
					return item
				}
			}
		}
	}
	return nil
}

// networksOf lists the networks of a configuration's adapters, each once.
func (c *changer) networksOf(config *types.VirtualMachineConfigInfo) []ref {
	var all []ref
	for _, one := range config.Hardware.Device {
		if card, ok := one.(types.BaseVirtualEthernetCard); ok {
			if at := c.networkOf(card.GetVirtualEthernetCard().Backing); at != nil && !slices.Contains(all, at.Reference()) {
				all = append(all, at.Reference())
			}
		}
	}
	return all
}
