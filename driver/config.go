package driver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
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

// LateBins selects what a row of SELECT * does that has a bin that is no column of the result,
// because no row had it when the columns were chosen.
type LateBins uint8

// The choices.
const (
	// LateBinsError ends the rows with an error that names the bin. The next run has the column.
	LateBinsError LateBins = iota
	// LateBinsIgnore leaves the bin out.
	LateBinsIgnore
)

// A Config describes how to reach a cluster and how statements run on it. Seeds or InProcess is
// required; the zero value of every other field is its default. All fields except Dial and Logger
// have a key in data source names, see [ParseDSN].
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
	// TendInterval is the pause between checks of the cluster's nodes; default 1 s.
	TendInterval time.Duration
	// IdleTimeout is the time after which an unused connection is closed; default 55 s.
	IdleTimeout time.Duration
	// MaxConns is the maximum number of connections to one node; default 100. A SELECT that scans
	// holds one until its rows are closed. An UPDATE or DELETE that scans holds one at a time.
	MaxConns int
	// MinConns is the number of connections to each node that are kept open; default 0.
	MinConns int
	// MaxRetries is how often a failed read is repeated; default 2, and 5 for scans.
	// cluster.NoRetries for never. A write is never repeated.
	MaxRetries int
	// Replica selects the nodes that reads are sent to; default cluster.ReplicaSequence.
	Replica cluster.ReplicaPolicy
	// Racks are the racks that cluster.ReplicaPreferRack reads from, nearest first (Enterprise).
	// That policy needs at least one; with other policies Racks must be empty.
	Racks []int

	// NoSendKey makes writes store no user keys; default false. PK is then NULL in the rows of a
	// scan.
	NoSendKey bool
	// TTL is the time to live of written records; default cluster.TTLDefault, the namespace's own.
	TTL cluster.TTL
	// DurableDelete makes DELETE leave tombstones (Enterprise); default false. In a namespace with
	// strong consistency the server refuses a DELETE without it, except in a transaction.
	DurableDelete bool
	// DenyScan rejects statements that read a whole set, with querylang.ErrScanDenied; default
	// false.
	DenyScan bool
	// MemoryLimit is the memory in bytes that one statement may keep to sort, group, join and
	// remove duplicates; default 64 MiB. A statement that needs more fails.
	MemoryLimit int64
	// NotAtomic lets statements that write several records by key in a namespace with strong
	// consistency write them one by one; default false: they are one transaction.
	NotAtomic bool
	// LateBins selects what SELECT * does with bins that are no columns; default LateBinsError.
	LateBins LateBins
	// IndexIntegers promises that bins of undeclared sets with a numeric index have no floats,
	// which such an index does not contain; default false. Without it conditions on these bins use
	// no index, unless the bin is declared as INTEGER.
	IndexIntegers bool
	// DisabledRules are rules of planning that are not used; default none. It is for tests and for
	// finding faults.
	DisabledRules plan.Rules
	// Dialect selects how text in double quotes is read; default querylang.Standard.
	Dialect querylang.Dialect
	// Tx selects what BeginTx does; default TxError.
	Tx TxMode
	// Collections selects how rows return lists and maps; default CollectionsNative.
	Collections Collections

	// Dial opens connections; default a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger logs nodes that join, leave and fail; default nil, which logs nothing.
	Logger *slog.Logger
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

// validate returns an error if the Config is invalid.
func (c *Config) validate() error {
	switch {
	case len(c.Seeds) == 0 && c.InProcess == "":
		return fmt.Errorf("%w: the address is missing; a data source name looks like aerospike://host:3000/namespace", ErrConfig)
	case len(c.Seeds) > 0 && c.InProcess != "":
		return fmt.Errorf("%w: addresses and the name of an in-process cluster can't both be given", ErrConfig)
	case c.Password != "" && c.User == "":
		return fmt.Errorf("%w: a password without a user", ErrConfig)
	case len(c.Password) > protocol.MaxPasswordLen && c.AuthMode != cluster.AuthExternal:
		return fmt.Errorf("%w: the password has %d bytes; the maximum is %d", ErrConfig, len(c.Password), protocol.MaxPasswordLen)
	case strings.Contains(string(c.Password), "\x00"):
		return fmt.Errorf("%w: the password contains a zero byte", ErrConfig)
	case c.InProcess != "" && (c.User != "" || c.AuthMode != cluster.AuthInternal):
		return fmt.Errorf("%w: an in-process cluster has no users", ErrConfig)
	}
	if err := c.validateRacks(); err != nil {
		return err
	}
	return c.validateTLS()
}

