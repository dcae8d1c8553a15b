package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/driver"
)

// readPassword returns the first line of a file that only its owner can read.
func readPassword(path string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	if err := checkPrivate(path); err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", command.Usage("%s: the first line, which must be the password, is empty", path)
	}
	return line, nil
}

// checkPrivate returns an error if others can read a file.
func checkPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	const others = 0o077
	if runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&others != 0 {
		return command.Usage("%s has a password and other users can access it; run: chmod 600 %s", path, path)
	}
	return nil
}

// prompt asks for the password on the terminal.
func prompt(env *command.Env, cfg driver.Config) (string, error) {
	tty, closeTTY, err := terminal(env)
	if err != nil {
		return "", command.Usage("the user %q needs a password, and there is no terminal to ask on; use $%s, -password-file or a profile",
			cfg.User, variablePassword)
	}
	defer closeTTY()
	password, err := readHidden(tty, env.Err, fmt.Sprintf("Password of %s: ", cfg.User))
	if err == nil && password == "" {
		err = command.Usage("the password is empty")
	}
	return password, err
}

// readHidden shows a prompt and reads a line of a terminal, which does not show it, not even what
// is typed at once. The interrupt key ends it with context.Canceled. Afterwards the terminal shows
// again what is typed.
func readHidden(tty *os.File, screen io.Writer, prompt string) (string, error) {
	state, err := term.MakeRaw(int(tty.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(tty.Fd()), state)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{tty, screen}, "").ReadPassword(prompt)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		if errors.Is(l.err, io.EOF) { // of the interrupt key, too
			l.err = context.Canceled
			fmt.Fprint(screen, "\r\n")
		}
		return l.text, l.err
	case <-interrupts: // the read goes on until the process ends
		return "", context.Canceled
	}
}

// terminal returns the terminal of the process, even if standard input is a file.
func terminal(env *command.Env) (*os.File, func(), error) {
	f, isFile := env.In.(*os.File)
	if !isFile {
		return nil, nil, errors.New("the input is not a file")
	}
	if term.IsTerminal(int(f.Fd())) {
		return f, func() {}, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	return tty, func() { tty.Close() }, nil
}
