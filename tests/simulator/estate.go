// Copyright: (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// estate dresses a model: same name and seed, same estate.
type estate struct {
	ctx     context.Context
	model   *simulator.Model
	client  *vim25.Client
	id      identity
	release release
	seed    uint64
	random  *rand.Rand
	octet   byte // second octet of every address in it
	sites   map[types.ManagedObjectReference]site
}

// createEstate makes everything but virtual machines as the library does, gives it names and properties,
// and then creates the machines in it, so that all paths and references hold the new names.
func createEstate(o *options, id identity) error {
	machines := o.model.Machine
	o.model.Machine = 0
	if err := o.model.Create(); err != nil {
		return err
	}
	client, err := vim25.NewClient(context.Background(), o.model.Service)
	if err != nil {
		return err
	}
	seed := id.uuid("random")
	e := &estate{
		ctx:     context.Background(),
		model:   o.model,
		client:  client,
		id:      id,
		release: o.release,
		seed:    o.seed,
		random:  rand.New(rand.NewChaCha8([32]byte(append(seed[:], seed[:]...)))),
		octet:   16 + seed[0]%224,
		sites:   map[types.ManagedObjectReference]site{},
	}
	e.dressPlaces()
	e.dressHosts()
	e.dressNetworks()
	e.dressDatastores()
	if err = e.createMachines(machines); err != nil {
		return err
	}
	e.sumUp()
	return nil
}

// each returns all objects of a type in the order in which they were made.
func each[T mo.Entity](e *estate, kind string) []T {
	var found []T
	for _, entity := range e.model.Map().All(kind) {
		if typed, ok := entity.(T); ok {
			found = append(found, typed)
		}
	}
	slices.SortFunc(found, func(a, b T) int {
		x, y := a.Reference().Value, b.Reference().Value
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
	return found
}

// pick goes round a table; a second round has a suffix of its own.
func pick[T any](table []T, index int) (T, string) {
	if round := index / len(table); round > 0 {
		return table[index%len(table)], fmt.Sprintf("-%d", round+1)
	}
	return table[index], ""
}

// datacenter is the one that an object is in.
func (e *estate) datacenter(entity mo.Entity) *simulator.Datacenter {
	for {
		if found, ok := entity.(*simulator.Datacenter); ok {
			return found
		}
		entity = e.model.Map().Get(*entity.Entity().Parent).(mo.Entity)
	}
}

func (e *estate) siteOf(entity mo.Entity) site {
	return e.sites[e.datacenter(entity).Self]
}

// numbered counts within each site.
type numbered map[site]int

func (n numbered) next(at site) int {
	n[at]++
	return n[at] - 1
}

// dressPlaces names what holds other things.
func (e *estate) dressPlaces() {
	for i, datacenter := range each[*simulator.Datacenter](e, "Datacenter") {
		at, suffix := pick(sites, i+int(e.seed%uint64(len(sites))))
		at = site{at.name + suffix, at.code + strings.TrimPrefix(suffix, "-")}
		e.sites[datacenter.Self] = at
		if !e.isESXi() {
			datacenter.Name = at.name
		}
	}
	if e.isESXi() {
		return
	}
	for _, folder := range each[*simulator.Folder](e, "Folder") {
		// The library calls the folder of a datacenter and those in the datacenter by the same name.
		var number int
		if found, _ := fmt.Sscanf(folder.Name, "F%d", &number); found == 1 {
			name, suffix := pick(siteFolders, number)
			folder.Name = name + suffix
		}
	}
	clusters, pools, apps, pods := numbered{}, numbered{}, numbered{}, numbered{}
	for _, cluster := range each[*simulator.ClusterComputeResource](e, "ClusterComputeResource") {
		at := e.siteOf(cluster)
		name, suffix := pick(clusterNames, clusters.next(at))
		cluster.Name = strings.ToUpper(at.code) + "-" + name + suffix
	}
	for _, pool := range each[*simulator.ResourcePool](e, "ResourcePool") {
		if pool.Parent.Type == "ResourcePool" {
			name, suffix := pick(poolNames, pools.next(e.siteOf(pool)))
			pool.Name = name + suffix
			pool.Summary.GetResourcePoolSummary().Name = pool.Name
		}
	}
	for _, app := range each[*simulator.VirtualApp](e, "VirtualApp") {
		name, suffix := pick(appNames, apps.next(e.siteOf(app)))
		app.Name = name + suffix
		app.Summary.GetResourcePoolSummary().Name = app.Name
	}
	for _, pod := range each[*simulator.StoragePod](e, "StoragePod") {
		at := e.siteOf(pod)
		pod.Name = fmt.Sprintf("%s-datastores-%02d", at.code, pods.next(at)+1)
		if pod.Summary != nil {
			pod.Summary.Name = pod.Name
		}
	}
}

func (e *estate) isESXi() bool {
	return e.model.ServiceContent.About.ApiType == "HostAgent"
}
