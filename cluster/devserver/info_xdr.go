package devserver

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// shippingFilters are the packed filter expressions for shipping records to data centers. Nothing
// is shipped, so they are only stored. Any name is accepted as a data center.
type shippingFilters struct {
	mu     sync.Mutex
	packed map[shipping]string
}

type shipping struct{ datacenter, namespace string }

func (x *shippingFilters) copyTo(to *shippingFilters) {
	x.mu.Lock()
	defer x.mu.Unlock()
	to.packed = maps.Clone(x.packed)
}

// setShippingFilter answers xdr-set-filter:dc=<name>;namespace=<name>;exp=<base64 or null>.
func (r *infoRequest) setShippingFilter() string {
	datacenter, failure := r.required("dc")
	if failure != "" {
		return failure
	}
	ns, failure := r.namespace()
	if failure != "" {
		return failure
	}
	text, failure := r.required("exp")
	if failure != "" {
		return failure
	}
	f := &r.server.shippingFilters
	to := shipping{datacenter, ns.name}
	if text == "null" {
		f.mu.Lock()
		delete(f.packed, to)
		f.mu.Unlock()
		return infoOK
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return infoError(protocol.ParameterError, "'exp' invalid base64")
	}
	if _, code := expression.ParseFilter(packed); code != protocol.OK {
		return infoError(protocol.ParameterError, "'exp' invalid expression")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.packed == nil {
		f.packed = make(map[shipping]string)
	}
	f.packed[to] = string(packed)
	return infoOK
}

// shippingFilter answers xdr-get-filter:dc=<name>[;namespace=<name>][;b64=true] with a line for the
// namespace, or for each namespace that has a filter.
func (r *infoRequest) shippingFilter() string {
	datacenter, failure := r.required("dc")
	if failure != "" {
		return failure
	}
	f := &r.server.shippingFilters
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	if _, one := r.param("namespace"); one {
		ns, failure := r.namespace()
		if failure != "" {
			return failure
		}
		names = []string{ns.name}
	} else {
		for to := range maps.Keys(f.packed) {
			if to.datacenter == datacenter {
				names = append(names, to.namespace)
			}
		}
		slices.Sort(names)
	}
	encoded, _ := r.param("b64")
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = "namespace=" + name + ":exp=" + showFilter(f.packed[shipping{datacenter, name}], encoded == "true")
	}
	return strings.Join(lines, ";")
}

// showFilter returns an expression in base64 or as readable text.
func showFilter(packed string, encoded bool) string {
	switch {
	case packed == "":
		return "null"
	case encoded:
		return base64.StdEncoding.EncodeToString([]byte(packed))
	}
	e, err := exp.Parse([]byte(packed))
	if err != nil {
		return "null"
	}
	return e.String()
}
