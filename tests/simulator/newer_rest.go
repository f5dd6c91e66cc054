// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// newerPath is what newerREST answers: the session, or a resource of the tags and one item of it.
var newerPath = regexp.MustCompile(`^/api/(?:(session)|(cis/tagging/(?:category|tag|tag-association))(?:/([^/]+))?)$`)

// newerErrors are the error types of the newer generation, by HTTP status.
var newerErrors = map[int]string{
	http.StatusBadRequest:   "INVALID_ARGUMENT",
	http.StatusUnauthorized: "UNAUTHENTICATED",
	http.StatusNotFound:     "NOT_FOUND",
}

// newerREST answers for sessions and tags below /api too, in the way of 7.0 Update 2 and later: the library
// does so below /rest alone.
func newerREST(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := newerPath.FindStringSubmatch(r.URL.Path)
		if asked == nil {
			inner.ServeHTTP(w, r)
			return
		}
		older := r.Clone(r.Context())
		older.URL.Path, older.URL.RawPath = "/rest/com/vmware/"+asked[2], ""
		if asked[1] != "" {
			older.URL.Path += "cis/session"
		}
		if asked[3] != "" {
			older.URL.Path += "/id:" + asked[3]
		}
		action := r.URL.Query().Get("action")
		if action != "" {
			older.URL.RawQuery = "~action=" + action
		}
		answer := httptest.NewRecorder()
		inner.ServeHTTP(answer, older)
		status, body := newerAnswer(answer.Code, answer.Body.Bytes(), r.Method == http.MethodPost && action == "")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
}

// newerAnswer takes the wrapper off a value, and tells creation and silence by the status.
func newerAnswer(status int, body []byte, creates bool) (int, []byte) {
	var reply struct{ Value json.RawMessage }
	switch {
	case status != http.StatusOK:
		kind := newerErrors[status]
		if kind == "" {
			kind = "ERROR"
		}
		return status, fmt.Appendf(nil, `{"error_type":%q,"messages":[]}`, kind)
	case strings.TrimSpace(string(body)) == "":
		return http.StatusNoContent, nil
	case json.Unmarshal(body, &reply) != nil:
		return http.StatusInternalServerError, nil
	case creates:
		return http.StatusCreated, reply.Value
	}
	return http.StatusOK, reply.Value
}
