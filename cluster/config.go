package cluster

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// DefaultPort is the port of a seed that names none.
const DefaultPort = 3000

// Defaults of Config.
const (
	DefaultConnectTimeout  = time.Second
	DefaultLoginTimeout    = 5 * time.Second
	DefaultTendInterval    = time.Second
	DefaultMaxConnsPerNode = 100
	DefaultMaxQueuePerNode = 16384
	// DefaultIdleTimeout is shorter than one minute, after which older servers close idle
	// connections.
	DefaultIdleTimeout = 55 * time.Second
	// DefaultMaxErrorRate and DefaultErrorRateWindow are the defaults of the official clients.
	DefaultMaxErrorRate    = 100
	DefaultErrorRateWindow = 1
	// DefaultRetryPercent and DefaultRetryReserve allow all commands in flight to be retried when a
	// node dies. If failures continue, retries add at most a fifth to the load of the cluster.
	DefaultRetryPercent = 20
	DefaultRetryReserve = 10000
)

// maxErrorRateWindow is in TendIntervals.
const maxErrorRateWindow = 3600

// A Config describes how to connect to a cluster. Only Seeds is required.
type Config struct {
	// Seeds are the addresses of one or more nodes of the cluster: "host", "host:port",
	// "[v6]:port", or with TLS "host:tls-name:port". The default port is 3000. The client tries all
	// addresses of a host name, and discovers the other nodes from the seeds.
	Seeds []string
	// ClusterName is the name that every node must report; "" accepts any name.
	ClusterName string
	// User and Password are the credentials of the client. It logs in to each node. They are not
	// used if security is disabled in the cluster; security needs the Enterprise Edition. A
	// password has at most 72 bytes, unless AuthMode is AuthExternal. Open removes the password
	// from the copy of the configuration that it keeps.
	User     string
	Password Password
	// AuthMode selects how the client authenticates; default AuthInternal.
	AuthMode AuthMode
	// TLS enables TLS for all connections; nil means clear text. LoadTLS loads it from files. The
	// minimum version is TLS 1.2. Nothing is sent over a connection, credentials included, until
	// the server's certificate has been verified for its TLS name; see TLSName.
	TLS *tls.Config
	// TLSName is the name that the servers' certificates must have. A TLS name in a seed, or one
	// that the cluster reports for a node, takes precedence. "" means the host of the seed.
	TLSName string
	// LoginTimeout limits the time of a login; default 5 s. The client logs in to each node when it
	// connects to it, and again before the session expires.
	LoginTimeout time.Duration
	// ConnectTimeout limits the time to connect, and the time of each info request that the client
	// sends to keep its view of the cluster up to date; default 1 s.
	ConnectTimeout time.Duration
	// TendInterval is the time between two updates of the client's view of the cluster. It is at
	// least 10 ms; default 1 s.
	TendInterval time.Duration
	// MaxConnsPerNode limits the connections to one node; default 100. If all are in use, callers
	// wait for one, in order of arrival, until their timeout.
	MaxConnsPerNode int
	// MaxQueuePerNode limits the commands that wait to be sent together to one node, reads and
	// writes each. Commands beyond the limit fail at once with ErrOverload, and reads go to another
	// replica as their retries allow. Once the limit was reached, commands arrive faster than the
	// node answers them, so only a sixteenth of the limit may wait until none does, or a quarter
	// while the program keeps its CPUs too busy to send. Default 16384, -1 for no limit.
	MaxQueuePerNode int
	// MinConnsPerNode is the number of connections to each node that are opened in advance and kept
	// open; default 0.
	MinConnsPerNode int
	// IdleTimeout is how long a connection may be idle before it is closed; default 55 s, -1 for no
	// limit. If the server closes idle connections earlier (proto-fd-idle-ms), the client uses nine
	// tenths of the server's value.
	IdleTimeout time.Duration
	// MaxErrorRate is the number of failures of a node that are tolerated within ErrorRateWindow.
	// Connections that can't be made, break or time out count, and so do errors that report an
	// overloaded device. A context that is canceled or reaches its deadline does not count. Beyond
	// the limit, commands to the node fail with ErrNodeBackoff, and reads go to another replica,
	// until ErrorRateWindow has passed. Then one command is sent to the node; if it succeeds, the
	// node is used again. Default 100, -1 for no limit.
	MaxErrorRate int
	// ErrorRateWindow is the length of the sliding window for MaxErrorRate, in TendIntervals, from
	// 1 to 3600; default 1.
	ErrorRateWindow int
	// RetryPercent limits the retries of all commands together, so that retries don't multiply the
	// load of a failing cluster. It is the number of retries that 100 commands allow. A command
	// that this limit keeps from being retried fails with ErrRetryBudget. A batch or a query counts
	// as one command, and so does each of its rounds. Default 20, -1 for no limit.
	RetryPercent int
	// RetryReserve is the number of retries that are allowed in addition to RetryPercent. While few
	// commands fail, a used reserve fills up again. Default 10000.
	RetryReserve int
	// UseAlternateAddresses connects to the nodes at their alternate-access-address.
	UseAlternateAddresses bool
	// IPMap maps hosts that nodes report, for themselves or for other nodes, to the hosts to dial
	// instead. Keys and values have no ports. Seeds are not mapped. If you can configure the
	// servers, prefer UseAlternateAddresses.
	IPMap map[string]string
	// OpenUnconnected makes Open succeed even if no seed can be reached. The client tries again at
	// every TendInterval, and calls fail with ErrNoNode until it is connected. A seed of another
	// cluster is still an error.
	OpenUnconnected bool
	// RackIDs are the racks that ReplicaPreferRack reads from, in order of preference. Racks need
	// the Enterprise Edition.
	RackIDs []int
	// AppID identifies the program to the server's operators, in the answer to the info command
	// user-agents. At most 128 bytes.
	AppID string
	// Coalesce controls whether concurrent single-record commands to one node are sent together in
	// one message; by default they are.
	Coalesce CoalesceMode
	// Dial opens connections; the default is a net.Dialer with TCP_NODELAY. The address is
	// "host:port".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// LookupHost returns the addresses of a seed's host name; the client tries all of them. It is
	// called by Open, and whenever the client has lost all nodes and uses the seeds again. The
	// default is the system's resolver. If Dial is set, the default is to pass names to Dial
	// without a lookup.
	LookupHost func(ctx context.Context, host string) ([]string, error)
	// Policies are the defaults of commands that are called with a nil policy.
	Policies Policies
	// Logger logs nodes that join, leave or fail; nil discards the messages.
	Logger *slog.Logger

	// Metrics enables metrics from the start, see Client.Metrics.
	Metrics bool
	// Observer is called for every command; nil if there is none.
	Observer Observer
}

