// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// The library reads all objects of a filter again for each change of anything: with hundreds of machines that takes minutes.
// Here a change costs one read of what has changed.

// updates is what a collector knows of its filters.
type updates struct {
	mutex   sync.Mutex // held while an answer is made
	filters []*propertyFilter
	feed    *feed
	version int
	last    *types.UpdateSet // the answer that led to the version, for those who have lost it
	rest    []update
	cancel  chan struct{}
}

// propertyFilter is a filter with the objects that it found the last time.
type propertyFilter struct {
	mo.PropertyFilter
	of      *collector
	members map[ref]bool
}

// update is what has happened to an object, for one filter.
type update struct {
	filter ref
	object types.ObjectUpdate
}

const (
	pageOfUpdates = 100                   // vCenter's limit for an answer
	gathering     = 10 * time.Millisecond // in which changes come together into one answer
)

func (c *collector) CreatePropertyCollector(ctx *simulator.Context, _ *types.CreatePropertyCollector) soap.HasFault {
	made := &collector{}
	made.Self.Type = "PropertyCollector"
	ctx.Session.Put(made)
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{Returnval: made.Self}}
}

func (c *collector) CreateFilter(ctx *simulator.Context, r *types.CreateFilter) soap.HasFault {
	if fault := c.tooYoung(ctx, r.Spec); fault != nil {
		return &methods.CreateFilterBody{Fault_: fault}
	}
	made := &propertyFilter{of: c, members: map[ref]bool{}}
	made.Self.Type, made.Spec, made.PartialUpdates = "PropertyFilter", r.Spec, r.PartialUpdates
	ctx.Session.Put(made)
	u := &c.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.feed == nil {
		u.feed, u.cancel = newFeed(), make(chan struct{})
		ctx.Session.Put(u.feed)
		ctx.Map.AddHandler(u.feed)
	}
	u.filters = append(u.filters, made)
	c.Filter = append(slices.Clip(c.Filter), made.Self)
	u.feed.look()
	return &methods.CreateFilterBody{Res: &types.CreateFilterResponse{Returnval: made.Self}}
}

func (f *propertyFilter) DestroyPropertyFilter(ctx *simulator.Context, _ *types.DestroyPropertyFilter) soap.HasFault {
	u := &f.of.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.filters = slices.DeleteFunc(u.filters, func(one *propertyFilter) bool { return one == f })
	f.of.Filter = without(f.of.Filter, f.Self)
	u.interests()
	ctx.Session.Remove(ctx, f.Self)
	return &methods.DestroyPropertyFilterBody{Res: &types.DestroyPropertyFilterResponse{}}
}

func (c *collector) DestroyPropertyCollector(ctx *simulator.Context, _ *types.DestroyPropertyCollector) soap.HasFault {
	c.CancelWaitForUpdates(&types.CancelWaitForUpdates{})
	u := &c.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	for _, filter := range u.filters {
		ctx.Session.Remove(ctx, filter.Self)
	}
	if u.feed != nil {
		ctx.Map.RemoveHandler(u.feed)
		ctx.Session.Remove(ctx, u.feed.Self)
	}
	ctx.Session.Remove(ctx, c.Self)
	return &methods.DestroyPropertyCollectorBody{Res: &types.DestroyPropertyCollectorResponse{}}
}

// CancelWaitForUpdates ends the calls that wait.
func (c *collector) CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.updates.cancel != nil {
		close(c.updates.cancel)
		c.updates.cancel = make(chan struct{})
	}
	return &methods.CancelWaitForUpdatesBody{Res: &types.CancelWaitForUpdatesResponse{}}
}

func (c *collector) WaitForUpdates(ctx *simulator.Context, r *types.WaitForUpdates) soap.HasFault {
	answer := c.WaitForUpdatesEx(ctx, &types.WaitForUpdatesEx{This: r.This, Version: r.Version}).(*methods.WaitForUpdatesExBody)
	if answer.Fault_ != nil {
		return &methods.WaitForUpdatesBody{Fault_: answer.Fault_}
	}
	return &methods.WaitForUpdatesBody{Res: &types.WaitForUpdatesResponse{Returnval: *answer.Res.Returnval}}
}

