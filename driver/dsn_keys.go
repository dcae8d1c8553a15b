package driver

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang"
)

// A dsnKey is a key of data source names.
type dsnKey struct {
	name string
	// parse sets the field of the Config. Its error lists the valid values and does not quote the
	// value, which may be part of a password.
	parse func(c *Config, value string) error
	// format returns the field's value, or "" for the default.
	format func(c *Config) string
}

// dsnKeys returns all keys in the order of FormatDSN.
func dsnKeys() []dsnKey { return slices.Concat(commandKeys(), statementKeys()) }

// commandKeys returns the keys about commands and connections.
func commandKeys() []dsnKey {
	return []dsnKey{
		durationKey("timeout", func(c *Config) *time.Duration { return &c.Timeout }),
		durationKey("socket_timeout", func(c *Config) *time.Duration { return &c.SocketTimeout }),
		durationKey("connect_timeout", func(c *Config) *time.Duration { return &c.ConnectTimeout }),
		spanKey("login_timeout", func(c *Config) *time.Duration { return &c.LoginTimeout }),
		spanKey("timeout_delay", func(c *Config) *time.Duration { return &c.TimeoutDelay }),
		durationKey("tend_interval", func(c *Config) *time.Duration { return &c.TendInterval }),
		durationKey("idle_timeout", func(c *Config) *time.Duration { return &c.IdleTimeout }),
		countKey("max_conns", func(c *Config) *int { return &c.MaxConns }),
		countKey("min_conns", func(c *Config) *int { return &c.MinConns }),
		limitKey("max_queue", func(c *Config) *int { return &c.MaxQueue }),
		{"max_retries", parseRetries, formatRetries},
		spanKey("retry_pause", func(c *Config) *time.Duration { return &c.RetryPause }),
		{"retry_pause_factor", parsePauseFactor, formatPauseFactor},
		limitKey("max_error_rate", func(c *Config) *int { return &c.MaxErrorRate }),
		countKey("error_rate_window", func(c *Config) *int { return &c.ErrorRateWindow }),
		limitKey("retry_percent", func(c *Config) *int { return &c.RetryPercent }),
		countKey("retry_reserve", func(c *Config) *int { return &c.RetryReserve }),
		choiceKey("replica", func(c *Config) *cluster.ReplicaPolicy { return &c.Replica },
			choice[cluster.ReplicaPolicy]{"sequence", cluster.ReplicaSequence}, choice[cluster.ReplicaPolicy]{"master", cluster.ReplicaMaster},
			choice[cluster.ReplicaPolicy]{"master_proles", cluster.ReplicaMasterProles}, choice[cluster.ReplicaPolicy]{"random", cluster.ReplicaRandom},
			choice[cluster.ReplicaPolicy]{"prefer_rack", cluster.ReplicaPreferRack}),
		{"racks", parseRacks, formatRacks},
		choiceKey("read_mode_ap", func(c *Config) *cluster.ReadModeAP { return &c.ReadModeAP },
			choice[cluster.ReadModeAP]{"one", cluster.ReadOne}, choice[cluster.ReadModeAP]{"all", cluster.ReadAll}),
		choiceKey("read_mode_sc", func(c *Config) *cluster.ReadModeSC { return &c.ReadModeSC },
			choice[cluster.ReadModeSC]{"session", cluster.ReadSession}, choice[cluster.ReadModeSC]{"linearize", cluster.ReadLinearize},
			choice[cluster.ReadModeSC]{"allow_replica", cluster.ReadAllowReplica},
			choice[cluster.ReadModeSC]{"allow_unavailable", cluster.ReadAllowUnavailable}),
		countKey("records_per_second", func(c *Config) *int { return &c.RecordsPerSecond }),
		switchKey("compress", func(c *Config) *bool { return &c.Compress }),
		countKey("compress_threshold", func(c *Config) *int { return &c.CompressThreshold }),
		choiceKey("coalesce", func(c *Config) *bool { return &c.NoCoalesce }, choice[bool]{"on", false}, choice[bool]{"off", true}),
	}
}

