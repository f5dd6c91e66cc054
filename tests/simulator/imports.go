// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"crypto/sha1"
	"encoding/hex"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// imports makes machines of OVF descriptors, and takes their files.
type imports struct {
	registry *simulator.Registry
	calls    *inProgress
	timeout  time.Duration
	host     *nfcHost // nil: this server takes the files itself
	byToken  sync.Map // open leases
	mutex    sync.Mutex
	uploads  []*upload
}

// poolCalls answers the calls on a resource pool.
type poolCalls struct {
	*simulator.ResourcePool
	notEntity
	imports *imports
}

// ovfCalls answers the calls on the OvfManager.
type ovfCalls struct{ *simulator.OvfManager }

// before puts the imports before the library's.
func (i *imports) before(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session == nil || method.Name != "ImportVApp" && method.Name != "CreateImportSpec" || ctx.Session.Registry.Get(method.This) != nil {
		return nil, nil
	}
	switch item := ctx.Map.Get(method.This).(type) {
	case *simulator.ResourcePool:
		ctx.Session.Registry.Put(&poolCalls{ResourcePool: item, imports: i})
	case *simulator.OvfManager:
		ctx.Session.Registry.Put(&ovfCalls{item})
	}
	return nil, nil
}

// call makes a call as one that came from outside would be made, within another one.
func (i *imports) call(ctx *simulator.Context, name string, this ref, request any) soap.HasFault {
	nested := i.calls.here() == nil
	if i.registry.Handler != nil {
		_, _ = i.registry.Handler(ctx, &simulator.Method{Name: name, This: this, Body: request})
	}
	if nested {
		i.calls.end() // a part of the task that calls
	}
	object := ctx.Session.Get(this)
	if object == nil {
		return nil
	}
	method := reflect.ValueOf(object).MethodByName(strings.Replace(name, "_Task", "Task", 1))
	arguments := []reflect.Value{reflect.ValueOf(request)}
	if method.Type().NumIn() == 2 {
		arguments = append([]reflect.Value{reflect.ValueOf(ctx)}, arguments...)
	}
	var answer []reflect.Value
	i.registry.WithLock(ctx, object, func() { answer = method.Call(arguments) })
	return answer[0].Interface().(soap.HasFault)
}

func (p *poolCalls) ImportVApp(ctx *simulator.Context, r *types.ImportVApp) soap.HasFault {
	body := &methods.ImportVAppBody{}
	spec, ok := r.Spec.(*types.VirtualMachineImportSpec)
	if !ok {
		body.Fault_ = simulator.Fault("A specified parameter was not correct: spec", &types.InvalidArgument{InvalidProperty: "spec"})
		return body
	}
	folder := r.Folder
	if folder == nil {
		folder = p.imports.machineFolder(p.Self)
	}
	if fault := fixedProperty(spec); fault != nil {
		body.Fault_ = simulator.Fault(describe(fault), fault)
		return body
	}
	l := p.imports.newLease(ctx)
	self := simulator.CreateTask(p.ResourcePool, "ImportVAppLRO", func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		create := &types.CreateVM_Task{This: *folder, Config: spec.ConfigSpec, Pool: p.Self, Host: r.Host}
		answer, _ := p.imports.call(ctx, "CreateVM_Task", *folder, create).(*methods.CreateVM_TaskBody)
		if answer == nil || answer.Fault_ != nil {
			return nil, faultOf(answer)
		}
		task := p.imports.registry.Get(answer.Res.Returnval).(*simulator.Task)
		task.Wait()
		if task.Info.Error != nil {
			return nil, task.Info.Error.Fault
		}
		vm := p.imports.registry.Get(task.Info.Result.(ref)).(*simulator.VirtualMachine)
		l.ready(ctx, &vm.VirtualMachine)
		return nil, nil
	}).Run(ctx)
	task := p.imports.registry.Get(self).(*simulator.Task)
	go func() {
		task.Wait()
		if task.Info.Error != nil {
			copied := *l.ctx
			l.fail(&copied, task.Info.Error)
		}
	}()
	body.Res = &types.ImportVAppResponse{Returnval: l.Self}
	return body
}

// fixedProperty is the fault for a vApp property that nobody may change and somebody did, or nil.
func fixedProperty(spec *types.VirtualMachineImportSpec) types.BaseMethodFault {
	config, ok := spec.ConfigSpec.VAppConfig.(*types.VAppConfigSpec)
	if !ok {
		return nil
	}
	for _, property := range config.Property {
		if one := property.Info; one != nil && !orElse(one.UserConfigurable, false) && one.Value != "" && one.Value != one.DefaultValue {
			return &types.NotUserConfigurableProperty{VAppPropertyFault: types.VAppPropertyFault{
				Id: one.Id, Category: one.Category, Label: one.Label, Type: one.Type, Value: one.Value,
			}}
		}
	}
	return nil
}

func faultOf(answer *methods.CreateVM_TaskBody) types.BaseMethodFault {
	if answer != nil {
		if fault, ok := answer.Fault_.VimFault().(types.BaseMethodFault); ok {
			return fault
		}
	}
	return &types.InvalidArgument{InvalidProperty: "folder"}
}

// machineFolder is where the machines of the pool's datacenter are.
func (i *imports) machineFolder(of ref) *ref {
	for {
		entity, ok := i.registry.Get(of).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			return &of
		}
		if at, ok := entity.(*simulator.Datacenter); ok {
			return &at.VmFolder
		}
		of = *entity.Entity().Parent
	}
}

// address is the base of the URLs, and the fingerprint of the certificate there. An ESXi host leaves its own name open.
func (i *imports) address() (base, thumbprint string) {
	if i.host != nil {
		return i.host.base, i.host.thumbprint
	}
	if i.registry.IsESX() {
		return "https://*", ""
	}
	setting := i.registry.OptionManager().Setting
	for _, option := range setting {
		if one := option.GetOptionValue(); one.Key == "vcsim.server.url" {
			at, _ := url.Parse(one.Value.(string))
			base = at.Scheme + "://" + at.Host
		}
	}
	return base, thumbprintOf(i.registry.SessionManager().TLS().Certificates[0].Certificate[0])
}

// thumbprintOf is SHA-1 of a certificate as vSphere writes it.
func thumbprintOf(certificate []byte) string {
	sum := sha1.Sum(certificate)
	digits := strings.ToUpper(hex.EncodeToString(sum[:]))
	var pairs []string
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, digits[i:i+2])
	}
	return strings.Join(pairs, ":")
}
