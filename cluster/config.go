package cluster

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// DefaultPort is the service port of a seed without one.
const DefaultPort = 3000

// Defaults of Config.
const (
	DefaultConnectTimeout  = time.Second
	DefaultLoginTimeout    = 5 * time.Second
	DefaultTendInterval    = time.Second
	DefaultMaxConnsPerNode = 100
	// DefaultIdleTimeout is below the minute after which servers used to close idle connections.
	DefaultIdleTimeout = 55 * time.Second
	// DefaultMaxErrorRate and DefaultErrorRateWindow are those of the official clients.
	DefaultMaxErrorRate    = 100
	DefaultErrorRateWindow = 1
	// DefaultRetryPercent and DefaultRetryReserve let all that is under way at one moment be tried again when a node dies, and
	// add no more than a fifth to the load of a cluster that goes on failing.
	DefaultRetryPercent = 20
	DefaultRetryReserve = 10000
)

// maxErrorRateWindow is in TendIntervals.
const maxErrorRateWindow = 3600

// A Config says how to reach a cluster. Only Seeds is required.
type Config struct {
	// Seeds are addresses of any nodes of the cluster: "host", "host:port", "[v6]:port", and with TLS "host:tls-name:port". All
	// addresses of a host name are tried; the other nodes are learned from the first that answers.
	Seeds []string
	// ClusterName is compared with the name that nodes give; "" accepts any.
	ClusterName string
	// User and Password are who the client is where the cluster has users (Enterprise); it logs in at each node. Where the cluster
	// has none after all, they are not used. A password has at most 72 bytes, unless AuthMode is AuthExternal. Open takes the password out of the configuration that it keeps.
	User     string
	Password Password
	// AuthMode says who knows the password.
	AuthMode AuthMode
	// TLS makes all connections TLS ones; nil is clear text. LoadTLS makes it from files. The least version is TLS 1.2. A connection
	// is not used, for credentials or anything else, before the server has proved to be the one that is meant, by a certificate
	// for its TLS name; see TLSName.
	TLS *tls.Config
	// TLSName is the name that servers' certificates are for, where neither the seed nor the cluster tells another one; "" is
	// the host of the seed.
	TLSName string
	// LoginTimeout bounds a login; default 5 s. Each node is logged in at once, and again before the session ends.
	LoginTimeout time.Duration
	// ConnectTimeout bounds a dial and each exchange of tending; default 1 s.
	ConnectTimeout time.Duration
	// TendInterval is the pause between two rounds of tending; default 1 s, at least 10 ms.
	TendInterval time.Duration
	// MaxConnsPerNode bounds the connections to one node; default 100. Callers beyond it wait,
	// first come first served, until their time is over.
	MaxConnsPerNode int
	// MinConnsPerNode connections are opened in advance and kept open; default 0.
	MinConnsPerNode int
	// IdleTimeout is the age at which an unused connection is closed; default 55 s, -1 never. Where the server closes
	// them earlier (proto-fd-idle-ms), it is nine tenths of that.
	IdleTimeout time.Duration
	// MaxErrorRate is how many failures of a node are let pass within ErrorRateWindow: connections that can't be made, break or time out, and
	// refusals because its device is overloaded. After more, commands to it fail with ErrNodeBackoff, and reads go to another
	// replica, for as long as the window; then one command may try, and its outcome decides. A context that is cancelled or whose deadline
	// is reached does not count. Default 100, -1 for no limit.
	MaxErrorRate int
	// ErrorRateWindow is measured in TendIntervals; default 1. The window slides.
	ErrorRateWindow int
	// RetryPercent bounds the retries of all commands together, so that a cluster in trouble is not sent a multiple of its load: 100
	// commands allow so many retries. A command that may not be tried again for that reason fails with ErrRetryBudget. A batch or a query counts as
	// one command, and so does each of its rounds. Default 20, -1 for no bound.
	RetryPercent int
	// RetryReserve is how many retries are allowed beyond RetryPercent at the beginning, and are saved up while all is well; default 10000.
	RetryReserve int
	// UseAlternateAddresses takes the nodes' alternate-access-address as their address.
	UseAlternateAddresses bool
	// IPMap replaces hosts of addresses that nodes give for themselves and each other, for clients that reach them under others: from the
	// host that a node names to the one that is dialled, without ports. Seeds are dialled as they stand. UseAlternateAddresses is the better way where the
	// servers can be configured.
	IPMap map[string]string
	// OpenUnconnected makes Open succeed although no seed can be reached: the client goes on trying at every TendInterval, and
	// calls fail with ErrNoNode meanwhile. A seed of another cluster is an error all the same.
	OpenUnconnected bool
	// RackIDs are the racks that ReplicaPreferRack reads from, the nearest first. Nodes tell their racks only where the
	// server is an Enterprise Edition; those of others have none.
	RackIDs []int
	// AppID names the program to the server's operators; it shows in the user-agents info. At most 128 bytes.
	AppID string
	// Coalesce says whether single-record commands to one node that are under way at the same
	// moment travel together as one message; by default they do.
	Coalesce CoalesceMode
	// Dial opens connections; default is a net.Dialer with TCP_NODELAY. The address is "host:port".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// LookupHost finds the addresses of a seed's host name, all of which are tried, each time that the seeds are: when
	// the client is opened, and whenever all nodes are lost. Default is the system's resolver, or with a Dial of your own, to which
	// names may mean anything, none at all.
	LookupHost func(ctx context.Context, host string) ([]string, error)
	// Policies are the defaults of commands that are called with a nil policy.
	Policies Policies
	// Logger hears of nodes that come, go and fail; nil is silent.
	Logger *slog.Logger

	// Metrics lets the client count from the start on, see Client.Metrics.
	Metrics bool
	// Observer is told of every command; nil for none.
	Observer Observer
}

// withDefaults returns the configuration with every zero replaced, or an error that
// names the field which is wrong.
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

// setDefaults replaces every number that is zero.
func (cfg *Config) setDefaults() {
	setDefault(&cfg.LoginTimeout, DefaultLoginTimeout)
	setDefault(&cfg.ConnectTimeout, DefaultConnectTimeout)
	setDefault(&cfg.TendInterval, DefaultTendInterval)
	setDefault(&cfg.MaxConnsPerNode, DefaultMaxConnsPerNode)
	setDefault(&cfg.IdleTimeout, DefaultIdleTimeout)
	setDefault(&cfg.MaxErrorRate, DefaultMaxErrorRate)
	setDefault(&cfg.ErrorRateWindow, DefaultErrorRateWindow)
	setDefault(&cfg.RetryPercent, DefaultRetryPercent)
	setDefault(&cfg.RetryReserve, DefaultRetryReserve)
}

// checkLimits reports a number that is out of its range.
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

// addressCommand is the info command about services or peers that tells addresses which this client can use.
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

// nodeAddress reads an address that a node gives for itself or for another one.
func (cfg *Config) nodeAddress(s string, defaultPort int) (link.Address, error) {
	a, err := link.ParseAddress(s, defaultPort)
	if real, mapped := cfg.IPMap[a.Host]; mapped && err == nil {
		a.Host = real
	}
	return a, err
}

// CoalesceMode says whether single-record commands to one node that are under way at the same
// moment may travel together.
type CoalesceMode uint8

// The modes. Commands that are sent together cost the server a fraction of what they cost alone. In both
// modes a lone caller never waits for others.
const (
	CoalesceAuto CoalesceMode = iota // together when many are under way
	CoalesceOff                      // always alone
)
