// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// lease is the import of one machine. It belongs to the session that began it; without a sign of life it ends, and one that
// ends before it is complete takes its machine along.
type lease struct {
	mo.HttpNfcLease
	imports *imports
	ctx     *simulator.Context // of the call that began it
	token   string             // in the URLs
	mutex   sync.Mutex
	timer   *time.Timer
	failed  bool // before its state says so: the machine goes first
}

func (i *imports) newLease(ctx *simulator.Context) *lease {
	copied := *ctx
	l := &lease{imports: i, ctx: &copied, token: "52" + uuid.NewString()[2:]}
	l.Self = ref{Type: "HttpNfcLease", Value: fmt.Sprintf("session[%s]%s", ctx.Session.Key, l.token)}
	l.State, l.Mode = types.HttpNfcLeaseStateInitializing, string(types.HttpNfcLeaseModePushOrGet)
	ctx.Session.Registry.Put(l)
	return l
}

// isOpen tells whether it is neither complete nor failed.
func (l *lease) isOpen() bool {
	return !l.failed && (l.State == types.HttpNfcLeaseStateInitializing || l.State == types.HttpNfcLeaseStateReady)
}

// ready tells where the files of the machine go, the last device first.
func (l *lease) ready(ctx *simulator.Context, vm *mo.VirtualMachine) {
	l.mutex.Lock()
	failed := l.failed
	l.mutex.Unlock()
	if failed {
		// It was aborted while its machine was made.
		l.destroy(ctx, vm.Self)
		return
	}
	devices := object.VirtualDeviceList(vm.Config.Hardware.Device)
	info := &types.HttpNfcLeaseInfo{Lease: l.Self, Entity: vm.Self, LeaseTimeout: int32(l.imports.timeout / time.Second)}
	base, thumbprint := l.imports.address()
	for _, device := range devices {
		backing, ok := device.GetVirtualDevice().Backing.(types.BaseVirtualDeviceFileBackingInfo)
		if !ok {
			continue
		}
		var file object.DatastorePath
		file.FromString(backing.GetVirtualDeviceFileBackingInfo().FileName)
		name, id := path.Base(file.Path), deviceID(devices, device)
		disk, isDisk := device.(*types.VirtualDisk)
		if isDisk {
			info.TotalDiskCapacityInKB += disk.CapacityInKB
			name = fmt.Sprintf("disk-%d.vmdk", len(info.DeviceUrl))
		}
		info.DeviceUrl = append(info.DeviceUrl, types.HttpNfcLeaseDeviceUrl{
			Key: "/" + vm.Self.Value + "/" + id, ImportKey: "/" + unescape(vm.Name) + "/" + id, Url: base + nfcPath + l.token + "/" + url.PathEscape(name),
			SslThumbprint: thumbprint, Disk: &isDisk, TargetId: name,
		})
	}
	slices.Reverse(info.DeviceUrl)
	l.imports.byToken.Store(l.token, l)
	l.alive()
	l.update(ctx,
		types.PropertyChange{Name: "info", Val: *info},
		types.PropertyChange{Name: "initializeProgress", Val: int32(100)},
		types.PropertyChange{Name: "state", Val: types.HttpNfcLeaseStateReady},
	)
}

// deviceID names a device by its place: VirtualLsiLogicController0:1.
func deviceID(devices object.VirtualDeviceList, device types.BaseVirtualDevice) string {
	of := device.GetVirtualDevice()
	on, _ := devices.FindByKey(of.ControllerKey).(types.BaseVirtualController)
	if on == nil {
		return fmt.Sprintf("%s:%d", typeOf(device), of.Key)
	}
	return fmt.Sprintf("%s%d:%d", typeOf(on.(types.BaseVirtualDevice)), on.GetVirtualController().BusNumber, orElse(of.UnitNumber, 0))
}

func (l *lease) update(ctx *simulator.Context, changes ...types.PropertyChange) {
	l.imports.registry.AtomicUpdate(ctx, l, changes)
}

