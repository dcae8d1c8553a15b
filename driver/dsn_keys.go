package driver

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/plan"
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
func dsnKeys() []dsnKey {
	return []dsnKey{
		durationKey("timeout", func(c *Config) *time.Duration { return &c.Timeout }),
		durationKey("socket_timeout", func(c *Config) *time.Duration { return &c.SocketTimeout }),
		durationKey("connect_timeout", func(c *Config) *time.Duration { return &c.ConnectTimeout }),
		durationKey("tend_interval", func(c *Config) *time.Duration { return &c.TendInterval }),
		durationKey("idle_timeout", func(c *Config) *time.Duration { return &c.IdleTimeout }),
		countKey("max_conns", func(c *Config) *int { return &c.MaxConns }),
		countKey("min_conns", func(c *Config) *int { return &c.MinConns }),
		{"max_retries", parseRetries, formatRetries},
		choiceKey("replica", func(c *Config) *cluster.ReplicaPolicy { return &c.Replica },
			choice[cluster.ReplicaPolicy]{"sequence", cluster.ReplicaSequence}, choice[cluster.ReplicaPolicy]{"master", cluster.ReplicaMaster},
			choice[cluster.ReplicaPolicy]{"master_proles", cluster.ReplicaMasterProles}, choice[cluster.ReplicaPolicy]{"random", cluster.ReplicaRandom},
			choice[cluster.ReplicaPolicy]{"prefer_rack", cluster.ReplicaPreferRack}),
		{"racks", parseRacks, formatRacks},
		choiceKey("send_key", func(c *Config) *bool { return &c.NoSendKey }, choice[bool]{"true", false}, choice[bool]{"false", true}),
		{"ttl", parseTTL, formatTTL},
		choiceKey("durable_delete", func(c *Config) *bool { return &c.DurableDelete }, choice[bool]{"false", false}, choice[bool]{"true", true}),
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
		choiceKey("tls", func(c *Config) *bool { return &c.TLS }, choice[bool]{"false", false}, choice[bool]{"true", true}),
		textKey("tls_ca", func(c *Config) *string { return &c.TLSFiles.CA }),
		textKey("tls_cert", func(c *Config) *string { return &c.TLSFiles.Certificate }),
		textKey("tls_key", func(c *Config) *string { return &c.TLSFiles.Key }),
		textKey("tls_name", func(c *Config) *string { return &c.TLSName }),
		choiceKey("tls_insecure_trust_any_server", func(c *Config) *bool { return &c.TLSTrustAnyServer },
			choice[bool]{"false", false}, choice[bool]{"true", true}),
		textKey("cluster_name", func(c *Config) *string { return &c.ClusterName }),
		textKey("app_id", func(c *Config) *string { return &c.AppID }),
		choiceKey("alternate_addresses", func(c *Config) *bool { return &c.AlternateAddresses },
			choice[bool]{"false", false}, choice[bool]{"true", true}),
	}
}

// parseKeys parses the part after the question mark.
func (c *Config) parseKeys(query string) error {
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

func durationKey(name string, field func(*Config) *time.Duration) dsnKey {
	parse := func(c *Config, value string) error {
		if value == "none" {
			*field(c) = cluster.NoTimeout
			return nil
		}
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return fmt.Errorf("must be a duration such as 500ms or 2s, or none")
		}
		*field(c) = d
		return nil
	}
	return dsnKey{name, parse, func(c *Config) string {
		switch d := *field(c); {
		case d == 0:
			return ""
		case d < 0:
			return "none"
		default:
			return d.String()
		}
	}}
}

func countKey(name string, field func(*Config) *int) dsnKey {
	parse := func(c *Config, value string) error {
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return fmt.Errorf("must be a non-negative integer")
		}
		*field(c) = int(n)
		return nil
	}
	return dsnKey{name, parse, func(c *Config) string {
		if *field(c) == 0 {
			return ""
		}
		return strconv.Itoa(*field(c))
	}}
}

