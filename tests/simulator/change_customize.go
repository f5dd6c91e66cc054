// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// CustomizeVMTask leaves the specification to the next start of the machine.
func (m *machineCalls) CustomizeVMTask(ctx *simulator.Context, req *types.CustomizeVM_Task) soap.HasFault {
	task := start(ctx, m.VirtualMachine, "CustomizeVM_Task", func() (types.AnyType, types.BaseMethodFault) {
		if fault := m.c.reachable(m.VirtualMachine); fault != nil {
			return nil, fault
		}
		if fault := mustBe(m.VirtualMachine, off); fault != nil {
			return nil, fault
		}
		if tools := m.Config.Tools; tools != nil && tools.PendingCustomization != "" {
			return nil, &types.CustomizationPending{}
		}
		return nil, m.c.change(ctx, m.VirtualMachine, func(d *mo.VirtualMachine) types.BaseMethodFault {
			return m.c.customizeAtStart(d, &req.Spec)
		})
	})
	return &methods.CustomizeVM_TaskBody{Res: &types.CustomizeVM_TaskResponse{Returnval: task}}
}

// customizeAtStart leaves a specification to the next start of the machine, if it fits to the machine's adapters.
func (c *changer) customizeAtStart(d *mo.VirtualMachine, spec *types.CustomizationSpec) types.BaseMethodFault {
	cards := 0
	for _, one := range d.Config.Hardware.Device {
		if _, ok := one.(types.BaseVirtualEthernetCard); ok {
			cards++
		}
	}
	if len(spec.NicSettingMap) != cards {
		return &types.NicSettingMismatch{NumberOfNicsInSpec: int32(len(spec.NicSettingMap)), NumberOfNicsInVM: int32(cards)}
	}
	c.guests.edit(d.Self, func(of *guest) { of.customization = spec })
	tools := types.ToolsConfigInfo{}
	if d.Config.Tools != nil {
		tools = *d.Config.Tools
	}
	tools.PendingCustomization = fmt.Sprintf("%s/imcf-%04d", home(d.Config), c.next("imcf"))
	d.Config.Tools = &tools
	c.setCustomizationState(d, types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_PENDING, "")
	return nil
}

// setCustomizationState writes guest.customizationInfo, where the API has it.
func (c *changer) setCustomizationState(d *mo.VirtualMachine, state types.GuestInfoCustomizationStatus, problem string) {
	if d.Guest == nil || !c.release.atLeast("7.0.2.0") {
		return
	}
	info := types.GuestInfoCustomizationInfo{CustomizationStatus: string(state), ErrorMsg: problem}
	now := time.Now().UTC()
	if old := d.Guest.CustomizationInfo; old != nil {
		info.StartTime = old.StartTime
	}
	switch state {
	case types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_PENDING:
		info.StartTime = nil
	case types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_RUNNING:
		info.StartTime = &now
	default:
		info.EndTime = &now
	}
	d.Guest.CustomizationInfo = &info
}

// pending is the specification that waits for the start of a machine, or nil.
func (g *guests) pending(vm ref) (spec *types.CustomizationSpec) {
	g.edit(vm, func(of *guest) { spec = of.customization })
	return spec
}

// startCustomization is called when Tools run.
func (g *guests) startCustomization(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	if g.pending(vm.Self) == nil || !behaves(&vm.VirtualMachine, speechless) {
		return
	}
	_ = g.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		g.c.setCustomizationState(d, types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_RUNNING, "")
		return nil
	})
	g.c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
		return &types.CustomizationStartedEvent{CustomizationEvent: types.CustomizationEvent{VmEvent: e}}
	})
}

