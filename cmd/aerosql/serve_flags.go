package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// serveFlags are the flags of aerosql serve.
type serveFlags struct {
	listen, advertise, cluster string
	nodes                      int

	namespaces, strong, racks string
	replication               int
	defaultTTL, nsupPeriod    time.Duration
	allowExpunge, enterprise  bool
	build, actAs              string
	security                  bool
	tls                       listenTLS

	maxConns    int
	idleTimeout time.Duration
	maxMemory   byteSize

	control, controlToken string
	seed, dataDir, replay string
	history               bool

	exitOnEOF bool

	verbose   bool
	logFormat string
}

func newServeFlags(flags *flag.FlagSet) *serveFlags {
	f := new(serveFlags)
	flags.StringVar(&f.listen, "listen", "127.0.0.1:3000", "`address` of the first node; the others use port+10, port+20, ...; port 0 selects free ports")
	flags.StringVar(&f.advertise, "advertise", "", "`host` that the nodes report to clients (default the host of -listen; for \":port\" an address of this machine)")
	flags.IntVar(&f.nodes, "nodes", 1, "number of nodes, 1 to 8")
	flags.StringVar(&f.cluster, "cluster-name", "", "`name` of the cluster")

	flags.StringVar(&f.namespaces, "namespaces", "test", "`names` of the namespaces, separated by commas")
	flags.IntVar(&f.replication, "replication-factor", 0, "number of copies of each record, at most the number of nodes (default 2, or 1 with one node)")
	flags.DurationVar(&f.defaultTTL, "default-ttl", 0, "time to live of records written without one, e.g. 24h; 0 means that they never expire")
	flags.DurationVar(&f.nsupPeriod, "nsup-period", 0, "how often expired records are removed; 0 means that only writers reclaim their space")
	flags.StringVar(&f.racks, "racks", "", "rack `ids` of the nodes, separated by commas; implies -enterprise")
	flags.StringVar(&f.strong, "strong-consistency", "", "`names` of the namespaces with strong consistency, which transactions need; implies -enterprise")
	flags.BoolVar(&f.allowExpunge, "allow-expunge", false, "permit deletes that are not durable in namespaces with strong consistency")

	flags.StringVar(&f.build, "build", "", "server `version` that the nodes report (default "+devserver.DefaultBuild+")")
	flags.StringVar(&f.actAs, "as-version", "", "act as this `version`: "+strings.Join(devserver.Versions(), ", ")+" (default the latest)")
	flags.BoolVar(&f.enterprise, "enterprise", false, "act as an Enterprise Edition server, with durable deletes, compression and so on")

	flags.BoolVar(&f.security, "security", false, "require clients to log in; the first user is admin with password admin and all privileges; implies -enterprise")
	f.tls.register(flags, "; implies -enterprise")
	flags.StringVar(&f.tls.clientCA, "tls-client-ca", "", "verify client certificates with the authorities in this `file`; users can log in by certificate")

	flags.IntVar(&f.maxConns, "max-conns", 0, "largest number of connections of a node (default 15000)")
	flags.DurationVar(&f.idleTimeout, "idle-timeout", 0, "close connections without requests after this time; 0 means never")
	flags.Var(&f.maxMemory, "max-memory", "refuse writes when the records need more than this `size`, e.g. 512MiB")

	flags.StringVar(&f.control, "control", "", "listen for control requests (HTTP, JSON) on this `address`, e.g. 127.0.0.1:3999; see aerosql ctl")
	flags.StringVar(&f.controlToken, "control-token", "", "`token` that control requests must send (default $"+tokenVariable+"); needed unless the address is loopback")
	flags.BoolVar(&f.history, "history", false, "record every change and read of a record for the control request history; it needs memory without limit")
	flags.StringVar(&f.dataDir, "data-dir", "", "keep the data in this `directory` across restarts; no acknowledged write is lost if the process is killed")
	flags.StringVar(&f.seed, "seed", "", "load records at the start from a `file` or a directory: .jsonl, .csv, .asb (asbackup)")

	flags.StringVar(&f.replay, "replay", "", "answer from the recording in this `file`, which aerosql proxy wrote, instead of from records")

	flags.BoolVar(&f.exitOnEOF, "exit-on-eof", false, "end when standard input ends, so that the server does not outlive a test that started it")

	flags.BoolVar(&f.verbose, "v", false, "log at debug level: connections, faults, and each refused request with its reason")
	flags.StringVar(&f.logFormat, "log-format", "text", "`format` of the log on standard error: text or json")
	return f
}

var serveGroups = []command.Group{
	{Title: "Cluster", Flags: "listen advertise nodes cluster-name"},
	{Title: "Namespaces", Flags: "namespaces replication-factor default-ttl nsup-period racks strong-consistency allow-expunge"},
	{Title: "Data", Flags: "data-dir seed replay"},
	{Title: "Control", Flags: "control control-token history exit-on-eof"},
	{Title: "Version and edition", Flags: "as-version build enterprise"},
	{Title: "Security", Flags: "security tls-ca tls-cert tls-key tls-client-ca"},
	{Title: "Limits", Flags: "max-conns idle-timeout max-memory"},
	{Title: "Log", Flags: "v log-format"},
}

var serveExamples = []command.Example{
	{Line: "aerosql serve", Summary: "one node on 127.0.0.1:3000 with the namespace test"},
	{Line: "aerosql serve -listen :3000 -nodes 3", Summary: "three nodes on the ports 3000, 3010 and 3020, reachable from other machines"},
	{Line: "aerosql serve -namespaces test,bank -strong-consistency bank", Summary: "transactions in the namespace bank"},
	{Line: "aerosql serve -data-dir ./data", Summary: "data that survives a restart"},
	{Line: "aerosql serve -seed users.csv -control 127.0.0.1:3999", Summary: "records from a file, and control by aerosql ctl"},
	{Line: "aerosql serve -replay session.jsonl", Summary: "answers from a recording of aerosql proxy"},
	{Line: "aerosql serve -security -tls-ca ca.pem", Summary: "users, and TLS on port 4333 for the TLS name localhost"},
}

