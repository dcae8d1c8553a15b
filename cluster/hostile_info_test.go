package cluster

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// FuzzInfoValues parses info responses of known and unknown servers, and arbitrary text.
func FuzzInfoValues(f *testing.F) {
	for _, text := range []string{"test:1;bar:2;:3;x:y", ";=;a==b;;", "10.0.0.1:3000", "[::1]:3000", "99999999999999999999", "ERROR:4:bad"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range infoParsers(text) {
			var err error
			wiretest.Bounded(t, len(text), wiretest.Entries, func() { _, err = parse() })
			if err == nil {
				continue
			}
			_, verdict := errors.AsType[*protocol.Error](err)
			require.True(t, verdict || errors.Is(err, ErrNode), "%s: %v", name, err)
			require.LessOrEqual(t, len(err.Error()), len(text)+1000, name)
		}
		_, err := link.ParseAddress(text, DefaultPort)
		require.LessOrEqual(t, len(fmt.Sprint(err)), 1000)
	})
}

// infoParsers returns the parsers of info responses. They return the number of parsed items.
func infoParsers(text string) map[string]func() (int, error) {
	return map[string]func() (int, error){
		"racks":      func() (int, error) { return len(parseRacks(text)), nil },
		"generation": func() (int, error) { n, err := parseGeneration(text); return int(n), err },
	}
}

// TestInfoValuesThatCostMost: the shortest entries are the most expensive ones.
func TestInfoValuesThatCostMost(t *testing.T) {
	const size = 1 << 18
	text := strings.Repeat("a:1;", size/4)
	wiretest.Bounded(t, len(text), wiretest.Entries, func() { require.NotEmpty(t, parseRacks(text)) })
}
