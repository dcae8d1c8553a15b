package driver

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster"
)

// The schemes of data source names.
const (
	scheme          = "aerospike"
	schemeInProcess = "aerospike+mem"
)

// ParseDSN reads a data source name:
//
//	aerospike://[user:password@]host[:port][,host[:port]...]/namespace[?key=value&...]
//	aerospike+mem://name/namespace[?key=value&...]
//
// The second form reaches a cluster inside the process; import
// github.com/aerosql/aerosql/cluster/devserver/mem to have them. Special characters are
// percent-encoded as in URLs: %40 for @, which must not stand in the name but behind the password. With TLS an address may be host:tls-name:port. The keys, all optional:
//
//	timeout=1s              of a command with its retries; none for no limit
//	socket_timeout=30s      of a wait for a node; none for no limit
//	connect_timeout=1s      of making a connection
//	tend_interval=1s        between two looks at the cluster
//	idle_timeout=55s        after which an unused connection is closed
//	max_conns=100           to one node
//	min_conns=0             to one node
//	max_retries=2           of reads; writes are never repeated
//	replica=sequence        or master, master_proles, random, prefer_rack
//	racks=                  that prefer_rack reads from, the nearest first: 1,2
//	send_key=true           stores the user key with the record
//	ttl=default             or never, keep, or a duration: 90s, 24h
//	durable_delete=false    leaves tombstones, as strong consistency asks for
//	scan=allow              or deny: refuses statements that read a whole set
//	tx=error                or autocommit: whether BeginTx begins a real transaction
//	dialect=standard        or aql: how "..." is read
//	collections=native      or json: how lists and maps come out of Rows
//	auth=internal           or external, pki: who knows the user's password
//	tls=false               or true: all connections are TLS ones
//	tls_ca=                 file of the authorities that nodes' certificates are verified with; the system's if empty
//	tls_cert=, tls_key=     files of the client's certificate, read again when they change
//	tls_name=               of the nodes' certificates, where no other one is known; the host if empty
//	tls_insecure_trust_any_server=false
//	                        true: whoever answers is taken for the cluster and sees everything
//	cluster_name=           that the nodes must have
//	app_id=                 shown to the server's operators
//	alternate_addresses=false
//
// An unknown key is an error, and no error has the password in it. Errors are [ErrConfig].
func ParseDSN(dsn string) (Config, error) {
	if strings.Contains(afterAuthority(dsn), "@") {
		// Most likely a password with a special character, parts of which would be taken for host, namespace or keys, and be shown.
		return Config{}, errUnescaped
	}
	cfg, err := parseDSN(dsn)
	if err == nil {
		return cfg, nil
	}
	if errors.Is(err, ErrConfig) {
		return Config{}, err
	}
	return Config{}, fmt.Errorf("%w: %w", ErrConfig, err)
}

// errUnescaped shows nothing of the name.
var errUnescaped = fmt.Errorf("%w: special characters must be percent-encoded, in user and password above all: "+
	"/ is %%2F, ? is %%3F, # is %%23, @ is %%40, : is %%3A and %% is %%25", ErrConfig)

// afterAuthority returns what follows the addresses.
func afterAuthority(dsn string) string {
	_, rest, _ := strings.Cut(dsn, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return ""
}

func parseDSN(dsn string) (Config, error) {
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
			return cfg, fmt.Errorf("an in-process cluster has a name, and neither port nor user")
		}
	} else if err := cfg.parseAuthority(authority); err != nil {
		return cfg, err
	}
	if err := cfg.parseKeys(query); err != nil {
		return cfg, err
	}
	return cfg, cfg.validate()
}

// maxSeeds is how many addresses there can be, more than a cluster has.
const maxSeeds = 1024

// parseAuthority reads [user:password@]host[:port],...
func (c *Config) parseAuthority(authority string) error {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, password, _ := strings.Cut(authority[:i], ":")
		if strings.ContainsAny(authority[:i], "@#") {
			return errUnescaped
		}
		decodedUser, err := url.PathUnescape(user)
		decodedPassword, err2 := url.PathUnescape(password)
		if err != nil || err2 != nil {
			return fmt.Errorf("user or password has an incomplete %%-escape")
		}
		c.User, c.Password = decodedUser, cluster.Password(decodedPassword)
		authority = authority[i+1:]
	}
	if authority == "" {
		return nil
	}
	count := strings.Count(authority, ",") + 1
	if count > maxSeeds {
		return fmt.Errorf("there are %d addresses, at most %d are possible", count, maxSeeds)
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

// cutLast cuts an address at its last colon, if that is not within brackets.
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

// nameEscapes are the characters that a name must not have as they are, and that url.PathEscape leaves.
var nameEscapes = strings.NewReplacer("@", "%40", ":", "%3A")

func escapeName(name string) string { return nameEscapes.Replace(url.PathEscape(name)) }

// FormatDSN returns the data source name of the Config, with the password. ParseDSN
// gives the same Config back, without Dial and Logger.
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
