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
			texts = append(texts, c.text)
		}
		require.Equal(t, test.want, strings.Join(texts, " "), test.text)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.sql"), nil, 0o600))
	found, _ := s.candidates(`\i ` + dir + "/a")
	require.Equal(t, []candidate{{filepath.Join(dir, "a.sql"), "file"}}, found)
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
	for _, text := range []string{"SELECT 1;", "SELECT 1;", "CREATE USER ada PASSWORD 's3cret';", "SELECT 'a\nb';", "SELECT 'open", `\d users`, " "} {
		_, err := h.Write(text)
		require.NoError(t, err)
	}
	again, err := openHistory(path)
	require.NoError(t, err)
	require.Equal(t, []string{"SELECT 1;", "SELECT 'a\nb';", `\d users`}, again.entries)
	line, err := again.GetLine(1)
	require.NoError(t, err)
	require.Equal(t, "SELECT 'a\nb';", line)
	_, err = again.GetLine(3)
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

// TestInterrupt ends a running statement. The shell continues with the next one, and a script does
// not.
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
		s.interactive, s.failed = interactive, false
		out.Reset()
		go func() {
			<-asked
			s.interrupts <- os.Interrupt
		}()
		require.NoError(t, s.script(context.Background(), strings.NewReader("SELECT COUNT(*) FROM held;\nSELECT 1 AS a;"), ""))
		require.Contains(t, out.String(), "error: interrupted\n")
		require.Equal(t, interactive, strings.Contains(out.String(), "a\n1\n"), out.String())
	}
	require.Equal(t, command.ExitInterrupted, command.Code(s.outcome()))
}

// TestWatch runs a statement again until an interrupt, which is not an error.
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
