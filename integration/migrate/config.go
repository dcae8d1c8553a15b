package aeromigrate

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4"

	"github.com/aerosql/aerosql/cluster/lease"
)

// Defaults of Config. LockTimeout is shorter than the 15 seconds that migrate itself waits.
const (
	DefaultMigrationsTable = "schema_migrations"
	DefaultLockTimeout     = 14 * time.Second
)

// Config configures a Driver. The keys in the URL are named beside each field.
type Config struct {
	// MigrationsTable is the set with the record of the version, and the key of this record;
	// default DefaultMigrationsTable (x-migrations-table).
	MigrationsTable string
	// StatementTimeout limits each migration; default no limit (x-statement-timeout, such as 30s,
	// or a number of milliseconds).
	StatementTimeout time.Duration
	// LockTimeout is how long Lock waits for another process; default DefaultLockTimeout
	// (x-lock-timeout).
	LockTimeout time.Duration
	// Lease configures the lease that Lock takes (x-lock-ttl is Lease.TTL).
	Lease lease.Options
	// DropTables permits Drop, and names the tables, views and sets that it removes: a pattern of
	// LIKE, such as "shop_%", or "%" for all of the namespace; default "", with which Drop fails
	// (x-drop-tables).
	DropTables string
}

func (c *Config) complete() (Config, error) {
	var full Config
	if c != nil {
		full = *c
	}
	full.MigrationsTable = cmp.Or(full.MigrationsTable, DefaultMigrationsTable)
	full.LockTimeout = cmp.Or(full.LockTimeout, DefaultLockTimeout)
	if full.LockTimeout < 0 || full.StatementTimeout < 0 {
		return full, fmt.Errorf("aeromigrate: negative timeout")
	}
	return full, nil
}

// parseURL splits a URL into a data source name and the keys that begin with "x-".
func parseURL(text string) (dsn string, c Config, err error) {
	_, query, _ := strings.Cut(text, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", c, err
	}
	for key, all := range values {
		if !strings.HasPrefix(key, "x-") {
			continue
		}
		value := all[len(all)-1]
		switch key {
		case "x-migrations-table":
			c.MigrationsTable = value
		case "x-drop-tables":
			c.DropTables = value
		case "x-statement-timeout":
			c.StatementTimeout, err = duration(value)
		case "x-lock-timeout":
			c.LockTimeout, err = duration(value)
		case "x-lock-ttl":
			c.Lease.TTL, err = duration(value)
		default:
			err = fmt.Errorf("unknown key; the keys are x-migrations-table, x-statement-timeout, x-lock-timeout, x-lock-ttl and x-drop-tables")
		}
		if err != nil {
			return "", c, fmt.Errorf("aeromigrate: %s: %w", key, err)
		}
	}
	return withoutKeys(text), c, nil
}

// withoutKeys removes the keys that begin with "x-". A data source name can have several hosts,
// which url.Parse accepts only in part, so only the part after ? is taken apart.
func withoutKeys(text string) string {
	base, query, found := strings.Cut(text, "?")
	if !found {
		return text
	}
	kept := migrate.FilterCustomQuery(&url.URL{RawQuery: query}).RawQuery
	if kept == "" {
		return base
	}
	return base + "?" + kept
}

// duration reads a duration, or a number of milliseconds.
func duration(text string) (time.Duration, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(n) * time.Millisecond, nil
	}
	return time.ParseDuration(text)
}
