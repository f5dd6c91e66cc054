// Copyright (c) 2026, the estate.vmware contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"time"

	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// answer replies to a call as the fault says; without a fault it passes the call on.
func (f *fault) answer(w http.ResponseWriter, r *http.Request, called *call, inner http.Handler) {
	switch {
	case f == nil:
		inner.ServeHTTP(w, r)
	case f.Fault != "":
		answerFault(w, f, called)
	case f.Status != 0:
		http.Error(w, "simulated "+http.StatusText(f.Status), f.Status)
	case f.Reset:
		reset(w)
	case f.Truncate:
		truncate(w, r, inner)
	default:
		time.Sleep(time.Duration(f.DelayMS) * time.Millisecond)
		inner.ServeHTTP(w, r)
	}
}

const faultEnvelope = xml.Header +
	`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"` +
	` xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
	`<soapenv:Body><soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring>` +
	`<detail>%s</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`

func answerFault(w http.ResponseWriter, f *fault, called *call) {
	made, err := newVimFault(f.Fault)
	if err == nil {
		var detail bytes.Buffer
		fillReferences(reflect.ValueOf(made).Elem(), called.this)
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
			message := cmp.Or(f.Message, "simulated "+f.Fault)
			_, _ = fmt.Fprintf(w, faultEnvelope, html.EscapeString(message), detail.String())
			return
		}
	}
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// fillReferences points every required reference of a fault at the object that was called:
// clients refuse a reference without a type.
func fillReferences(value reflect.Value, this types.ManagedObjectReference) {
	for i := range value.NumField() {
		field := value.Field(i)
		if field.Type() == reflect.TypeOf(this) {
			field.Set(reflect.ValueOf(this))
		} else if value.Type().Field(i).Anonymous && field.Kind() == reflect.Struct {
			fillReferences(field, this)
		}
	}
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
	whole := httptest.NewRecorder()
	inner.ServeHTTP(whole, r)
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
