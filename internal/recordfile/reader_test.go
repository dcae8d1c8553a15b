package recordfile_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// TestReadingContinues checks which mistakes end a file, and that reading continues after the
// others.
func TestReadingContinues(t *testing.T) {
	const head = "Version 3.1\n# namespace test\n"
	record := func(bins string, n string) string {
		d := protocol.MustKey("test", "s", 1).Digest()
		return "+ k I 1\n+ n test\n+ d " + base64.StdEncoding.EncodeToString(d[:]) + "\n+ s s\n+ g 1\n+ t 0\n+ b " + n + "\n" + bins
	}
	for _, test := range []struct {
		format recordfile.Format
		text   string
		want   string
	}{
		{recordfile.JSONLines, `{"key":1,"bins":{"n":1}}` + "\n{\n\n" + `{"key":2,"bins":{"n":1}}`, "1, line 2: unexpected EOF, 2"},
		{recordfile.CSV, "PK,n:int\n1,2\n2,x\n3\n4,5\n", "1, line 3: column \"n\": \"x\" is not an integer, line 4: wrong number of fields: 1, the header has 2, 4"},
		{recordfile.CSV, "PK,n:int,f:float,b:bool\n1,9223372036854775808,,\n2,,a,\n3,,,yes\n4,\"a\"b,,\n", `line 2: column "n": "9223372036854775808" is out of range, ` +
			`line 3: column "f": "a" is not a number, line 4: column "b": "yes" is not true or false, line 5: extraneous or missing " in quoted-field`},
		{recordfile.CSV, "PK,n,n\n1,2,3\n", `line 1: column "n" is given twice (end)`},
		{recordfile.CSV, "PK,n\n,2\n", "line 2: the row has no key"},
		{recordfile.CSV, "", "line 1: the file is empty; it must have a header (end)"},
		{recordfile.Backup, head + record("- I a x\n- S b 1 y\n", "2") + record("- I a 1\n", "1"), `line 3: bin "a": "x" is not an integer, 1`},
		{recordfile.Backup, head + record("- I a-name-that-is-too-long 1\n", "1") + record("- I a 1\n", "1"), "line 3: invalid bin name: \"a-name-that-is-too-long\" has 23 bytes, at most 15 are possible, 1"},
		{recordfile.Backup, head + record("- N a\n", "1") + record("- I a 1\n", "1"), "1"},
		{recordfile.Backup, head + record("- I a 1\n", "2"), "line 11: the file ends within a record (end)"},
		{recordfile.Backup, "Version 4\n", `line 1: "Version 4" is not the header of a text backup, Version 3.0 or 3.1 (end)`},
		{recordfile.Backup, "", `line 1: "" is not the header of a text backup, Version 3.0 or 3.1 (end)`},
	} {
		in := recordfile.NewReader(strings.NewReader(test.text), test.format, recordfile.Options{Namespace: "test", Set: "s"})
		var found []string
		for {
			item, err := in.Next()
			if err == io.EOF {
				break
			}
			if mistake, ok := errors.AsType[*recordfile.Error](err); ok {
				if mistake.Ends {
					found = append(found, err.Error()+" (end)")
					break
				}
				found = append(found, err.Error())
				continue
			}
			require.NoError(t, err)
			found = append(found, item.Record.Key.UserKey().String())
		}
		require.Equal(t, test.want, strings.Join(found, ", "), test.text)
	}
}

// TestBackupGlobals writes and reads the indexes and modules of a backup.
func TestBackupGlobals(t *testing.T) {
	ix := recordfile.Index{Namespace: "test", Set: "a b", Name: "i", Bin: "n", Type: "string", Collection: "mapkeys", Context: "khAA"}
	m := recordfile.Module{Name: "m.lua", Source: []byte("-- Lua\n\x00")}
	text := recordfile.AppendBackupHeader(nil, "test")
	text, err := recordfile.AppendBackupIndex(text, &ix)
	require.NoError(t, err)
	text = recordfile.AppendBackupModule(text, &m)
	in := recordfile.NewReader(strings.NewReader(string(text)), recordfile.Backup, recordfile.Options{})
	item, err := in.Next()
	require.NoError(t, err)
	require.Equal(t, &ix, item.Index)
	item, err = in.Next()
	require.NoError(t, err)
	require.Equal(t, &m, item.Module)
	_, err = in.Next()
	require.Equal(t, io.EOF, err)
	_, err = recordfile.AppendBackupIndex(nil, &recordfile.Index{Type: "vector", Collection: "default"})
	require.ErrorIs(t, err, recordfile.ErrNoForm)
}

