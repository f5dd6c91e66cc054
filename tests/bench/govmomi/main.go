// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Reader: the questions of a scan through govmomi, nothing done with the objects.
//
// usage: reader JOB
//
// ContainerView.Retrieve is what Go programs use. It asks for everything in one page, and follows the token
// where the server sends less.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// job is what job.py writes, as far as it is needed here.
type job struct {
	Host      string     `json:"host"`
	Port      int        `json:"port"`
	Username  string     `json:"username"`
	Password  string     `json:"password"`
	CAPath    string     `json:"ca_path"`
	Questions []question `json:"questions"`
}

type question struct {
	Properties map[string][]string `json:"properties"`
}

func main() {
	machines, err := run(context.Background(), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("{\"machines\": %d}\n", machines)
}

func run(ctx context.Context, path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var told job
	if err = json.Unmarshal(text, &told); err != nil {
		return 0, err
	}
	address := &url.URL{Scheme: "https", Host: fmt.Sprintf("%s:%d", told.Host, told.Port), Path: vim25.Path}
	plain := soap.NewClient(address, false)
	if err = plain.SetRootCAs(told.CAPath); err != nil {
		return 0, err
	}
	client, err := vim25.NewClient(ctx, plain)
	if err != nil {
		return 0, err
	}
	manager := session.NewManager(client)
	if err = manager.Login(ctx, url.UserPassword(told.Username, told.Password)); err != nil {
		return 0, err
	}
	defer manager.Logout(ctx)
	machines := 0
	for _, asked := range told.Questions {
		objects, err := retrieve(ctx, client, asked)
		if err != nil {
			return 0, err
		}
		for i := range objects {
			if objects[i].Obj.Type == "VirtualMachine" {
				machines++
			}
		}
	}
	return machines, nil
}

func retrieve(ctx context.Context, client *vim25.Client, asked question) ([]types.ObjectContent, error) {
	var kinds []string
	var wanted []types.PropertySpec
	for kind, paths := range asked.Properties {
		kinds = append(kinds, kind)
		wanted = append(wanted, types.PropertySpec{Type: kind, PathSet: paths})
	}
	container, err := view.NewManager(client).CreateContainerView(ctx, client.ServiceContent.RootFolder, kinds, true)
	if err != nil {
		return nil, err
	}
	defer container.Destroy(ctx)
	var objects []types.ObjectContent
	err = container.Retrieve(ctx, []string{wanted[0].Type}, wanted[0].PathSet, &objects, wanted[1:]...)
	return objects, err
}
