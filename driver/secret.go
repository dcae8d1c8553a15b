package driver

import "log/slog"

// A Secret is text that is never printed: fmt, log/slog and encoding/json show a
// placeholder. Convert it to a string to use it.
type Secret string

const redacted = "[redacted]"

// String returns a placeholder, or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns a quoted placeholder, for %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns a placeholder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