// alive puts its timeout off.
func (l *lease) alive() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	l.timer = time.AfterFunc(l.imports.timeout, func() {
		copied := *l.ctx
		l.fail(&copied, &types.LocalizedMethodFault{Fault: &types.Timedout{}, LocalizedMessage: "Lease timed out."})
	})
}

// fail ends it and removes its machine.
func (l *lease) fail(ctx *simulator.Context, why *types.LocalizedMethodFault) {
	l.mutex.Lock()
	open := l.isOpen()
	l.failed = l.failed || open
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mutex.Unlock()
	if !open {
		return
	}
	l.imports.byToken.Delete(l.token)
	if l.Info != nil {
		l.destroy(ctx, l.Info.Entity)
	}
	l.update(ctx, types.PropertyChange{Name: "error", Val: *why}, types.PropertyChange{Name: "state", Val: types.HttpNfcLeaseStateError})
}

func (l *lease) destroy(ctx *simulator.Context, machine ref) {
	answer, _ := l.imports.call(ctx, "Destroy_Task", machine, &types.Destroy_Task{This: machine}).(*methods.Destroy_TaskBody)
	if answer != nil && answer.Res != nil {
		if task, ok := l.imports.registry.Get(answer.Res.Returnval).(*simulator.Task); ok {
			task.Wait()
		}
	}
}

// refusal is why a call on it is refused, or nil.
func (l *lease) refusal() *soap.Fault {
	if l.State == types.HttpNfcLeaseStateReady && l.isOpen() {
		return nil
	}
	if l.Error != nil {
		if _, late := l.Error.Fault.(*types.Timedout); late {
			return simulator.Fault("Lease timed out.", &types.Timedout{})
		}
	}
	return simulator.Fault("The operation is not allowed in the current state.", &types.InvalidState{})
}

func (l *lease) HttpNfcLeaseProgress(ctx *simulator.Context, r *types.HttpNfcLeaseProgress) soap.HasFault {
	body := &methods.HttpNfcLeaseProgressBody{Res: &types.HttpNfcLeaseProgressResponse{}}
	switch {
	case r.Percent < 0 || r.Percent > 100:
		body.Fault_ = simulator.Fault("", &types.InvalidArgument{InvalidProperty: "percent"})
	case l.refusal() != nil:
		body.Fault_ = l.refusal()
	default:
		l.alive()
		ctx.Update(l, []types.PropertyChange{{Name: "transferProgress", Val: r.Percent}})
	}
	return body
}

func (l *lease) HttpNfcLeaseComplete(ctx *simulator.Context, _ *types.HttpNfcLeaseComplete) soap.HasFault {
	body := &methods.HttpNfcLeaseCompleteBody{Res: &types.HttpNfcLeaseCompleteResponse{}, Fault_: l.refusal()}
	if body.Fault_ == nil {
		l.imports.byToken.Delete(l.token)
		l.timer.Stop()
		ctx.Update(l, []types.PropertyChange{{Name: "state", Val: types.HttpNfcLeaseStateDone}})
	}
	return body
}

func (l *lease) HttpNfcLeaseAbort(ctx *simulator.Context, r *types.HttpNfcLeaseAbort) soap.HasFault {
	body := &methods.HttpNfcLeaseAbortBody{Res: &types.HttpNfcLeaseAbortResponse{}}
	if !l.isOpen() {
		body.Fault_ = l.refusal()
		return body
	}
	why := r.Fault
	if why == nil {
		why = &types.LocalizedMethodFault{Fault: &types.RequestCanceled{}, LocalizedMessage: "The task was canceled by a user."}
	}
	l.fail(ctx, why)
	return body
}

func (l *lease) HttpNfcLeaseGetManifest(*simulator.Context, *types.HttpNfcLeaseGetManifest) soap.HasFault {
	answer := &types.HttpNfcLeaseGetManifestResponse{}
	for _, one := range l.imports.uploadsOf(l.token) {
		answer.Returnval = append(answer.Returnval, types.HttpNfcLeaseManifestEntry{
			Key: one.key, Sha1: one.SHA1, ChecksumType: "sha256", Checksum: one.SHA256, Size: one.Size, Disk: *one.disk,
		})
	}
	return &methods.HttpNfcLeaseGetManifestBody{Res: answer}
}