// statementKeys returns the other keys.
func statementKeys() []dsnKey {
	return []dsnKey{
		choiceKey("send_key", func(c *Config) *bool { return &c.NoSendKey }, choice[bool]{"true", false}, choice[bool]{"false", true}),
		{"ttl", parseTTL, formatTTL},
		switchKey("durable_delete", func(c *Config) *bool { return &c.DurableDelete }),
		choiceKey("commit", func(c *Config) *cluster.CommitLevel { return &c.CommitLevel },
			choice[cluster.CommitLevel]{"all", cluster.CommitAll}, choice[cluster.CommitLevel]{"master", cluster.CommitMaster}),
		choiceKey("scan", func(c *Config) *bool { return &c.DenyScan }, choice[bool]{"allow", false}, choice[bool]{"deny", true}),
		choiceKey("tx", func(c *Config) *TxMode { return &c.Tx },
			choice[TxMode]{"error", TxError}, choice[TxMode]{"autocommit", TxAutocommit}),
		sizeKey("memory_limit", func(c *Config) *int64 { return &c.MemoryLimit }),
		choiceKey("atomic", func(c *Config) *bool { return &c.NotAtomic }, choice[bool]{"on", false}, choice[bool]{"off", true}),
		choiceKey("late_bins", func(c *Config) *LateBins { return &c.LateBins },
			choice[LateBins]{"error", LateBinsError}, choice[LateBins]{"ignore", LateBinsIgnore}),
		choiceKey("index_numbers", func(c *Config) *bool { return &c.IndexIntegers }, choice[bool]{"any", false}, choice[bool]{"integers", true}),
		{"disable_rules", parseRules, func(c *Config) string { return c.DisabledRules.String() }},
		choiceKey("dialect", func(c *Config) *querylang.Dialect { return &c.Dialect },
			choice[querylang.Dialect]{"standard", querylang.Standard}, choice[querylang.Dialect]{"aql", querylang.AQL}),
		choiceKey("collections", func(c *Config) *Collections { return &c.Collections },
			choice[Collections]{"native", CollectionsNative}, choice[Collections]{"json", CollectionsJSON}),
		choiceKey("auth", func(c *Config) *cluster.AuthMode { return &c.AuthMode },
			choice[cluster.AuthMode]{"internal", cluster.AuthInternal}, choice[cluster.AuthMode]{"external", cluster.AuthExternal},
			choice[cluster.AuthMode]{"pki", cluster.AuthPKI}),
		switchKey("tls", func(c *Config) *bool { return &c.TLS }),
		textKey("tls_ca", func(c *Config) *string { return &c.TLSFiles.CA }),
		textKey("tls_cert", func(c *Config) *string { return &c.TLSFiles.Certificate }),
		textKey("tls_key", func(c *Config) *string { return &c.TLSFiles.Key }),
		textKey("tls_name", func(c *Config) *string { return &c.TLSName }),
		switchKey("tls_insecure_trust_any_server", func(c *Config) *bool { return &c.TLSTrustAnyServer }),
		switchKey("local_files", func(c *Config) *bool { return &c.LocalFiles }),
		textKey("cluster_name", func(c *Config) *string { return &c.ClusterName }),
		textKey("app_id", func(c *Config) *string { return &c.AppID }),
		switchKey("alternate_addresses", func(c *Config) *bool { return &c.AlternateAddresses }),
		{"ip_map", parseIPMap, formatIPMap},
		switchKey("open_unconnected", func(c *Config) *bool { return &c.OpenUnconnected }),
		switchKey("metrics", func(c *Config) *bool { return &c.Metrics }),
		switchKey("log_statements", func(c *Config) *bool { return &c.LogStatements }),
		spanKey("slow_statement", func(c *Config) *time.Duration { return &c.SlowStatement }),
		switchKey("log_arguments", func(c *Config) *bool { return &c.LogArguments }),
	}
}

// parseKeys parses the part after the question mark. If allowed is not nil, it is the keys that may
// be given.
func (c *Config) parseKeys(query string, allowed []string) error {
	keys := dsnKeys()
	given := make([]bool, len(keys))
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(rawName)
		value, errValue := url.QueryUnescape(rawValue)
		if errName != nil || errValue != nil || strings.Contains(pair, ";") {
			return fmt.Errorf("the part after ? must have the form key=value&key=value")
		}
		i := slices.IndexFunc(keys, func(k dsnKey) bool { return k.name == name })
		switch {
		case i < 0:
			return fmt.Errorf("there is no key %.60q%s", name, nearNames(name, keys))
		case given[i]:
			return fmt.Errorf("the key %s is given twice", name)
		case allowed != nil && !slices.Contains(allowed, name):
			return fmt.Errorf("the key %s is not allowed here; the keys are %s", name, cmp.Or(strings.Join(allowed, ", "), "none"))
		}
		given[i] = true
		if err := keys[i].parse(c, value); err != nil {
			return fmt.Errorf("the key %s %w", name, err)
		}
	}
	return nil
}

func (c *Config) formatKeys() string {
	var b strings.Builder
	for _, key := range dsnKeys() {
		if value := key.format(c); value != "" {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(key.name + "=" + url.QueryEscape(value))
		}
	}
	return b.String()
}

// longestKey is the length of a long key. A name of twice the length is similar to no key.
const longestKey = len("alternate_addresses")

// nearNames suggests keys for an unknown name.
func nearNames(name string, keys []dsnKey) string {
	var near, all []string
	for _, key := range keys {
		all = append(all, key.name)
		if len(name) < 2*longestKey && distance(strings.ToLower(strings.ReplaceAll(name, "-", "_")), key.name) <= max(2, len(key.name)/3) {
			near = append(near, key.name)
		}
	}
	if len(near) > 0 {
		return "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return "; the keys are " + strings.Join(all, ", ")
}

// distance returns the Levenshtein distance of two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
