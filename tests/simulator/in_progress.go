// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"runtime"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// interceptor is told of each call before the library carries it out. It may name another object to carry it out, or a fault.
type interceptor func(*simulator.Context, *simulator.Method) (mo.Reference, types.BaseMethodFault)

// intercept puts one more interceptor before those that a registry has.
func intercept(registry *simulator.Registry, first interceptor) {
	then := registry.Handler
	registry.Handler = func(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
		if object, fault := first(ctx, method); object != nil || fault != nil || then == nil {
			return object, fault
		}
		return then(ctx, method)
	}
}

// started is a call that the library carries out.
type started struct {
	ctx    *simulator.Context
	method *simulator.Method
}

// inProgress knows the call of each goroutine. The library makes a task in the goroutine of the call that asked
// for it, but the tasks that this one is made of in others: that tells them apart.
type inProgress struct{ byGoroutine sync.Map }

func (p *inProgress) begin(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	p.byGoroutine.Store(goroutine(), &started{ctx, method})
	return nil, nil
}

func (p *inProgress) end() { p.byGoroutine.Delete(goroutine()) }

// here is the call of this goroutine, or nil.
func (p *inProgress) here() *started {
	found, _ := p.byGoroutine.Load(goroutine())
	one, _ := found.(*started)
	return one
}

// goroutine is the number of the goroutine that asks, as a stack trace has it.
func goroutine() string {
	var head [64]byte
	return string(bytes.Fields(head[:runtime.Stack(head[:], false)])[1])
}
