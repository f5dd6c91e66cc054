// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator" // REST: tags, content library
	"github.com/vmware/govmomi/vim25/types"
)

// serve fills the model, listens, and says where. It returns only an error; the server goes on.
func serve(o *options, plans *plans) error {
	service, tags, err := fill(o)
	if err != nil {
		return err
	}
	addHostServices(service.Context.Map)
	service.Context.Map.SessionManager().ValidLogin = func(login *types.Login) bool {
		_, known := o.accounts[login.UserName]
		return (known || login.UserName == o.user) && login.Password == o.password
	}

	// The library starts to serve before its handler can be replaced: no request passes until then.
	ready := make(chan struct{})
	service.TLS = &tls.Config{
		Certificates: o.certificates,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			<-ready
			return nil, nil
		},
	}
	service.Listen = &url.URL{Host: o.listen, User: url.UserPassword(o.user, o.password)}
	service.RegisterEndpoints = true
	server, err := listen(service)
	if err != nil {
		return err
	}
	if err = tags.send(server.Config.Handler, service.Listen.User); err != nil {
		return err
	}
	before := newGate(o, plans, service.Context.Map)
	before.inner = before.sessions.countREST(sortTags(server.Config.Handler))
	if o.newerREST {
		before.inner = newerREST(before.inner)
	}
	if o.nfcCertificate != nil {
		if before.imports.host, err = listenNFC(*o.nfcCertificate, before); err != nil {
			return err
		}
	}
	server.Config.Handler = before
	close(ready)

	address := *server.URL
	address.User = nil
	if o.urlFile != "" {
		return writeWhole(o.urlFile, address.String()+"\n")
	}
	fmt.Println(address.String())
	return nil
}

// fill makes the objects: loaded, as the library makes them, or our own estate, whose tags are returned too.
func fill(o *options) (*simulator.Service, tagging, error) {
	// While it fills a model the library logs what it only tries, such as a file name that is taken.
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)

	about := &o.model.ServiceContent.About
	id := newIdentity(o.name, o.seed)
	o.release.stamp(about)
	if o.kind == "vcenter" {
		about.InstanceUuid = id.uuid("about").String()
	}
	var err error
	switch {
	case o.load != "":
		err = o.model.Load(o.load)
	case o.plain:
		err = o.model.Create()
	default:
		var e *estate
		if e, err = newEstate(o, id); err == nil {
			err = e.fill()
		}
		if err != nil {
			return nil, nil, err
		}
		newChanger(o, id, e.registry)
		n := &needs{e.registry, e.admitted, e.model.ServiceContent.RootFolder}
		intercept(e.registry, n.before)
		return e.service, e.tagging(), nil
	}
	if err == nil {
		newChanger(o, id, o.model.Service.Context.Map)
	}
	return o.model.Service, nil, err
}

// listen turns the library's panic about an address in use into an error.
func listen(service *simulator.Service) (server *simulator.Server, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("%v", problem)
		}
	}()
	return service.NewServer(), nil
}
