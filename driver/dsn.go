package driver

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster"
)

// The schemes of data source names.
const (
	scheme          = "aerospike"
	schemeInProcess = "aerospike+mem"
)

// ParseDSN parses a data source name, which has one of two forms:
//
//	aerospike://[user:password@]host[:port][,host[:port]...]/namespace[?key=value&...]
//	aerospike+mem://name/namespace[?key=value&...]
//
// The first form connects to a cluster by the addresses of one or more of its nodes. The port is
// 3000 if it is left out. With TLS an address can be host:tls-name:port. The second form opens an
// in-process cluster, for tests. It needs an import:
//
//	import _ "github.com/aerosql/aerosql/cluster/devserver/mem"
//
// The namespace applies to tables that a statement names without one. It can be left out.
//
// Special characters must be percent-encoded as in URLs, above all in a password: %2F for /, %3A
// for :, %40 for @.
//
// All keys are optional. Durations have a unit: 500ms, 2s, 1m.
//
//	KEY                 DEFAULT   MEANING
//
//	timeout             1s        limit of each command with its retries, or none
//	socket_timeout      30s       limit of each wait for a node, or none
//	connect_timeout     1s        limit of opening a connection
//	login_timeout       5s        limit of a login to a node
//	timeout_delay       0s        how long a connection waits for the answer after a timeout
//	tend_interval       1s        pause between checks of the cluster's nodes
//	idle_timeout        55s       age at which an unused connection is closed
//	max_conns           100       maximum number of connections per node
//	min_conns           0         number of connections per node that are kept open
//	max_queue           16384     commands that may wait for a node; more fail at once; or none
//	max_retries         2         retries of a failed read (scans: 5); writes are never retried
//	retry_pause         0s        pause before each retry
//	retry_pause_factor  1         factor by which the pause grows from retry to retry
//	max_error_rate      100       failures of a node after which commands to it fail at once, or none
//	error_rate_window   1         the number of tend_intervals in which they are counted
//	retry_percent       20        number of retries that 100 commands allow, or none for no limit
//	retry_reserve       10000     number of retries that are allowed in addition
//	replica             sequence  nodes to read from: sequence, master, master_proles, random,
//	                              prefer_rack
//	racks                         racks for prefer_rack, nearest first, such as 1,2
//	read_mode_ap        one       one or all: replicas that a read asks, without strong consistency
//	read_mode_sc        session   with strong consistency: session, linearize, allow_replica or
//	                              allow_unavailable
//	records_per_second            limit of the records that each node reads for a scan
//	compress            false     true: compress requests and responses
//	compress_threshold  128       size in bytes from which requests are compressed
//	coalesce            on        off: send each command in a message of its own
//
//	send_key            true      true: store the user key with each record
//	ttl                 default   time to live of written records: default (the namespace's),
//	                              never, keep (as it is), or a duration of at least 1s
//	durable_delete      false     true: DELETE leaves tombstones
//	commit              all       master: the server answers when the master copy is written
//	scan                allow     deny: reject statements that read a whole set
//	tx                  error     error: BeginTx fails if the namespace has no transactions;
//	                              autocommit: each statement takes effect at once
//	atomic              on        on: in a namespace with strong consistency a statement that writes
//	                              several records by their keys is a transaction; off: it is not
//	memory_limit        64MiB     memory that one statement may keep to sort, group, join and
//	                              remove duplicates
//	late_bins           error     what SELECT * does with a bin that it did not know of when the
//	                              statement began: error, or ignore to leave it out
//	index_numbers       any       integers: the numbers of undeclared bins with a numeric index are
//	                              integers, so that conditions on them can use the index
//	disable_rules                 rules of planning that are not used, separated by commas; for
//	                              tests and for finding faults
//	dialect             standard  aql: read "..." as Aerospike's aql does
//	collections         native    json: rows return lists and maps as JSON text
//	local_files         false     true: REGISTER MODULE 'path' may read files of this machine
//
//	auth                internal  internal, external (such as LDAP) or pki
//	tls                 false     true: use TLS for all connections
//	tls_ca                        file of certificate authorities; default: the system's
//	tls_cert, tls_key             files of the client's certificate and key; reread on change
//	tls_name                      name in the nodes' certificates, unless the address or the
//	                              cluster gives one; default: the host
//	tls_insecure_trust_any_server
//	                    false     true: accept any certificate; for experiments only
//
//	cluster_name                  name that the nodes must report; default: any
//	app_id                        identifies the program to the server's operators
//	alternate_addresses false     true: use the nodes' alternate-access-address
//	ip_map                        hosts to use instead of those that nodes report, such as
//	                              10.0.0.1=203.0.113.5,10.0.0.2=203.0.113.6
//	open_unconnected    false     true: opening succeeds although no seed can be reached
//	metrics             false     true: count and time commands, see cluster.Client.Metrics
//
//	log_statements      false     true: log each statement with its time, rows and error
//	slow_statement                log statements that take at least this time as warnings
//	log_arguments       false     true: log arguments and literals too
//
// An unknown key or an invalid value is an error. Errors are of kind [ErrConfig] and never contain
// the password.
func ParseDSN(dsn string) (Config, error) { return checkedDSN(dsn, nil) }

