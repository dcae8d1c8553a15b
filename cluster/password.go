package cluster

import (
	"fmt"
	"io"
	"log/slog"
)

// A Password is text that is not shown: whatever prints, logs or encodes it writes "[redacted]". Converted to a
// string it is the password itself.
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

// LogValue returns "[redacted]".
func (Password) LogValue() slog.Value { return slog.StringValue(redacted) }
