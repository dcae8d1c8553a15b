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
)

// ErrConfig means a data source name or a Config that can't be used.
var ErrConfig = errors.New("invalid data source")

// A TxMode says what BeginTx does.
type TxMode uint8

// The modes.
const (
	// TxError makes BeginTx begin a transaction of the cluster, and fail with ErrNoTransactions where there are none.
	TxError TxMode = iota
	// TxAutocommit lets each statement take effect at once, everywhere. Commit does nothing, and Rollback after a
	// statement that writes fails with ErrNotRolledBack.
	TxAutocommit
)

// Collections says how lists and maps come out of Rows.
type Collections uint8

// The forms.
const (
	// CollectionsNative gives []any, and map[string]any, or map[any]any where a key is no string.
	CollectionsNative Collections = iota
	// CollectionsJSON gives JSON text as a string.
	CollectionsJSON
)

// A Config says how to reach a cluster and how statements run on it. Seeds or
// InProcess is required. Every field but Dial and Logger has a key in data source names; see [ParseDSN].
type Config struct {
	// Seeds are addresses of any nodes: "host", "host:port" (3000 by default) or "[v6]:port", and with TLS "host:tls-name:port".
	Seeds []string
	// InProcess is the name of a cluster inside the process, in place of Seeds. A package that
	// runs such clusters must be imported.
	InProcess string
	// Namespace is that of tables which are written without one; "" if all are written with theirs.
	Namespace string
	// User and Password are who the session is where the cluster has users (Enterprise). AuthMode says who knows the password; all
	// but the cluster's own need TLS.
	User     string
	Password cluster.Password
	AuthMode cluster.AuthMode

	// TLS makes all connections TLS ones. The files are read when the cluster is opened; see cluster.LoadTLS.
	TLS      bool
	TLSFiles cluster.TLSFiles
	// TLSName is the name that nodes' certificates are for, where neither the address nor the cluster tells another one.
	TLSName string
	// TLSTrustAnyServer takes whoever answers for the cluster: without a verified certificate anybody in between sees everything. It is for
	// trying things out.
	TLSTrustAnyServer bool

	// ClusterName is compared with the name that nodes give; "" accepts any.
	ClusterName string
	// AppID names the program to the server's operators.
	AppID string
	// AlternateAddresses uses the nodes' alternate-access-address.
	AlternateAddresses bool
	// Timeout bounds a statement's command with its retries; default 1 s, cluster.NoTimeout for none. A scan
	// is bounded by the context alone.
	Timeout time.Duration
	// SocketTimeout bounds a wait for a node; default 30 s, cluster.NoTimeout for none.
	SocketTimeout time.Duration
	// ConnectTimeout bounds making a connection; default 1 s.
	ConnectTimeout time.Duration
	// TendInterval is the pause between two looks at the cluster; default 1 s.
	TendInterval time.Duration
	// IdleTimeout is the age at which an unused connection is closed; default 55 s.
	IdleTimeout time.Duration
	// MaxConns and MinConns bound the connections to one node; default 100 and 0. A SELECT by
	// scan holds one while its rows are read. An UPDATE or DELETE by scan reads a page and writes it
	// in turn, with one at a time.
	MaxConns, MinConns int
	// MaxRetries is how often a read that failed is repeated; 0 for the defaults of the native
	// client, cluster.NoRetries for none. A write is never repeated.
	MaxRetries int
	// Replica chooses the nodes that are read from.
	Replica cluster.ReplicaPolicy
	// Racks are those that cluster.ReplicaPreferRack reads from, the nearest first; it needs one, and no other policy takes any (Enterprise).
	Racks []int

	// NoSendKey leaves user keys out of the records. PK is NULL then in what a scan reads.
	NoSendKey bool
	// TTL is the time to live that writes give a record; the default is the namespace's.
	TTL cluster.TTL
	// DurableDelete leaves tombstones where statements remove records, without which a namespace with strong consistency refuses to
	// (Enterprise). Transactions do so by themselves.
	DurableDelete bool
	// DenyScan refuses statements that read a whole set, with querylang.ErrScanDenied.
	DenyScan bool
	// Dialect says how text in double quotes is read.
	Dialect querylang.Dialect
	Tx      TxMode
	// Collections says how lists and maps come out of Rows.
	Collections Collections

	// Dial opens connections; default is a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger hears of nodes that come, go and fail; nil is silent.
	Logger *slog.Logger
}

// String returns the data source name with the password left out.
func (c Config) String() string {
	if c.Password != "" {
		c.Password = "redacted"
	}
	return c.FormatDSN()
}

// Format writes the data source name with the password left out, under every verb; GoString under %#v.
func (c Config) Format(f fmt.State, verb rune) {
	text := c.String()
	if verb == 'v' && f.Flag('#') {
		text = c.GoString()
	}
	io.WriteString(f, text)
}

// GoString returns the data source name with the password left out.
func (c Config) GoString() string { return fmt.Sprintf("driver.Config(%q)", c.String()) }

// validate reports a Config that can't be used.
func (c *Config) validate() error {
	switch {
	case len(c.Seeds) == 0 && c.InProcess == "":
		return fmt.Errorf("%w: no address of a node; a data source name looks like aerospike://host:3000/namespace", ErrConfig)
	case len(c.Seeds) > 0 && c.InProcess != "":
		return fmt.Errorf("%w: either addresses or the name of an in-process cluster can be given, not both", ErrConfig)
	case c.Password != "" && c.User == "":
		return fmt.Errorf("%w: a password without a user", ErrConfig)
	case len(c.Password) > protocol.MaxPasswordLen && c.AuthMode != cluster.AuthExternal:
		return fmt.Errorf("%w: the password has %d bytes, at most %d are possible", ErrConfig, len(c.Password), protocol.MaxPasswordLen)
	case strings.Contains(string(c.Password), "\x00"):
		return fmt.Errorf("%w: the password has a zero byte", ErrConfig)
	case c.InProcess != "" && (c.User != "" || c.AuthMode != cluster.AuthInternal):
		return fmt.Errorf("%w: an in-process cluster has no users", ErrConfig)
	}
	if err := c.validateRacks(); err != nil {
		return err
	}
	return c.validateTLS()
}

// validateRacks reports racks without a policy that reads from them, and the reverse.
func (c *Config) validateRacks() error {
	switch preferred := c.Replica == cluster.ReplicaPreferRack; {
	case preferred && len(c.Racks) == 0:
		return fmt.Errorf("%w: replica=prefer_rack needs racks, such as racks=1,2, the nearest first", ErrConfig)
	case !preferred && len(c.Racks) > 0:
		return fmt.Errorf("%w: racks need replica=prefer_rack", ErrConfig)
	case slices.ContainsFunc(c.Racks, func(rack int) bool { return rack < 0 }):
		return fmt.Errorf("%w: the number of a rack is not negative", ErrConfig)
	}
	return nil
}

// validateTLS reports what contradicts itself about TLS, as far as that shows without reading files.
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
		return fmt.Errorf("%w: keys that begin with tls_ need tls=true", ErrConfig)
	case c.AuthMode != cluster.AuthInternal:
		return fmt.Errorf("%w: auth=%v needs tls=true", ErrConfig, c.AuthMode)
	}
	return nil
}

// applyTLS is apply for what is read from files.
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

// apply adds the Config to what reaches an in-process cluster, or to nothing.
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

// policies returns the policies of all commands.
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
