// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"errors"
	"flag"
	"fmt"
)

// sizes says how many there are of each kind in the whole estate.
type sizes struct {
	vms, datacenters, folders    int
	clusters, hosts, standalone  int
	pools, apps                  int
	datastores, pods             int
	portgroups, networks, opaque int
}

// derived is the value of a flag that was not given: its number follows from the others.
const derived = -1

// manyVMs is the size from which an estate has some of everything.
const manyVMs = 100

func (s *sizes) flags(set *flag.FlagSet) {
	set.IntVar(&s.vms, "vms", 20, "virtual machines, templates included; the other sizes follow from it")
	for _, size := range []struct {
		field      *int
		name, text string
	}{
		{&s.datacenters, "datacenters", "datacenters"},
		{&s.folders, "folders", "datacenters that stand in a folder"},
		{&s.clusters, "clusters", "clusters"},
		{&s.hosts, "hosts", "hosts"},
		{&s.standalone, "standalone-hosts", "hosts among them that are in no cluster"},
		{&s.pools, "pools", "resource pools besides the root pools, which every cluster and standalone host has"},
		{&s.apps, "apps", "vApps"},
		{&s.datastores, "datastores", "datastores"},
		{&s.pods, "pods", "datastore clusters"},
		{&s.portgroups, "portgroups", "distributed port groups besides those of the uplinks"},
		{&s.networks, "networks", "standard networks"},
		{&s.opaque, "opaque-networks", "opaque (NSX) networks"},
	} {
		set.IntVar(size.field, size.name, derived, size.text+", in all (default: as many as -vms needs)")
	}
}

// derive sets the sizes that were not given. From 100 VMs on there is at least one of each kind.
func (s *sizes) derive(esxi bool) {
	whole := func(many int) int {
		if s.vms < manyVMs {
			return 0
		}
		return many
	}
	per := func(every int) int { return (s.vms + every - 1) / every }
	set := func(field *int, number int) {
		if *field == derived {
			*field = number
		}
	}
	if esxi {
		s.datacenters, s.clusters, s.hosts, s.standalone, s.folders = 1, 0, 1, 1, 0
		s.apps, s.pods, s.portgroups, s.opaque = 0, 0, 0, 0
		set(&s.pools, 0)
		set(&s.networks, 1)
		set(&s.datastores, max(1, per(50)))
		return
	}
	set(&s.hosts, max(3, whole(10), per(32)))
	set(&s.datacenters, max(1, whole(2+s.vms/5000)))
	set(&s.standalone, min(s.hosts-1, max(1, s.hosts/50)))
	set(&s.clusters, min(s.hosts-s.standalone, max(s.datacenters, (s.hosts-s.standalone+15)/16)))
	set(&s.folders, whole((s.datacenters+1)/2))
	set(&s.pools, 2*s.clusters+whole(s.clusters))
	set(&s.apps, whole(per(200)))
	set(&s.datastores, max(3, whole(len(stores)*s.datacenters), per(150)))
	set(&s.pods, whole(s.datacenters))
	set(&s.portgroups, max(6, whole(len(groups)*s.datacenters), per(80)))
	set(&s.networks, s.datacenters+whole(s.datacenters))
	set(&s.opaque, whole(s.datacenters))
	if s.clusters == 0 {
		s.standalone = s.hosts
	}
	s.datastores, s.networks = max(s.datastores, s.datacenters), max(s.networks, s.datacenters)
}

// check finds sizes that do not go together.
func (s *sizes) check() error {
	switch {
	case s.vms < 0 || s.pools < 0 || s.apps < 0 || s.pods < 0 || s.portgroups < 0 || s.opaque < 0 || s.clusters < 0:
		return errors.New("sizes are not negative")
	case s.datacenters < 1 || s.hosts < 1:
		return errors.New("there is at least one datacenter and one host")
	case s.standalone < 0 || s.standalone > s.hosts:
		return fmt.Errorf("%d of %d hosts cannot be standalone", s.standalone, s.hosts)
	case s.folders < 0 || s.folders > s.datacenters:
		return fmt.Errorf("%d of %d datacenters cannot stand in a folder", s.folders, s.datacenters)
	}
	return nil
}

// share divides a number evenly: what the index-th of so many gets.
func share(number, index, among int) int {
	if among == 0 {
		return 0
	}
	return number*(index+1)/among - number*index/among
}
