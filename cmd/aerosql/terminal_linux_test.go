package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// A terminal runs the program in a process of its own on a pseudo terminal.
type terminal struct {
	t       *testing.T
	keys    *os.File // what is typed goes in, what is shown comes out
	process *exec.Cmd
	ended   chan struct{} // closed when everything was shown

	mu    sync.Mutex
	shown bytes.Buffer
	seen  int // the length of the text that wait has found
}

// newTerminal runs the program. Its history is in a directory of the test.
func newTerminal(t *testing.T, environment []string, args ...string) *terminal {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there are no pseudo terminals: ", err)
	}
	require.NoError(t, unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetWinsize(int(keys.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}))
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	defer screen.Close()
	x := &terminal{t: t, keys: keys, process: exec.Command(os.Args[0]), ended: make(chan struct{})}
	home := t.TempDir()
	x.process.Env = append(os.Environ(), argsVariable+"="+strings.Join(args, " "), "TERM=xterm", "HOME="+home, "AEROSQL_HISTORY="+filepath.Join(home, "history"))
	x.process.Env = append(x.process.Env, environment...)
	x.process.Stdin, x.process.Stdout, x.process.Stderr = screen, screen, screen
	x.process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, x.process.Start())
	go x.read()
	t.Cleanup(func() {
		_ = x.process.Process.Kill()
		_ = keys.Close()
		<-x.ended
	})
	return x
}

// cursorPosition asks a terminal where the cursor is.
const cursorPosition = "\x1b[6n"

// read keeps what is shown, and answers the questions of the editor.
func (x *terminal) read() {
	defer close(x.ended)
	buffer := make([]byte, 4096)
	for {
		n, err := x.keys.Read(buffer)
		if err != nil { // EIO when the process has ended
			return
		}
		for range bytes.Count(buffer[:n], []byte(cursorPosition)) {
			_, _ = x.keys.WriteString("\x1b[1;1R")
		}
		x.mu.Lock()
		x.shown.Write(buffer[:n])
		x.mu.Unlock()
	}
}

// escapes are what a terminal does not show.
var escapes = regexp.MustCompile("\x1b(\\[[0-9;?]*[a-zA-Z]|\\][^\x07]*\x07|[=>78])|\r")

// text returns what was shown so far after what wait has found.
func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return escapes.ReplaceAllString(x.shown.String(), "")[x.seen:]
}

// wait waits until a text is shown, and returns what was shown before it.
func (x *terminal) wait(want string) string {
	x.t.Helper()
	before := ""
	require.Eventually(x.t, func() bool {
		text := x.text()
		var found bool
		before, _, found = strings.Cut(text, want)
		return found
	}, 20*time.Second, 5*time.Millisecond, "%q is not shown: %q", want, lazy(func() string { return x.shown.String() }))
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen += len(before) + len(want)
	return before
}

// lazy is a text that is computed when it is printed.
type lazy func() string

func (l lazy) String() string { return l() }

// enter types keys.
func (x *terminal) enter(keys string) {
	x.t.Helper()
	_, err := x.keys.WriteString(keys)
	require.NoError(x.t, err)
}

// exit waits for the end of the process and returns its exit code.
func (x *terminal) exit() int {
	x.t.Helper()
	_ = x.process.Wait()
	return x.process.ProcessState.ExitCode()
}

const interruptKey, endKey = "\x03", "\x04"

// TestPrompt asks for a password on a terminal. It is not shown, and the interrupt key leaves a
// terminal that shows what is typed.
func TestPrompt(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0", Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{
		Users: []devserver.UserOptions{{Name: "ada", Password: "s3cret", Roles: []string{"superuser"}}},
	}})
	environment := []string{"AEROSQL_DSN=ada@" + server.Seeds()[0] + "/test", "AEROSQL_PROFILES=" + filepath.Join(t.TempDir(), "none.toml")}
	open := func() *terminal {
		x := newTerminal(t, environment, "sql", "-e", "SELECT(1)")
		x.wait("Password of ada: ")
		return x
	}
	x := open()
	x.enter("s3cret\n")
	require.Equal(t, command.ExitOK, x.exit())
	<-x.ended
	require.Contains(t, x.text(), "│ 1 │")
	require.NotContains(t, x.shown.String(), "s3cret")

	x = open()
	x.enter("wr0ng\n")
	require.Equal(t, command.ExitUnreachable, x.exit())
	<-x.ended
	require.NotContains(t, x.shown.String(), "wr0ng")

	x = open()
	x.enter("s3c" + interruptKey)
	require.Equal(t, command.ExitInterrupted, x.exit())
	state, err := unix.IoctlGetTermios(int(x.keys.Fd()), unix.TCGETS)
	require.NoError(t, err)
	require.NotZero(t, state.Lflag&unix.ECHO)
	require.True(t, term.IsTerminal(int(x.keys.Fd())))
}

// TestShell uses the shell as on a terminal: statements of several lines, completion, the history,
// mistakes, a long statement that the interrupt key ends, and the end.
func TestShell(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "CREATE TABLE cli_users (id INT PRIMARY KEY, name TEXT); INSERT INTO cli_users VALUES (1, 'Ada'), (2, 'Grace')")
	x := newTerminal(t, nil, "sql")
	prompt := namespace + "=> "
	x.wait(prompt)
	x.enter("SELECT name\rFROM cli_us\t WHERE id = 1;\r")
	require.Contains(t, x.wait("1 row ("), "Ada")
	x.wait(prompt)
	x.enter("SELECT nam FROM cli_users;\r")
	x.wait("unknown name at line 1, column 8")
	x.wait(prompt)
	x.enter("\x1b[A") // the arrow up shows the statement before
	x.wait("SELECT nam FROM cli_users;")
	x.enter(interruptKey)
	x.wait(prompt)
	x.enter("\\x\r")
	x.wait("Expanded output is on.")
	x.wait(prompt)
	x.enter("EXPLAIN SELECT name FROM cli_users WHERE id = 1;\r")
	x.wait("└─ get from " + namespace + ".cli_users")
	x.wait(prompt)
	var from []string // a join that would take days
	for i := range 12 {
		from = append(from, fmt.Sprintf("UNNEST(ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9]) AS t%d (c%d)", i, i))
	}
	x.enter("SELECT COUNT(*)\rFROM " + strings.Join(from, ",\r") + ";\r")
	x.wait("Ctrl-C ends it")
	x.enter(interruptKey)
	x.wait("error: interrupted")
	x.wait(prompt)
	x.enter("SELECT 'still here' AS a;\r")
	x.wait("still here")
	x.wait(prompt)
	x.enter(endKey)
	require.Equal(t, command.ExitOK, x.exit())
}
