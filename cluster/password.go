package cluster

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
)

// A Password is text that is not shown: whatever prints, logs or encodes it writes "[redacted]",
// also within other types. Converted to a string it is the password itself.
//
// Two kinds of code can still read it: package fmt if the Password, or a Config, is in an
// unexported field of a struct that is printed, or behind a pointer that does not fit the verb, as
// fmt calls no methods there; and what looks at memory by reflection without calling methods, as
// deep dumps and comparisons of tests do. Give a struct that keeps a Config in an unexported field
// a Format or String method, or drop the password once the client is open: the client does not need
// it.
type Password string

const redacted = "[redacted]"

// String returns "[redacted]".
func (Password) String() string { return redacted }

// GoString returns "[redacted]".
func (Password) GoString() string { return redacted }

// Format writes "[redacted]" under every verb.
func (Password) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// MarshalText returns "[redacted]".
func (Password) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]" in quotes.
func (Password) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// GobEncode returns "[redacted]", so that a password does not travel unseen. A gob that has one
// can't be decoded into a Password.
func (Password) GobEncode() ([]byte, error) { return []byte(redacted), nil }

// Format writes the fields, and "[redacted]" for a password, under every verb. Without it fmt would
// print a password where a verb does not fit a pointer to a Config.
func (cfg Config) Format(f fmt.State, verb rune) {
	type config Config // without this method
	if cfg.Password != "" {
		cfg.Password = redacted
	}
	if cfg.TLS != nil {
		cfg.TLS = new(tls.Config) // it may have a private key
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), config(cfg))
}

// LogValue returns "[redacted]".
func (Password) LogValue() slog.Value { return slog.StringValue(redacted) }
