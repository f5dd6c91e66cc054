// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// hostServices starts and stops the services of a host: the library has only the reference to such an object.
type hostServices struct {
	mo.HostServiceSystem
	host *simulator.HostSystem
}

// addHostServices gives every host its own services: NTP runs, and SSH on every third host.
func addHostServices(registry *simulator.Registry) {
	hosts := registry.All("HostSystem")
	slices.SortFunc(hosts, func(a, b mo.Entity) int {
		x, y := a.Reference().Value, b.Reference().Value
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	for i, entity := range hosts {
		host, ok := entity.(*simulator.HostSystem)
		if !ok || host.Config == nil {
			continue
		}
		s := &hostServices{host: host}
		s.Self = ref{Type: "HostServiceSystem", Value: fmt.Sprintf("serviceSystem-%d", i+1)}
		s.ServiceInfo.Service = slices.Clone(esx.HostConfigInfo.Service.Service)
		for j := range s.ServiceInfo.Service {
			service := &s.ServiceInfo.Service[j]
			if service.Key == "ntpd" || service.Key == "TSM-SSH" && i%3 == 1 {
				service.Running, service.Policy = true, string(types.HostServicePolicyOn)
			}
		}
		host.Config.Service = &types.HostServiceInfo{Service: s.ServiceInfo.Service}
		host.ConfigManager.ServiceSystem = &s.Self
		registry.Put(s)
	}
}

// change changes one service, or tells why it cannot be.
func (s *hostServices) change(ctx *simulator.Context, key string, apply func(*types.HostService) types.BaseMethodFault) *soap.Fault {
	switch s.host.Runtime.ConnectionState {
	case types.HostSystemConnectionStateDisconnected:
		return simulator.Fault("The operation is not allowed in the current connection state of the host.", &types.HostNotConnected{})
	case types.HostSystemConnectionStateNotResponding:
		return simulator.Fault("Cannot contact the specified host.", &types.HostNotReachable{})
	}
	services := slices.Clone(s.ServiceInfo.Service)
	at := slices.IndexFunc(services, func(service types.HostService) bool { return service.Key == key })
	if at < 0 {
		return simulator.Fault("The object or item referred to could not be found.", &types.NotFound{})
	}
	if fault := apply(&services[at]); fault != nil {
		return simulator.Fault("The operation is not allowed in the current state.", fault)
	}
	ctx.Update(s, []types.PropertyChange{{Name: "serviceInfo.service", Val: services}})
	ctx.WithLock(s.host, func() {
		ctx.Update(s.host, []types.PropertyChange{{Name: "config.service.service", Val: services}})
	})
	return nil
}

// running is a change that is refused where a service runs, or does not, already.
func running(wanted bool) func(*types.HostService) types.BaseMethodFault {
	return func(service *types.HostService) types.BaseMethodFault {
		if service.Running == wanted {
			return &types.InvalidState{}
		}
		service.Running = wanted
		return nil
	}
}

func (s *hostServices) StartService(ctx *simulator.Context, r *types.StartService) soap.HasFault {
	return &methods.StartServiceBody{Res: &types.StartServiceResponse{}, Fault_: s.change(ctx, r.Id, running(true))}
}

func (s *hostServices) StopService(ctx *simulator.Context, r *types.StopService) soap.HasFault {
	return &methods.StopServiceBody{Res: &types.StopServiceResponse{}, Fault_: s.change(ctx, r.Id, running(false))}
}

func (s *hostServices) RestartService(ctx *simulator.Context, r *types.RestartService) soap.HasFault {
	fault := s.change(ctx, r.Id, func(service *types.HostService) types.BaseMethodFault {
		if !service.Running {
			return &types.InvalidState{}
		}
		return nil
	})
	return &methods.RestartServiceBody{Res: &types.RestartServiceResponse{}, Fault_: fault}
}

func (s *hostServices) UpdateServicePolicy(ctx *simulator.Context, r *types.UpdateServicePolicy) soap.HasFault {
	fault := s.change(ctx, r.Id, func(service *types.HostService) types.BaseMethodFault {
		if !slices.Contains(types.HostServicePolicy("").Strings(), r.Policy) {
			return &types.InvalidArgument{InvalidProperty: "policy"}
		}
		service.Policy = r.Policy
		return nil
	})
	return &methods.UpdateServicePolicyBody{Res: &types.UpdateServicePolicyResponse{}, Fault_: fault}
}

func (s *hostServices) RefreshServices(*types.RefreshServices) soap.HasFault {
	return &methods.RefreshServicesBody{Res: &types.RefreshServicesResponse{}}
}
