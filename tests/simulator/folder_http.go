// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
)

// folderPath is where a server gives and takes the files of its datastores.
const folderPath = "/folder/"

// nfcPath is where it takes what is imported.
const nfcPath = "/nfc/"

// folderHTTP serves the files of datastores to those who are logged in.
type folderHTTP struct {
	files    *fileStore
	sessions *sessions
	login    func(user, password string) bool
}

func (h *folderHTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.known(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="VMware HTTP server"`)
		http.Error(w, "401 Unauthorized", http.StatusUnauthorized)
		return
	}
	p, found := h.place(r)
	if !found {
		http.NotFound(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.give(w, r, p)
	case http.MethodPut:
		h.take(w, r, p)
	default:
		http.Error(w, "405 Method Not Allowed", http.StatusMethodNotAllowed)
	}
}

// known tells whether a request comes with the cookie of an open session, or with name and password.
func (h *folderHTTP) known(r *http.Request) bool {
	if cookie, err := r.Cookie(soap.SessionCookieName); err == nil && h.sessions.isOpen(strings.Trim(cookie.Value, `"`)) {
		return true
	}
	user, password, given := r.BasicAuth()
	return given && h.login(user, password)
}

// place is the file that a request names by its path, the datacenter's path and the datastore's name.
func (h *folderHTTP) place(r *http.Request) (place, bool) {
	name := strings.TrimPrefix(r.URL.Path, folderPath)
	if strings.Contains(name, "..") {
		return place{}, false
	}
	wanted := strings.Trim(r.URL.Query().Get("dcPath"), "/")
	for _, entity := range h.files.registry.All("Datacenter") {
		at, ok := entity.(*simulator.Datacenter)
		if !ok || h.datacenterPath(at) != wanted && wanted != "" {
			continue
		}
		if store := h.files.store(at, r.URL.Query().Get("dsName")); store != nil {
			return place{store, path.Clean("/" + name)[1:]}, true
		}
	}
	return place{}, false
}

// datacenterPath has the names from below the root folder.
func (h *folderHTTP) datacenterPath(at *simulator.Datacenter) string {
	name := at.Name
	for parent := at.Parent; parent != nil; {
		entity, ok := h.files.registry.Get(*parent).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			break
		}
		name = path.Join(entity.Entity().Name, name)
		parent = entity.Entity().Parent
	}
	return name
}

func (h *folderHTTP) give(w http.ResponseWriter, r *http.Request, p place) {
	opened, err := h.files.open(p)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer opened.close()
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, path.Base(p.path), time.Time{}, opened)
}

// take overwrites without a question. The folder must be there.
func (h *folderHTTP) take(w http.ResponseWriter, r *http.Request, p place) {
	switch {
	case r.ContentLength < 0:
		http.Error(w, "411 Length Required", http.StatusLengthRequired)
		return
	case p.path == "" || !h.files.isFolder(p.parent()):
		http.NotFound(w, r)
		return
	case h.files.locked(p) != nil:
		http.Error(w, "403 Forbidden", http.StatusForbidden)
		return
	}
	status := http.StatusCreated
	if h.files.exists(p) {
		status = http.StatusOK
	}
	if _, err := h.files.write(p, r.Body); err != nil {
		http.Error(w, "500 Internal Server Error", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
}
