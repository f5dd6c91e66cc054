// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
)

// record writes down what goes into the estate: a JSON object a line, "section" first. A key that is
// absent has no value in the estate. Names are as people read them, not escaped.
type record struct {
	file   *os.File
	buffer *bufio.Writer
	coder  *json.Encoder
	err    error
}

func newRecord(path string) (*record, error) {
	if path == "" {
		return &record{}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	r := &record{file: file, buffer: bufio.NewWriterSize(file, 1<<20)}
	r.coder = json.NewEncoder(r.buffer)
	r.coder.SetEscapeHTML(false)
	return r, nil
}

// add writes a line; facts is a struct.
func (r *record) add(section string, facts any) {
	if r.file == nil || r.err != nil {
		return
	}
	_, r.err = r.buffer.WriteString(`{"section":"` + section + `",`)
	body, err := json.Marshal(facts)
	if r.err = errors.Join(r.err, err); r.err == nil {
		_, r.err = r.buffer.Write(append(body[1:], '\n'))
	}
}

func (r *record) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.err, r.buffer.Flush(), r.file.Close())
}

const gib = 1 << 30

func gb(bytes int64) float64 { return float64(bytes) / gib }

func ptr[T any](value T) *T { return &value }
