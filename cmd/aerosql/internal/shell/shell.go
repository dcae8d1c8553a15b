package shell

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/complete"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/driver"
)

// A shell runs statements in one session.
type shell struct {
	env  *command.Env
	cfg  driver.Config
	db   *sql.DB
	conn *sql.Conn

	out         io.Writer
	file        *os.File // of out, or nil
	format      output.Format
	autoExpand  bool // tables that are too wide are expanded
	timing      bool
	echo        bool // of aql: print the statements
	mute        bool // of aql: print no rows
	interactive bool
	goOn        bool // continue after an error
	keepHistory bool

	following   *lines // of the script after the running statement, nil if there is none
	input       *lines // the input of the program, nil before it is read as data
	interrupts  chan os.Signal
	completer   *complete.Completer
	last        string // the last statement, for \watch
	failed      bool
	files       int // that include each other and run now
	interrupted bool
	quit        bool
}

func newShell(env *command.Env, cfg driver.Config, format output.Format) *shell {
	return &shell{env: env, cfg: cfg, out: env.Out, format: format, interrupts: make(chan os.Signal, 1)}
}

// watchInterrupts lets interrupts end statements instead of the process, until stop is called.
func (s *shell) watchInterrupts() (stop func()) {
	signal.Notify(s.interrupts, os.Interrupt)
	return func() { signal.Stop(s.interrupts) }
}

// connect opens the cluster and a session.
func (s *shell) connect(ctx context.Context) error {
	ctx, end := s.untilInterrupt(ctx)
	defer end()
	db, err := connect.Open(ctx, s.cfg)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.close()
	s.db, s.conn, s.completer = db, conn, complete.New(db)
	return nil
}

// close closes the session and the cluster.
func (s *shell) close() {
	if s.conn != nil {
		s.conn.Close()
		s.db.Close()
		s.conn, s.db = nil, nil
	}
}

// redirect writes rows to a file from now on.
func (s *shell) redirect(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := s.closeOutput(); err != nil {
		return errors.Join(err, f.Close())
	}
	s.file, s.out = f, command.NewOutput(f)
	return nil
}

// closeOutput closes the file of redirect. Rows go to standard output from now on.
func (s *shell) closeOutput() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if out, isOutput := s.out.(*command.Output); isOutput && out.Err() != nil {
		err = out.Err()
	}
	s.file, s.out = nil, s.env.Out
	return err
}

// untilInterrupt returns a context that ends with the interrupt key.
func (s *shell) untilInterrupt(ctx context.Context) (context.Context, func()) {
	select {
	case <-s.interrupts: // of before
	default:
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-s.interrupts:
			s.interrupted = true
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel()
		<-ended
	}
}

// report prints the error of a statement. line is the number of lines before the statement in the
// text that is named.
func (s *shell) report(err error, source string, line int) {
	s.failed = true
	text, placed := err.Error(), false
	if e, ok := errors.AsType[*driverError](err); ok && e.Line > 0 {
		moved := *e
		moved.Line += line
		text, placed = moved.Error(), true
	}
	switch {
	case s.interrupted:
		text = "interrupted"
	case source != "" && placed:
		text = source + ": " + text
	case source != "":
		text = fmt.Sprintf("%s:%d: %s", source, line+1, text)
	case !s.interactive && line > 0 && !placed:
		text = fmt.Sprintf("line %d: %s", line+1, text)
	}
	fmt.Fprintf(s.env.Err, "error: %s\n", strings.TrimRight(text, "\n"))
}

// outcome returns the error of the whole run.
func (s *shell) outcome() error {
	switch {
	case s.interrupted && !s.interactive:
		return command.WithCode(command.ExitInterrupted, command.ErrSilent)
	case s.failed && !s.interactive:
		return command.WithCode(command.ExitFailure, command.ErrSilent)
	}
	return nil
}
