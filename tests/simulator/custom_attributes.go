// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"slices"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// firstAttribute is the key of the first custom attribute.
const firstAttribute = 101

// defineAttributes makes the custom attributes known; an ESXi host has none.
func (e *estate) defineAttributes() {
	if e.isESXi() {
		return
	}
	manager := e.registry.CustomFieldsManager()
	manager.Field = nil
	for i, a := range attributes {
		manager.Field = append(manager.Field, types.CustomFieldDef{
			Key: int32(firstAttribute + i), Name: escape(a.name), Type: "string", ManagedObjectType: a.on,
		})
		e.written.add("custom_attributes", struct {
			Key  int    `json:"key"`
			Name string `json:"name"`
			On   string `json:"type,omitempty"`
		}{firstAttribute + i, a.name, a.on})
	}
}

// label puts custom attributes and tags on an entity, the number says which.
func (e *estate) label(entity *mo.ManagedEntity, number int) labels {
	var on labels
	if e.isESXi() {
		return on
	}
	kind := entity.Self.Type
	for i, a := range attributes {
		if a.on != "" && a.on != kind {
			continue
		}
		entity.AvailableField = append(entity.AvailableField, e.registry.CustomFieldsManager().Field[i])
		value := a.values[(number+i)%len(a.values)]
		if value == "" {
			continue
		}
		entity.CustomValue = append(entity.CustomValue, &types.CustomFieldStringValue{
			CustomFieldValue: types.CustomFieldValue{Key: int32(firstAttribute + i)}, Value: value,
		})
		if on.CustomAttributes == nil {
			on.CustomAttributes = map[string]string{}
		}
		on.CustomAttributes[a.name] = value
	}
	entity.Value = entity.CustomValue
	for i, c := range categories {
		if number%c.nth != 0 || len(c.kinds) > 0 && !slices.Contains(c.kinds, kind) {
			continue
		}
		first := (number/c.nth + i) % len(c.tags)
		names := []string{c.tags[first]}
		if c.many && number%2 == 0 {
			names = append(names, c.tags[(first+1)%len(c.tags)])
		}
		slices.Sort(names)
		if on.Tags == nil {
			on.Tags = map[string][]string{}
		}
		on.Tags[c.name] = names
		for _, name := range names {
			e.tagged[c.name+"\x00"+name] = append(e.tagged[c.name+"\x00"+name], entity.Self)
		}
	}
	return on
}