// TestFormsOfAsbackup reads the forms of values that AppendBackup does not write: strings in
// base64, blobs as they are, and the version 3.0, in which a backslash is itself.
func TestFormsOfAsbackup(t *testing.T) {
	for _, test := range []struct{ version, set, want string }{
		{"3.1", `a\ b\\`, `a b\`}, {"3.0", `ab\`, `ab\`},
	} {
		d := protocol.MustKey("test", test.want, "key").Digest()
		text := "Version " + test.version + "\n# namespace test\n+ k X 4 a2V5\n+ n test\n+ d " + base64.StdEncoding.EncodeToString(d[:]) +
			"\n+ s " + test.set + "\n+ g 1\n+ t 0\n+ b 6\n- X x 8 YSBiCg==\n- B! raw 3 a\n\x00\n- D d +inf\n- D e 1e-7\n- X bad 4 !!!!\n- N nil\n"
		in := recordfile.NewReader(strings.NewReader(text), recordfile.Backup, recordfile.Options{})
		_, err := in.Next()
		require.ErrorContains(t, err, `line 3: bin "bad": illegal base64 data`)
		in = recordfile.NewReader(strings.NewReader(strings.Replace(text, "!!!!", "YWJj", 1)), recordfile.Backup, recordfile.Options{})
		item, err := in.Next()
		require.NoError(t, err)
		require.Equal(t, protocol.MustKey("test", test.want, "key").String(), item.Record.Key.String())
		require.Equal(t, fmt.Sprint(protocol.Bins{
			protocol.NewBin("x", "a b\n"), protocol.NewBin("raw", []byte("a\n\x00")), protocol.NewBin("d", math.Inf(1)), protocol.NewBin("e", 1e-7), protocol.NewBin("bad", "abc"),
		}), fmt.Sprint(item.Record.Bins))
	}
}

// TestRowsThatDoNotFit checks that a record whose bins changed after the header was written is
// refused and not written in part.
func TestRowsThatDoNotFit(t *testing.T) {
	record := func(key any, bin string, value any) *protocol.Record {
		return &protocol.Record{Key: protocol.MustKey("test", "s", key), Bins: protocol.Bins{protocol.NewBin(bin, value)}}
	}
	var c recordfile.Columns
	c.Add(record(1, "n", 1))
	require.Equal(t, []string{"PK:int", "__ttl", "n:int"}, c.Header())
	for _, r := range []*protocol.Record{record(1, "m", 1), record(1, "n", "x"), record("k", "n", 1)} {
		_, err := c.Row(r, -1)
		require.ErrorIs(t, err, recordfile.ErrNoForm)
	}
	row, err := c.Row(record(2, "n", 3), -1)
	require.NoError(t, err)
	require.Equal(t, []string{"2", "-1", "3"}, row)
}

// FuzzReaders checks that no input crashes the readers or makes them loop.
func FuzzReaders(f *testing.F) {
	f.Add("PK,n:json\n1,\"{\"\"$ordered\"\":{\"\"$map\"\":[[1,2]]}}\"\n")
	f.Add("Version 3.1\n* i test s i N 1 n N\n+ k S 2 k1\n+ n test\n+ d AAAA\n+ b 1\n- L l 4 kgEC\n")
	f.Add(`{"set":"s","key":1,"bins":{"n":{"$string":"/w=="}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []recordfile.Format{recordfile.JSONLines, recordfile.CSV, recordfile.Backup} {
			in := recordfile.NewReader(strings.NewReader(text), format, recordfile.Options{Namespace: "test"})
			for range len(text) + 2 {
				_, err := in.Next()
				mistake, isMistake := errors.AsType[*recordfile.Error](err)
				if err == io.EOF || isMistake && mistake.Ends {
					return
				}
			}
			t.Fatalf("the reader of %v does not end", format)
		}
	})
}
