package parse

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		text, first, rest string
		ended             bool
	}{
		{"SELECT 1; SELECT 2", "SELECT 1", " SELECT 2", true},
		{"SELECT ';' ; x", "SELECT ';' ", " x", true},
		{"SELECT 'it''s;';", "SELECT 'it''s;'", "", true},
		{`SELECT "a;b", ` + "`c;d`;", `SELECT "a;b", ` + "`c;d`", "", true},
		{"-- a;b\nSELECT /* ; */ 1;", "-- a;b\nSELECT /* ; */ 1", "", true},
		{"SELECT 'a;", "SELECT 'a;", "", false},
		{"SELECT /* ;", "SELECT /* ;", "", false},
		{"SELECT 1", "SELECT 1", "", false},
		{"", "", "", false},
		{"€ # ~ \xff; x", "€ # ~ \xff", " x", true},
		{";", "", "", true},
	} {
		first, rest, ended := Split(test.text)
		require.Equal(t, []any{test.first, test.rest, test.ended}, []any{first, rest, ended}, test.text)
	}
	require.True(t, IsBlank(" \n-- x\n/* y */"))
	require.False(t, IsBlank("-- x\n1"))
	require.False(t, IsBlank("/* open"))
}

// FuzzSplit checks that the parts of a text of correct statements are the statements that the
// parser finds.
func FuzzSplit(f *testing.F) {
	f.Add("SELECT 1; SELECT ';' -- x;\n; DELETE FROM t")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := All(text, Standard)
		if err != nil {
			return
		}
		found := 0
		for rest, ended := text, true; ended; {
			var first string
			if first, rest, ended = Split(rest); !IsBlank(first) {
				found++
				_, err := One(strings.TrimSpace(first), Standard)
				require.NoError(t, err)
			}
		}
		require.Equal(t, len(all), found)
	})
}
