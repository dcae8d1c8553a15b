// Package explain is the command aerosql explain: it draws the plan of a statement.
package explain

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang/parse"
)

// options are the flags of the command.
type options struct {
	cluster *connect.Flags
	analyze bool
	format  string
}

const formats = "tree text json"

// Command is the entry of the table of commands.
func Command() command.Command {
	values := connect.Values()
	maps.Copy(values, map[string]string{"format": formats})
	return command.Command{
		Name:    "explain",
		Summary: "draw the plan of a statement",
		Args:    "STATEMENT",
		Help: `Shows what a statement would do: how each set is read, what the servers check and what is left to
the client. The statement is the argument, or standard input if it is -. The section EXPLAIN of
docs/sql.md describes the steps.`,
		Groups: []command.Group{connect.Group},
		Values: values,
		Examples: []command.Example{
			{Line: `aerosql explain "SELECT name FROM users WHERE age > 30"`, Summary: "draws the plan as a tree"},
			{Line: `aerosql explain -analyze "DELETE FROM users WHERE age > 200"`, Summary: "runs the statement, and shows rows, time and memory of each step"},
			{Line: "aerosql explain -format json - < query.sql", Summary: "prints the plan as JSON"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			o := options{cluster: connect.Define(flags)}
			flags.BoolVar(&o.analyze, "analyze", false, "run the statement, writes included, and count what it did")
			flags.StringVar(&o.format, "format", "tree", "`format` of the plan: "+strings.ReplaceAll(formats, " ", ", "))
			return o.run
		},
	}
}

func (o *options) run(ctx context.Context, env *command.Env, args []string) (err error) {
	if len(args) != 1 {
		return command.Usage("give one statement, in quotes")
	}
	if !strings.Contains(" "+formats+" ", " "+o.format+" ") {
		return command.Usage("unknown format %q; use one of %s", o.format, formats)
	}
	text := args[0]
	if text == "-" {
		input, err := io.ReadAll(env.In)
		if err != nil {
			return err
		}
		text = string(input)
	}
	db, cfg, err := o.cluster.Open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := parse.One(text, cfg.Dialect); err != nil { // with its place in the text as it was given
		return err
	}
	head := "EXPLAIN "
	if o.analyze {
		head += "ANALYZE "
	}
	if o.format == "json" {
		head += "FORMAT JSON "
	}
	rows, err := db.QueryContext(ctx, head+text)
	if err != nil {
		return err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		lines = append(lines, strings.Split(strings.TrimRight(line, "\n"), "\n")...)
	}
	if o.format == "tree" {
		fmt.Fprint(env.Out, output.Tree(lines))
	} else {
		fmt.Fprintln(env.Out, strings.Join(lines, "\n"))
	}
	return rows.Err()
}