// finishCustomization is called when the guest tells of its network.
func (g *guests) finishCustomization(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	spec := g.pending(vm.Self)
	if spec == nil || !behaves(&vm.VirtualMachine, speechless) {
		return
	}
	g.edit(vm.Self, func(of *guest) { of.customization = nil })
	fails := !behaves(&vm.VirtualMachine, uncustomized)
	const problem = "Customization failed: the guest operating system refused the new settings"
	_ = g.c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		own(&d.Config.Tools)
		d.Config.Tools.PendingCustomization = ""
		if fails {
			g.c.setCustomizationState(d, types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_FAILED, problem)
			return nil
		}
		customized(d, spec)
		g.c.setCustomizationState(d, types.GuestInfoCustomizationStatusTOOLSDEPLOYPKG_SUCCEEDED, "")
		return nil
	})
	g.c.post(ctx, vm, func(e types.VmEvent) types.BaseEvent {
		about := types.CustomizationEvent{VmEvent: e}
		if fails {
			return &types.CustomizationFailed{CustomizationEvent: about, Reason: problem}
		}
		return &types.CustomizationSucceeded{CustomizationEvent: about}
	})
}

// customized writes the host name and addresses of a specification into what Tools tell.
func customized(d *mo.VirtualMachine, spec *types.CustomizationSpec) {
	guest := d.Guest
	domain := ""
	switch identity := spec.Identity.(type) {
	case *types.CustomizationLinuxPrep:
		guest.HostName, domain = chosenName(d, identity.HostName), identity.Domain
	case *types.CustomizationSysprep:
		guest.HostName, domain = chosenName(d, identity.UserData.ComputerName), identity.Identification.JoinDomain
	case *types.CustomizationCloudinitPrep:
		guest.HostName = metadataName(identity.Metadata, guest.HostName)
	}
	if domain != "" {
		guest.HostName += "." + domain
	}
	nics := append([]types.GuestNicInfo{}, guest.Net...)
	guest.IpAddress = ""
	for i := range min(len(nics), len(spec.NicSettingMap)) {
		setting := spec.NicSettingMap[i].Adapter
		if fixed, ok := setting.Ip.(*types.CustomizationFixedIp); ok {
			nics[i].IpAddress, nics[i].IpConfig = nil, &types.NetIpConfigInfo{}
			tellAddresses(&nics[i], []string{fixed.IpAddress}, prefixOf(setting.SubnetMask))
			tellAddresses(&nics[i], []string{linkLocal(nics[i].MacAddress)}, 64)
		}
		if v6 := setting.IpV6Spec; v6 != nil {
			for _, ip := range v6.Ip {
				if fixed, ok := ip.(*types.CustomizationFixedIpV6); ok {
					tellAddresses(&nics[i], []string{fixed.IpAddress}, fixed.SubnetMask)
				}
			}
		}
		servers := setting.DnsServerList
		if len(servers) == 0 {
			servers = spec.GlobalIPSettings.DnsServerList
		}
		nics[i].DnsConfig = &types.NetDnsConfigInfo{
			HostName: guest.HostName, DomainName: setting.DnsDomain, IpAddress: servers, SearchDomain: spec.GlobalIPSettings.DnsSuffixList,
		}
		if guest.IpAddress == "" && nics[i].Connected && len(nics[i].IpAddress) > 0 {
			guest.IpAddress = nics[i].IpAddress[0]
		}
	}
	guest.Net = nics
}

func chosenName(d *mo.VirtualMachine, name types.BaseCustomizationName) string {
	switch name := name.(type) {
	case *types.CustomizationFixedName:
		return name.Name
	case *types.CustomizationPrefixName:
		return name.Base + "-1"
	}
	return hostName(d.Name)
}

// metadataName is the host name in cloud-init's metadata, which is YAML or JSON.
func metadataName(metadata, otherwise string) string {
	for _, line := range strings.FieldsFunc(metadata, func(r rune) bool { return r == '\n' || r == ',' || r == '{' || r == '}' }) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.Trim(key, ` "'`) == "local-hostname" {
			return strings.Trim(value, ` "'`)
		}
	}
	return otherwise
}

func prefixOf(mask string) int32 {
	if ip := net.ParseIP(mask).To4(); ip != nil {
		ones, _ := net.IPMask(ip).Size()
		return int32(ones)
	}
	return 24
}
