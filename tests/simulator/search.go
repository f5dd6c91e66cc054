// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// searchIndex is the library's, but survives machines that have no configuration, as inaccessible ones have none:
// the library's ends the connection, and no later search is answered.
type searchIndex struct {
	simulator.SearchIndex
}

func (s *searchIndex) FindAllByUuid(ctx *simulator.Context, r *types.FindAllByUuid) soap.HasFault {
	if !r.VmSearch {
		return s.SearchIndex.FindAllByUuid(ctx, r)
	}
	found := &types.FindAllByUuidResponse{}
	for _, item := range ctx.Map.All("VirtualMachine") {
		vm, ok := item.(*simulator.VirtualMachine)
		if !ok || vm.Config == nil {
			continue
		}
		uuid := vm.Config.Uuid
		if r.InstanceUuid != nil && *r.InstanceUuid {
			uuid = vm.Config.InstanceUuid
		}
		if uuid == r.Uuid {
			found.Returnval = append(found.Returnval, vm.Self)
		}
	}
	return &methods.FindAllByUuidBody{Res: found}
}

func (s *searchIndex) FindByUuid(ctx *simulator.Context, r *types.FindByUuid) soap.HasFault {
	if !r.VmSearch {
		return s.SearchIndex.FindByUuid(ctx, r)
	}
	all := types.FindAllByUuid{This: r.This, Datacenter: r.Datacenter, Uuid: r.Uuid, VmSearch: true, InstanceUuid: r.InstanceUuid}
	body := &methods.FindByUuidBody{Res: &types.FindByUuidResponse{}}
	if found := s.FindAllByUuid(ctx, &all).(*methods.FindAllByUuidBody).Res.Returnval; len(found) > 0 {
		body.Res.Returnval = &found[0]
	}
	return body
}
