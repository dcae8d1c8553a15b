package seed_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func show(s *devserver.Server, set string, key any) string {
	r := s.Peek(protocol.MustKey("test", set, key))
	if r == nil {
		return "none"
	}
	var parts []string
	for _, b := range r.Bins {
		parts = append(parts, b.Name+"="+b.Value.Kind().String()+" "+b.Value.String())
	}
	return strings.Join(parts, "; ")
}

func TestJSONLines(t *testing.T) {
	s := devserver.RunT(t)
	path := write(t, "any.jsonl", `{"set":"users","key":"u1","bins":{"name":"Ann","age":41,"w":1.5,"tags":["a",{"x":1}]}}

{"set":"users","key":7,"bins":{"loc":{"$geojson":"{\"type\":\"Point\",\"coordinates\":[1,2]}"}},"ttl":-1}
{"namespace":"test","set":"users","key":{"$bytes":"AQI="},"bins":{"b":{"$bytes":"/w=="}},"ttl":3600}
{"digest":"0102030405060708090a0b0c0d0e0f1011121314","bins":{"n":1}}
`)
	counts, err := seed.Load(s, "test", path)
	require.NoError(t, err)
	require.Equal(t, seed.Counts{Records: 4}, counts)
	require.Equal(t, `name=string Ann; age=integer 41; w=float 1.5; tags=list [a, {x: 1}]`, strings.ReplaceAll(show(s, "users", "u1"), `"`, ""))
	require.Contains(t, show(s, "users", 7), "loc=geojson GeoJSON")
	require.Contains(t, show(s, "users", []byte{1, 2}), "b=blob")
}

func TestCSV(t *testing.T) {
	s := devserver.RunT(t)
	path := write(t, "people.csv", "PK,name,age,zip:string,ok,w:float,tags:json\n1,\"Ann, B\",41,01234,true,2,\"[1,2]\"\nk2,Bob,,00501,,,\n")
	counts, err := seed.Load(s, "test", path)
	require.NoError(t, err)
	require.Equal(t, 2, counts.Records)
	require.Equal(t, "name=string Ann, B; age=integer 41; zip=string 01234; ok=boolean true; w=float 2; tags=list [1 2]",
		strings.ReplaceAll(strings.ReplaceAll(show(s, "people", 1), `"`, ""), "[1, 2]", "[1 2]"))
	require.Equal(t, "name=string Bob; zip=string 00501", strings.ReplaceAll(show(s, "people", "k2"), `"`, ""))
}

// sample is the example of the format's description, with more kinds of bins.
const sample = "Version 3.1\n# namespace source\n# first-file\n" +
	"* i source test-set int-index N 1 int-bin N\n* u L test.lua 27 -- just an empty Lua file\n\n\n" +
	"+ n source\n+ d q+LsiGs1gD9duJDbzQSXytajtCY=\n+ s test-set\n+ g 1\n+ t 0\n+ b 3\n- I int-bin 12345\n- S string-bin 5 ab\nde\n- N nil\n" +
	"+ k S 2 k1\n+ n source\n+ d DIGEST\n+ s a\\ b\n+ g 2\n+ t 0\n+ b 6\n- D f 1.5\n- Z z T\n- B! raw 3 \x00\n\x01\n- B b 4 AQI=\n" +
	"- L l 4 kgEC\n- G g 36 {\"type\":\"Point\",\"coordinates\":[1,2]}\n"

func sampleBackup() string {
	k := protocol.MustKey("test", "a b", "k1")
	d := k.Digest()
	return strings.Replace(sample, "DIGEST", base64Of(d[:]), 1)
}

