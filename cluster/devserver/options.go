package devserver

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// Options configures a cluster. The zero value means one node with one namespace, "test", reachable
// only in memory.
type Options struct {
	// Nodes is the number of nodes, 1 to 8, or 1 to 128 with Answer. 0 means 1.
	Nodes int
	// Namespaces are the cluster's namespaces. If empty, there is one, "test".
	Namespaces []NamespaceOptions
	// Listen is the TCP address to listen on, "host:port". If the port is 0, every node gets a free
	// port. Otherwise the nodes use port, port+10, port+20 and so on. If Listen is empty, nodes are
	// reachable only through Dial and no socket is opened.
	Listen string
	// Advertise is the host that the nodes report to clients instead of the one in Listen. If it is
	// empty and Listen has no host, they report 127.0.0.1.
	Advertise string
	// ClusterName is the cluster name that the nodes report. "" means that the cluster has no name.
	ClusterName string
	// Clock returns the time that expiration uses. nil means time.Now. Server time starts in 2010,
	// but a testing/synctest bubble starts in 2000. If records must expire inside a bubble, add
	// some years.
	Clock func() time.Time
	// Logger receives the server's log messages. nil discards them.
	Logger *slog.Logger
	// Edition is the edition that the nodes report. With [Community], the default, requests for
	// Enterprise features fail with EnterpriseOnly.
	Edition Edition
	// Build is the server version that the nodes report. Clients use it to choose what they send.
	// "" means that of ActAs, or [DefaultBuild]. It does not change what the nodes support.
	Build string
	// ActAs is the version whose features the nodes have, one of [Versions]. It also is the version
	// that they report unless Build is set. [Differences] lists what depends on it. "" means the
	// latest.
	ActAs string
	// Security requires clients to log in and enforces the privileges of their users (Enterprise).
	// nil turns access control off.
	Security *SecurityOptions
	// TLS gives every node a second address that speaks TLS (Enterprise). nil means no TLS.
	TLS *TLSOptions
	// MaxConns is the maximum number of connections per node (proto-fd-max). 0 means 15,000. A
	// connection above the limit is accepted and closed at once.
	MaxConns int
	// MaxMemory is the size of all records, in bytes as on a device, above which writes are refused
	// with OutOfSpace. Replicas count. 0 means no limit.
	MaxMemory int64
	// IdleTimeout is how long a node keeps a connection without requests (proto-fd-idle-ms), in
	// whole milliseconds. 0 means no limit. Independently of it, each read of a request that has
	// arrived in part times out after 10 seconds.
	IdleTimeout time.Duration
	// DataDir is a directory that keeps the records, sets, secondary indexes, UDF modules, added
	// namespaces, users, roles and changed configuration of the cluster across restarts, also if
	// the process is killed: what was acknowledged is not lost. It is created if it does not exist.
	// One server at a time can use it. If it is damaged, Start fails with [ErrDamaged] and changes
	// nothing in it. "" keeps everything in memory only.
	DataDir string
	// History records every event for [Server.History]. It grows with every command on a record
	// until the server is closed.
	History bool
	// AlternateAddresses are the addresses, "host:port", that the nodes report to clients that ask
	// for alternate addresses (alternate-access-address), in node order. "" means that the node has
	// none. In memory, Dial accepts them too. On TCP the server does not listen on them.
	AlternateAddresses []string
	// Answer answers all requests instead of the cluster, for example from a recording (package
	// replay). Faults apply as usual, except to single commands of a batch. It is called by several
	// goroutines at the same time. The Request is valid only during the call. Such a server has no
	// namespaces and can't be forked.
	Answer func(*Request) Answered
	// MigrateEvery is the pause between two partition migrations after a cluster change. 0 means
	// that all migrations finish before the call that changed the cluster returns. With
	// [MigrateManually], only [Server.Migrate] runs them.
	MigrateEvery time.Duration
}

// An Answered is the result of Options.Answer.
type Answered struct {
	// Answer is the bytes to send, none or more whole messages. The server may change them.
	Answer []byte
	// Close closes the connection after the answer.
	Close bool
}

// An Edition is an edition of the Aerospike server.
type Edition uint8

// The editions. Enterprise adds compression, durable deletes, strong consistency, security, TLS and
// racks.
const (
	Community Edition = iota
	Enterprise
)

// String returns the edition's name as info commands report it.
func (e Edition) String() string {
	if e == Enterprise {
		return "Aerospike Enterprise Edition"
	}
	return "Aerospike Community Edition"
}

// NamespaceOptions configures a namespace.
type NamespaceOptions struct {
	// Name is the name of the namespace, 1 to 31 bytes.
	Name string
	// ReplicationFactor is the number of copies of each record. 0 means 2. If there are fewer
	// nodes, every node has a copy.
	ReplicationFactor int
	// DefaultTTL is the time to live, in seconds, of records written with the namespace default. 0
	// means that they never expire.
	DefaultTTL uint32
	// ReadTouchPercent is the default for reads that do not set their own percentage. A read renews
	// a record if at most this percentage of its time to live is left. 0 means never.
	ReadTouchPercent uint32
	// MaxRecordSize is the maximum size of a record in bytes. 0 means 1 MiB.
	MaxRecordSize int
	// NsupPeriod is how often expired records are removed (nsup-period), in whole seconds. 0 means
	// never: then only writers and [Server.RemoveExpired] reclaim their space.
	NsupPeriod time.Duration
	// ForbidTTL refuses records that expire. A real server does this if nsup-period is 0 and
	// allow-ttl-without-nsup is not set.
	ForbidTTL bool
	// ForbidNullSet refuses records without a set (disallow-null-setname).
	ForbidNullSet bool
	// Racks are the rack ids of the nodes in node order, 0 to 1,000,000 (rack-id, Enterprise).
	// Nodes without an entry are in rack 0. Replicas are placed in different racks as far as there
	// are enough racks.
	Racks []int
	// StrongConsistency enables strong consistency (strong-consistency, Enterprise). No
	// acknowledged write is lost, but partitions may be unavailable. Deletes must be durable unless
	// AllowExpunge is set.
	StrongConsistency bool
	// AllowExpunge permits deletes that are not durable in a namespace with strong consistency
	// (strong-consistency-allow-expunge).
	AllowExpunge bool
	// TransactionSeconds is the default duration of a transaction, 1 to 120 (mrt-duration). 0 means
	// 10. Needs StrongConsistency.
	TransactionSeconds uint32
	// ForbidTransactions refuses new transactions that write (disable-mrt-writes). Needs
	// StrongConsistency.
	ForbidTransactions bool
}

