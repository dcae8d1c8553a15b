package driver

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

// durationKey returns a key for a duration, or none, which the field has as cluster.NoTimeout.
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

// spanKey returns a key for a duration that has no value none.
func spanKey(name string, field func(*Config) *time.Duration) dsnKey {
	key := durationKey(name, field)
	key.parse = func(c *Config, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return fmt.Errorf("must be a duration such as 500ms or 2s")
		}
		*field(c) = d
		return nil
	}
	return key
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

// limitKey returns a key for a positive number, or none for no limit, which the field has as -1.
func limitKey(name string, field func(*Config) *int) dsnKey {
	parse := func(c *Config, value string) error {
		if value == "none" {
			*field(c) = -1
			return nil
		}
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil || n == 0 {
			return fmt.Errorf("must be a positive integer, or none")
		}
		*field(c) = int(n)
		return nil
	}
	return dsnKey{name, parse, func(c *Config) string {
		switch n := *field(c); {
		case n == 0:
			return ""
		case n < 0:
			return "none"
		default:
			return strconv.Itoa(n)
		}
	}}
}

// switchKey returns a key that is true or false, which is the default.
func switchKey(name string, field func(*Config) *bool) dsnKey {
	return choiceKey(name, field, choice[bool]{"false", false}, choice[bool]{"true", true})
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

func parsePauseFactor(c *Config, value string) error {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || !(f >= 1) || math.IsInf(f, 0) {
		return fmt.Errorf("must be a number that is at least 1")
	}
	c.RetryPauseFactor = f
	return nil
}

func formatPauseFactor(c *Config) string {
	if c.RetryPauseFactor == 0 {
		return ""
	}
	return strconv.FormatFloat(c.RetryPauseFactor, 'g', -1, 64)
}

func parseIPMap(c *Config, value string) error {
	mapped := make(map[string]string)
	for pair := range strings.SplitSeq(value, ",") {
		from, to, ok := strings.Cut(pair, "=")
		if !ok || !validMapped(from) || !validMapped(to) || len(mapped) >= maxSeeds {
			return fmt.Errorf("must be pairs of hosts without ports, such as 10.0.0.1=203.0.113.5,10.0.0.2=203.0.113.6")
		}
		mapped[from] = to
	}
	c.IPMap = mapped
	return nil
}

// validMapped reports whether a host can be in an ip_map.
func validMapped(host string) bool { return validHost(host) && !strings.Contains(host, "=") }

func formatIPMap(c *Config) string {
	var pairs []string
	for _, from := range slices.Sorted(maps.Keys(c.IPMap)) {
		pairs = append(pairs, from+"="+c.IPMap[from])
	}
	return strings.Join(pairs, ",")
}
