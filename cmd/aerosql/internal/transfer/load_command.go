package transfer

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/internal/recordfile"
)

// loadFlags are the flags of aerosql load.
type loadFlags struct {
	cluster    *connect.Flags
	set        string
	format     string
	exists     string
	rate       int
	checkpoint string
	errors     string
	maxErrors  int64
	noGlobals  bool
}

const (
	formatNames = "csv jsonl asb"
	existsNames = "replace update skip error"
)

// LoadCommand is the entry of the table of commands.
func LoadCommand() command.Command {
	values := connect.Values()
	maps.Copy(values, map[string]string{"checkpoint": command.File, "errors": command.File, "format": formatNames, "exists": existsNames})
	return command.Command{
		Name:    "load",
		Summary: "store the records of a file: CSV, JSON lines, a backup of asbackup",
		Args:    "FILE",
		Help: `Stores the records of a file in the namespace of the data source name. The file is read once, with
constant memory; - is standard input. The records of a CSV file are of the set that has the name of
the file, unless -set gives another.

An entry with a mistake, and a record that the servers refuse, does not stop the others: it is
refused and listed. A cluster that does not answer for some time stops the command. With -checkpoint
the same command continues from there when it is run again; the file is removed at the end.`,
		Groups:    []command.Group{connect.Group, {Title: "Records", Flags: "set format exists no-globals"}, {Title: "Work", Flags: "rate checkpoint errors max-errors"}},
		Values:    values,
		ArgValues: command.File,
		Examples: []command.Example{
			{Line: "aerosql load users.csv", Summary: "stores the rows in the set users"},
			{Line: "aerosql load -exists skip -errors refused.jsonl -rate 5000 backup.asb", Summary: "leaves existing records as they are, with at most 5,000 records a second"},
			{Line: "aerosql dump users -format jsonl | aerosql load -dsn 10.0.0.2/test -format jsonl -", Summary: "copies a set to another cluster"},
			{Line: "aerosql load -checkpoint big.state big.jsonl", Summary: "can be interrupted and run again"},
		},
		Exits: []command.Exit{{Code: command.ExitFound, Meaning: "some entries were refused; all others are stored"}},
		Setup: func(flags *flag.FlagSet) command.Run {
			f := loadFlags{cluster: connect.Define(flags)}
			flags.StringVar(&f.set, "set", "", "`set` of all records (default that of each record; for CSV the name of the file)")
			flags.StringVar(&f.format, "format", "", "`format` of the file: csv, jsonl or asb (default by its extension)")
			flags.StringVar(&f.exists, "exists", string(Replace), "what happens to a record that exists: replace it, update it, skip the entry, or refuse it as an error; a `word` of "+existsNames)
			flags.BoolVar(&f.noGlobals, "no-globals", false, "create no indexes and modules of a backup")
			flags.IntVar(&f.rate, "rate", 0, "limit of `records` per second (default none)")
			flags.StringVar(&f.checkpoint, "checkpoint", "", "keep the state of the work in this `file`")
			flags.StringVar(&f.errors, "errors", "", "list refused entries in this `file`, as lines of JSON (default the first on standard error)")
			flags.Int64Var(&f.maxErrors, "max-errors", 1000, "give up after this `number` of refused entries; 0 means never")
			return f.run
		},
	}
}

// FormatTopic describes the formats of files, for the manual.
var FormatTopic = command.Topic{Title: "File formats", Text: `
The commands load and dump, and aerosql serve -seed, use three formats. Each of them keeps every
value that a bin can have.

A line of JSON lines (.jsonl, .ndjson) is one record. ttl is in seconds; 0 or none means the default
of the namespace, -1 means never. Numbers without a fraction or an exponent are integers. A record
whose key is not stored has "digest" instead of "key".

  {"set":"users","key":"u1","bins":{"name":"Ann","age":41,"tags":["a","b"]},"ttl":3600}

What JSON lacks is an object with one key:

  {"$bytes":"base64"}              blob; $java, $csharp, $python, ... for blobs of a language
  {"$hll":"base64"}                HyperLogLog
  {"$geojson":"{...}"}             GeoJSON
  {"$string":"base64"}             string that is not UTF-8
  {"$float":"NaN"}                 float that JSON has no number for; also Inf and -Inf
  {"$float32":"1.5"}               float of four bytes, in a list or a map
  {"$map":[[1,"a"],["k",2]]}       map with keys of any kind
  {"$ordered":[2,1]}               ordered list, or a map that is ordered by its keys
  {"$valueordered":{"a":1}}        map that is ordered by its keys and has an index of its values

A CSV file (.csv) has a header with the names of the columns: PK (or key) is the key, __digest the
digest of a record without a stored key, __ttl the time to live, and the others are bins. A column
name can end in a type: age:int, zip:string, ok:bool, size:float, tags:json. Without one, a field is
an integer, a float, true, false, or else a string. The bin of an empty field is missing.

A backup (.asb) is the text format 3.1 of asbackup and asrestore, with secondary indexes and modules
of functions.`}