// sizeKey returns a key for a number of bytes, which may end with KiB, MiB or GiB.
func sizeKey(name string, field func(*Config) *int64) dsnKey {
	units := []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}
	parse := func(c *Config, value string) error {
		for _, u := range units {
			number, ok := strings.CutSuffix(value, u.name)
			if !ok {
				continue
			}
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || n <= 0 || n > math.MaxInt64/u.bytes {
				break
			}
			*field(c) = n * u.bytes
			return nil
		}
		return fmt.Errorf("must be a size such as 64MiB or 1GiB")
	}
	return dsnKey{name, parse, func(c *Config) string {
		n := *field(c)
		for _, u := range units {
			if n != 0 && n%u.bytes == 0 {
				return strconv.FormatInt(n/u.bytes, 10) + u.name
			}
		}
		return ""
	}}
}

func parseRules(c *Config, value string) (err error) {
	c.DisabledRules, err = plan.ParseRules(value)
	return err
}

func textKey(name string, field func(*Config) *string) dsnKey {
	parse := func(c *Config, value string) error {
		*field(c) = value
		return nil
	}
	return dsnKey{name, parse, func(c *Config) string { return *field(c) }}
}

// A choice is a word and the field value that it means.
type choice[T comparable] struct {
	word  string
	value T
}

// choiceKey returns a key whose value is one of the choices. The first choice must be the zero
// value, which is the default.
func choiceKey[T comparable](name string, field func(*Config) *T, choices ...choice[T]) dsnKey {
	parse := func(c *Config, value string) error {
		var words []string
		for _, choice := range choices {
			if strings.EqualFold(choice.word, value) {
				*field(c) = choice.value
				return nil
			}
			words = append(words, choice.word)
		}
		return fmt.Errorf("must be %s", strings.Join(words, " or "))
	}
	return dsnKey{name, parse, func(c *Config) string {
		for _, choice := range choices[1:] {
			if choice.value == *field(c) {
				return choice.word
			}
		}
		return ""
	}}
}

// parseRetries sets MaxRetries. The value 0 means no retries, while MaxRetries 0 means the default.
func parseRetries(c *Config, value string) error {
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return fmt.Errorf("must be a non-negative integer")
	}
	c.MaxRetries = int(n)
	if n == 0 {
		c.MaxRetries = cluster.NoRetries
	}
	return nil
}

func formatRetries(c *Config) string {
	switch {
	case c.MaxRetries == 0:
		return ""
	case c.MaxRetries < 0:
		return "0"
	}
	return strconv.Itoa(c.MaxRetries)
}

// maxRacks is the maximum number of racks, more than a cluster has.
const maxRacks = 128

func parseRacks(c *Config, value string) error {
	if strings.Count(value, ",") >= maxRacks {
		return fmt.Errorf("must be at most %d numbers", maxRacks)
	}
	c.Racks = nil
	for text := range strings.SplitSeq(value, ",") {
		rack, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return fmt.Errorf("must be rack numbers, nearest first, such as 1,2")
		}
		c.Racks = append(c.Racks, int(rack))
	}
	return nil
}

func formatRacks(c *Config) string {
	var texts []string
	for _, rack := range c.Racks {
		texts = append(texts, strconv.Itoa(rack))
	}
	return strings.Join(texts, ",")
}

func parseTTL(c *Config, value string) error {
	switch value {
	case "default":
		c.TTL = cluster.TTLDefault
		return nil
	case "never":
		c.TTL = cluster.TTLNever
		return nil
	case "keep":
		c.TTL = cluster.TTLDontUpdate
		return nil
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Second || d > time.Duration(protocol.MaxTTL)*time.Second {
		return fmt.Errorf("must be default, never, keep, or a duration from 1s to ten years")
	}
	c.TTL = cluster.TTLFor(d)
	return nil
}

func formatTTL(c *Config) string {
	switch c.TTL {
	case cluster.TTLDefault:
		return ""
	case cluster.TTLNever:
		return "never"
	case cluster.TTLDontUpdate:
		return "keep"
	}
	return (time.Duration(c.TTL) * time.Second).String()
}
