package transfer

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/internal/recordfile"
)

// dumpFlags are the flags of aerosql dump.
type dumpFlags struct {
	cluster    *connect.Flags
	out        string
	format     string
	rate       int
	checkpoint string
	errors     string
	noGlobals  bool
}

// DumpCommand is the entry of the table of commands.
func DumpCommand() command.Command {
	values := connect.Values()
	maps.Copy(values, map[string]string{"o": command.File, "checkpoint": command.File, "errors": command.File, "format": formatNames})
	return command.Command{
		Name:    "dump",
		Summary: "write the records of a set or a namespace to a file",
		Args:    "[SET]",
		Help: `Writes the records of a set, or of the whole namespace of the data source name, to a file that
aerosql load reads. Records that are written by others meanwhile may be in the file or not.

A CSV file is of one set. It is written in two passes, the first of which finds the columns and
their types; a record that does not fit them any more in the second pass is refused and listed.

With -checkpoint the same command continues where it ended when it is run again. The checkpoint file
is removed at the end.`,
		Groups: []command.Group{connect.Group, {Title: "Records", Flags: "o format no-globals"}, {Title: "Work", Flags: "rate checkpoint errors"}},
		Values: values,
		Examples: []command.Example{
			{Line: "aerosql dump users -o users.csv", Summary: "writes the set users"},
			{Line: "aerosql dump -format asb -rate 10000 > test.asb", Summary: "writes a backup of the namespace, with at most 10,000 records a second of each node"},
			{Line: "aerosql dump -o all.jsonl -checkpoint all.state", Summary: "can be interrupted and run again"},
		},
		Exits: []command.Exit{{Code: command.ExitFound, Meaning: "some records have no form in the format; all others are written"}},
		Setup: func(flags *flag.FlagSet) command.Run {
			f := dumpFlags{cluster: connect.Define(flags)}
			flags.StringVar(&f.out, "o", "", "the `file` to write (default standard output)")
			flags.StringVar(&f.format, "format", "", "`format` of the file: csv, jsonl or asb (default by its extension, or jsonl)")
			flags.BoolVar(&f.noGlobals, "no-globals", false, "write no indexes and modules into a backup")
			flags.IntVar(&f.rate, "rate", 0, "limit of `records` per second that each node reads (default none)")
			flags.StringVar(&f.checkpoint, "checkpoint", "", "keep the state of the work in this `file`; needs -o")
			flags.StringVar(&f.errors, "errors", "", "list records that are not written in this `file`, as lines of JSON (default the first on standard error)")
			return f.run
		},
	}
}

// run runs the command.
func (f *dumpFlags) run(ctx context.Context, env *command.Env, args []string) (err error) {
	if len(args) > 1 {
		return command.Usage("name one set, or none for the whole namespace")
	}
	o := DumpOptions{Format: recordfile.JSONLines, Rate: f.rate, NoGlobals: f.noGlobals}
	if len(args) == 1 {
		o.Set = args[0]
	}
	if f.format != "" || f.out != "" {
		var known bool
		if o.Format, known = formatOf(f.format, f.out); !known {
			return command.Usage("the format of %s is not known: give -format csv, jsonl or asb", f.out)
		}
	}
	switch {
	case o.Format == recordfile.CSV && o.Set == "":
		return command.Usage("a CSV file is of one set: name it, or use -format jsonl or asb")
	case f.checkpoint != "" && f.out == "":
		return command.Usage("-checkpoint needs -o")
	}
	db, cfg, err := f.cluster.Open(ctx, env)
	if err != nil {
		return err
	}
	defer joinClose(&err, db)
	if o.Namespace = cfg.Namespace; o.Namespace == "" {
		return command.Usage("the data source name has no namespace")
	}
	client, err := driver.Client(ctx, db)
	if err != nil {
		return err
	}
	bar := newBar(env.Err, "dumping", recordsOf(ctx, db, o.Namespace, o.Set), false)
	o.Progress = func(n int) { _ = bar.Add(n) }
	defer bar.Finish()
	return f.dump(ctx, env, client, o)
}

// recordsOf returns the number of records of a set, or of a namespace if it is "", or -1.
func recordsOf(ctx context.Context, db *sql.DB, namespace, set string) (n int64) {
	query, name := "SELECT SUM(table_rows) FROM information_schema.tables WHERE table_schema = ? AND (? = '' OR table_name = ?)", set
	var rows sql.NullInt64
	if err := db.QueryRowContext(ctx, query, namespace, name, name).Scan(&rows); err != nil || !rows.Valid || rows.Int64 == 0 {
		return -1
	}
	return rows.Int64
}

// dump dumps with a checkpoint and a list of refused records.
func (f *dumpFlags) dump(ctx context.Context, env *command.Env, client *cluster.Client, o DumpOptions) (err error) {
	state := checkpoint{Command: "dump", File: f.out, Namespace: o.Namespace, Set: o.Set, Format: o.Format.String()}
	out, err := f.open(env, &state, &o)
	if err != nil {
		return err
	}
	list := &refusals{path: f.errors, stderr: env.Err}
	o.Refused = func(key, reason string) error { return list.write(0, key, reason) }
	o.Warn = func(text string) { fmt.Fprintf(env.Err, "warning: %s\n", text) }
	o.Head = func(header []string) { state.Header = header }
	before := state
	if file, isFile := out.(*os.File); isFile && f.checkpoint != "" {
		o.Done = func(next int, bytes, records int64) error {
			state.Next, state.Bytes, state.Records = next, before.Bytes+bytes, before.Records+records
			return errors.Join(file.Sync(), state.write(f.checkpoint))
		}
	}
	start := time.Now()
	counts, err := Dump(ctx, client, out, o)
	if f.out != "" {
		err = errors.Join(err, out.(*os.File).Close())
	}
	err = errors.Join(err, list.close())
	if err == nil && f.checkpoint != "" {
		err = os.Remove(f.checkpoint)
	}
	text := plural(before.Records+counts.Written, "record") + " written"
	if counts.Refused > 0 {
		text += fmt.Sprintf(", %d refused%s", counts.Refused, list.where())
	}
	if err != nil && f.out != "" {
		text += "; the file " + f.out + " is not complete"
	}
	fmt.Fprintf(env.Err, "%s in %s\n", text, time.Since(start).Round(time.Millisecond))
	if err == nil && counts.Refused > 0 {
		return command.WithCode(command.ExitFound, command.ErrSilent)
	}
	return err
}

// open opens the file to write. If there is a checkpoint, the file is cut after what is complete,
// and the options and the state are those for the rest.
func (f *dumpFlags) open(env *command.Env, state *checkpoint, o *DumpOptions) (io.Writer, error) {
	if f.out == "" {
		return env.Out, nil
	}
	var found bool
	if f.checkpoint != "" {
		before, isThere, err := readCheckpoint(f.checkpoint, *state)
		if err != nil {
			return nil, err
		}
		if found = isThere; found {
			*state = before
		}
	}
	if !found {
		return os.Create(f.out)
	}
	file, err := os.OpenFile(f.out, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("the file of the checkpoint: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Size() < state.Bytes {
		err = fmt.Errorf("%s is shorter than its checkpoint says; remove %s to begin anew", f.out, f.checkpoint)
	}
	if err == nil {
		err = file.Truncate(state.Bytes)
	}
	if err == nil {
		_, err = file.Seek(state.Bytes, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	o.From, o.Header = state.Next, state.Header
	fmt.Fprintf(env.Err, "resuming after %s\n", plural(state.Records, "record"))
	return file, nil
}
