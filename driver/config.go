package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/plan"
)

// ErrConfig means that a data source name or a Config is invalid.
var ErrConfig = errors.New("invalid data source")

// A TxMode selects what BeginTx does.
type TxMode uint8

// The modes.
const (
	// TxError makes BeginTx begin a transaction of the cluster. It returns ErrNoTransactions if the
	// namespace does not have transactions.
	TxError TxMode = iota
	// TxAutocommit makes each statement take effect at once, in every namespace. Commit does
	// nothing, and Rollback returns ErrNotRolledBack if a statement has written.
	TxAutocommit
)

// Collections selects how rows return lists and maps.
type Collections uint8

// The forms.
const (
	// CollectionsNative returns a list as []any and a map as map[string]any, or as map[any]any if a
	// key is not a string.
	CollectionsNative Collections = iota
	// CollectionsJSON returns a string of JSON text.
	CollectionsJSON
)

// LateBins selects what happens if a row of SELECT * has a bin that is not a column of the result.
// The columns are the bins of a sample, which may not have had this bin.
type LateBins uint8

// The choices.
const (
	// LateBinsError ends the rows with an error that names the bin. The next run has the column.
	LateBinsError LateBins = iota
	// LateBinsIgnore leaves the bin out.
	LateBinsIgnore
)

