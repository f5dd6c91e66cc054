// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/vim25/types"
)

// release is one vSphere release: what its API version says about the rest.
type release struct {
	api, version           string
	vcenterBuild, esxBuild string
	hardware               int // newest virtual hardware
}

// releases stand newest first.
var releases = []release{
	{"9.0.0.0", "9.0.0", "24755230", "24755229", 22},
	{"8.0.3.0", "8.0.3", "24022515", "24022510", 21},
	{"8.0.2.0", "8.0.2", "22385739", "22380479", 21},
	{"8.0.1.0", "8.0.1", "21560480", "21495797", 20},
	{"8.0.0.1", "8.0.0", "20519528", "20513097", 20},
	{"7.0.3.0", "7.0.3", "18700403", "18644231", 19},
	{"7.0.2.0", "7.0.2", "17694817", "17630552", 19},
	{"7.0.1.0", "7.0.1", "16860138", "16850804", 18},
	{"7.0.0.0", "7.0.0", "15952498", "15843807", 17},
	{"6.7.3", "6.7.0", "14367737", "14320388", 15},
	{"6.7", "6.7.0", "8217866", "8169922", 14},
	{"6.5", "6.5.0", "5973321", "5969303", 13},
}

// findRelease takes the newest release that is not newer than the API version, under that version's name.
func findRelease(api string) (release, error) {
	wanted, err := numbers(api)
	if err != nil {
		return release{}, fmt.Errorf("-api-version %q is not made of numbers and dots", api)
	}
	for _, known := range releases {
		if slices.Compare(mustNumbers(known.api), wanted) <= 0 {
			known.api = api
			return known, nil
		}
	}
	return release{}, fmt.Errorf("-api-version %q is older than %s", api, releases[len(releases)-1].api)
}

// notNewer lists this release and those before it, newest first.
func (r release) notNewer() []release {
	all := []release{r}
	for _, known := range releases {
		if slices.Compare(mustNumbers(known.api), mustNumbers(r.api)) < 0 {
			all = append(all, known)
		}
	}
	return all
}

// atLeast tells whether an API version has come with this release.
func (r release) atLeast(api string) bool {
	return slices.Compare(mustNumbers(r.api), mustNumbers(api)) >= 0
}

// stamp makes an AboutInfo speak of this release.
func (r release) stamp(about *types.AboutInfo) {
	build := r.vcenterBuild
	if about.ApiType == "HostAgent" {
		build = r.esxBuild
	}
	about.Version, about.Build, about.ApiVersion = r.version, build, r.api
	about.FullName = fmt.Sprintf("%s %s build-%s", about.Name, r.version, build)
	about.LicenseProductVersion = r.version[:strings.LastIndex(r.version, ".")]
}

func numbers(dotted string) ([]int, error) {
	var all []int
	for _, part := range strings.Split(dotted, ".") {
		number, err := strconv.Atoi(part)
		if err != nil {
			return nil, err
		}
		all = append(all, number)
	}
	return all, nil
}

func mustNumbers(dotted string) []int {
	all, err := numbers(dotted)
	if err != nil {
		panic(err)
	}
	return all
}

// identity derives UUIDs that differ between simulators and stay the same from start to start.
type identity uuid.UUID

func newIdentity(name string, seed uint64) identity {
	return identity(uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "estate.vmware/simulator/%s/%d", name, seed)))
}

func (i identity) uuid(parts ...string) uuid.UUID {
	return uuid.NewSHA1(uuid.UUID(i), []byte(strings.Join(parts, "/")))
}
