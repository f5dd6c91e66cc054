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

// privileges that accounts may have, by the least role that holds them.
var privileges = map[string]right{"System.Anonymous": noAccess, "System.View": viewOnly, "System.Read": readOnly}

// authorizer answers for accounts that see a part. The library's grants everything to everybody.
type authorizer struct {
	simulator.AuthorizationManager
	accounts map[string]*account
}

func (m *authorizer) HasPrivilegeOnEntities(ctx *simulator.Context, r *types.HasPrivilegeOnEntities) soap.HasFault {
	asking := m.accounts[ctx.Session.UserName]
	if asking == nil {
		return m.AuthorizationManager.HasPrivilegeOnEntities(r)
	}
	var available []types.EntityPrivilege
	for _, entity := range r.Entity {
		if !asking.sees(entity) {
			denied := &types.NoPermission{Object: &entity, PrivilegeId: "System.View"}
			return &methods.HasPrivilegeOnEntitiesBody{Fault_: simulator.Fault("Permission to perform this operation was denied.", denied)}
		}
		on := types.EntityPrivilege{Entity: entity}
		for _, name := range r.PrivId {
			least, known := privileges[name]
			granted := known && asking.rightOn(entity) >= least || asking.holds(name, entity)
			on.PrivAvailability = append(on.PrivAvailability, types.PrivilegeAvailability{PrivId: name, IsGranted: granted})
		}
		available = append(available, on)
	}
	return &methods.HasPrivilegeOnEntitiesBody{Res: &types.HasPrivilegeOnEntitiesResponse{Returnval: available}}
}
