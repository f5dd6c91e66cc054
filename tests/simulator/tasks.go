// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// tasks makes tasks take time, fail and be forgotten as a plan says. The library tells it of each task before that starts.
type tasks struct {
	*plan[*taskEntry]
	registry *simulator.Registry
	calls    *inProgress
	nameOf   func(ref) string

	running sync.Map // task to *taskRun
	busy    sync.Map // machine to the task that changes it
}

// Reference makes it a handler of the registry.
func (t *tasks) Reference() ref { return ref{Type: "Simulator", Value: "tasks"} }

// PutObject is told of every new object.
func (t *tasks) PutObject(_ *simulator.Context, object mo.Reference) {
	task, ok := object.(*simulator.Task)
	if !ok || task.Execute == nil || task.Info.Entity == nil {
		return
	}
	work := guarded(task.Execute)
	task.Execute = work
	call := t.calls.here()
	if call == nil {
		return // a part of another task
	}
	making := newName(call.method.Body)
	run := &taskRun{
		tasks:    t,
		task:     task,
		ctx:      call.ctx,
		work:     work,
		entry:    t.next(func(e *taskEntry) bool { return e.matches(&task.Info, t.nameOf, making) }),
		canceled: make(chan struct{}),
	}
	task.Execute = run.execute
	if run.entry != nil {
		task.Info.Cancelable = true
		t.running.Store(task.Self, run)
	}
}

// guarded turns a panic of the library into a fault: one task shall not end the simulator.
func guarded(work func(*simulator.Task) (types.AnyType, types.BaseMethodFault)) func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
	return func(task *simulator.Task) (result types.AnyType, fault types.BaseMethodFault) {
		defer func() {
			if problem := recover(); problem != nil {
				log.Printf("%s: %v\n%s", task.Info.Name, problem, debug.Stack())
				result, fault = nil, &types.SystemError{Reason: fmt.Sprint(problem)}
			}
		}()
		return work(task)
	}
}

// UpdateObject is told of every change. It looks for tasks that are cancelled.
func (t *tasks) UpdateObject(_ *simulator.Context, object mo.Reference, changes []types.PropertyChange) {
	task, ok := object.(*mo.Task)
	if !ok || !task.Info.Cancelled {
		return
	}
	if run, ok := t.running.LoadAndDelete(task.Self); ok {
		close(run.(*taskRun).canceled)
	}
}

// RemoveObject is told of every object that goes.
func (t *tasks) RemoveObject(*simulator.Context, ref) {}

// taskRun is one task on its way.
type taskRun struct {
	tasks    *tasks
	task     *simulator.Task
	ctx      *simulator.Context // of the call
	work     func(*simulator.Task) (types.AnyType, types.BaseMethodFault)
	entry    *taskEntry // nil: as the library does it
	canceled chan struct{}
}

// execute stands in for the task's work. The library calls it with the object locked.
func (r *taskRun) execute(task *simulator.Task) (types.AnyType, types.BaseMethodFault) {
	// A machine is changed by one task at a time; it may be cloned meanwhile.
	if entity := *task.Info.Entity; entity.Type == "VirtualMachine" && operationName(task.Info.Name) != "clone" {
		if other, taken := r.tasks.busy.LoadOrStore(entity, task.Self); taken {
			return nil, &types.TaskInProgress{Task: other.(ref)}
		}
		defer r.tasks.busy.Delete(entity)
	}
	if r.entry == nil {
		return r.work(task)
	}
	defer r.tasks.running.Delete(task.Self)
	if r.entry.ForgetMS != nil {
		defer func() { go r.forget() }()
	}
	r.wait()
	return r.work(task)
}

// wait lets the time of the task pass, in which others can read its object. It returns with the object locked
// again; where the task has ended meanwhile, its goroutine ends here.
func (r *taskRun) wait() {
	entity := *r.task.Info.Entity
	// The library shares a lock by its context, and counts: taken once, given back twice leaves it to others.
	unlock := r.tasks.registry.AcquireLock(r.ctx, entity)
	unlock()
	unlock()

	if r.entry.QueuedMS > 0 {
		r.update(types.PropertyChange{Name: "info.state", Val: types.TaskInfoStateQueued})
		r.sleep(time.Duration(r.entry.QueuedMS) * time.Millisecond)
		r.update(
			types.PropertyChange{Name: "info.startTime", Val: time.Now()},
			types.PropertyChange{Name: "info.state", Val: types.TaskInfoStateRunning},
		)
	}
	step := time.Duration(r.entry.AfterMS) * time.Millisecond / time.Duration(len(r.entry.Progress)+1)
	for _, percent := range r.entry.Progress {
		r.sleep(step)
		r.update(types.PropertyChange{Name: "info.progress", Val: percent})
	}
	r.sleep(step)

	if r.entry.Fault != "" {
		made, _ := r.entry.make(entity)
		r.fail(made, r.entry.message())
	}
	if r.tasks.registry.Get(entity) == nil {
		r.fail(&types.ManagedObjectNotFound{Obj: entity}, "The object has already been deleted or has not been completely created")
	}
	r.tasks.registry.AcquireLock(r.ctx, entity)
}

// sleep ends the goroutine when the task is cancelled: the library has written how it ended.
func (r *taskRun) sleep(d time.Duration) {
	select {
	case <-r.canceled:
		runtime.Goexit()
	case <-time.After(d):
	}
}

// fail ends the task and its goroutine.
func (r *taskRun) fail(fault types.BaseMethodFault, message string) {
	r.update(
		types.PropertyChange{Name: "info.completeTime", Val: time.Now()},
		types.PropertyChange{Name: "info.state", Val: types.TaskInfoStateError},
		types.PropertyChange{Name: "info.error", Val: types.LocalizedMethodFault{Fault: fault, LocalizedMessage: message}},
	)
	runtime.Goexit()
}

func (r *taskRun) update(changes ...types.PropertyChange) {
	r.tasks.registry.AtomicUpdate(r.tasks.context(), r.task, changes)
}

// context is one that shares no lock with a call.
func (t *tasks) context() *simulator.Context {
	return &simulator.Context{Context: context.Background(), Map: t.registry}
}

// forget removes the task some time after it has ended, also from the lists of recent tasks.
func (r *taskRun) forget() {
	registry, ctx, self := r.tasks.registry, r.tasks.context(), r.task.Self
	for ended := false; !ended; time.Sleep(5 * time.Millisecond) {
		registry.WithLock(ctx, r.task, func() {
			ended = r.task.Info.State == types.TaskInfoStateError || r.task.Info.State == types.TaskInfoStateSuccess
		})
	}
	time.Sleep(time.Duration(*r.entry.ForgetMS) * time.Millisecond)
	registry.Remove(ctx, self)
	if entity, ok := registry.Get(*r.task.Info.Entity).(mo.Entity); ok {
		registry.RemoveReference(ctx, entity, &entity.Entity().RecentTask, self)
	}
	manager := registry.Get(*registry.Get(serviceInstance).(*simulator.ServiceInstance).Content.TaskManager).(*simulator.TaskManager)
	manager.Lock()
	defer manager.Unlock()
	simulator.RemoveReference(&manager.RecentTask, self)
}
