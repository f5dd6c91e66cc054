// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vmware/govmomi/vim25/types"
)

func replaced(text string) (*faultPlan, error) {
	made := &faultPlan{plan: &plan[*fault]{}}
	return made, made.replace([]byte(text))
}

func TestFaultsRefuses(t *testing.T) {
	for text, reason := range map[string]string{
		`[{`:   "unexpected EOF",
		`{}`:   "cannot unmarshal",
		`null`: "want a list",
		`[] 1`: "follows",
		`[{"method": "Login", "reset": true}, null]`:                         "entry 2: null",
		`[{"reset": true}]`:                                                  "method is missing",
		`[{"method": "Logn", "reset": true}]`:                                `unknown method "Logn"`,
		`[{"method": "Login"}]`:                                              "exactly one",
		`[{"method": "Login", "reset": true, "truncate": true}]`:             "exactly one",
		`[{"method": "Login", "fautl": "NotAuthenticated"}]`:                 `unknown field "fautl"`,
		`[{"method": "Login", "fault": "NotAuthentic"}]`:                     `unknown fault "NotAuthentic"`,
		`[{"method": "Login", "fault": "AboutInfo"}]`:                        `unknown fault "AboutInfo"`,
		`[{"method": "GET /rest/x", "fault": "SystemError"}]`:                "SOAP methods",
		`[{"method": "Login", "reset": true, "message": "gone"}]`:            "message",
		`[{"method": "Login", "status": 99}]`:                                "status",
		`[{"method": "Login", "reset": true, "call": 0}]`:                    "call counts",
		`[{"method": "Login", "reset": true, "times": -1}]`:                  "times",
		`[{"method": "Login", "status_after": 9}]`:                           "status",
		`[{"method": "Login", "reset": true, "hang_after": true}]`:           "exactly one",
		`[{"method": "Login", "reset": true, "parts": {}}]`:                  "parts belong",
		`[{"method": "Login", "fault": "InvalidName", "parts": {"nam": 1}}]`: `parts: json: unknown field "nam"`,
		`[{"method": "Login", "delay_ms": -1}]`:                              "delay_ms",
		`[{"method": "Login", "delay_ms": "soon"}]`:                          "cannot unmarshal",
		`[{"method": "Login", "fault": "RuntimeFault", "call": 1.5}]`:        "cannot unmarshal",
	} {
		_, err := replaced(text)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: want an error with %q, got %v", text, reason, err)
		}
	}
}

func TestDue(t *testing.T) {
	plan, err := replaced(`[
		{"method": "Login", "call": 2, "times": 2, "status": 503},
		{"method": "RetrievePropertiesEx", "object": "VirtualMachine", "reset": true},
		{"method": "PowerOnVM_Task", "object": "web-01", "times": 0, "fault": "InvalidPowerState"},
		{"method": "*", "object": "group-d1", "truncate": true}
	]`)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"vm-1": "web-01", "vm-2": "web-02"}
	plan.nameOf = func(ref types.ManagedObjectReference) string { return names[ref.Value] }

	soap := func(method, object string, reads ...string) *call {
		return &call{method: method, soap: true, this: types.ManagedObjectReference{Value: object}, reads: reads}
	}
	for i, step := range []struct {
		called *call
		want   int // which fault, from 1; 0 is none
	}{
		{soap("Login", "SessionManager"), 0},
		{soap("Login", "SessionManager"), 1},
		{soap("Login", "SessionManager"), 1},
		{soap("Login", "SessionManager"), 0},
		{soap("RetrievePropertiesEx", "propertyCollector", "HostSystem"), 0},
		{soap("RetrievePropertiesEx", "propertyCollector", "HostSystem", "VirtualMachine"), 2},
		{soap("RetrievePropertiesEx", "propertyCollector", "VirtualMachine"), 0},
		{soap("PowerOnVM_Task", "vm-2"), 0},
		{soap("PowerOnVM_Task", "vm-1"), 3},
		{soap("PowerOnVM_Task", "vm-1"), 3},
		{&call{method: "GET /rest/group-d1"}, 0},
		{soap("CreateFolder", "group-d1"), 4},
	} {
		var want *fault
		if step.want > 0 {
			want = plan.entries[step.want-1]
		}
		if got := plan.nextFault(step.called); got != want {
			t.Errorf("step %d, %s: want fault %d, got %+v", i, step.called.method, step.want, got)
		}
	}
}

func TestParseCall(t *testing.T) {
	got := parseCall(strings.NewReader(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
		<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">ha-pc</_this><specSet>
		<propSet><type>HostSystem</type><pathSet>name</pathSet></propSet><propSet><type>Datastore</type></propSet>
		<objectSet><obj type="Folder">group-d1</obj></objectSet></specSet></RetrievePropertiesEx></e:Body></e:Envelope>`))
	if got.method != "RetrievePropertiesEx" || got.this.Type != "PropertyCollector" || got.this.Value != "ha-pc" ||
		strings.Join(got.reads, ",") != "HostSystem,Datastore" {
		t.Errorf("got %+v", got)
	}
}

func TestHardNamesFit(t *testing.T) {
	longest := 0
	for _, name := range unusualNames {
		longest = max(longest, utf8.RuneCountInString(name))
	}
	if longest != 80 {
		t.Errorf("the longest hard name has %d characters, a name may have 80", longest)
	}
}