// SafeKeys are the keys of data source names that can't weaken the security of a program: they read
// no files, trust no server, and redirect no connection. Use them with [ParseDSNAllow].
func SafeKeys() []string {
	return []string{
		"timeout", "socket_timeout", "connect_timeout", "max_retries", "replica", "racks", "read_mode_ap", "read_mode_sc",
		"send_key", "ttl", "durable_delete", "commit", "scan", "tx", "atomic", "late_bins", "index_numbers", "dialect", "collections",
		"tls", "auth", "cluster_name", "app_id", "alternate_addresses",
	}
}

// ParseDSNAllow is ParseDSN for a data source name that a user of the program supplies. Any key
// that is not one of the given ones is an error, and so is the name of an in-process cluster.
// Without keys only the address, the user, the password and the namespace can be given.
//
// The program should also decide which addresses it connects to: see Config.Seeds and Config.Dial.
func ParseDSNAllow(dsn string, keys ...string) (Config, error) {
	all := dsnKeys()
	for _, name := range keys {
		if !slices.ContainsFunc(all, func(k dsnKey) bool { return k.name == name }) {
			return Config{}, fmt.Errorf("%w: there is no key %.60q%s", ErrConfig, name, nearNames(name, all))
		}
	}
	cfg, err := checkedDSN(dsn, append([]string{}, keys...))
	if err == nil && cfg.InProcess != "" {
		return Config{}, fmt.Errorf("%w: an in-process cluster is not allowed here; use %s://", ErrConfig, scheme)
	}
	return cfg, err
}

// checkedDSN parses a data source name. If allowed is not nil, it is the keys that may be given.
func checkedDSN(dsn string, allowed []string) (Config, error) {
	if strings.Contains(afterAuthority(dsn), "@") {
		// Most likely the password has an unescaped / or ?. Its rest would be parsed as host,
		// namespace or keys and would show up in errors.
		return Config{}, errUnescaped
	}
	cfg, err := parseDSN(dsn, allowed)
	if err == nil {
		return cfg, nil
	}
	if errors.Is(err, ErrConfig) {
		return Config{}, err
	}
	return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
}

// errUnescaped does not quote the name, which may have a password in an unexpected place.
var errUnescaped = fmt.Errorf("%w: special characters must be percent-encoded, in user and password above all: "+
	"/ is %%2F, ? is %%3F, # is %%23, @ is %%40, : is %%3A and %% is %%25", ErrConfig)