const (
	maxNodes        = 8   // AS_CLUSTER_SZ of the Community Edition
	maxAnswering    = 128 // nodes with Options.Answer
	portStep        = 10
	defaultPort     = 3000 // peer lists leave it out
	defaultNS       = "test"
	defaultReplicas = 2
)

// checkNodes refuses a number of nodes that a cluster can't have.
func (o *Options) checkNodes(n int) error {
	switch {
	case o.Answer == nil && n >= 0 && n <= maxNodes, o.Answer != nil && n >= 0 && n <= maxAnswering:
		return nil
	case o.Answer != nil:
		return fmt.Errorf("devserver: a cluster with Options.Answer has 1 to %d nodes", maxAnswering)
	}
	return errTooManyNodes
}

var errTooManyNodes = fmt.Errorf("devserver: a cluster has 1 to %d nodes", maxNodes)

// withDefaults validates the options and sets the defaults.
func (o Options) withDefaults() (Options, error) {
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if err := o.checkNodes(o.Nodes); err != nil {
		return o, err
	}
	if o.Edition > Enterprise {
		return o, fmt.Errorf("devserver: unknown edition %d", o.Edition)
	}
	if o.MigrateEvery < 0 && o.MigrateEvery != MigrateManually {
		return o, fmt.Errorf("devserver: MigrateEvery is %v, which is negative", o.MigrateEvery)
	}
	if o.MaxConns < 0 || o.MaxMemory < 0 || o.IdleTimeout < 0 || o.IdleTimeout%time.Millisecond != 0 {
		return o, errors.New("devserver: MaxConns, MaxMemory or IdleTimeout is out of range")
	}
	if o.MaxConns == 0 {
		o.MaxConns = defaultMaxConns
	}
	build, err := buildOf(o.ActAs)
	if err != nil {
		return o, err
	}
	o.Build = cmp.Or(o.Build, build)
	if o.Security, err = o.Security.withDefaults(o.Edition); err != nil {
		return o, err
	}
	if err := o.TLS.check(o.Edition); err != nil {
		return o, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Listen != "" {
		if _, _, err := splitAddress(o.Listen); err != nil {
			return o, fmt.Errorf("%w in Options.Listen", err)
		}
	}
	if strings.ContainsAny(o.Advertise, ":[]/ ") && net.ParseIP(o.Advertise) == nil {
		return o, fmt.Errorf("devserver: Options.Advertise %q must be a host without a port", o.Advertise)
	}
	for _, address := range o.AlternateAddresses {
		if address != "" {
			if _, _, err := splitAddress(address); err != nil {
				return o, err
			}
		}
	}
	if err := o.checkNodes(len(o.AlternateAddresses)); err != nil {
		return o, err
	}
	if o.Answer != nil {
		o.Namespaces = nil
	} else if len(o.Namespaces) == 0 {
		o.Namespaces = []NamespaceOptions{{Name: defaultNS}}
	}
	return o, nil
}

func (o NamespaceOptions) withDefaults(edition Edition) (NamespaceOptions, error) {
	if o.Name == "" || len(o.Name) > protocol.MaxNamespaceLen {
		return o, fmt.Errorf("devserver: namespace %q: the name must have 1 to %d bytes", o.Name, protocol.MaxNamespaceLen)
	}
	if o.ReplicationFactor < 0 || o.DefaultTTL > protocol.MaxTTL || o.ReadTouchPercent > 100 || o.MaxRecordSize < 0 ||
		o.NsupPeriod < 0 || o.NsupPeriod%time.Second != 0 {
		return o, errors.New("devserver: namespace " + o.Name + ": an option is out of range")
	}
	if err := checkRacks(edition, o.Racks...); err != nil || len(o.Racks) > maxNodes {
		return o, fmt.Errorf("devserver: namespace %s: %d racks: %w", o.Name, len(o.Racks), cmp.Or(err, errTooManyNodes))
	}
	switch {
	case o.StrongConsistency && edition != Enterprise:
		return o, errors.New("devserver: namespace " + o.Name + ": strong consistency needs the Enterprise Edition")
	case (o.AllowExpunge || o.ForbidTransactions || o.TransactionSeconds != 0) && !o.StrongConsistency:
		return o, errors.New("devserver: namespace " + o.Name + ": AllowExpunge, TransactionSeconds and ForbidTransactions need StrongConsistency")
	case o.StrongConsistency && o.TransactionSeconds == 0:
		o.TransactionSeconds = transactionSeconds
	case o.TransactionSeconds > maxTransactionSeconds:
		return o, fmt.Errorf("devserver: namespace %s: TransactionSeconds must be %d to %d", o.Name, minTransactionSeconds, maxTransactionSeconds)
	}
	if o.ReplicationFactor == 0 {
		o.ReplicationFactor = defaultReplicas
	}
	if o.MaxRecordSize == 0 {
		o.MaxRecordSize = protocol.MaxRecordSize
	}
	return o, nil
}
