// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// collector is the library's property collector, but nearer to a real one: it refuses properties that are
// younger than its API, and leaves out what is not set on later pages, too.
type collector struct {
	simulator.PropertyCollector
	release release
}

// young are properties that came after the oldest API, with the first version that has them.
var young = map[string]string{
	"config.createDate":                      "6.7",
	"guest.guestDetailedData":                "8.0.2.0",
	"summary.quickStats.overallCpuReadiness": "7.0.0.0",
}

func (c *collector) RetrievePropertiesEx(ctx *simulator.Context, r *types.RetrievePropertiesEx) soap.HasFault {
	release := ctx.Map.Get(c.Self).(*collector).release
	for _, spec := range r.SpecSet {
		for _, of := range spec.PropSet {
			for _, path := range of.PathSet {
				if since := young[path]; since != "" && !release.atLeast(since) {
					return &methods.RetrievePropertiesExBody{
						Fault_: simulator.Fault("A specified parameter was not correct: property", &types.InvalidProperty{Name: path}),
					}
				}
			}
		}
	}
	return c.PropertyCollector.RetrievePropertiesEx(ctx, r)
}

func (c *collector) ContinueRetrievePropertiesEx(ctx *simulator.Context, r *types.ContinueRetrievePropertiesEx) soap.HasFault {
	body := c.PropertyCollector.ContinueRetrievePropertiesEx(ctx, r)
	if page := body.(*methods.ContinueRetrievePropertiesExBody).Res; page != nil {
		for i := range page.Returnval.Objects {
			content := &page.Returnval.Objects[i]
			content.PropSet = slices.DeleteFunc(content.PropSet, func(p types.DynamicProperty) bool { return p.Val == nil })
		}
	}
	return body
}
