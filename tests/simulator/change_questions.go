// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// asking in the name of a machine makes it ask at its first power on whether it was moved or copied.
const asking = "asking"

// Answers to the question.
const (
	cancels = "0"
	moved   = "1"
	copied  = "2"
)

var altered = types.VirtualMachineQuestionInfo{
	Text: "msg.uuid.altered:This virtual machine might have been moved or copied. In order to configure certain management and networking features, " +
		"VMware ESX needs to know if this virtual machine was moved or copied. If you don't know, answer \"I Copied It\".",
	Choice: types.ChoiceOption{
		OptionType: types.OptionType{ValueIsReadonly: ptr(true)},
		ChoiceInfo: []types.BaseElementDescription{choice(cancels, "button.cancel"), choice(moved, "button.uuid.movedTheVM"), choice(copied, "button.uuid.copiedTheVM")},
		// The default is what somebody would choose who does not know.
		DefaultIndex: 2,
	},
	Message: []types.VirtualMachineMessage{{Id: "msg.uuid.altered", Text: "This virtual machine might have been moved or copied."}},
}

func choice(key, label string) *types.ElementDescription {
	return &types.ElementDescription{Description: types.Description{Label: label, Summary: label}, Key: key}
}

// askAndPowerOn powers a machine on, once it has its answer if it asks something.
func (c *changer) askAndPowerOn(ctx *simulator.Context, vm *simulator.VirtualMachine) types.BaseMethodFault {
	answer := moved
	if vm.Runtime.PowerState == off {
		answer = c.question(ctx, vm)
	}
	if answer == cancels {
		return &types.RequestCanceled{}
	}
	if answer == copied {
		_ = c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
			d.Config.Uuid = c.uuid("bios")
			c.touch(d.Config)
			return nil
		})
	}
	return c.powerOn(ctx, vm)
}

// question makes a machine ask, if it has to, and returns the answer. Others can use the machine meanwhile.
func (c *changer) question(ctx *simulator.Context, vm *simulator.VirtualMachine) string {
	if behaves(&vm.VirtualMachine, asking) {
		return moved
	}
	answer := make(chan string, 1)
	first := false
	c.guests.edit(vm.Self, func(of *guest) {
		if first = !of.asked; first {
			of.asked, of.answer = true, answer
		}
	})
	if !first {
		return moved
	}
	asked := altered
	asked.Id = "question-" + vm.Self.Value
	c.setQuestion(ctx, vm, &asked)
	// The library shares a lock by its context, and counts: taken once, given back twice leaves it to others.
	unlock := c.registry.AcquireLock(ctx, vm.Self)
	unlock()
	unlock()
	given := <-answer
	c.registry.AcquireLock(ctx, vm.Self)
	return given
}

func (c *changer) setQuestion(ctx *simulator.Context, vm *simulator.VirtualMachine, asked *types.VirtualMachineQuestionInfo) {
	_ = c.change(ctx, vm, func(d *mo.VirtualMachine) types.BaseMethodFault {
		d.Runtime.Question = asked
		return nil
	})
}

func (m *machineCalls) AnswerVM(ctx *simulator.Context, req *types.AnswerVM) soap.HasFault {
	var fault types.BaseMethodFault
	switch question := m.Runtime.Question; {
	case question == nil || question.Id != req.QuestionId:
		fault = &types.ConcurrentAccess{}
	case req.AnswerChoice != cancels && req.AnswerChoice != moved && req.AnswerChoice != copied:
		fault = argument("answerChoice")
	}
	if fault != nil {
		return &methods.AnswerVMBody{Fault_: simulator.Fault(describe(fault), fault)}
	}
	m.c.setQuestion(ctx, m.VirtualMachine, nil)
	m.c.guests.edit(m.Self, func(of *guest) {
		of.asked = req.AnswerChoice != cancels
		of.answer <- req.AnswerChoice
	})
	return &methods.AnswerVMBody{Res: &types.AnswerVMResponse{}}
}