// run runs the command.
func (f *loadFlags) run(ctx context.Context, env *command.Env, args []string) (err error) {
	if len(args) != 1 {
		return command.Usage("name one file, or - for standard input")
	}
	if !strings.Contains(" "+existsNames+" ", " "+f.exists+" ") {
		return command.Usage("-exists %s: use replace, update, skip or error", f.exists)
	}
	o := LoadOptions{Exists: Exists(f.exists), Rate: f.rate, NoGlobals: f.noGlobals, MaxErrors: f.maxErrors, Set: f.set}
	var known bool
	if o.Format, known = formatOf(f.format, args[0]); !known {
		return command.Usage("the format of %s is not known: give -format csv, jsonl or asb", args[0])
	}
	if o.Format == recordfile.CSV && o.Set == "" {
		if args[0] == "-" {
			return command.Usage("rows of CSV from standard input need -set")
		}
		o.Set = strings.TrimSuffix(filepath.Base(args[0]), filepath.Ext(args[0]))
	}
	in, size, err := open(env, args[0])
	if err != nil {
		return err
	}
	defer joinClose(&err, in)
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
	return f.load(ctx, env, client, in, size, args[0], o)
}

// formatOf returns the format with a name, or that of a file if the name is "".
func formatOf(name, file string) (recordfile.Format, bool) {
	if name != "" {
		return recordfile.ParseFormat(name)
	}
	return recordfile.FormatOf(file)
}

// open opens a file, or standard input for "-". The size is -1 if it is not known.
func open(env *command.Env, path string) (io.ReadCloser, int64, error) {
	if path == "-" {
		return io.NopCloser(env.In), -1, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a directory", path)
	case info.Mode().IsRegular():
		return f, info.Size(), nil
	default:
		return f, -1, nil
	}
	return nil, 0, errors.Join(err, f.Close())
}

// load loads with a bar, a checkpoint and a list of refused entries.
func (f *loadFlags) load(ctx context.Context, env *command.Env, client *cluster.Client, in io.Reader, size int64, name string, o LoadOptions) (err error) {
	state := checkpoint{Command: "load", File: name, Namespace: o.Namespace, Set: o.Set, Format: o.Format.String()}
	if file, isFile := in.(*os.File); isFile && f.checkpoint != "" {
		if state.Head, err = headOf(file); err != nil {
			return err
		}
	}
	if f.checkpoint != "" {
		before, found, err := readCheckpoint(f.checkpoint, state)
		if err != nil {
			return err
		}
		if found {
			o.Skip, state.Entries = before.Entries, before.Entries
			fmt.Fprintf(env.Err, "resuming after %s\n", entries(before.Entries))
		}
		var saved time.Time
		o.Done = func(entries int64) error {
			state.Entries = max(entries, state.Entries)
			if time.Since(saved) < time.Second {
				return nil
			}
			saved = time.Now()
			return state.write(f.checkpoint)
		}
	}
	list := &refusals{path: f.errors, stderr: env.Err}
	o.Refused = list.write
	bar := newBar(env.Err, "loading", size, true)
	o.Progress = func(int) {}
	start := time.Now()
	counts, err := Load(ctx, client, countingReader{in, bar}, o)
	_ = bar.Finish()
	err = errors.Join(err, list.close())
	if f.checkpoint != "" {
		if err == nil {
			err = os.Remove(f.checkpoint)
			if errors.Is(err, os.ErrNotExist) {
				err = nil
			}
		} else {
			err = errors.Join(err, state.write(f.checkpoint))
		}
	}
	fmt.Fprintf(env.Err, "%s%s in %s\n", counts.String(), list.where(), time.Since(start).Round(time.Millisecond))
	if err == nil && counts.Refused > 0 {
		return command.WithCode(command.ExitFound, command.ErrSilent)
	}
	return err
}

// entries returns a number of entries as text.
func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// String returns the counts that are not 0.
func (c LoadCounts) String() string {
	text := plural(c.Stored, "record") + " stored"
	for _, part := range []struct {
		n    int64
		text string
	}{
		{c.Skipped, "skipped because they exist"}, {c.Expired, "expired"}, {c.Refused, "refused"},
	} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.text)
		}
	}
	for _, part := range []struct {
		n          int64
		one, other string
	}{{c.Indexes, "index", "indexes"}, {c.Modules, "module", "modules"}} {
		switch part.n {
		case 0:
		case 1:
			text += ", 1 " + part.one
		default:
			text += fmt.Sprintf(", %d %s", part.n, part.other)
		}
	}
	return text
}
