package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/protocol"
)

func writeText(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

// content returns the records of a set as text, in the order of their digests.
func (u *tool) content(client *cluster.Client, set string) string {
	u.t.Helper()
	var lines []string
	for r, err := range client.Query(u.t.Context(), nil, cluster.Statement{Namespace: namespace, Set: set}) {
		require.NoError(u.t, err)
		var b strings.Builder
		digest := r.Key.Digest()
		fmt.Fprintf(&b, "%x %s", digest[:], r.Key.UserKey())
		for _, name := range []string{"a", "b"} {
			v, _ := r.Bin(name)
			particle, err := protocol.AppendParticle(nil, v)
			require.NoError(u.t, err)
			b.WriteString("/" + name + v.Kind().String() + string(particle))
		}
		if r.VoidTime != 0 {
			b.WriteString("/expires")
		}
		lines = append(lines, b.String())
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestDumpAndLoad dumps records with values of each kind in each format, and loads them again.
func TestDumpAndLoad(t *testing.T) {
	u := newTool(t)
	client := u.client()
	values := []protocol.Value{
		protocol.Int(-1), protocol.Float(1), protocol.Bool(true), protocol.String("1"), protocol.String(""), protocol.String("a\r\n\"\xff"),
		protocol.Blob([]byte{0, 255}), protocol.BlobOf(protocol.ParticleJava, []byte{1}), protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`),
		protocol.List(protocol.Nil(), protocol.Int(1)), protocol.ListWithOrder(protocol.Ordered, []protocol.Value{protocol.Int(1), protocol.Int(2)}),
		protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.String("x")}),
		protocol.MapWithOrder(protocol.KeyValueOrdered, []protocol.Pair{{Key: protocol.String("$a"), Value: protocol.Float(2)}}),
	}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		u.ok("sql", "TRUNCATE cli_s")
		keys := []any{1, "1", "k", []byte{1}, int64(-5), "a,b\n", "\xff", 7, 8, 9, 10, 11}
		for i, k := range keys[rapid.IntRange(0, 8).Draw(t, "first"):] {
			bins := protocol.Bins{{Name: "a", Value: rapid.SampledFrom(values).Draw(t, "a")}}
			if rapid.Bool().Draw(t, "two") {
				bins = append(bins, protocol.Bin{Name: "b", Value: rapid.SampledFrom(values).Draw(t, "b")})
			}
			ttl := []cluster.TTL{cluster.TTLNever, 1000}[i%2]
			require.NoError(t, client.Put(u.t.Context(), &cluster.WritePolicy{SendKey: true, TTL: ttl}, protocol.MustKey(namespace, "cli_s", k), bins))
		}
		want := u.content(client, "cli_s")
		for _, format := range []string{"csv", "jsonl", "asb"} {
			path := filepath.Join(dir, "cli_s."+format)
			u.ok("dump", "cli_s", "-o", path)
			u.ok("sql", "TRUNCATE cli_s")
			require.Empty(t, u.content(client, "cli_s"))
			u.ok("load", path)
			require.Equal(t, want, u.content(client, "cli_s"), u.read(path))
		}
	})
}

// TestLoadExists checks what happens to records that exist.
func TestLoadExists(t *testing.T) {
	u := newTool(t)
	file := u.file("cli_s.csv", "PK,a\n1,new\n2,new\n")
	for _, test := range []struct {
		exists string
		code   int
		want   string
	}{
		{"replace", command.ExitOK, "PK,a,b\n1,new,\n2,new,\n"},
		{"update", command.ExitOK, "PK,a,b\n1,new,old\n2,new,\n"},
		{"skip", command.ExitOK, "PK,a,b\n1,old,old\n2,new,\n"},
		{"error", command.ExitFound, "PK,a,b\n1,old,old\n2,new,\n"},
	} {
		u.ok("sql", "TRUNCATE cli_s; INSERT INTO cli_s (PK, a, b) VALUES (1, 'old', 'old')")
		r := u.run("load", "-exists", test.exists, file)
		require.Equal(t, test.code, r.code, r.err)
		require.Equal(t, test.want, u.ok("sql", "-format", "csv", "SELECT PK, a, b FROM cli_s ORDER BY PK"), test.exists)
	}
	u.fails(command.ExitUsage, "use replace, update, skip or error", "load", "-exists", "maybe", file)
}

// TestLoadRefuses checks that rows with mistakes are listed and the others are stored.
func TestLoadRefuses(t *testing.T) {
	u := newTool(t)
	file := u.file("cli_s.csv", "PK,n:int\n1,2\n2,x\n3\n4,5\n")
	list := filepath.Join(t.TempDir(), "errors.jsonl")
	r := u.run("load", "-errors", list, file)
	require.Equal(t, command.ExitFound, r.code)
	require.Contains(t, r.err, "2 records stored, 2 refused, listed in "+list)
	require.Equal(t, `{"line":3,"error":"column \"n\": \"x\" is not an integer"}`+"\n"+
		`{"line":4,"error":"wrong number of fields: 1, the header has 2"}`+"\n", u.read(list))
	r = u.run("load", "-max-errors", "1", file)
	require.Equal(t, command.ExitFailure, r.code)
	require.Contains(t, r.err, "too many entries were refused: 1, the last at line 3")
	u.fails(command.ExitFailure, "line 3: the file ends within a record", "load", u.file("x.asb", "Version 3.1\n+ k I 1\n"))
	u.fails(command.ExitFailure, "line 1: the file is empty", "load", u.file("x.csv", ""))
}

// TestLoadResumes interrupts a load by a mistake that ends it, and resumes it.
func TestLoadResumes(t *testing.T) {
	u := newTool(t)
	path, state := filepath.Join(t.TempDir(), "cli_s.csv"), filepath.Join(t.TempDir(), "state")
	require.NoError(t, writeText(path, "PK,n:int\n1,1\n2,x\n3,3\n"))
	u.fails(command.ExitFailure, "too many entries were refused", "load", "-checkpoint", state, "-max-errors", "1", path)
	require.Contains(t, u.read(state), `"entries":2`)
	u.ok("sql", "TRUNCATE cli_s")
	r := u.run("load", "-checkpoint", state, path)
	require.Equal(t, command.ExitOK, r.code, r.err)
	require.Contains(t, r.err, "resuming after 2 entries\n1 record stored")
	require.NoFileExists(t, state)
	require.Equal(t, "PK\n3\n", u.ok("sql", "-format", "csv", "SELECT PK FROM cli_s"))
	require.NoError(t, writeText(state, `{"command":"load","file":"other.csv"}`))
	u.fails(command.ExitFailure, "the checkpoint is not of this work", "load", "-checkpoint", state, path)
	require.NoError(t, writeText(state, "{"))
	u.fails(command.ExitFailure, state, "load", "-checkpoint", state, path)
}

// TestTransferErrors checks the messages of what can't work.
func TestTransferErrors(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_s (PK, a) VALUES (1, 2)")
	if _, err := os.Stat("/dev/full"); err == nil {
		u.fails(command.ExitFailure, "writing failed after 1 record and ", "dump", "cli_s", "-format", "jsonl", "-o", "/dev/full")
	}
	u.fails(command.ExitFailure, "nowhere", "dump", "cli_s", "-o", filepath.Join(t.TempDir(), "nowhere", "x.csv"))
	u.fails(command.ExitUsage, "a CSV file is of one set", "dump", "-format", "csv")
	u.fails(command.ExitUsage, "the format of x.doc is not known", "dump", "-o", "x.doc")
	u.fails(command.ExitUsage, "-checkpoint needs -o", "dump", "-checkpoint", "x")
	u.fails(command.ExitUsage, "name one file", "load")
	u.fails(command.ExitFailure, "nowhere.csv", "load", "nowhere.csv")
	u.fails(command.ExitUsage, "the format of - is not known", "load", "-")
	u.fails(command.ExitUsage, "need -set", "load", "-format", "csv", "-")
	u.fails(command.ExitUsage, "has no namespace", "load", "-dsn", u.address, u.file("cli_s.csv", "PK,a\n1,2\n"))
	// Digests are of one set.
	digest := u.file("d.jsonl", `{"set":"cli_s","digest":"0102030405060708090a0b0c0d0e0f1011121314","bins":{"a":1}}`)
	r := u.run("load", "-set", "cli_other", digest)
	require.Equal(t, command.ExitFound, r.code)
	require.Contains(t, r.err, `only the digest of its key is known, which is that of the set "cli_s" and not of "cli_other"`)
	u.ok("load", digest)
}

// TestDumpOfNamespace dumps all sets with indexes and modules, and loads them into another server.
func TestDumpOfNamespace(t *testing.T) {
	u := newDevserver(t, "it dumps a whole namespace and needs two clusters")
	u.ok("sql", "INSERT INTO a (PK, n) VALUES (1, 2); INSERT INTO b (PK, n) VALUES (1, 3); CREATE INDEX b_n ON b (n) NUMERIC WAIT; "+
		"CREATE FUNCTION m AS 'function one(r) return 1 end'")
	path := filepath.Join(t.TempDir(), "all.asb")
	u.ok("dump", "-o", path)
	other := newTool(t)
	r := other.run("load", path)
	require.Equal(t, command.ExitOK, r.code, r.err)
	require.Contains(t, r.err, "2 records stored, 1 index, 1 module")
	require.Equal(t, "name\nb_n\n", other.ok("sql", "-format", "csv", "SELECT index_name AS name FROM information_schema.statistics WHERE index_name = 'b_n'"))
	require.Contains(t, other.ok("sql", "CALL m.one() ON a WHERE PK = 1"), "1")
}
