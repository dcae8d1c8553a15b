package doctor

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
)

type namespace = monitor.Namespace

// features are what versions of the server brought, newest first.
var features = []struct {
	since string
	what  string
}{
	{"8.1.0", "indexes on expressions and of whole sets"},
	{"8.0.0", "transactions (Enterprise)"},
	{"7.1.0", "reads that renew the time to live"},
	{"7.0.0", "indexes on blobs"},
	{"6.1.0", "indexes on elements of collections"},
	{"6.0.0", "batches that write, and queries that continue after a node failed"},
	{"5.6.0", "conditions on booleans that the servers check, and quotas"},
}

// less reports whether a version is older than another one.
func less(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}

// checkVersions reports what the versions and the edition of the servers lack.
func (p *patient) checkVersions(_ context.Context, r *Report) {
	builds, editions := make(map[string]bool), make(map[string]bool)
	for _, n := range p.sample.Nodes {
		if n.Error == "" {
			builds[n.Build], editions[n.Edition] = true, true
		}
	}
	if len(builds) == 0 {
		return
	}
	list := slices.SortedFunc(maps.Keys(builds), func(a, b string) int {
		if less(a, b) {
			return -1
		}
		return 1
	})
	oldest := list[0]
	if len(list) > 1 {
		r.add("version", Warning, "", "upgrade all nodes to one version", "the nodes have different versions: %s; the client uses what %s has", strings.Join(list, ", "), oldest)
	}
	lacks := 0
	for _, f := range features {
		if less(oldest, f.since) {
			lacks++
			r.add("version", Note, "", "upgrade the servers to "+f.since+" or later", "server %s lacks %s", oldest, f.what)
		}
	}
	if lacks == 0 && len(list) == 1 {
		r.add("version", OK, "", "", "server %s has all that the client can use", oldest)
	}
	if editions["Community"] {
		r.add("edition", Note, "", "use the Enterprise Edition if these are needed", "the Community Edition has no users, TLS, racks, strong consistency, transactions, durable deletes and compression")
	}
}
