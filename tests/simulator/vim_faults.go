// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/vmware/govmomi/vim25/types"
)

// vimFault is a fault of vSphere as a file describes it.
type vimFault struct {
	Fault   string          `json:"fault"`
	Parts   json.RawMessage `json:"parts"`
	Message string          `json:"message"`
}

func (f *vimFault) rules() []rule {
	_, err := f.make(ref{})
	return []rule{
		{f.Fault != "" && err != nil, fmt.Sprint(err)},
		{f.Fault == "" && (f.Message != "" || f.Parts != nil), "message and parts belong to a fault"},
	}
}

func (f *vimFault) message() string {
	return cmp.Or(f.Message, "simulated "+f.Fault)
}

// make makes the fault, about an object unless its parts say otherwise.
func (f *vimFault) make(about ref) (types.BaseMethodFault, error) {
	made, err := newVimFault(f.Fault)
	if err != nil {
		return nil, err
	}
	fillReferences(reflect.ValueOf(made).Elem(), about)
	if f.Parts != nil {
		if err := decodeStrictly(f.Parts, made); err != nil {
			return nil, errors.New("parts: " + err.Error())
		}
	}
	return made, nil
}

// newVimFault makes an empty fault of a named type.
func newVimFault(name string) (types.BaseMethodFault, error) {
	if kind, ok := types.TypeFunc()(name); ok {
		if made, ok := reflect.New(kind).Interface().(types.BaseMethodFault); ok {
			return made, nil
		}
	}
	return nil, fmt.Errorf("unknown fault %q", name)
}

// fillReferences points every required reference of a fault at the object that was called:
// clients refuse a reference without a type.
func fillReferences(value reflect.Value, this ref) {
	for i := range value.NumField() {
		field := value.Field(i)
		if field.Type() == reflect.TypeOf(this) {
			field.Set(reflect.ValueOf(this))
		} else if value.Type().Field(i).Anonymous && field.Kind() == reflect.Struct {
			fillReferences(field, this)
		}
	}
}
