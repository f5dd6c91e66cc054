// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// upload is one file that came whole.
type upload struct {
	Path   string `json:"path"`
	Device string `json:"device"` // importKey
	VM     string `json:"vm"`
	Method string `json:"method"`
	Size   int64  `json:"size"`
	SHA1   string `json:"sha1"`
	SHA256 string `json:"sha256"`

	token string
	key   string
	disk  *bool
}

const (
	streamVMDK  = "application/x-vnd.vmware-streamVmdk"
	sparseMagic = "KDMV"
)

// ServeHTTP takes a file of an open lease. The URL is the only secret.
func (i *imports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, name := path.Split(strings.TrimPrefix(r.URL.Path, nfcPath))
	found, _ := i.byToken.Load(strings.Trim(token, "/"))
	l, _ := found.(*lease)
	var device *types.HttpNfcLeaseDeviceUrl
	if l != nil && l.Info != nil {
		for n := range l.Info.DeviceUrl {
			if l.Info.DeviceUrl[n].TargetId == name {
				device = &l.Info.DeviceUrl[n]
			}
		}
	}
	disk := device != nil && *device.Disk
	method := map[bool]string{true: http.MethodPost, false: http.MethodPut}[disk]
	switch {
	case device == nil:
		http.NotFound(w, r)
	case r.Method != method:
		http.Error(w, "405 Method Not Allowed", http.StatusMethodNotAllowed)
	case r.ContentLength < 0:
		http.Error(w, "411 Length Required", http.StatusLengthRequired)
	case disk && r.Header.Get("Content-Type") != streamVMDK:
		http.Error(w, "415 Unsupported Media Type", http.StatusUnsupportedMediaType)
	default:
		i.take(w, r, l, device)
	}
}

// take reads the whole body, or nothing of it counts.
func (i *imports) take(w http.ResponseWriter, r *http.Request, l *lease, device *types.HttpNfcLeaseDeviceUrl) {
	first, second := sha1.New(), sha256.New()
	var head bytes.Buffer
	size, err := io.Copy(io.MultiWriter(first, second), io.TeeReader(io.LimitReader(r.Body, int64(len(sparseMagic))), &head))
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.MultiWriter(first, second), r.Body)
		size += rest
	}
	if err != nil || size != r.ContentLength {
		return
	}
	if *device.Disk && head.String() != sparseMagic {
		copied := *l.ctx
		l.fail(&copied, &types.LocalizedMethodFault{Fault: &types.InvalidDiskFormat{}, LocalizedMessage: "Not a supported disk format (sparse VMDK)."})
		http.Error(w, "500 Internal Server Error", http.StatusInternalServerError)
		return
	}
	if !l.isOpen() {
		http.NotFound(w, r)
		return
	}
	name := ""
	if vm, ok := i.registry.Get(l.Info.Entity).(*simulator.VirtualMachine); ok {
		name = unescape(vm.Name)
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.uploads = append(i.uploads, &upload{
		Path: r.URL.Path, Device: device.ImportKey, VM: name, Method: r.Method, Size: size,
		SHA1: hex.EncodeToString(first.Sum(nil)), SHA256: hex.EncodeToString(second.Sum(nil)),
		token: l.token, key: device.Key, disk: device.Disk,
	})
	w.WriteHeader(http.StatusCreated)
}

// uploadsOf lists what came for a lease.
func (i *imports) uploadsOf(token string) []*upload {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	var all []*upload
	for _, one := range i.uploads {
		if one.token == token {
			all = append(all, one)
		}
	}
	return all
}

func (i *imports) serveUploads(w http.ResponseWriter, _ *http.Request) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(append([]*upload{}, i.uploads...))
}

// nfcHost is another address, with another certificate, that takes the files: an ESXi host of a vCenter.
type nfcHost struct{ base, thumbprint string }

// listenNFC opens it.
func listenNFC(certificate tls.Certificate, handler http.Handler) (*nfcHost, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return &nfcHost{"https://" + listener.Addr().String(), thumbprintOf(certificate.Certificate[0])}, nil
}
