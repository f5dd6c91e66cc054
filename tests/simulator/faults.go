// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
)

// fault is one entry of the faults file: which calls to corrupt, and how.
type fault struct {
	Method string `json:"method"`
	Object string `json:"object"`
	Call   *int   `json:"call"`
	Times  *int   `json:"times"`

	Fault    string `json:"fault"`
	Message  string `json:"message"`
	Status   int    `json:"status"`
	Reset    bool   `json:"reset"`
	DelayMS  int    `json:"delay_ms"`
	Truncate bool   `json:"truncate"`

	seen int
}

// faultPlan has the faults of a file, and counts the calls of each.
type faultPlan struct {
	mutex  sync.Mutex
	faults []*fault
	nameOf func(types.ManagedObjectReference) string
}

func readFaults(path string) (*faultPlan, error) {
	if path == "" {
		return &faultPlan{}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	plan, err := parseFaults(text)
	if err != nil {
		return nil, fmt.Errorf("faults file %s: %w", path, err)
	}
	return plan, nil
}

func parseFaults(text []byte) (*faultPlan, error) {
	plan := &faultPlan{}
	if err := decodeStrictly(text, &plan.faults); err != nil {
		return nil, err
	}
	if plan.faults == nil {
		return nil, errors.New("want a list")
	}
	for i, f := range plan.faults {
		if f == nil {
			return nil, fmt.Errorf("entry %d: null", i+1)
		}
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return plan, nil
}

// decodeStrictly reads one JSON value in which every key is known.
func decodeStrictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

func orElse[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func (f *fault) check() error {
	rest := strings.Contains(f.Method, " ")
	outcomes := 0
	for _, chosen := range []bool{f.Fault != "", f.Status != 0, f.Reset, f.DelayMS != 0, f.Truncate} {
		if chosen {
			outcomes++
		}
	}
	_, known := types.TypeFunc()(f.Method)
	_, faultErr := newVimFault(f.Fault)
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{f.Method == "", "method is missing"},
		{f.Method != "*" && !rest && !known, fmt.Sprintf("unknown method %q", f.Method)},
		{outcomes != 1, "want exactly one of fault, status, reset, delay_ms and truncate"},
		{f.Fault != "" && faultErr != nil, fmt.Sprint(faultErr)},
		{f.Fault != "" && rest, "a fault is for SOAP methods; use status"},
		{f.Message != "" && f.Fault == "", "message belongs to a fault"},
		{f.Status != 0 && (f.Status < 200 || f.Status > 599), "status is a number from 200 to 599"},
		{orElse(f.Call, 1) < 1, "call counts from 1"},
		{orElse(f.Times, 1) < 0, "times is not negative; 0 is for ever"},
		{f.DelayMS < 0, "delay_ms is not negative"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return nil
}

// nextFault counts a call with every fault that it matches and returns the first one whose turn it is, or nil.
func (p *faultPlan) nextFault(called *call) *fault {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var chosen *fault
	for _, f := range p.faults {
		if !p.matches(f, called) {
			continue
		}
		f.seen++
		first, times := orElse(f.Call, 1), orElse(f.Times, 1)
		if chosen == nil && f.seen >= first && (times == 0 || f.seen < first+times) {
			chosen = f
		}
	}
	return chosen
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

// newVimFault makes an empty fault of a named type.
func newVimFault(name string) (types.BaseMethodFault, error) {
	if kind, ok := types.TypeFunc()(name); ok {
		if made, ok := reflect.New(kind).Interface().(types.BaseMethodFault); ok {
			return made, nil
		}
	}
	return nil, fmt.Errorf("unknown fault %q", name)
}
