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

// feed notes what happens to the objects that a collector watches, until it is asked. It stands in the session, with which it ends.
type feed struct {
	Self    ref
	mutex   sync.Mutex
	watched map[ref]bool
	roots   map[ref]bool // objects from which filters find others
	changed map[ref]map[string]bool
	order   []ref // of changed
	moved   bool  // filters may find other objects than before
	wake    chan struct{}
}

func newFeed() *feed {
	return &feed{
		Self: ref{Type: "Feed"}, watched: map[ref]bool{}, roots: map[ref]bool{}, changed: map[ref]map[string]bool{}, wake: make(chan struct{}, 1),
	}
}

// Reference makes it a handler of the registry.
func (f *feed) Reference() ref { return f.Self }

// poke wakes who waits.
func (f *feed) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// watch says what is of interest from now on.
func (f *feed) watch(watched, roots map[ref]bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.watched, f.roots = watched, roots
}

// look makes the filters find their objects anew.
func (f *feed) look() {
	f.mutex.Lock()
	f.moved = true
	f.mutex.Unlock()
	f.poke()
}

// take is what has happened since the last time.
func (f *feed) take() (order []ref, changed map[ref]map[string]bool, moved bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	order, changed, moved = f.order, f.changed, f.moved
	f.order, f.changed, f.moved = nil, map[ref]map[string]bool{}, false
	return order, changed, moved
}

// PutObject is told of every new object. A task is found by those who have its reference.
func (f *feed) PutObject(_ *simulator.Context, object mo.Reference) {
	if _, entity := object.(mo.Entity); !entity {
		return
	}
	f.mutex.Lock()
	interested := len(f.roots) > 0
	f.moved = f.moved || interested
	f.mutex.Unlock()
	if interested {
		f.poke()
	}
}

// UpdateObject is told of every change.
func (f *feed) UpdateObject(_ *simulator.Context, object mo.Reference, changes []types.PropertyChange) {
	self := object.Reference()
	f.mutex.Lock()
	isRoot, isWatched := f.roots[self], f.watched[self]
	for _, change := range changes {
		isRoot = isRoot || change.Name == "childEntity" && len(f.roots) > 0
	}
	f.moved = f.moved || isRoot
	if isWatched {
		if f.changed[self] == nil {
			f.changed[self] = map[string]bool{}
			f.order = append(f.order, self)
		}
		for _, change := range changes {
			f.changed[self][change.Name] = true
		}
	}
	f.mutex.Unlock()
	if isRoot || isWatched {
		f.poke()
	}
}

// RemoveObject is told of every object that goes.
func (f *feed) RemoveObject(_ *simulator.Context, gone ref) {
	f.mutex.Lock()
	interested := f.watched[gone] || f.roots[gone]
	f.mutex.Unlock()
	if interested {
		f.look()
	}
}
