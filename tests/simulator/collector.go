// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"
	"strconv"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// collector is the library's property collector, but nearer to a real one: it refuses properties that are
// younger than its API, makes a page when it is asked for and not all of them at first, leaves out what is
// not set on later pages, too, and filters replies by account. Each session has its own, a
// copy of none of these fields.
type collector struct {
	simulator.PropertyCollector
	release  release             // this and accounts are only in the one that the sessions' are made after
	accounts map[string]*account // those that do not see everything
	mutex    sync.Mutex
	tokens   int
	books    map[string]*pagedQuery
	updates  updates
}

// pagedQuery is a request with pages that are not made yet.
type pagedQuery struct {
	objects []ref
	size    int
	specs   []types.PropertySpec
}

// propertySince has the first version of properties that are younger than the oldest API.
var propertySince = map[string]string{
	"config.backingType":                     "7.0",
	"config.createDate":                      "6.7",
	"config.logicalSwitchUuid":               "7.0",
	"config.segmentId":                       "7.0",
	"config.transportZoneName":               "7.0",
	"guest.customizationInfo":                "7.0.2.0",
	"guest.guestDetailedData":                "8.0.2.0",
	"summary.quickStats.overallCpuReadiness": "7.0.0.0",
}

// subtypes of managed objects that an estate has: a request for the one is a request for the others.
var subtypes = map[string][]string{
	"Network":                  {"DistributedVirtualPortgroup", "OpaqueNetwork"},
	"ComputeResource":          {"ClusterComputeResource"},
	"ResourcePool":             {"VirtualApp"},
	"Folder":                   {"StoragePod"},
	"DistributedVirtualSwitch": {"VmwareDistributedVirtualSwitch"},
}

func (c *collector) RetrievePropertiesEx(ctx *simulator.Context, r *types.RetrievePropertiesEx) soap.HasFault {
	if fault := c.tooYoung(ctx, r.SpecSet...); fault != nil {
		return &methods.RetrievePropertiesExBody{Fault_: fault}
	}
	opened := c.startPagedQuery(ctx, r)
	if opened == nil {
		answer := c.PropertyCollector.RetrievePropertiesEx(ctx, r).(*methods.RetrievePropertiesExBody)
		if answer.Res != nil && answer.Res.Returnval != nil && len(r.SpecSet) == 1 {
			answer.Res.Returnval.Objects = c.viewer(ctx).filterReply(answer.Res.Returnval.Objects, r.SpecSet[0])
		}
		return answer
	}
	return &methods.RetrievePropertiesExBody{Res: &types.RetrievePropertiesExResponse{Returnval: c.nextPage(ctx, opened)}}
}

func (c *collector) ContinueRetrievePropertiesEx(ctx *simulator.Context, r *types.ContinueRetrievePropertiesEx) soap.HasFault {
	c.mutex.Lock()
	opened := c.books[r.Token]
	delete(c.books, r.Token)
	c.mutex.Unlock()
	if opened == nil {
		return c.PropertyCollector.ContinueRetrievePropertiesEx(ctx, r)
	}
	return &methods.ContinueRetrievePropertiesExBody{
		Res: &types.ContinueRetrievePropertiesExResponse{Returnval: *c.nextPage(ctx, opened)},
	}
}

// root is the collector that those of the sessions are made after.
func root(ctx *simulator.Context) *collector {
	return ctx.Map.Get(ctx.Map.Get(serviceInstance).(*simulator.ServiceInstance).Content.PropertyCollector).(*collector)
}

// tooYoung refuses properties that are younger than the API.
func (c *collector) tooYoung(ctx *simulator.Context, specs ...types.PropertyFilterSpec) *soap.Fault {
	release := root(ctx).release
	for _, spec := range specs {
		for _, of := range spec.PropSet {
			for _, path := range of.PathSet {
				if since := propertySince[path]; since != "" && !release.atLeast(since) {
					return simulator.Fault("A specified parameter was not correct: property", &types.InvalidProperty{Name: path})
				}
			}
		}
	}
	return nil
}

// viewer is the account of a session, nil for one that sees everything.
func (c *collector) viewer(ctx *simulator.Context) *account {
	if ctx.Session == nil {
		return nil
	}
	return root(ctx).accounts[ctx.Session.UserName]
}

// matches tells whether a request for a type includes this object.
func matches(of types.PropertySpec, object ref) bool {
	return of.Type == object.Type || of.Type == "ManagedEntity" || slices.Contains(subtypes[of.Type], object.Type)
}

// startPagedQuery parses a paged request for the objects of views; other requests are left to the library.
func (c *collector) startPagedQuery(ctx *simulator.Context, r *types.RetrievePropertiesEx) *pagedQuery {
	if r.Options.MaxObjects <= 0 || len(r.SpecSet) != 1 || ctx.Session == nil {
		return nil
	}
	opened, viewer := &pagedQuery{size: int(r.Options.MaxObjects), specs: r.SpecSet[0].PropSet}, c.viewer(ctx)
	for _, from := range r.SpecSet[0].ObjectSet {
		view, ok := ctx.Session.Get(from.Obj).(*simulator.ContainerView)
		if !ok || len(from.SelectSet) != 1 || from.Skip == nil || !*from.Skip {
			return nil
		}
		way, ok := from.SelectSet[0].(*types.TraversalSpec)
		if !ok || way.Path != "view" || len(way.SelectSet) != 0 {
			return nil
		}
		for _, object := range view.View {
			wanted := func(of types.PropertySpec) bool { return matches(of, object) }
			if slices.ContainsFunc(opened.specs, wanted) && viewer.sees(object) {
				opened.objects = append(opened.objects, object)
			}
		}
	}
	return opened
}

// nextPage makes the next page. An object that has gone meanwhile is not on it.
func (c *collector) nextPage(ctx *simulator.Context, opened *pagedQuery) *types.RetrieveResult {
	page := opened.objects[:min(opened.size, len(opened.objects))]
	opened.objects = opened.objects[len(page):]
	spec := types.PropertyFilterSpec{PropSet: opened.specs, ReportMissingObjectsInResults: ptr(true)}
	for _, object := range page {
		spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: object})
	}
	answer := c.PropertyCollector.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}})
	result := answer.(*methods.RetrievePropertiesExBody).Res.Returnval
	result.Objects = c.viewer(ctx).filterReply(result.Objects, spec)
	if len(opened.objects) > 0 {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.books == nil {
			c.books = map[string]*pagedQuery{}
		}
		c.tokens++
		result.Token = strconv.Itoa(c.tokens)
		c.books[result.Token] = opened
	}
	return result
}
