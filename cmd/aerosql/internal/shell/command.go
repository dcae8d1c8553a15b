// Package shell is the command aerosql sql: an interactive shell for SQL, which also runs
// statements from arguments, files and pipes.
package shell

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang"
)

// texts is a flag that can be given several times.
type texts []string

func (t *texts) String() string { return "" }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

// options are the flags of the command.
type options struct {
	cluster    *connect.Flags
	statements texts
	file       string
	format     string
	out        string
	goOn       bool
	timing     bool
	aql        bool
	noHistory  bool
}

// Command is the entry of the table of commands.
func Command() command.Command {
	values := connect.Values()
	maps.Copy(values, map[string]string{"f": command.File, "o": command.File, "format": output.Names})
	return command.Command{
		Name:    "sql",
		Summary: "run SQL: an interactive shell, or statements from arguments, files and pipes",
		Args:    "[STATEMENT]",
		Help: `On a terminal it is a shell with history, completion by Tab, and statements of several lines, which
end with a semicolon. The interrupt key ends the running statement, not the shell. Commands of the
shell begin with a backslash; \? lists them.

COPY t FROM STDIN and COPY t TO STDOUT read and write rows as PostgreSQL's psql does: in a file of
statements the rows follow, up to a line \.; with -e they are standard input. The formats are TEXT,
CSV and JSONL; 'file' in the place of STDIN or STDOUT is a file of this machine. Text has no types:
in a set that is not declared, a field is an integer, a float, true, false, a list or map in JSON,
or else a string. JSONL keeps every value, as the files of aerosql dump do.

With -e, -f, an argument, or an input that is not a terminal, it runs the statements and ends. It stops
at the first error, with the exit code 1, unless -continue is given.

The key dialect=aql of the data source name, or -aql, reads texts as Aerospike's aql does; SET OUTPUT,
SET ECHO, RUN, PRINT and GET then work as in aql.`,
		Forms:            metaForms(),
		Groups:           []command.Group{connect.Group, {Title: "Statements", Flags: "e f continue aql"}, {Title: "Output", Flags: "format o timing"}},
		Values:           values,
		HandlesInterrupt: true,
		Examples: []command.Example{
			{Line: "aerosql sql", Summary: "the shell, on a cluster on this machine"},
			{Line: "aerosql sql -dsn ada@10.0.0.1:3000/shop?tls=true", Summary: "asks for the password of ada"},
			{Line: `aerosql sql -e "SELECT * FROM users LIMIT 10" -format json`, Summary: "prints rows as JSON"},
			{Line: "aerosql sql -f schema.sql", Summary: "runs a file"},
			{Line: `aerosql sql -e "COPY users FROM STDIN WITH (FORMAT CSV, HEADER)" < users.csv`, Summary: "inserts rows"},
			{Line: `echo "SHOW TABLES" | aerosql sql -format csv > tables.csv`, Summary: "runs what a pipe has"},
		},
		Exits: []command.Exit{{Code: command.ExitFailure, Meaning: "a statement failed"}},
		Setup: func(flags *flag.FlagSet) command.Run {
			o := options{cluster: connect.Define(flags)}
			flags.Var(&o.statements, "e", "run the `statements` and end; can be given several times")
			flags.StringVar(&o.file, "f", "", "run the statements of a `file` and end; - is standard input")
			flags.StringVar(&o.format, "format", string(output.Table), "`format` of rows: "+strings.ReplaceAll(output.Names, " ", ", "))
			flags.StringVar(&o.out, "o", "", "write rows to a `file`")
			flags.BoolVar(&o.goOn, "continue", false, "continue after a statement that failed; the exit code is still 1")
			flags.BoolVar(&o.timing, "timing", false, "print the time of each statement, as the shell on a terminal does")
			flags.BoolVar(&o.aql, "aql", false, "read texts as Aerospike's aql does")
			flags.BoolVar(&o.noHistory, "no-history", false, "keep no history of statements in a file")
			return o.run
		},
	}
}

// run runs the command.
func (o *options) run(ctx context.Context, env *command.Env, args []string) error {
	if len(args) > 1 {
		return command.Usage("there is more than one statement; put each into quotes after -e")
	}
	o.statements = append(o.statements, args...)
	if len(o.statements) > 0 && o.file != "" {
		return command.Usage("-f and statements exclude each other")
	}
	format, err := output.Parse(o.format)
	if err != nil {
		return err
	}
	cfg, err := o.cluster.Config(env)
	if err != nil {
		return err
	}
	if o.aql {
		cfg.Dialect = querylang.AQL
	}
	s := newShell(env, cfg, format)
	s.goOn, s.timing, s.keepHistory = o.goOn, o.timing, !o.noHistory
	defer s.close()
	if o.out != "" {
		if err := s.redirect(o.out); err != nil {
			return err
		}
	}
	stop := s.watchInterrupts()
	defer stop()
	if err := s.connect(ctx); err != nil {
		return err
	}
	if err := o.runIn(ctx, s); err != nil {
		return err
	}
	return s.closeOutput()
}

// runIn runs the statements, or the shell.
func (o *options) runIn(ctx context.Context, s *shell) error {
	switch {
	case len(o.statements) > 0:
		for _, text := range o.statements {
			if err := s.text(ctx, text); err != nil {
				return err
			}
		}
		return s.outcome()
	case o.file != "" && o.file != "-":
		return s.runFile(ctx, o.file)
	case o.file == "-" || !isTerminal(s.env.In) || !isTerminal(s.env.Out):
		if err := s.script(ctx, s.env.In, ""); err != nil {
			return err
		}
		return s.outcome()
	}
	return s.interact(ctx)
}

// runFile runs the statements of a file.
func (s *shell) runFile(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory", path)
	}
	if err := s.script(ctx, f, path); err != nil {
		return err
	}
	return s.outcome()
}

// isTerminal reports whether what a command reads or writes is a terminal that can move the cursor.
func isTerminal(x any) bool {
	f := command.FileOf(x)
	return f != nil && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// width returns the width of a terminal in columns, 0 if it is none.
func width(w io.Writer) int {
	if f := command.FileOf(w); f != nil {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}