// options returns the options of the server. Warnings go to the log.
func (f *serveFlags) options(stderr io.Writer) (devserver.Options, error) {
	logger, err := newLogger(stderr, f.logFormat, f.verbose)
	if err != nil {
		return devserver.Options{}, err
	}
	switch {
	case f.nodes < 1 || f.nodes > 8:
		return devserver.Options{}, fmt.Errorf("-nodes %d: a cluster has 1 to 8 nodes", f.nodes)
	case f.maxConns < 0:
		return devserver.Options{}, fmt.Errorf("-max-conns %d: use a positive number", f.maxConns)
	case f.nsupPeriod < 0 || f.nsupPeriod%time.Second != 0:
		return devserver.Options{}, fmt.Errorf("-nsup-period %v: use whole seconds", f.nsupPeriod)
	case f.idleTimeout < 0 || f.idleTimeout%time.Millisecond != 0:
		return devserver.Options{}, fmt.Errorf("-idle-timeout %v: use whole milliseconds", f.idleTimeout)
	case f.replication < 0 || f.replication > f.nodes:
		return devserver.Options{}, fmt.Errorf("-replication-factor %d: use 1 to %d, the number of nodes", f.replication, f.nodes)
	}
	o := devserver.Options{
		Listen: f.listen, Nodes: f.nodes, ClusterName: f.cluster, Build: f.build, ActAs: f.actAs, Logger: logger,
		MaxConns: f.maxConns, IdleTimeout: f.idleTimeout, MaxMemory: int64(f.maxMemory), History: f.history, DataDir: f.dataDir,
	}
	if o.Advertise, err = f.advertised(logger); err != nil {
		return o, err
	}
	if f.enterprise || f.strong != "" || f.security || f.racks != "" || f.tls.used() {
		o.Edition = devserver.Enterprise
	}
	if f.security {
		o.Security = &devserver.SecurityOptions{
			Quotas: true, Users: []devserver.UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}},
		}
	}
	if o.TLS, err = f.tls.options(); err != nil {
		return o, err
	}
	o.Namespaces, err = f.namespaceOptions()
	return o, err
}

// namespaceOptions returns the options of all namespaces.
func (f *serveFlags) namespaceOptions() ([]devserver.NamespaceOptions, error) {
	racks, err := f.rackIDs()
	if err != nil {
		return nil, err
	}
	if f.defaultTTL < 0 || f.defaultTTL%time.Second != 0 {
		return nil, fmt.Errorf("-default-ttl %v: use whole seconds", f.defaultTTL)
	}
	if f.allowExpunge && f.strong == "" {
		return nil, errors.New("-allow-expunge needs -strong-consistency")
	}
	strong := names(f.strong)
	var list []devserver.NamespaceOptions
	for _, name := range names(f.namespaces) {
		isStrong := slices.Contains(strong, name)
		list = append(list, devserver.NamespaceOptions{
			Name: name, ReplicationFactor: f.replication, DefaultTTL: uint32(f.defaultTTL / time.Second), NsupPeriod: f.nsupPeriod,
			Racks: racks, StrongConsistency: isStrong, AllowExpunge: isStrong && f.allowExpunge,
		})
		strong = slices.DeleteFunc(strong, func(s string) bool { return s == name })
	}
	if len(strong) > 0 {
		return nil, fmt.Errorf("-strong-consistency has %q, which is not in -namespaces", strong[0])
	}
	return list, nil
}

func (f *serveFlags) rackIDs() (ids []int, err error) {
	for _, text := range names(f.racks) {
		id, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("-racks %q: %q is not a number", f.racks, text)
		}
		ids = append(ids, id)
	}
	if len(ids) > f.nodes {
		return nil, fmt.Errorf("-racks has %d racks for %d nodes", len(ids), f.nodes)
	}
	return ids, nil
}

// advertised returns the host that the nodes report to clients, "" for that of -listen.
func (f *serveFlags) advertised(logger *slog.Logger) (string, error) {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return "", fmt.Errorf("-listen: %w", err)
	}
	ip := net.ParseIP(host)
	if f.advertise != "" || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return f.advertise, nil
	}
	if own := ownAddress(); own != "" {
		return own, nil
	}
	logger.Warn("this machine has no address except loopback: clients on other machines can't use the nodes; set -advertise", "listen", f.listen)
	return "", nil
}

// ownAddress returns an address of this machine that others can reach, "" if there is none.
func ownAddress() string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return ""
}

// newLogger returns the logger of a command.
func newLogger(w io.Writer, format string, verbose bool) (*slog.Logger, error) {
	o := &slog.HandlerOptions{Level: slog.LevelInfo}
	if verbose {
		o.Level = slog.LevelDebug
	}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("-log-format %q: use text or json", format)
}

// names splits a comma-separated list.
func names(list string) []string {
	if list == "" {
		return nil
	}
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// A byteSize is a flag with a number of bytes and an optional unit: KiB, MiB, GiB.
type byteSize int64

func (s *byteSize) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Set parses the flag's value.
func (s *byteSize) Set(text string) error {
	number, shift := text, 0
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			number, shift = n, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > 1<<62>>shift {
		return errors.New("use a number of bytes, or one with KiB, MiB or GiB")
	}
	*s = byteSize(n << shift)
	return nil
}