func (c *collector) WaitForUpdatesEx(ctx *simulator.Context, r *types.WaitForUpdatesEx) soap.HasFault {
	u, most := &c.updates, pageOfUpdates
	var end <-chan time.Time
	once := false
	if options := r.Options; options != nil {
		if options.MaxObjectUpdates > 0 {
			most = min(most, int(options.MaxObjectUpdates))
		}
		if seconds := options.MaxWaitSeconds; seconds != nil {
			once = *seconds <= 0
			end = time.After(time.Duration(*seconds) * time.Second)
		}
	}
	c.mutex.Lock()
	cancel := u.cancel
	c.mutex.Unlock()
	for {
		set, fault := c.collectUpdates(ctx, r.Version, most)
		switch {
		case fault != nil:
			return &methods.WaitForUpdatesExBody{Fault_: fault}
		case set != nil || once:
			return &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{Returnval: set}}
		}
		var wake <-chan struct{}
		if u.feed != nil {
			wake = u.feed.wake
		}
		select {
		case <-wake:
			time.Sleep(gathering)
		case <-end:
			return &methods.WaitForUpdatesExBody{Res: &types.WaitForUpdatesExResponse{}}
		case <-cancel:
			return &methods.WaitForUpdatesExBody{Fault_: simulator.Fault("The request was canceled.", &types.RequestCanceled{})}
		}
	}
}

// collectUpdates is the next answer, or nil while there is nothing to tell.
func (c *collector) collectUpdates(ctx *simulator.Context, version string, most int) (*types.UpdateSet, *soap.Fault) {
	u := &c.updates
	u.mutex.Lock()
	defer u.mutex.Unlock()
	switch {
	case version == "":
		u.rest = nil
		for _, filter := range u.filters {
			filter.members = map[ref]bool{}
		}
		if u.feed != nil {
			u.feed.take()
			u.feed.look()
		}
	case u.last != nil && version != u.last.Version && version == strconv.Itoa(u.version-1):
		return u.last, nil
	case version != strconv.Itoa(u.version):
		return nil, simulator.Fault("The version is not known.", &types.InvalidCollectorVersion{})
	}
	if len(u.rest) == 0 && u.feed != nil {
		order, changed, moved := u.feed.take()
		for _, filter := range u.filters {
			found, fault := filter.news(ctx, order, changed, moved, u.interests)
			if fault != nil {
				u.feed.look()
				return nil, fault
			}
			for _, object := range found {
				u.rest = append(u.rest, update{filter.Self, object})
			}
		}
		u.interests()
	}
	if len(u.rest) == 0 && version != "" {
		return nil, nil
	}
	page := u.rest[:min(most, len(u.rest))]
	u.rest = u.rest[len(page):]
	u.version++
	set := &types.UpdateSet{Version: strconv.Itoa(u.version)}
	if len(u.rest) > 0 {
		set.Truncated = ptr(true)
	}
	for _, one := range page {
		at := len(set.FilterSet) - 1
		if at < 0 || set.FilterSet[at].Filter != one.filter {
			set.FilterSet = append(set.FilterSet, types.PropertyFilterUpdate{Filter: one.filter})
			at++
		}
		set.FilterSet[at].ObjectSet = append(set.FilterSet[at].ObjectSet, one.object)
	}
	u.last = set
	return set, nil
}

// interests tells the feed what the filters are about.
func (u *updates) interests() {
	if u.feed == nil {
		return
	}
	watched, roots := map[ref]bool{}, map[ref]bool{}
	for _, filter := range u.filters {
		for member := range filter.members {
			watched[member] = true
		}
		for _, from := range filter.Spec.ObjectSet {
			if len(from.SelectSet) > 0 {
				roots[from.Obj] = true
			}
		}
	}
	u.feed.watch(watched, roots)
}