// A Config describes how to reach a cluster and how statements run on it. Seeds or InProcess is
// required; the zero value of every other field is its default. All fields but those that are
// functions, Logger and Observer have a key in data source names, see [ParseDSN].
type Config struct {
	// Seeds are the addresses of one or more nodes: "host", "host:port", "[v6]:port" or, with TLS,
	// "host:tls-name:port". The default port is 3000. The other nodes are discovered.
	Seeds []string
	// InProcess is the name of an in-process cluster, instead of Seeds. It needs the import of
	// package cluster/devserver/mem.
	InProcess string
	// Namespace is the namespace of tables that a statement names without one. If it is "" every
	// table must be written as namespace.set.
	Namespace string
	// User and Password log in to a cluster with security enabled (Enterprise). Default "": no
	// login.
	User     string
	Password cluster.Password
	// AuthMode is how the client authenticates; default cluster.AuthInternal. Other modes need TLS.
	AuthMode cluster.AuthMode

	// TLS encrypts all connections; default false.
	TLS bool
	// TLSFiles are the files of certificates and keys, read when the cluster is opened; see
	// cluster.LoadTLS. Default: the system's certificate authorities and no client certificate.
	TLSFiles cluster.TLSFiles
	// TLSName is the name that the nodes' certificates must have, unless the seed's address or the
	// cluster gives another name. Default: the host.
	TLSName string
	// TLSTrustAnyServer accepts any certificate; default false. The connection can then be read and
	// changed by anyone on the network path. Use it for experiments only.
	TLSTrustAnyServer bool

	// ClusterName must be equal to the name that the nodes report; default "", which accepts any
	// name.
	ClusterName string
	// AppID identifies the program to the server's operators; default "".
	AppID string
	// AlternateAddresses connects to the nodes' alternate-access-address; default false.
	AlternateAddresses bool
	// Timeout limits each command that a statement sends, with its retries; default 1 s,
	// cluster.NoTimeout for no limit. A SELECT that scans is limited by its context only.
	Timeout time.Duration
	// SocketTimeout limits each wait for a node; default 30 s, cluster.NoTimeout for no limit.
	SocketTimeout time.Duration
	// ConnectTimeout limits opening a connection; default 1 s.
	ConnectTimeout time.Duration
	// LoginTimeout limits a login to a node; default 5 s.
	LoginTimeout time.Duration
	// TimeoutDelay is how long a connection is kept open after a timeout, so that it can be used
	// again if the response still arrives; default 0, which closes it at once.
	TimeoutDelay time.Duration
	// TendInterval is the pause between checks of the cluster's nodes; default 1 s.
	TendInterval time.Duration
	// IdleTimeout is the time after which an unused connection is closed; default 55 s.
	IdleTimeout time.Duration
	// MaxConns is the maximum number of connections to one node; default 100. A SELECT that scans
	// holds one until its rows are closed. An UPDATE or DELETE that scans holds one at a time.
	MaxConns int
	// MinConns is the number of connections to each node that are kept open; default 0.
	MinConns int
	// MaxQueue is the number of commands that may wait for one node; default 16384, -1 for no
	// limit. See cluster.Config.MaxQueuePerNode.
	MaxQueue int
	// MaxRetries is how often a failed read is repeated; default 2, and 5 for scans.
	// cluster.NoRetries for never. A write is never repeated.
	MaxRetries int
	// RetryPause is the pause before each retry; default 0.
	RetryPause time.Duration
	// RetryPauseFactor is the factor by which the pause grows from retry to retry, at least 1;
	// default 1.
	RetryPauseFactor float64
	// MaxErrorRate is the number of failures of a node within ErrorRateWindow after which commands
	// to it fail at once, until the window has passed; default 100, -1 for no limit. See
	// cluster.Config.
	MaxErrorRate int
	// ErrorRateWindow is the length of that window in TendIntervals, from 1 to 3600; default 1.
	ErrorRateWindow int
	// RetryPercent is the number of retries that 100 commands allow, so that retries don't multiply
	// the load of a failing cluster; default 20, -1 for no limit.
	RetryPercent int
	// RetryReserve is the number of retries that are allowed in addition to RetryPercent; default
	// 10000.
	RetryReserve int
	// Replica selects the nodes that reads are sent to; default cluster.ReplicaSequence.
	Replica cluster.ReplicaPolicy
	// Racks are the racks that cluster.ReplicaPreferRack reads from, nearest first (Enterprise).
	// That policy needs at least one; with other policies Racks must be empty.
	Racks []int
	// ReadModeAP selects how many replicas a read asks in namespaces without strong consistency;
	// default cluster.ReadOne.
	ReadModeAP cluster.ReadModeAP
	// ReadModeSC selects the consistency of reads in namespaces with strong consistency; default
	// cluster.ReadSession.
	ReadModeSC cluster.ReadModeSC
	// RecordsPerSecond limits how fast each node reads for a statement that scans; default 0, no
	// limit.
	RecordsPerSecond int
	// Compress compresses requests of more than CompressThreshold bytes, and responses
	// (Enterprise); default false.
	Compress bool
	// CompressThreshold is in bytes; default 128.
	CompressThreshold int
	// NoCoalesce sends each command in a message of its own; default false: commands that are under
	// way at the same time travel together.
	NoCoalesce bool
	// IPMap maps hosts that nodes report to the hosts to connect to instead, without ports; default
	// none.
	IPMap map[string]string
	// OpenUnconnected opens the cluster even if no seed can be reached; default false. Statements
	// then fail until a node is found.
	OpenUnconnected bool
	// Metrics enables the client's metrics from the start, see cluster.Client.Metrics; default
	// false.
	Metrics bool

	// NoSendKey makes writes store no user keys; default false. PK is then NULL in the rows of a
	// scan.
	NoSendKey bool
	// TTL is the time to live of written records; default cluster.TTLDefault, the namespace's own.
	TTL cluster.TTL
	// DurableDelete makes DELETE leave tombstones (Enterprise); default false. In a namespace with
	// strong consistency the server refuses a DELETE without it, except in a transaction.
	DurableDelete bool
	// CommitLevel selects which copies of a record must be written before the server answers;
	// default cluster.CommitAll.
	CommitLevel cluster.CommitLevel
	// DenyScan rejects statements that read a whole set, with querylang.ErrScanDenied; default
	// false.
	DenyScan bool
	// MemoryLimit is the memory in bytes that one statement may keep to sort, group, join and
	// remove duplicates; default 64 MiB. A statement that needs more fails.
	MemoryLimit int64
	// NotAtomic lets statements that write several records by key in a namespace with strong
	// consistency write them one by one; default false: they are one transaction.
	NotAtomic bool
	// LateBins selects what SELECT * does with bins that are not columns; default LateBinsError.
	LateBins LateBins
	// IndexIntegers promises that bins of undeclared sets with a numeric index have no floats,
	// which such an index does not contain; default false. Without it conditions on these bins use
	// no index, unless the bin is declared as INTEGER.
	IndexIntegers bool
	// DisabledRules are rules of planning that are not used; default none. It is for tests and for
	// finding faults.
	DisabledRules plan.Rules
	// LocalFiles lets REGISTER MODULE 'path' read files of this machine; default false, because a
	// text that users supply could read any file.
	LocalFiles bool
	// Dialect selects how text in double quotes is read; default querylang.Standard.
	Dialect querylang.Dialect
	// Tx selects what BeginTx does; default TxError.
	Tx TxMode
	// Collections selects how rows return lists and maps; default CollectionsNative.
	Collections Collections

	// LogStatements logs every statement at level Info when it has ended, and those that fail at
	// level Warn; default false. See [Config.Logger].
	LogStatements bool
	// SlowStatement logs statements that take at least this time at level Warn; default 0, none.
	SlowStatement time.Duration
	// LogArguments adds the arguments and the literals to logged statements; default false, which
	// shows ? instead of literals. The literals of a statement about users are never logged.
	LogArguments bool

	// Dial opens connections; default a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// LookupHost returns the addresses of a seed's host name; default the system's resolver.
	LookupHost func(ctx context.Context, host string) ([]string, error)
	// Logger logs nodes that join, leave and fail; default nil, which logs nothing. Statements are
	// logged to it too, or to slog.Default() if it is nil.
	Logger *slog.Logger
	// Observer is called for every command that statements send; default nil.
	Observer cluster.Observer
	// FinishAggregate runs the client's part of the functions of AGGREGATE, from the first reduce
	// on: the method FinishCurrent of a luareduce.Modules does so in Lua. Default nil: AGGREGATE
	// without REDUCE returns the results of the partitions.
	FinishAggregate exec.Finisher
	// AfterConnect is called for each new session before its first statement, for example to run
	// SET; default nil. If it returns an error the session is closed, and the statement that needed
	// the session fails with this error.
	AfterConnect func(ctx context.Context, conn *Conn) error
	// OnStatement is called before each statement; default nil. It returns the context for the
	// statement, and a function that is called when the statement has ended, or nil. A query ends
	// when its rows are closed.
	OnStatement func(ctx context.Context, s StatementInfo) (context.Context, func(StatementResult))
}

// String returns the data source name with the password replaced by "redacted".
func (c Config) String() string {
	if c.Password != "" {
		c.Password = "redacted"
	}
	return c.FormatDSN()
}

// Format writes String for every verb, and GoString for %#v.
func (c Config) Format(f fmt.State, verb rune) {
	text := c.String()
	if verb == 'v' && f.Flag('#') {
		text = c.GoString()
	}
	io.WriteString(f, text)
}

// GoString returns the data source name with the password replaced by "redacted".
func (c Config) GoString() string { return fmt.Sprintf("driver.Config(%q)", c.String()) }
