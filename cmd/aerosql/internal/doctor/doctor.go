// Package doctor examines how a cluster looks from this machine, and its configuration: names,
// addresses, certificates, clocks, partitions, limits and versions. Each finding has a remedy.
package doctor

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/driver"
)

// A Severity is how bad a finding is.
type Severity int

// The severities.
const (
	OK      Severity = iota
	Note             // worth knowing
	Warning          // will cause trouble
	Problem          // causes trouble now
)

// String returns the severity's name.
func (s Severity) String() string { return [...]string{"ok", "note", "warning", "problem"}[s] }

// MarshalText returns the severity's name, for JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Finding is the result of a check.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	// Subject is the node, the address or the namespace, "" for the cluster.
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"`
	// Remedy says what to do. It is "" if nothing needs to be done.
	Remedy string `json:"remedy,omitempty"`
}

// A Report has all findings in the order of the checks.
type Report struct {
	Worst    string    `json:"worst"`
	Findings []Finding `json:"findings"`
	// Connected is false if the cluster could not be opened.
	Connected bool `json:"connected"`
	worst     Severity
}

// add adds a finding.
func (r *Report) add(check string, s Severity, subject, remedy, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{check, s, subject, fmt.Sprintf(format, args...), remedy})
	r.worst = max(r.worst, s)
	r.Worst = r.worst.String()
}

// A patient is the cluster that is examined.
type patient struct {
	cfg    driver.Config
	client *cluster.Client
	sample *monitor.Sample
	// answers are those of the nodes that answered, by node.
	answers map[string]map[string]string
}

// commands are the info commands that the checks need.
var commands = []string{"replicas", "get-config:context=service", "peers-clear-std", "peers-clear-alt", "peers-tls-std", "peers-tls-alt", "racks:", "namespaces"}

// Run makes all checks. It returns an error only if the context ends.
func Run(ctx context.Context, cfg driver.Config) (*Report, error) {
	r := &Report{Findings: []Finding{}, Worst: OK.String()}
	if cfg.InProcess == "" {
		r.checkSeeds(ctx, cfg)
	}
	db, err := connect.Open(ctx, cfg)
	if err != nil {
		r.add("connect", Problem, "", connectRemedy(err), "the cluster can't be opened: %v", err)
		return r, ctx.Err()
	}
	defer db.Close()
	r.Connected = true
	p := &patient{cfg: cfg}
	if p.client, err = driver.Client(ctx, db); err != nil {
		return r, err
	}
	if p.sample, err = monitor.New(p.client).Sample(ctx); err != nil {
		return r, err
	}
	if err := p.ask(ctx); err != nil {
		return r, err
	}
	for _, check := range []func(context.Context, *Report){
		p.checkNodes, p.checkPeers, p.checkRacks, p.checkClocks, p.checkPartitions, p.checkNamespaces, p.checkLimits, p.checkVersions,
	} {
		check(ctx, r)
	}
	return r, ctx.Err()
}

// ask sends the commands to all nodes.
func (p *patient) ask(ctx context.Context) error {
	all := commands
	for _, n := range p.sample.Namespaces {
		all = append(all[:len(all):len(all)], "namespace/"+n.Name)
	}
	answers, err := p.client.InfoAll(ctx, nil, all...)
	if err != nil && ctx.Err() != nil {
		return err
	}
	p.answers = make(map[string]map[string]string)
	for node, a := range answers {
		if a.Err == nil {
			p.answers[node] = a.Values
		}
	}
	return nil
}

// Text writes the report as text.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%-8s %-10s %s", f.Severity, f.Check, strings.ReplaceAll(f.Text, "\n", "\n                    "))
		if f.Subject != "" {
			fmt.Fprintf(&b, " [%s]", f.Subject)
		}
		b.WriteByte('\n')
		if f.Remedy != "" {
			fmt.Fprintf(&b, "                    -> %s\n", f.Remedy)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// dial connects as the client does.
func dial(ctx context.Context, cfg driver.Config, address string) (net.Conn, error) {
	timeout := cfg.ConnectTimeout
	if timeout <= 0 {
		timeout = time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if cfg.Dial != nil {
		return cfg.Dial(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}
