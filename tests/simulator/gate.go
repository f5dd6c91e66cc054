// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// controlPath is where tests ask and steer the simulator, without a login.
const controlPath = "/simulator/"

// gate stands before the library's handler: it counts, delays and corrupts calls.
type gate struct {
	inner    http.Handler
	control  *http.ServeMux
	calls    *callCounter
	progress *inProgress
	faults   *faultPlan
	sessions *sessions
	folder   *folderHTTP
	imports  *imports
	delays   methodDelays
	delay    time.Duration
}

// newGate makes the gate of a filled registry, which learns of calls and tasks from then on.
func newGate(o *options, plans *plans, registry *simulator.Registry) *gate {
	nameOf := func(of ref) string {
		if entity, ok := registry.Get(of).(mo.Entity); ok {
			return entity.Entity().Name
		}
		return ""
	}
	g := &gate{
		control:  http.NewServeMux(),
		calls:    newCallCounter(),
		progress: &inProgress{},
		faults:   &faultPlan{plan: plans.faults, nameOf: nameOf},
		sessions: newSessions(registry),
		delays:   o.methodDelays,
		delay:    o.delay,
	}
	intercept(registry, g.progress.begin)
	intercept(registry, g.sessions.see)
	registry.AddHandler(&tasks{plan: plans.tasks, registry: registry, calls: g.progress, nameOf: nameOf})

	files := &fileStore{registry: registry, calls: g.progress, root: fileRoot()}
	intercept(registry, files.before)
	registry.AddHandler(files)
	login := registry.SessionManager().ValidLogin
	g.folder = &folderHTTP{files: files, sessions: g.sessions, login: func(user, password string) bool {
		return login(&types.Login{UserName: user, Password: password})
	}}

	g.imports = &imports{registry: registry, calls: g.progress, timeout: o.leaseTimeout}
	intercept(registry, g.imports.before)

	g.control.Handle(callsPath, g.calls)
	g.control.Handle("/simulator/faults", plans.faults)
	g.control.Handle("/simulator/tasks", plans.tasks)
	g.control.HandleFunc("GET /simulator/left", g.sessions.serveLeft)
	g.control.HandleFunc("GET /simulator/uploads", g.imports.serveUploads)
	g.control.HandleFunc("DELETE /simulator/sessions", g.sessions.serveEnd)
	return g
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPath) {
		g.control.ServeHTTP(w, r)
		return
	}
	called, err := readCall(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.calls.add(called.method)
	time.Sleep(g.delay + g.delays[called.method])
	defer g.progress.end()
	inner := g.inner
	switch {
	case strings.HasPrefix(r.URL.Path, folderPath):
		inner = g.folder
	case strings.HasPrefix(r.URL.Path, nfcPath):
		inner = g.imports
	}
	g.faults.nextFault(called).answer(w, r, called, inner, g.sessions.endOf)
}
