package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

var update = flag.Bool("update", false, "write docs/command-line.md")

// TestTable checks the description of each command: its help shows all flags with the examples.
func TestTable(t *testing.T) {
	p := program()
	for i := range p.Commands {
		require.NoError(t, p.Commands[i].Check())
		code, out, _ := run(p.Commands[i].Name, "-h")
		require.Equal(t, command.ExitOK, code)
		_, same, _ := run("help", p.Commands[i].Name)
		require.Equal(t, out, same)
		for line := range strings.Lines(out) {
			if !strings.HasPrefix(line, " ") {
				require.LessOrEqual(t, len(line), 100, line)
			}
		}
	}
}

// pageHead is the part of docs/command-line.md that is not made from the table.
const pageHead = "# The command line\n\n" +
	"The program aerosql is one binary with all commands below. `go install github.com/aerosql/aerosql/cmd/aerosql@latest` installs it;\n" +
	"`go run ./cmd/aerosql` runs it from a clone. This page is `aerosql man -markdown`.\n\n"

// TestCommandLinePage checks that docs/command-line.md is what the table of commands says. `go test
// -run TestCommandLinePage -update` writes it.
func TestCommandLinePage(t *testing.T) {
	code, out, _ := run("man", "-markdown")
	require.Equal(t, command.ExitOK, code)
	const page = "../../docs/command-line.md"
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(pageHead+out), 0o600))
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, pageHead+out, string(text))
}

// TestMan checks that groff, if it is installed, accepts the man page without warnings.
func TestMan(t *testing.T) {
	code, out, _ := run("man")
	require.Equal(t, command.ExitOK, code)
	for _, want := range []string{".TH AEROSQL 1", `.B \-listen address`, ".SH EXIT STATUS"} {
		require.Contains(t, out, want)
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not installed")
	}
	page := filepath.Join(t.TempDir(), "aerosql.1")
	require.NoError(t, os.WriteFile(page, []byte(out), 0o600))
	warnings, err := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z", page).CombinedOutput()
	require.NoError(t, err)
	require.Empty(t, string(warnings))
}

// TestCompletion runs the script for bash as bash does, and lets the other shells parse theirs if
// they are installed.
func TestCompletion(t *testing.T) {
	script := func(shell string) string {
		code, out, _ := run("completion", shell)
		require.Equal(t, command.ExitOK, code)
		path := filepath.Join(t.TempDir(), shell)
		require.NoError(t, os.WriteFile(path, []byte(out), 0o600))
		return path
	}
	for _, test := range []struct{ words, want string }{
		{"aerosql ser", "serve"},
		{"aerosql serve -log-f", "-log-format"},
		{"aerosql serve -log-format j", "json"},
		{"aerosql completion f", "fish"},
		{"aerosql ctl rec", "records record"},
		{"aerosql serve -listen x", ""},
	} {
		words := strings.Fields(test.words)
		line := "source " + script("bash") + "; COMP_WORDS=(" + test.words + "); COMP_CWORD=" +
			string(rune('0'+len(words)-1)) + "; _aerosql; echo \"${COMPREPLY[@]}\""
		out, err := exec.Command("bash", "-c", line).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Equal(t, test.want, strings.TrimSpace(string(out)), test.words)
	}
	for _, shell := range []string{"zsh", "fish"} {
		path := script(shell)
		if at, err := exec.LookPath(shell); err == nil {
			out, err := exec.Command(at, "-n", path).CombinedOutput()
			require.NoError(t, err, "%s: %s", shell, out)
		}
	}
	code, _, errors := run("completion", "csh")
	require.Equal(t, command.ExitUsage, code)
	require.Contains(t, errors, `unknown shell "csh"; use bash, zsh, fish`)
}
