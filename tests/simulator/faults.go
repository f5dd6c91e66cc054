// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// fault is one entry of the faults file: which calls to corrupt, and how.
type fault struct {
	turns
	vimFault
	Method string `json:"method"`

	Status      int  `json:"status"`
	StatusAfter int  `json:"status_after"`
	Reset       bool `json:"reset"`
	ResetAfter  bool `json:"reset_after"`
	Hang        bool `json:"hang"`
	HangAfter   bool `json:"hang_after"`
	Truncate    bool `json:"truncate"`
	LateMS      int  `json:"late_ms"`
	DelayMS     int  `json:"delay_ms"`
	EndSession  bool `json:"end_session"`
}

const outcomes = "fault, status, status_after, reset, reset_after, hang, hang_after, truncate, delay_ms and end_session"

// faultPlan has the faults of a file, and counts the calls of each.
type faultPlan struct {
	*plan[*fault]
	nameOf func(types.ManagedObjectReference) string
}

func (f *fault) check() error {
	rest := strings.Contains(f.Method, " ")
	chosen := 0
	for _, outcome := range []bool{
		f.Fault != "", f.Status != 0, f.StatusAfter != 0, f.Reset, f.ResetAfter, f.Hang, f.HangAfter, f.Truncate, f.DelayMS != 0, f.EndSession,
	} {
		if outcome {
			chosen++
		}
	}
	_, known := types.TypeFunc()(f.Method)
	wrong := func(status int) bool { return status != 0 && (status < 200 || status > 599) }
	return firstBroken(slices.Concat([]rule{
		{f.Method == "", "method is missing"},
		{f.Method != "*" && !rest && !known, fmt.Sprintf("unknown method %q", f.Method)},
		{chosen != 1, "want exactly one of " + outcomes},
		{f.Fault != "" && rest, "a fault is for SOAP methods; use status"},
		{wrong(f.Status) || wrong(f.StatusAfter), "status is a number from 200 to 599"},
		{f.DelayMS < 0 || f.LateMS < 0, "delay_ms and late_ms are not negative"},
		{f.LateMS > 0 && f.StatusAfter == 0 && !f.ResetAfter && !f.HangAfter, "late_ms is for status_after, reset_after and hang_after"},
	}, f.vimFault.rules(), f.turns.rules())...)
}

// nextFault counts a call with every fault that it matches and returns the first one whose turn it is, or nil.
func (p *faultPlan) nextFault(called *call) *fault {
	return p.next(func(f *fault) bool { return p.matches(f, called) })
}

func (p *faultPlan) matches(f *fault, called *call) bool {
	if f.Method != called.method && !(f.Method == "*" && called.soap) {
		return false
	}
	switch f.Object {
	case "", "*", called.this.Type, called.this.Value:
		return true
	}
	return slices.Contains(called.reads, f.Object) || p.nameOf(called.this) == f.Object
}
