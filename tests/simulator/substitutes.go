// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// substitutes answer calls instead of the library's objects, which answer some wrongly and others not at all. The
// library's objects stay in the registry: it relies on their types. A session looks into a registry of its own
// first; that is where a substitute stands, from the first call on its object until the object goes.
//
// A substitute embeds a pointer to the library's object as its first field, and notEntity.
type substitutes struct {
	makers   map[string]func(mo.Reference) mo.Reference // by type of managed object; nil for one that needs none
	mutex    sync.Mutex
	sessions map[*simulator.Registry]struct{}
}

// notEntity hides that a substitute is an entity: the library would set the status of an entity anew.
type notEntity struct{}

func (notEntity) Entity() {}

// substitute takes over the calls on a type of managed object.
func (s *substitutes) substitute(kind string, maker func(mo.Reference) mo.Reference) {
	s.makers[kind] = maker
}

// newSubstitutes makes a registry ask for substitutes; there are none yet.
func newSubstitutes(registry *simulator.Registry) *substitutes {
	s := &substitutes{
		makers:   map[string]func(mo.Reference) mo.Reference{},
		sessions: map[*simulator.Registry]struct{}{},
	}
	registry.Handler = s.handle
	registry.AddHandler(s)
	return s
}

// handle is called before each call. It returns no object: the session's own is asked for after this.
func (s *substitutes) handle(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	maker := s.makers[method.This.Type]
	if maker == nil || ctx.Session == nil || ctx.Session.Registry.Get(method.This) != nil {
		return nil, nil
	}
	item := ctx.Map.Get(method.This)
	if item == nil {
		return nil, nil
	}
	if made := maker(item); made != nil {
		s.mutex.Lock()
		s.sessions[ctx.Session.Registry] = struct{}{}
		s.mutex.Unlock()
		ctx.Session.Registry.Put(made)
		if ctx.Map.Get(method.This) == nil {
			ctx.Session.Registry.Remove(ctx, method.This)
		}
	}
	return nil, nil
}

// Reference makes it a handler of the registry that it belongs to.
func (s *substitutes) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "Substitutes", Value: "substitutes"}
}

func (s *substitutes) PutObject(*simulator.Context, mo.Reference) {}

func (s *substitutes) UpdateObject(*simulator.Context, mo.Reference, []types.PropertyChange) {}

// RemoveObject removes the substitutes of an object that has gone.
func (s *substitutes) RemoveObject(ctx *simulator.Context, gone types.ManagedObjectReference) {
	if s.makers[gone.Type] == nil {
		return
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for session := range s.sessions {
		if session.Get(gone) != nil {
			session.Remove(ctx, gone)
		}
	}
}
