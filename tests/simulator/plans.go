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
	"net/http"
	"os"
	"sync"
)

// entry is one line of a file that says what goes wrong, and when.
type entry interface {
	comparable
	check() error
	turn() *turns
}

// turns says which object an entry is about, and which of the calls or tasks that it matches.
type turns struct {
	Object string `json:"object"`
	Call   *int   `json:"call"`
	Times  *int   `json:"times"`

	seen int
}

func (t *turns) turn() *turns { return t }

// count counts one more that matches and tells whether it is the entry's turn.
func (t *turns) count() bool {
	t.seen++
	first, times := orElse(t.Call, 1), orElse(t.Times, 1)
	return t.seen >= first && (times == 0 || t.seen < first+times)
}

func (t *turns) rules() []rule {
	return []rule{
		{orElse(t.Call, 1) < 1, "call counts from 1"},
		{orElse(t.Times, 1) < 0, "times is not negative; 0 is for ever"},
	}
}

// rule is what an entry must not be.
type rule struct {
	broken bool
	text   string
}

func firstBroken(rules ...rule) error {
	for _, rule := range rules {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return nil
}

// plan is a list of entries, and the endpoint that replaces it.
type plan[E entry] struct {
	mutex   sync.Mutex
	entries []E
}

func readPlan[E entry](path, what string) (*plan[E], error) {
	p := &plan[E]{}
	if path == "" {
		return p, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err = p.replace(text); err != nil {
		return nil, fmt.Errorf("%s file %s: %w", what, path, err)
	}
	return p, nil
}

// replace puts the entries of a JSON list in the place of the old ones, all of them or none.
func (p *plan[E]) replace(text []byte) error {
	var entries []E
	var none E
	if err := decodeStrictly(text, &entries); err != nil {
		return err
	}
	if entries == nil {
		return errors.New("want a list")
	}
	for i, e := range entries {
		if e == none {
			return fmt.Errorf("entry %d: null", i+1)
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.entries = entries
	return nil
}

// next counts for every entry that matches and returns the first one whose turn it is, or nil.
func (p *plan[E]) next(matches func(E) bool) (chosen E) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var none E
	for _, e := range p.entries {
		if matches(e) && e.turn().count() && chosen == none {
			chosen = e
		}
	}
	return chosen
}

func (p *plan[E]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = p.replace(text)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// plans is all that goes wrong.
type plans struct {
	faults *plan[*fault]
	tasks  *plan[*taskEntry]
}

func readPlans(o *options) (*plans, error) {
	faults, err := readPlan[*fault](o.faults, "faults")
	if err != nil {
		return nil, err
	}
	tasks, err := readPlan[*taskEntry](o.tasks, "tasks")
	return &plans{faults, tasks}, err
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
