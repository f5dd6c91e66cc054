// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	vapi "github.com/vmware/govmomi/vapi/tags"
)

// taggingPath is where the library answers for tags.
const taggingPath = "/rest/com/vmware/cis/tagging/"

// tagging is sent to the library's REST endpoint once it is up.
type tagging []request

type request struct {
	path string
	body any
}

// tagging lists the requests that make the categories, the tags and what they are attached to.
func (e *estate) tagging() tagging {
	if e.isESXi() {
		return nil
	}
	var all tagging
	for _, c := range categories {
		cardinality := "SINGLE"
		if c.many {
			cardinality = "MULTIPLE"
		}
		id := fmt.Sprintf("urn:vmomi:InventoryServiceCategory:%s:GLOBAL", e.id.uuid("category", c.name))
		all = append(all, request{"category", map[string]any{"create_spec": vapi.Category{
			CategoryID: id, Name: c.name, Cardinality: cardinality, AssociableTypes: append([]string{}, c.kinds...), Description: "Category of the estate",
		}}})
		for _, name := range c.tags {
			tag := fmt.Sprintf("urn:vmomi:InventoryServiceTag:%s:GLOBAL", e.id.uuid("tag", c.name, name))
			all = append(all, request{"tag", map[string]any{"create_spec": vapi.Tag{TagID: tag, CategoryID: id, Name: name}}})
			var objects []map[string]string
			for _, on := range e.tagged[c.name+"\x00"+name] {
				objects = append(objects, map[string]string{"type": on.Type, "id": on.Value})
			}
			all = append(all, request{
				"tag-association/id:" + tag + "?~action=attach-tag-to-multiple-objects", map[string]any{"object_ids": objects},
			})
		}
	}
	return all
}

// send makes all requests in a session of its own.
func (t tagging) send(to http.Handler, user *url.Userinfo) error {
	if len(t) == 0 {
		return nil
	}
	ask := func(path string, body any, session string) (string, error) {
		text, err := json.Marshal(body)
		if err != nil {
			return "", err
		}
		r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(text))
		if session == "" {
			password, _ := user.Password()
			r.SetBasicAuth(user.Username(), password)
		}
		r.Header.Set("vmware-api-session-id", session)
		answer := httptest.NewRecorder()
		to.ServeHTTP(answer, r)
		if answer.Code != http.StatusOK {
			return "", fmt.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
		var reply struct{ Value any }
		_ = json.Unmarshal(answer.Body.Bytes(), &reply)
		return fmt.Sprint(reply.Value), nil
	}
	session, err := ask("/rest/com/vmware/cis/session", nil, "")
	for _, one := range t {
		if err == nil {
			_, err = ask(taggingPath+one.path, one.body, session)
		}
	}
	return err
}

// sortTags sorts lists of ids in replies about tags: the library keeps them in maps.
func sortTags(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, taggingPath) {
			inner.ServeHTTP(w, r)
			return
		}
		whole := httptest.NewRecorder()
		inner.ServeHTTP(whole, r)
		body := whole.Body.Bytes()
		var reply any
		if json.Unmarshal(body, &reply) == nil {
			sortStrings(reply)
			if sorted, err := json.Marshal(reply); err == nil {
				body = sorted
			}
		}
		whole.Header().Del("Content-Length")
		for name, values := range whole.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(whole.Code)
		_, _ = io.Copy(w, bytes.NewReader(body))
	})
}

func sortStrings(in any) {
	switch in := in.(type) {
	case map[string]any:
		for key, value := range in {
			if objects, ok := value.([]any); ok && key == "object_ids" {
				slices.SortFunc(objects, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
			sortStrings(value)
		}
	case []any:
		slices.SortStableFunc(in, func(a, b any) int {
			x, _ := a.(string)
			y, _ := b.(string)
			return strings.Compare(x, y)
		})
		for _, value := range in {
			sortStrings(value)
		}
	}
}