// validateRacks returns an error if there are racks without prefer_rack or the reverse.
func (c *Config) validateRacks() error {
	switch preferred := c.Replica == cluster.ReplicaPreferRack; {
	case preferred && len(c.Racks) == 0:
		return fmt.Errorf("%w: replica=prefer_rack needs racks, nearest first, such as racks=1,2", ErrConfig)
	case !preferred && len(c.Racks) > 0:
		return fmt.Errorf("%w: racks need replica=prefer_rack", ErrConfig)
	case slices.ContainsFunc(c.Racks, func(rack int) bool { return rack < 0 }):
		return fmt.Errorf("%w: a rack number must not be negative", ErrConfig)
	}
	return nil
}

// validateTLS returns an error if fields about TLS contradict each other. It reads no files.
func (c *Config) validateTLS() error {
	switch {
	case c.TLS && c.InProcess != "":
		return fmt.Errorf("%w: an in-process cluster has no TLS", ErrConfig)
	case c.TLS && c.AuthMode == cluster.AuthExternal && c.TLSTrustAnyServer:
		return fmt.Errorf("%w: auth=external would send the password to any server that answers", ErrConfig)
	case c.TLS && c.AuthMode == cluster.AuthPKI && c.TLSFiles.Certificate == "":
		return fmt.Errorf("%w: auth=pki needs tls_cert and tls_key", ErrConfig)
	case c.TLS:
		return nil
	case c.TLSFiles != cluster.TLSFiles{} || c.TLSName != "" || c.TLSTrustAnyServer:
		return fmt.Errorf("%w: the keys that start with tls_ need tls=true", ErrConfig)
	case c.AuthMode != cluster.AuthInternal:
		return fmt.Errorf("%w: auth=%v needs tls=true", ErrConfig, c.AuthMode)
	}
	return nil
}

// applyTLS adds the fields about TLS to a cluster.Config. It reads the files.
func (c *Config) applyTLS(base *cluster.Config) error {
	if !c.TLS {
		return nil
	}
	var err error
	if base.TLS, err = cluster.LoadTLS(c.TLSFiles); err != nil {
		return err
	}
	base.TLSName = c.TLSName
	base.TLS.InsecureSkipVerify = c.TLSTrustAnyServer
	return nil
}

// apply adds the other fields to a cluster.Config, which is that of the in-process cluster or
// empty.
func (c *Config) apply(base cluster.Config) cluster.Config {
	if len(c.Seeds) > 0 {
		base.Seeds = c.Seeds
	}
	if c.Dial != nil {
		base.Dial = c.Dial
	}
	base.User, base.AuthMode = c.User, c.AuthMode
	base.ClusterName = cmp.Or(c.ClusterName, base.ClusterName)
	base.AppID = cmp.Or(c.AppID, base.AppID)
	base.Logger = cmp.Or(c.Logger, base.Logger)
	base.UseAlternateAddresses = c.AlternateAddresses || base.UseAlternateAddresses
	base.ConnectTimeout = cmp.Or(c.ConnectTimeout, base.ConnectTimeout)
	base.TendInterval = cmp.Or(c.TendInterval, base.TendInterval)
	base.IdleTimeout = cmp.Or(c.IdleTimeout, base.IdleTimeout)
	base.MaxConnsPerNode = cmp.Or(c.MaxConns, base.MaxConnsPerNode)
	base.MinConnsPerNode = cmp.Or(c.MinConns, base.MinConnsPerNode)
	if len(c.Racks) > 0 {
		base.RackIDs = c.Racks
	}
	base.Policies = c.policies()
	return base
}

// policies returns the policies of the commands that statements send.
func (c *Config) policies() cluster.Policies {
	return cluster.Policies{
		Read: cluster.ReadPolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, MaxRetries: c.MaxRetries, Replica: c.Replica,
		},
		Write: cluster.WritePolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, SendKey: !c.NoSendKey, TTL: c.TTL,
			DurableDelete: c.DurableDelete,
		},
		Batch: cluster.BatchPolicy{
			TotalTimeout: c.Timeout, SocketTimeout: c.SocketTimeout, Replica: c.Replica, SendKey: !c.NoSendKey,
		},
		Query: cluster.QueryPolicy{SocketTimeout: c.SocketTimeout, MaxRetries: c.MaxRetries, Replica: c.Replica},
		Info:  cluster.InfoPolicy{Timeout: c.Timeout},
	}
}