// afterAuthority returns the part of a data source name after the addresses.
func afterAuthority(dsn string) string {
	_, rest, _ := strings.Cut(dsn, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}

func parseDSN(dsn string, allowed []string) (Config, error) {
	var cfg Config
	kind, rest, ok := strings.Cut(dsn, "://")
	if !ok || kind != scheme && kind != schemeInProcess {
		return cfg, fmt.Errorf("it must start with %s:// or %s://", scheme, schemeInProcess)
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, namespace, _ := strings.Cut(rest, "/")
	var err error
	if cfg.Namespace, err = url.PathUnescape(namespace); err != nil || strings.Contains(namespace, "/") {
		return cfg, fmt.Errorf("the namespace is not valid")
	}
	if kind == schemeInProcess {
		if cfg.InProcess, err = url.PathUnescape(authority); err != nil || strings.ContainsAny(authority, ":@,") {
			return cfg, fmt.Errorf("the address of an in-process cluster is a name, without port and user")
		}
	} else if err := cfg.parseAuthority(authority); err != nil {
		return cfg, err
	}
	if err := cfg.parseKeys(query, allowed); err != nil {
		return cfg, err
	}
	return cfg, cfg.validate()
}

// maxSeeds is the maximum number of addresses, more than a cluster has nodes.
const maxSeeds = 1024

// parseAuthority parses [user:password@]host[:port],...
func (c *Config) parseAuthority(authority string) error {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		if strings.ContainsAny(authority[:i], "@#") {
			return errUnescaped
		}
		decodedUser, err := url.PathUnescape(user)
		decodedPassword, err2 := url.PathUnescape(password)
		if err != nil || err2 != nil {
			return fmt.Errorf("user or password has an invalid %%-escape")
		}
		c.User, c.Password = decodedUser, cluster.Password(decodedPassword)
		authority = authority[i+1:]
	}
	if authority == "" {
		return nil
	}
	count := strings.Count(authority, ",") + 1
	if count > maxSeeds {
		return fmt.Errorf("there are %d addresses; the maximum is %d", count, maxSeeds)
	}
	c.Seeds = make([]string, 0, count)
	for seed := range strings.SplitSeq(authority, ",") {
		if !validAddress(seed) {
			return fmt.Errorf("address %d is not host, host:port, host:tls-name:port or [v6]:port", len(c.Seeds)+1)
		}
		c.Seeds = append(c.Seeds, seed)
	}
	return nil
}

func validAddress(address string) bool {
	host, port, found := cutLast(address)
	if found {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	host, name, found := cutLast(host)
	if found && (!validHost(name) || port == "") {
		return false
	}
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		return validHost(inner[:len(inner)-1])
	}
	return validHost(host) && !strings.Contains(host, ":")
}

// cutLast cuts an address at its last colon, unless that is within brackets.
func cutLast(address string) (before, after string, found bool) {
	i := strings.LastIndexByte(address, ':')
	if i <= strings.LastIndexByte(address, ']') {
		return address, "", false
	}
	return address[:i], address[i+1:], true
}

func validHost(host string) bool {
	return host != "" && !strings.ContainsAny(host, "[]/?#@,% \t\r\n")
}

// nameEscapes escapes characters that url.PathEscape leaves but that have a meaning in a data
// source name.
var nameEscapes = strings.NewReplacer("@", "%40", ":", "%3A")

func escapeName(name string) string { return nameEscapes.Replace(url.PathEscape(name)) }

// FormatDSN returns the data source name of the Config, including the password. ParseDSN of it
// returns the same Config, without the fields that have no key.
func (c Config) FormatDSN() string {
	var b strings.Builder
	if c.InProcess != "" {
		b.WriteString(schemeInProcess + "://" + escapeName(c.InProcess))
	} else {
		b.WriteString(scheme + "://")
		if c.User != "" {
			b.WriteString(url.UserPassword(c.User, string(c.Password)).String() + "@")
		}
		b.WriteString(strings.Join(c.Seeds, ","))
	}
	b.WriteString("/" + escapeName(c.Namespace))
	if query := c.formatKeys(); query != "" {
		b.WriteString("?" + query)
	}
	return b.String()
}
