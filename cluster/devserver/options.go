package devserver

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// Options describe a cluster; the zero value is one node with a namespace
// "test", reached without sockets.
type Options struct {
	// Nodes is the number of nodes, 1 if zero, at most 8.
	Nodes int
	// Namespaces of the cluster; if empty there is one, "test".
	Namespaces []NamespaceOptions
	// Listen is "host:port" for TCP. With port 0 every node takes a port of its own, else
	// the nodes take port, port+10, port+20 and so on. Empty means that nodes are
	// reached through Dial alone; their addresses then stand for no socket.
	Listen string
	// ClusterName is what the nodes say they belong to; "" is no name.
	ClusterName string
	// Clock gives the time by which records expire, time.Now if nil. The time of servers begins in 2010, and that of a
	// testing/synctest bubble in 2000: where records are to expire within one, add some years.
	Clock func() time.Time
	// Logger receives what a server would write into its log, nothing if nil.
	Logger *slog.Logger
	// Edition is the edition as which the nodes present themselves. Under [Community], the default,
	// what only the Enterprise Edition can do is answered with EnterpriseOnly.
	Edition Edition
	// Build is the version that the nodes say they have, by which clients choose what they send; "8.1.2.0" if empty.
	// What the nodes can do does not depend on it.
	Build string
	// Security makes clients log in, and enforces what their users may do (Enterprise); nil lets everybody do everything.
	Security *SecurityOptions
	// TLS gives every node a second address that speaks TLS (Enterprise); nil gives none.
	TLS *TLSOptions
	// MaxConns is how many connections a node has at most (proto-fd-max), 15,000 if zero. A further one is opened and closed
	// at once.
	MaxConns int
	// IdleTimeout, in whole milliseconds, is how long a node keeps a connection on which no request comes (proto-fd-idle-ms); 0
	// is for ever. A request that has come in part has ten seconds for each of its pieces all the same.
	IdleTimeout time.Duration
	// History keeps what happens to records for [Server.History] to tell. It grows with every command on a
	// record until the server is closed.
	History bool
	// AlternateAddresses are the addresses, "host:port", that the nodes tell to clients that ask for those of another network
	// (alternate-access-address), in the order of the nodes; "" and further nodes have none. In memory Dial takes
	// them too; by TCP nobody listens there because of them.
	AlternateAddresses []string
	// MigrateEvery is the pause between two migrations of partitions when the cluster has changed. 0 is none: what
	// changes the cluster returns when all have been made. [MigrateManually] leaves them to [Server.Migrate].
	MigrateEvery time.Duration
}

// An Edition is one of the editions of the server.
type Edition uint8

// The editions. Enterprise adds compressed requests, durable deletes, strong consistency and
// security to what Community does.
const (
	Community Edition = iota
	Enterprise
)

// String returns the edition's name in the words of info commands.
func (e Edition) String() string {
	if e == Enterprise {
		return "Aerospike Enterprise Edition"
	}
	return "Aerospike Community Edition"
}

// NamespaceOptions describe a namespace.
type NamespaceOptions struct {
	Name string
	// ReplicationFactor is how many nodes hold each record, 2 if zero; all nodes if there are fewer.
	ReplicationFactor int
	// DefaultTTL in seconds is what a record gets whose writer asks for the namespace's
	// default; 0 is for ever.
	DefaultTTL uint32
	// ReadTouchPercent is what a read without a wish of its own uses: within the last so many
	// percent of a record's time to live, it is renewed. 0 is never.
	ReadTouchPercent uint32
	// MaxRecordSize in bytes, 1 MiB if zero.
	MaxRecordSize int
	// NsupPeriod, in whole seconds, is how often records that have expired are removed (nsup-period); 0 is never, which
	// only leaves their space to be used again by writers and by [Server.RemoveExpired].
	NsupPeriod time.Duration
	// ForbidTTL refuses records that expire, as a server does whose nsup-period is 0 unless
	// allow-ttl-without-nsup is set.
	ForbidTTL bool
	// ForbidNullSet refuses writes of records without a set (disallow-null-setname).
	ForbidNullSet bool
	// Racks are the racks of the nodes in their order, 0 to 1,000,000 (rack-id, Enterprise); further nodes are in
	// rack 0. As many replicas as there are racks stand in different ones.
	Racks []int
	// StrongConsistency keeps every acknowledged write, at the price of availability, as a server does with
	// strong-consistency (Enterprise): records are deleted durably or not at all.
	StrongConsistency bool
	// AllowExpunge lets records of a namespace with strong consistency be deleted without a trace
	// (strong-consistency-allow-expunge).
	AllowExpunge bool
	// TransactionSeconds is how long a transaction lasts whose client does not say, 1 to 120: 10 if
	// zero (mrt-duration). It needs StrongConsistency, as does the next.
	TransactionSeconds uint32
	// ForbidTransactions refuses new transactions that write (disable-mrt-writes).
	ForbidTransactions bool
}

const (
	maxNodes        = 8 // AS_CLUSTER_SZ of the Community Edition
	portStep        = 10
	defaultPort     = 3000 // which peer lists leave out
	defaultNS       = "test"
	defaultReplicas = 2
)

var errTooManyNodes = fmt.Errorf("devserver: a cluster has 1 to %d nodes", maxNodes)

// withDefaults checks the options and fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if o.Nodes < 0 || o.Nodes > maxNodes {
		return o, errTooManyNodes
	}
	if o.Edition > Enterprise {
		return o, fmt.Errorf("devserver: unknown edition %d", o.Edition)
	}
	if o.MigrateEvery < 0 && o.MigrateEvery != MigrateManually {
		return o, fmt.Errorf("devserver: a pause of %v between migrations", o.MigrateEvery)
	}
	if o.MaxConns < 0 || o.IdleTimeout < 0 || o.IdleTimeout%time.Millisecond != 0 {
		return o, errors.New("devserver: a limit of connections is out of range")
	}
	if o.MaxConns == 0 {
		o.MaxConns = defaultMaxConns
	}
	if o.Build == "" {
		o.Build = defaultBuild
	}
	var err error
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
			return o, fmt.Errorf("%w, to listen on", err)
		}
	}
	for _, address := range o.AlternateAddresses {
		if address != "" {
			if _, _, err := splitAddress(address); err != nil {
				return o, err
			}
		}
	}
	if len(o.AlternateAddresses) > maxNodes {
		return o, errTooManyNodes
	}
	if len(o.Namespaces) == 0 {
		o.Namespaces = []NamespaceOptions{{Name: defaultNS}}
	}
	return o, nil
}

func (o NamespaceOptions) withDefaults(edition Edition) (NamespaceOptions, error) {
	if o.Name == "" || len(o.Name) > protocol.MaxNamespaceLen {
		return o, fmt.Errorf("devserver: namespace %q: a name has 1 to %d bytes", o.Name, protocol.MaxNamespaceLen)
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
		return o, errors.New("devserver: namespace " + o.Name + ": an option needs StrongConsistency")
	case o.StrongConsistency && o.TransactionSeconds == 0:
		o.TransactionSeconds = transactionSeconds
	case o.TransactionSeconds > maxTransactionSeconds:
		return o, fmt.Errorf("devserver: namespace %s: a transaction lasts %d to %d seconds", o.Name, minTransactionSeconds, maxTransactionSeconds)
	}
	if o.ReplicationFactor == 0 {
		o.ReplicationFactor = defaultReplicas
	}
	if o.MaxRecordSize == 0 {
		o.MaxRecordSize = protocol.MaxRecordSize
	}
	return o, nil
}
