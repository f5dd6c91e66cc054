// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

var serviceInstance = vim25.ServiceInstance

// sessions knows what belongs to the open sessions, which the library tells nobody, and ends them.
type sessions struct {
	registry *simulator.Registry
	mutex    sync.Mutex
	owned    map[string]*simulator.Registry // by the session's key
	rest     int
}

func newSessions(registry *simulator.Registry) *sessions {
	return &sessions{registry: registry, owned: map[string]*simulator.Registry{}}
}

// see is told of each call.
func (s *sessions) see(ctx *simulator.Context, _ *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if ctx.Session != nil {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.owned[ctx.Session.Key] = ctx.Session.Registry
	}
	return nil, nil
}

// open lists the keys of the open sessions.
func (s *sessions) open() []string {
	asking := simulator.Session{Registry: simulator.NewRegistry(), Map: s.registry}
	var keys []string
	for _, session := range asking.Get(s.registry.SessionManager().Self).(*simulator.SessionManager).SessionList {
		keys = append(keys, session.Key)
	}
	return keys
}

func (s *sessions) isOpen(key string) bool { return slices.Contains(s.open(), key) }

// of is what a session has; it has nothing before its first call.
func (s *sessions) of(key string) []mo.Reference {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if owned := s.owned[key]; owned != nil {
		return owned.AllReference("")
	}
	return nil
}

// end ends a session with all it has, as a vCenter does with one that idles. Tasks go on.
func (s *sessions) end(key string) {
	for _, object := range s.of(key) {
		if object.Reference() == s.collector() {
			continue
		}
		if waiting, ok := object.(interface {
			CancelWaitForUpdates(*types.CancelWaitForUpdates) soap.HasFault
		}); ok {
			waiting.CancelWaitForUpdates(&types.CancelWaitForUpdates{})
		}
		if abandoned, ok := object.(*lease); ok {
			copied := *abandoned.ctx
			go abandoned.fail(&copied, &types.LocalizedMethodFault{Fault: &types.NotAuthenticated{}, LocalizedMessage: "The session is not authenticated."})
		}
		if told, ok := object.(simulator.RegisterObject); ok {
			s.registry.RemoveHandler(told)
		}
	}
	s.registry.SessionManager().TerminateSession(
		&simulator.Context{Session: &simulator.Session{}},
		&types.TerminateSession{SessionId: []string{key}},
	)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.owned, key)
}

// collector is the one that all sessions share by name.
func (s *sessions) collector() ref {
	return s.registry.Get(serviceInstance).(*simulator.ServiceInstance).Content.PropertyCollector
}

// endOf ends the session of a request.
func (s *sessions) endOf(r *http.Request) {
	if cookie, err := r.Cookie(soap.SessionCookieName); err == nil {
		s.end(cookie.Value)
	}
}

// leftNames are the kinds of objects that a session can leave behind.
var leftNames = map[string]string{
	"ContainerView":         "container_views",
	"ListView":              "list_views",
	"PropertyCollector":     "property_collectors",
	"PropertyFilter":        "filters",
	"EventHistoryCollector": "event_collectors",
	"TaskHistoryCollector":  "task_collectors",
	"HttpNfcLease":          "leases",
}

// left counts the open sessions and what they have.
func (s *sessions) left() map[string]int {
	open := s.open()
	counts := map[string]int{"sessions": len(open), "rest_sessions": s.restCount(0)}
	for _, name := range leftNames {
		counts[name] = 0
	}
	for _, key := range open {
		for _, object := range s.of(key) {
			if ended, ok := object.(*lease); ok && !ended.isOpen() {
				continue
			}
			if name := leftNames[object.Reference().Type]; name != "" && object.Reference() != s.collector() {
				counts[name]++
			}
		}
	}
	return counts
}

func (s *sessions) serveLeft(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.left())
}

func (s *sessions) serveEnd(w http.ResponseWriter, _ *http.Request) {
	for _, key := range s.open() {
		s.end(key)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *sessions) restCount(change int) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.rest += change
	return s.rest
}

// countREST counts the sessions of the REST API, of which the library tells nothing.
func (s *sessions) countREST(inner http.Handler) http.Handler {
	paths := map[string]bool{"/rest/com/vmware/cis/session": true, "/api/session": true}
	change := map[string]int{http.MethodPost: 1, http.MethodDelete: -1}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		inner.ServeHTTP(noted, r)
		if paths[r.URL.Path] && r.URL.RawQuery == "" && noted.status < 300 {
			s.restCount(change[r.Method])
		}
	})
}

// statusWriter remembers the status of a reply.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
