package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/complete"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/driver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTestShell returns a shell on a server with a table, and what it prints.
func newTestShell(t *testing.T) (*shell, *devserver.Server, *strings.Builder) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	cfg, err := driver.ParseDSN("aerospike://" + server.Seeds()[0] + "/test")
	require.NoError(t, err)
	out := new(strings.Builder)
	s := newShell(&command.Env{In: strings.NewReader(""), Out: out, Err: out}, cfg, output.CSV)
	require.NoError(t, s.connect(t.Context()))
	t.Cleanup(s.close)
	require.NoError(t, s.script(t.Context(), strings.NewReader("CREATE TABLE users (id INT PRIMARY KEY, name TEXT, age INT); CREATE TABLE \"odd name\" (id INT PRIMARY KEY);"), ""))
	return s, server, out
}

// TestCompletion checks what Tab offers after some texts.
func TestCompletion(t *testing.T) {
	s, _, _ := newTestShell(t)
	for _, test := range []struct{ text, want string }{
		{"SEL", "SELECT"},
		{"sel", "select"},
		{"SELECT * FROM us", "users"},
		{"SELECT * FROM `o", "`odd name`"},
		{"INSERT INTO u", "users"},
		{"DESCRIBE U", "users"},
		{"SELECT * FROM users WHERE na", "name natural"},
		{"SELECT * FROM users WHERE name = 'na", ""},
		{"SELECT * FROM users u WHERE u.a", "u.age"},
		{"SELECT * FROM users AS u JOIN users AS v ON u.id = v.i", "v.id"},
		{"SELECT users.na", "users.name"},
		{"SELECT uppe", "upper("},
		{"SELECT COU", "COUNT("},
		{"SELECT * FROM test.us", "test.users"},
		{"SELECT * FROM other.us", ""},
		{"SHOW TAB", "TABLES"},
		{`\cop`, `\copy`},
		{`\d us`, "users"},
		{`\x au`, "auto"},
		{`\format js`, "json jsonl"},
		{`\copy users F`, "FROM"},
		{`\nope `, ""},
	} {
		found, _ := s.candidates(test.text)
		var texts []string
		for _, c := range found {
			texts = append(texts, c.Text)
		}
		require.Equal(t, test.want, strings.Join(texts, " "), test.text)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.sql"), nil, 0o600))
	found, _ := s.candidates(`\i ` + dir + "/a")
	require.Equal(t, []complete.Candidate{{Text: filepath.Join(dir, "a.sql"), What: "file"}}, found)
}

// TestIsComplete checks when the Enter key runs what was typed.
func TestIsComplete(t *testing.T) {
	s, _, _ := newTestShell(t)
	for _, text := range []string{"", "SELECT 1;", "SELECT 1; -- x", `\d`, `\copy (SELECT 1) TO x.csv`, "quit", "SELECT 1; SELECT 2;"} {
		require.True(t, s.isComplete(text), text)
	}
	for _, text := range []string{"SELECT 1", "SELECT ';", "SELECT 1; SELECT", "SELECT /* ;"} {
		require.False(t, s.isComplete(text), text)
	}
}

// TestHistory checks that statements are kept, those with passwords are not, and others can't read
// the file.
func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "history")
	h, err := openHistory(path)
	require.NoError(t, err)
	for _, text := range []string{"SELECT 1;", "SELECT 1;", "CREATE USER ada PASSWORD 's3cret';", "SELECT 'a\nb';", "SELECT 'open", `\d users`, " ", `\c ada:s3cret@h:3000/test`, `\c aerospike://ada:s3cret@h/test`,
		`\explain CREATE USER ada PASSWORD 's3cret'`, `\copy (SELECT 's3cret' AS password) TO u.csv`, `\c ada@h:3000/test`, `\i ~/it's.sql`} {
		_, err := h.Write(text)
		require.NoError(t, err)
	}
	again, err := openHistory(path)
	require.NoError(t, err)
	require.Equal(t, []string{"SELECT 1;", "SELECT 'a\nb';", `\d users`, `\c ada@h:3000/test`, `\i ~/it's.sql`}, again.entries)
	line, err := again.GetLine(1)
	require.NoError(t, err)
	require.Equal(t, "SELECT 'a\nb';", line)
	_, err = again.GetLine(5)
	require.Error(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	again.entries = slices.Repeat([]string{"SELECT 2;"}, maxHistory+10)
	require.NoError(t, again.rewrite())
	short, err := openHistory(path)
	require.NoError(t, err)
	require.Equal(t, maxHistory, short.Len())
}

// TestInterrupt ends a running statement. What was typed after it in the same line and the rest of
// a script do not run. The shell goes on with the next line.
func TestInterrupt(t *testing.T) {
	s, server, out := newTestShell(t)
	hold := make(chan struct{})
	defer close(hold)
	asked := make(chan struct{}, 8)
	server.Intercept(func(r *devserver.Request) devserver.Action {
		if r.Kind != devserver.Queries {
			return devserver.Action{}
		}
		asked <- struct{}{}
		return devserver.Action{Hold: hold}
	})
	for _, interactive := range []bool{true, false} {
		s.interactive, s.failed, s.interrupted = interactive, false, false
		out.Reset()
		go func() {
			<-asked
			s.interrupts <- os.Interrupt
		}()
		require.NoError(t, s.script(context.Background(), strings.NewReader("SELECT COUNT(*) FROM held;\nSELECT 1 AS a;"), ""))
		require.Contains(t, out.String(), "error: interrupted\n")
		require.NotContains(t, out.String(), "a\n1\n")
	}
	require.Equal(t, command.ExitInterrupted, command.Code(s.outcome()))
}

// TestIncludeStops checks that a file ends at its first error in the shell on a terminal too, and
// that the shell goes on.
func TestIncludeStops(t *testing.T) {
	s, _, out := newTestShell(t)
	s.interactive, s.failed = true, true // by something before
	inner, outer := filepath.Join(t.TempDir(), "inner.sql"), filepath.Join(t.TempDir(), "outer.sql")
	require.NoError(t, os.WriteFile(inner, []byte("SELECT 1 AS a;\nSELECT nope;\nSELECT 2 AS a;\n"), 0o600))
	require.NoError(t, os.WriteFile(outer, []byte(`\i `+inner+"\nSELECT 3 AS a;\n"), 0o600))
	run := func() string {
		out.Reset()
		require.NoError(t, s.script(t.Context(), strings.NewReader(`\i `+outer+"\nSELECT 4 AS a;"), ""))
		return out.String()
	}
	got := run()
	require.Contains(t, got, inner+": unknown name at line 2")
	require.Contains(t, got, "a\n1\n")
	require.NotContains(t, got, "a\n2\n")
	require.NotContains(t, got, "a\n3\n")
	require.Contains(t, got, "a\n4\n")
	s.goOn = true
	got = run()
	require.Contains(t, got, "a\n2\n")
	require.Contains(t, got, "a\n3\n")
}

// TestWatch runs a statement again until an interrupt, which is no error.
func TestWatch(t *testing.T) {
	s, server, out := newTestShell(t)
	s.last = "SELECT COUNT(*) AS a FROM nothing"
	runs := 0
	server.Intercept(func(r *devserver.Request) devserver.Action {
		if r.Kind == devserver.Queries {
			if runs++; runs == 3 {
				s.interrupts <- os.Interrupt
			}
		}
		return devserver.Action{}
	})
	require.NoError(t, s.metaWatch(t.Context(), "0.1"))
	require.GreaterOrEqual(t, strings.Count(out.String(), "a\n0\n"), 2)
}
