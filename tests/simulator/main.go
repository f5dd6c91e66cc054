// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Command simulator is a vCenter Server or a standalone ESXi host that exists only in memory:
// govmomi's simulator with an estate worth looking at, faults on order and a count of calls.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run returns the exit code: 2 is a mistake of the caller, found before anything listens.
func run(arguments []string) int {
	options, err := parseOptions(arguments)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var plans *plans
	if err == nil {
		plans, err = readPlans(options)
	}
	if err != nil {
		return complain(err, 2)
	}

	home, err := makeHome()
	if err != nil {
		return complain(err, 1)
	}
	defer removeHome(home)

	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if options.watchStdin {
		ended = untilEOF(ended, os.Stdin)
	}

	// The library cannot be interrupted while it fills its model, so the end is awaited beside it.
	failed := make(chan error, 1)
	go func() {
		if err := serve(options, plans); err != nil {
			failed <- err
		}
	}()
	select {
	case err = <-failed:
		return complain(err, 1)
	case <-ended.Done():
		return 0
	}
}

func complain(err error, code int) int {
	fmt.Fprintln(os.Stderr, "simulator:", err)
	return code
}

// untilEOF ends with its parent or with the stream, whichever ends first. A stream from a parent
// process ends with that process, however it ends.
func untilEOF(parent context.Context, stream io.Reader) context.Context {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		_, _ = io.Copy(io.Discard, stream)
		cancel()
	}()
	return ctx
}

// makeHome gives this process a folder of its own for whatever the library writes. The process id in
// its name lets a parent clean up after a simulator that was killed.
func makeHome() (string, error) {
	home, err := os.MkdirTemp("", fmt.Sprintf("estate-simulator-%d-", os.Getpid()))
	if err != nil {
		return "", err
	}
	if err = os.Setenv("TMPDIR", home); err == nil {
		// A loaded model without an OptionManager writes into the working folder.
		err = os.Chdir(home)
	}
	return home, err
}

// removeHome tries more than once: a model that is still being filled may write while it goes.
func removeHome(home string) {
	for range 20 {
		if os.RemoveAll(home) == nil {
			return
		}
	}
}

// writeWhole puts text into a file that appears complete or not at all.
func writeWhole(path, text string) error {
	scratch, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = scratch.WriteString(text)
	if err = errors.Join(err, scratch.Close()); err == nil {
		err = os.Rename(scratch.Name(), path)
	}
	if err != nil {
		_ = os.Remove(scratch.Name())
	}
	return err
}
