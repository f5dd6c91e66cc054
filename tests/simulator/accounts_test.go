// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmware/govmomi/vim25/mo"
)

func withAccounts(t *testing.T, text string) (*options, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "accounts.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return parseOptions([]string{"-accounts", path, "-vms", "120", "-datacenters", "2", "-clusters", "2", "-hosts", "5", "-standalone-hosts", "1"})
}

func TestRights(t *testing.T) {
	o, err := withAccounts(t, `{"part": [
		{"on": "/", "role": "read-only", "propagate": false},
		{"on": "/Lyon", "role": "read-only"},
		{"on": "/Lyon/vm/Test", "role": "view"},
		{"on": "/Lyon/host/LYO-Production", "role": "no-access"},
		{"on": "/Production sites/Shanghai", "role": "view", "propagate": false},
		{"on": "/Production sites/Shanghai/vm/Test", "role": "view", "propagate": false},
		{"on": "/Production sites/Shanghai/vm/Test/web-test", "role": "read-only"}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEstate(o, newIdentity(o.name, o.seed))
	if err == nil {
		err = e.fill()
	}
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]mo.Entity{}
	for _, item := range e.registry.All("") {
		at[e.inventoryPath(item)] = item
	}
	a := e.registry.Get(e.model.ServiceContent.PropertyCollector).(*collector).accounts["part"]
	for path, want := range map[string]right{
		"/":                                           readOnly,
		"/Production sites":                           noAccess, // the one at the top does not propagate
		"/Lyon":                                       readOnly,
		"/Lyon/vm":                                    readOnly,
		"/Lyon/vm/Production":                         readOnly,
		"/Lyon/vm/Test":                               viewOnly,
		"/Lyon/vm/Test/web-test":                      viewOnly,
		"/Lyon/datastore":                             readOnly,
		"/Lyon/host/LYO-Production":                   noAccess,
		"/Lyon/host/LYO-Production/Resources":         noAccess,
		"/Production sites/Shanghai":                  viewOnly,
		"/Production sites/Shanghai/vm":               viewOnly, // as its datacenter, though that does not propagate
		"/Production sites/Shanghai/network":          viewOnly,
		"/Production sites/Shanghai/vm/Test":          viewOnly,
		"/Production sites/Shanghai/vm/Desktops":      noAccess,
		"/Production sites/Shanghai/vm/Test/app-test": noAccess,
		"/Production sites/Shanghai/vm/Test/web-test": readOnly,
	} {
		if at[path] == nil {
			t.Errorf("there is no %s", path)
		} else if got := a.rightOn(at[path].Reference()); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for path, item := range at {
		// In a cluster that is closed a machine still has what its folder hands on.
		if strings.HasPrefix(path, "/Lyon/vm/Production/web-prod/") {
			if got := a.rightOn(item.Reference()); got != readOnly {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
}

func TestAccountsThatCannotBe(t *testing.T) {
	for text, reason := range map[string]string{
		`[]`:                                           "cannot unmarshal",
		`{"a": [{"on": "/", "role": "admin"}]}`:        "a role is one of no-access, view, read-only",
		`{"a": [{"on": "/", "roll": "view"}]}`:         `unknown field "roll"`,
		`{"a": [{"on": "/", "role": "view"}]} {}`:      "something follows",
		`{"a": [{"on": "/Atlantis", "role": "view"}]}`: `nothing at "/Atlantis"`,
		`{"a": [{"on": "/Lyon/vm", "role": "view"}]}`:  "takes a permission",
		`{"a": [{"on": "/Lyon/host/LYO-Production/Resources", "role": "view"}]}`: "takes a permission",
	} {
		o, err := withAccounts(t, text)
		if err == nil {
			var e *estate
			if e, err = newEstate(o, newIdentity(o.name, o.seed)); err == nil {
				err = e.fill()
			}
		}
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: want an error with %q, got %v", text, reason, err)
		}
	}
}
