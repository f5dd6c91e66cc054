// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
)

// passwordVariable keeps a password out of the list of processes.
const passwordVariable = "SIMULATOR_PASSWORD"

type options struct {
	listen, urlFile, load        string
	faults, tasks, record        string
	user, password               string
	accounts                     map[string][]permission
	kind, name                   string
	seed                         uint64
	plain, watchStdin, newerREST bool
	oddities                     bool
	certificates                 []tls.Certificate
	nfcCertificate               *tls.Certificate
	leaseTimeout                 time.Duration
	release                      release
	delay                        time.Duration
	guestDelay                   time.Duration
	methodDelays                 methodDelays
	model                        *simulator.Model // what -load and -plain fill
	sizes                        sizes
	now                          time.Time
}

// methodDelays is a flag that can be given many times, each M:ms.
type methodDelays map[string]time.Duration

func (m methodDelays) String() string { return "" }

func (m methodDelays) Set(text string) error {
	method, number, found := strings.Cut(text, ":")
	milliseconds, err := strconv.Atoi(number)
	if !found || method == "" || err != nil || milliseconds < 0 {
		return fmt.Errorf("want METHOD:MILLISECONDS")
	}
	m[method] = time.Duration(milliseconds) * time.Millisecond
	return nil
}

func parseOptions(arguments []string) (*options, error) {
	o := &options{methodDelays: methodDelays{}}
	var nfcCertificate, nfcKey string
	var certificate, key, api, today, accounts string
	var delay, guestDelay int

	set := flag.NewFlagSet("simulator", flag.ContinueOnError)
	set.StringVar(&o.listen, "listen", "127.0.0.1:0", "address and port; port 0 takes a free one")
	set.StringVar(&o.urlFile, "url-file", "", "file that gets the URL once it answers")
	set.StringVar(&certificate, "cert", "", "server certificate, PEM (default: one of the library's)")
	set.StringVar(&key, "key", "", "its private key, PEM")
	set.StringVar(&o.user, "user", "user", "who may log in and see everything")
	set.StringVar(&o.password, "password", "", "the password (default: $"+passwordVariable+", else pass)")
	set.StringVar(&accounts, "accounts", "", "JSON file of those who may log in besides and see a part, see README.md")
	set.StringVar(&o.kind, "kind", "vcenter", "vcenter or esxi")
	set.StringVar(&o.name, "name", "simulator", "what identifiers and addresses are derived from, with -seed")
	set.Uint64Var(&o.seed, "seed", 1, "chooses among the data of the tables")
	set.StringVar(&api, "api-version", "8.0.2.0", "about.apiVersion; version and build follow it")
	set.StringVar(&o.load, "load", "", "folder of ObjectContent files (govc object.save) instead of a model")
	set.StringVar(&o.faults, "faults", "", "JSON file of faults, see README.md")
	set.StringVar(&o.tasks, "tasks", "", "JSON file of tasks that take time or fail, see README.md")
	set.IntVar(&delay, "delay", 0, "milliseconds that each call takes longer")
	set.IntVar(&guestDelay, "guest-delay", 100, "milliseconds until a guest has started, or done what it was asked for")
	set.Var(o.methodDelays, "method-delay", "`METHOD:MILLISECONDS` that one method takes longer; repeatable")
	set.DurationVar(&o.leaseTimeout, "lease-timeout", 5*time.Minute, "how long an import lives without progress")
	set.StringVar(&nfcCertificate, "nfc-cert", "", "certificate of another address that takes imports, PEM (default: this one takes them)")
	set.StringVar(&nfcKey, "nfc-key", "", "its private key, PEM")
	set.BoolVar(&o.plain, "plain", false, "leave the model as the library makes it")
	set.BoolVar(&o.oddities, "oddities", false, "also what estates of the field have and few expect, see README.md")
	set.BoolVar(&o.newerREST, "newer-rest", false, "answer REST requests about tags below /api too, as vSphere does from 7.0 U2 on")
	set.BoolVar(&o.watchStdin, "watch-stdin", false, "end when standard input ends")
	set.StringVar(&today, "today", "2025-06-03", "the day on which the estate is as it is; ages and uptimes count back from it")
	set.StringVar(&o.record, "record", "", "file that gets what is in the estate, a JSON object a line")
	o.sizes.flags(set)
	if err := set.Parse(arguments); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}

	o.delay = time.Duration(delay) * time.Millisecond
	o.guestDelay = time.Duration(guestDelay) * time.Millisecond
	o.password = cmp.Or(o.password, os.Getenv(passwordVariable), "pass")
	for _, path := range []*string{&o.urlFile, &o.load, &o.record} {
		if *path != "" {
			*path, _ = filepath.Abs(*path)
		}
	}
	if certificate != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, err
		}
		o.certificates = []tls.Certificate{pair}
	}
	if nfcCertificate != "" || nfcKey != "" {
		pair, err := tls.LoadX509KeyPair(nfcCertificate, nfcKey)
		if err != nil {
			return nil, err
		}
		o.nfcCertificate = &pair
	}
	var err error
	if o.release, err = findRelease(api); err != nil {
		return nil, err
	}
	if o.accounts, err = readAccounts(accounts); err != nil {
		return nil, err
	}
	if o.now, err = time.Parse(time.DateOnly, today); err != nil {
		return nil, fmt.Errorf("-today is a date like 2025-06-03, not %q", today)
	}
	o.now = o.now.Add(9*time.Hour + 30*time.Minute)
	switch o.kind {
	case "vcenter":
		o.model = simulator.VPX()
	case "esxi":
		o.model = simulator.ESX()
	default:
		return nil, fmt.Errorf("-kind is vcenter or esxi, not %q", o.kind)
	}
	if (o.record != "" || accounts != "") && (o.plain || o.load != "") {
		return nil, errors.New("-record and -accounts are of an estate made here: they go with neither -plain nor -load")
	}
	o.model.Machine = max(1, o.sizes.vms/2)
	o.sizes.derive(o.kind == "esxi")
	return o, o.sizes.check()
}