// news is what has happened to the objects of a filter: which came, changed, and went. Those that came are of interest before they
// are read: what changes in between would be lost.
func (f *propertyFilter) news(
	ctx *simulator.Context, order []ref, changed map[ref]map[string]bool, moved bool, interests func(),
) ([]types.ObjectUpdate, *soap.Fault) {
	var all []types.ObjectUpdate
	var come []ref
	if moved {
		found, fault := f.find(ctx)
		if fault != nil {
			return nil, fault
		}
		now := map[ref]bool{}
		for _, one := range found {
			if !f.members[one] {
				come = append(come, one)
			}
			now[one] = true
		}
		for one := range f.members {
			if !now[one] {
				all = append(all, types.ObjectUpdate{Kind: types.ObjectUpdateKindLeave, Obj: one})
			}
		}
		f.members = now
		interests()
	}
	for _, one := range order {
		if !f.members[one] || slices.Contains(come, one) {
			continue
		}
		if paths := f.affected(one, changed[one]); len(paths) > 0 {
			all = append(all, f.read(ctx, types.ObjectUpdateKindModify, []ref{one}, paths)...)
		}
	}
	return append(all, f.read(ctx, types.ObjectUpdateKindEnter, come, nil)...), nil
}

// find lists the objects of a filter.
func (f *propertyFilter) find(ctx *simulator.Context) ([]ref, *soap.Fault) {
	spec := f.Spec
	spec.PropSet = slices.Clone(spec.PropSet)
	for i := range spec.PropSet {
		spec.PropSet[i].PathSet, spec.PropSet[i].All = nil, nil
	}
	answer := f.of.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}}).(*methods.RetrievePropertiesExBody)
	if answer.Fault_ != nil {
		return nil, answer.Fault_
	}
	var all []ref
	if answer.Res.Returnval != nil {
		for _, object := range answer.Res.Returnval.Objects {
			all = append(all, object.Obj)
		}
	}
	return all, nil
}

// affected lists the paths of a filter that changes of an object are about.
func (f *propertyFilter) affected(object ref, names map[string]bool) []string {
	var all []string
	for _, of := range f.Spec.PropSet {
		if !matches(of, object) {
			continue
		}
		for name := range names {
			name, _, _ = strings.Cut(name, "[")
			if orElse(of.All, false) {
				top, _, _ := strings.Cut(name, ".")
				all = append(all, top)
			}
			for _, path := range of.PathSet {
				plain, _, _ := strings.Cut(path, "[")
				if plain == name || strings.HasPrefix(plain, name+".") || strings.HasPrefix(name, plain+".") {
					all = append(all, path)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// read makes updates of what objects are now; without paths, of all that the filter wants to know.
func (f *propertyFilter) read(ctx *simulator.Context, kind types.ObjectUpdateKind, objects []ref, paths []string) []types.ObjectUpdate {
	if len(objects) == 0 {
		return nil
	}
	spec := types.PropertyFilterSpec{PropSet: f.Spec.PropSet, ReportMissingObjectsInResults: ptr(true)}
	if paths != nil {
		spec.PropSet = []types.PropertySpec{{Type: objects[0].Type, PathSet: paths}}
	}
	for _, one := range objects {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: one})
	}
	answer := f.of.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}}).(*methods.RetrievePropertiesExBody)
	if answer.Fault_ != nil || answer.Res.Returnval == nil {
		return nil
	}
	var all []types.ObjectUpdate
	for _, object := range answer.Res.Returnval.Objects {
		made := types.ObjectUpdate{Kind: kind, Obj: object.Obj, MissingSet: object.MissingSet}
		set := map[string]bool{}
		for _, property := range object.PropSet {
			set[property.Name] = true
			made.ChangeSet = append(made.ChangeSet, types.PropertyChange{Name: property.Name, Op: types.PropertyChangeOpAssign, Val: property.Val})
		}
		for _, path := range paths {
			if !set[path] {
				made.ChangeSet = append(made.ChangeSet, types.PropertyChange{Name: path, Op: types.PropertyChangeOpAssign})
			}
		}
		all = append(all, made)
	}
	return all
}
