// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/vmware/govmomi/vim25/types"
)

const callsPath = "/simulator/calls"

// call is what a request wants.
type call struct {
	method string // SOAP method, or HTTP method and path
	soap   bool
	this   types.ManagedObjectReference
	reads  []string // types whose properties it asks for
}

// restID is an identifier in a REST path, of either generation; without it, equal requests have equal names.
var restID = regexp.MustCompile(`(/id:|^/api/cis/tagging/[^/]+/)[^/]+`)

// readCall finds out what is called and leaves the request as it was.
func readCall(r *http.Request) (*call, error) {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, "/sdk") {
		for _, prefix := range []string{folderPath, nfcPath} {
			if strings.HasPrefix(r.URL.Path, prefix) {
				return &call{method: r.Method + " " + prefix + "*", this: ref{Value: path.Base(r.URL.Path)}}, nil
			}
		}
		return &call{method: r.Method + " " + restID.ReplaceAllString(r.URL.Path, "${1}*")}, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	body = keepEmptied(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return parseCall(bytes.NewReader(body)), nil
}

// parseCall reads the front of an envelope: the method, its object, and the types of a property request.
// It stops at the objects of such a request, which may be many. What it cannot read, the library refuses.
func parseCall(envelope io.Reader) *call {
	called := &call{soap: true}
	decoder := xml.NewDecoder(envelope)
	var path []string
	for {
		token, err := decoder.Token()
		if err != nil {
			return called
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if len(path) == 3 && path[1] == "Body" {
				called.method = token.Name.Local
			}
			if token.Name.Local == "objectSet" {
				return called
			}
			if token.Name.Local == "_this" {
				for _, attribute := range token.Attr {
					if attribute.Name.Local == "type" {
						called.this.Type = attribute.Value
					}
				}
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			switch inside := strings.Join(path, "/"); {
			case strings.HasSuffix(inside, "/_this"):
				called.this.Value += string(token)
			case strings.HasSuffix(inside, "/propSet/type"):
				called.reads = append(called.reads, string(token))
			}
		}
	}
}

// callCounter counts calls by method, and is the endpoint that tells and forgets them.
type callCounter struct {
	mutex  sync.Mutex
	counts map[string]int
}

func newCallCounter() *callCounter {
	return &callCounter{counts: map[string]int{}}
}

func (c *callCounter) add(method string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.counts[method]++
}

func (c *callCounter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch r.Method {
	case http.MethodGet:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(c.counts)
	case http.MethodPost, http.MethodDelete:
		clear(c.counts)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}