// withDefaults returns the configuration with zero values replaced by their defaults, or an error
// that names the invalid field.
func (cfg Config) withDefaults() (Config, error) {
	if len(cfg.Seeds) == 0 {
		return cfg, configError("Seeds is empty; at least one address of a node is needed")
	}
	for _, s := range cfg.Seeds {
		a, err := link.ParseAddress(s, DefaultPort)
		if err != nil {
			return cfg, configError("Seeds: %w", err)
		}
		if a.TLSName != "" && cfg.TLS == nil {
			return cfg, configError("Seeds: %.100q has a TLS name, and TLS is nil", s)
		}
	}
	if len(cfg.AppID) > 128 {
		return cfg, configError("AppID has %d bytes, at most 128 are possible", len(cfg.AppID))
	}
	if err := cfg.checkUser(); err != nil {
		return cfg, err
	}
	if err := cfg.checkTLS(); err != nil {
		return cfg, err
	}
	cfg.setDefaults()
	if err := cfg.checkLimits(); err != nil {
		return cfg, err
	}
	for named, real := range cfg.IPMap {
		if named == "" || real == "" {
			return cfg, configError("IPMap has an empty address: %q: %q", named, real)
		}
	}
	if cfg.Dial == nil {
		cfg.Dial = new(net.Dialer).DialContext
		if cfg.LookupHost == nil {
			cfg.LookupHost = net.DefaultResolver.LookupHost
		}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if w, b := cfg.Policies.Write.TTL, cfg.Policies.Background.TTL; w == TTLClientDefault || b == TTLClientDefault {
		return cfg, configError("Policies.Write.TTL or Policies.Background.TTL is TTLClientDefault, which refers to Policies.Write.TTL itself")
	}
	return cfg, cfg.Policies.validate()
}

// setDefaults replaces numbers that are zero by their defaults.
func (cfg *Config) setDefaults() {
	setDefault(&cfg.LoginTimeout, DefaultLoginTimeout)
	setDefault(&cfg.ConnectTimeout, DefaultConnectTimeout)
	setDefault(&cfg.TendInterval, DefaultTendInterval)
	setDefault(&cfg.MaxConnsPerNode, DefaultMaxConnsPerNode)
	setDefault(&cfg.MaxQueuePerNode, DefaultMaxQueuePerNode)
	setDefault(&cfg.IdleTimeout, DefaultIdleTimeout)
	setDefault(&cfg.MaxErrorRate, DefaultMaxErrorRate)
	setDefault(&cfg.ErrorRateWindow, DefaultErrorRateWindow)
	setDefault(&cfg.RetryPercent, DefaultRetryPercent)
	setDefault(&cfg.RetryReserve, DefaultRetryReserve)
}

// checkLimits returns an error if a number is out of range.
func (cfg *Config) checkLimits() error {
	switch {
	case cfg.LoginTimeout < 0:
		return configError("LoginTimeout is negative: %v", cfg.LoginTimeout)
	case cfg.ConnectTimeout < 0:
		return configError("ConnectTimeout is negative: %v", cfg.ConnectTimeout)
	case cfg.TendInterval < 10*time.Millisecond:
		return configError("TendInterval is %v, at least 10ms are needed", cfg.TendInterval)
	case cfg.MaxConnsPerNode < 0:
		return configError("MaxConnsPerNode is negative: %d", cfg.MaxConnsPerNode)
	case cfg.MaxQueuePerNode < -1:
		return configError("MaxQueuePerNode is %d; use -1 for no limit", cfg.MaxQueuePerNode)
	case cfg.MinConnsPerNode < 0 || cfg.MinConnsPerNode > cfg.MaxConnsPerNode:
		return configError("MinConnsPerNode is %d, not between 0 and MaxConnsPerNode (%d)", cfg.MinConnsPerNode, cfg.MaxConnsPerNode)
	case cfg.MaxErrorRate < -1:
		return configError("MaxErrorRate is %d; use -1 for no limit", cfg.MaxErrorRate)
	case cfg.ErrorRateWindow < 1 || cfg.ErrorRateWindow > maxErrorRateWindow:
		return configError("ErrorRateWindow is %d, not between 1 and %d", cfg.ErrorRateWindow, maxErrorRateWindow)
	case cfg.RetryPercent < -1:
		return configError("RetryPercent is %d; use -1 for no bound", cfg.RetryPercent)
	case cfg.RetryReserve < 0:
		return configError("RetryReserve is negative: %d", cfg.RetryReserve)
	}
	return nil
}

// addressCommand returns the info command for services or peers whose answer has the addresses that
// this client uses.
func (cfg *Config) addressCommand(about string) string {
	way, network := "-clear", "-std"
	if cfg.TLS != nil {
		way = "-tls"
	}
	if cfg.UseAlternateAddresses {
		network = "-alt"
	}
	return about + way + network
}

// nodeAddress parses an address that a node reports for itself or for another node, and applies
// IPMap.
func (cfg *Config) nodeAddress(s string, defaultPort int) (link.Address, error) {
	a, err := link.ParseAddress(s, defaultPort)
	if real, mapped := cfg.IPMap[a.Host]; mapped && err == nil {
		a.Host = real
	}
	return a, err
}

// CoalesceMode controls whether concurrent single-record commands to one node may be sent together
// in one message.
type CoalesceMode uint8

// The modes. Commands that are sent together cost the server a fraction of what they cost alone. In
// both modes, a single caller never waits for others.
const (
	CoalesceAuto CoalesceMode = iota // together if many are in flight
	CoalesceOff                      // always alone
)
