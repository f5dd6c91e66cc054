// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
)

// right is what an account may do with an object. More includes less.
type right int

const (
	noAccess right = iota
	viewOnly       // System.View: that it is there, its name and its place
	readOnly       // System.Read: everything
)

// roleNames are those of the roles that give them.
var roleNames = []string{"no-access", "view", "read-only"}

func (r right) String() string { return roleNames[r] }

func (r *right) UnmarshalText(text []byte) error {
	*r = right(slices.Index(roleNames, string(text)))
	if *r < 0 {
		return fmt.Errorf("a role is one of %s, not %q", strings.Join(roleNames, ", "), text)
	}
	return nil
}

// permission gives an account a role on an object, and on what is below it unless propagate is false.
type permission struct {
	On        string `json:"on"` // path in the inventory, / is the top
	Role      right  `json:"role"`
	Propagate *bool  `json:"propagate"`
	// What the account may do beside reading, such as VirtualMachine.Interact.PowerOn.
	Privileges []string `json:"privileges"`
}

// account sees what its permissions allow. One on an object counts for it instead of any from permissionParents.
type account struct {
	registry    *simulator.Registry
	permissions map[ref]permission
}

// readAccounts reads the permissions of each account by its name.
func readAccounts(path string) (map[string][]permission, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all map[string][]permission
	if err := decodeStrictly(text, &all); err != nil {
		return nil, fmt.Errorf("accounts file %s: %w", path, err)
	}
	return all, nil
}

// addAccounts creates the accounts, and records the role of each on every object.
func (e *estate) addAccounts() error {
	if e.accounts == nil {
		return nil
	}
	inventory := e.registry.All("")
	at := map[string]mo.Entity{}
	for _, item := range inventory {
		at[e.inventoryPath(item)] = item
	}
	admitted := map[string]*account{}
	for name, permissions := range e.accounts {
		made := &account{e.registry, map[ref]permission{}}
		for _, each := range permissions {
			item := at[each.On]
			if item == nil || isImplicit(item) {
				return fmt.Errorf("account %s: there is nothing at %q that takes a permission", name, each.On)
			}
			made.permissions[item.Reference()] = each
		}
		admitted[name] = made
	}
	e.admitted = admitted
	e.registry.Get(e.model.ServiceContent.PropertyCollector).(*collector).accounts = admitted
	grants := e.registry.Get(*e.model.ServiceContent.AuthorizationManager).(*simulator.AuthorizationManager)
	e.registry.Put(&authorizer{*grants, admitted})
	slices.SortFunc(inventory, func(a, b mo.Entity) int { return cmp.Compare(a.Reference().Value, b.Reference().Value) })
	for _, item := range inventory {
		e.written.add("objects", objectRecord(item, admitted))
	}
	return nil
}

// objectRecord is the record of an object: its place, and the role of each account on it.
func objectRecord(item mo.Entity, accounts map[string]*account) objectFacts {
	self := item.Reference()
	facts := objectFacts{Moid: self.Value, Type: self.Type, Roles: map[string]string{}}
	for name, a := range accounts {
		facts.Roles[name] = a.rightOn(self).String()
	}
	if parent := item.Entity().Parent; parent != nil {
		facts.Parent = parent.Value
	}
	if app, ok := item.(*simulator.VirtualApp); ok && app.ParentFolder != nil {
		facts.ParentFolder = app.ParentFolder.Value
	}
	if vm, ok := item.(*simulator.VirtualMachine); ok {
		facts.Host = vm.Runtime.Host.Value
		if vm.ResourcePool != nil {
			facts.ResourcePool = vm.ResourcePool.Value
		}
	}
	return facts
}

// permissionParents lists the objects whose permissions propagate to an object: folder and pool of a virtual machine, folder and host of a template.
func permissionParents(item mo.Entity) []ref {
	all := []*ref{item.Entity().Parent}
	if vm, ok := item.(*simulator.VirtualMachine); ok {
		if all = append(all, vm.ResourcePool); vm.ResourcePool == nil {
			all = append(all, vm.Runtime.Host)
		}
	}
	var known []ref
	for _, one := range all {
		if one != nil {
			known = append(known, *one)
		}
	}
	return known
}

// isImplicit tells whether vCenter creates an object with its parent (folders of a datacenter, root pools): these take no permissions.
func isImplicit(item mo.Entity) bool {
	parent := item.Entity().Parent
	if parent == nil {
		return false
	}
	return parent.Type == "Datacenter" || item.Reference().Type == "ResourcePool" && strings.HasSuffix(parent.Type, "ComputeResource")
}

// rightOn is what the account may do with an object. What is in no inventory, such as a view, is open to all.
func (a *account) rightOn(of ref) right {
	item, ok := a.registry.Get(of).(mo.Entity)
	if !ok {
		return readOnly
	}
	most := noAccess
	for _, one := range a.permissionsOn(item) {
		most = max(most, one.Role)
	}
	return most
}

// holds tells whether the account has a privilege on an object, beside those of its roles.
func (a *account) holds(privilege string, of ref) bool {
	item, ok := a.registry.Get(of).(mo.Entity)
	return ok && slices.ContainsFunc(a.permissionsOn(item), func(one permission) bool { return slices.Contains(one.Privileges, privilege) })
}

// permissionsOn are those that count for an object: its own, or all that come down to it.
func (a *account) permissionsOn(item mo.Entity) []permission {
	if set, ok := a.permissions[item.Reference()]; ok {
		return []permission{set}
	}
	if isImplicit(item) {
		return a.permissionsOn(a.registry.Get(*item.Entity().Parent).(mo.Entity))
	}
	return a.inherited(item)
}

// inherited are the permissions that come down to an object.
func (a *account) inherited(item mo.Entity) []permission {
	var all []permission
	for _, parent := range permissionParents(item) {
		if set, ok := a.permissions[parent]; ok && orElse(set.Propagate, true) {
			all = append(all, set)
		} else {
			all = append(all, a.inherited(a.registry.Get(parent).(mo.Entity))...)
		}
	}
	return all
}

// inventoryPath is how a permission names an object: names from the top, written as vCenter writes them.
func (e *estate) inventoryPath(item mo.Entity) string {
	path := ""
	for next := permissionParents(item); len(next) > 0; next = permissionParents(item) {
		path = "/" + item.Entity().Name + path
		item = e.registry.Get(next[0]).(mo.Entity)
	}
	return cmp.Or(path, "/")
}
