// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/vmware/govmomi/vim25/xml"
)

// answer replies to a call as the fault says; without a fault it passes the call on. end ends the caller's session.
func (f *fault) answer(w http.ResponseWriter, r *http.Request, called *call, inner http.Handler, end func(*http.Request)) {
	switch {
	case f == nil:
		inner.ServeHTTP(w, r)
	case f.Fault != "":
		answerFault(w, f, called)
	case f.Status != 0:
		answerStatus(w, f.Status)
	case f.StatusAfter != 0:
		f.around(r, inner, func() { answerStatus(w, f.StatusAfter) })
	case f.Reset:
		reset(w)
	case f.ResetAfter:
		f.around(r, inner, func() { reset(w) })
	case f.Hang:
		<-r.Context().Done()
	case f.HangAfter:
		f.around(r, inner, func() {})
		<-r.Context().Done()
	case f.Truncate:
		truncate(w, r, inner)
	case f.EndSession:
		end(r)
		inner.ServeHTTP(w, r)
	default:
		time.Sleep(time.Duration(f.DelayMS) * time.Millisecond)
		inner.ServeHTTP(w, r)
	}
}

// around carries a call out before its answer, or so much later.
func (f *fault) around(r *http.Request, inner http.Handler, answer func()) {
	if f.LateMS == 0 {
		execute(r, inner)
		answer()
		return
	}
	answer()
	time.Sleep(time.Duration(f.LateMS) * time.Millisecond)
	execute(r.WithContext(context.WithoutCancel(r.Context())), inner)
}

// execute carries a call out and keeps its reply.
func execute(r *http.Request, inner http.Handler) *httptest.ResponseRecorder {
	reply := httptest.NewRecorder()
	inner.ServeHTTP(reply, r)
	return reply
}

func answerStatus(w http.ResponseWriter, status int) {
	text := "simulated " + http.StatusText(status)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
	_ = http.NewResponseController(w).Flush()
}

const faultEnvelope = xml.Header +
	`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"` +
	` xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
	`<soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring>` +
	`<detail>%s</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`

func answerFault(w http.ResponseWriter, f *fault, called *call) {
	made, err := f.make(called.this)
	if err == nil {
		var detail bytes.Buffer
		err = xml.NewEncoder(&detail).EncodeElement(made, xml.StartElement{
			Name: xml.Name{Local: f.Fault + "Fault"},
			Attr: []xml.Attr{
				{Name: xml.Name{Local: "xmlns"}, Value: "urn:vim25"},
				{Name: xml.Name{Local: "xsi:type"}, Value: f.Fault},
			},
		})
		if err == nil {
			w.Header().Set("Content-Type", "text/xml; charset=utf-8")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprintf(w, faultEnvelope, html.EscapeString(f.message()), detail.String())
			return
		}
	}
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// reset closes the connection with RST.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	raw := connection
	if secured, ok := connection.(*tls.Conn); ok {
		raw = secured.NetConn()
	}
	if socket, ok := raw.(*net.TCPConn); ok {
		_ = socket.SetLinger(0)
	}
	_ = raw.Close()
}

// truncate announces the whole reply, sends half of it, and closes the connection.
func truncate(w http.ResponseWriter, r *http.Request, inner http.Handler) {
	whole := execute(r, inner)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	body := whole.Body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