func TestBackup(t *testing.T) {
	s := devserver.RunT(t)
	counts, err := seed.Load(s, "test", write(t, "b.asb", sampleBackup()))
	require.NoError(t, err)
	require.Equal(t, seed.Counts{Records: 2, Indexes: 1, Modules: 1}, counts)
	require.Equal(t, "int-index", s.Indexes()[0].Name)
	var found []string
	for r := range s.Records("test", "test-set") {
		found = append(found, r.Bins[0].Value.String())
	}
	require.Equal(t, []string{"12345"}, found)
	require.Contains(t, show(s, "a b", "k1"), "f=float 1.5; z=boolean true; raw=blob")
	require.Contains(t, show(s, "a b", "k1"), "l=list [1")
}

// TestDamagedFiles checks that a damaged file is refused with its name and line, and stores
// nothing.
func TestDamagedFiles(t *testing.T) {
	const good = `{"set":"s","key":1,"bins":{"n":1}}` + "\n"
	for _, test := range []struct{ name, text, want string }{
		{"a.jsonl", good + "{", "a.jsonl:2: unexpected EOF"},
		{"a.jsonl", good + `{"set":"s","bins":{"n":1}}`, `a.jsonl:2: the record has no "key"`},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{"n":{"$what":1}}}`, `"$what"`},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{}}`, "no bins"},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{"a-name-that-is-too-long":1}}`, "a-name-that-is-too-long"},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{"n":1},"tll":5}`, "tll"},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{"n":1},"ttl":-2}`, "ttl -2"},
		{"a.jsonl", good + `{"set":"s","key":1.5,"bins":{"n":1}} x`, "text after the record"},
		{"a.jsonl", good + `{"set":"s","key":1,"bins":{"n":99999999999999999999999}}`, "does not fit 64 bits"},
		{"a.csv", "PK,n:int\n1,1\n2,x\n", "a.csv:3: column \"n\""},
		{"a.csv", "name\nx\n", "no column PK"},
		{"a.csv", "PK,n:date\n", `unknown type "date"`},
		{"a.csv", "PK,n\n1\n", "wrong number of fields"},
		{"a.asb", "hello\n", "not the header"},
		{"a.asb", sampleBackup()[:len(sampleBackup())-4], "ends within a record"},
		{"a.asb", strings.Replace(sampleBackup(), "- I int", "- Q int", 1), `unknown kind "Q"`},
		{"a.asb", strings.Replace(sampleBackup(), "- D f 1.5", "- D f x", 1), `bin "f"`},
		{"a.asb", strings.Replace(sampleBackup(), "+ k S 2 k1", "+ k S 2 k2", 1), "not that of the key"},
		{"a.asb", strings.Replace(sampleBackup(), " 5 ab\nde", " 4 ab\nde", 1), "longer than its length"},
		{"a.txt", good, "the extension must be"},
	} {
		s := devserver.RunT(t)
		_, err := seed.Load(s, "test", write(t, test.name, test.text))
		require.ErrorIs(t, err, seed.ErrFormat, test.text)
		require.ErrorContains(t, err, test.want, test.text)
		require.Empty(t, s.Namespaces()[0].Sets, test.text)
	}
	s := devserver.RunT(t)
	_, err := seed.Load(s, "nosuch", write(t, "a.jsonl", good))
	require.ErrorIs(t, err, protocol.InvalidNamespace)
	_, err = seed.Load(s, "test", t.TempDir())
	require.ErrorIs(t, err, seed.ErrFormat)
	_, err = seed.Load(s, "test", "/nowhere/x.csv")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestDirectory(t *testing.T) {
	s := devserver.RunT(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.csv"), []byte("key,n\n1,2\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(`{"set":"b","key":1,"bins":{"n":1}}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README"), []byte("x"), 0o600))
	counts, err := seed.Load(s, "test", dir)
	require.NoError(t, err)
	require.Equal(t, 2, counts.Records)
	require.Equal(t, "n=integer 2", show(s, "b", 1), "files are loaded in the order of their names")
}

func FuzzBackup(f *testing.F) {
	f.Add(sampleBackup())
	f.Fuzz(func(t *testing.T, text string) {
		s := devserver.RunT(t)
		_, _ = seed.Load(s, "test", write(t, "x.asb", text))
	})
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
