// Package migrate is the command aerosql migrate: it runs the migrations of goose.
package migrate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	aerogoose "github.com/aerosql/aerosql/integration/goose"
	"github.com/aerosql/aerosql/querylang"
)

// options are the flags of the command.
type options struct {
	cluster    *connect.Flags
	dir, table string
	outOfOrder bool
}

// Command is the entry of the table of commands.
func Command() command.Command {
	values := connect.Values()
	maps.Copy(values, map[string]string{"dir": command.Directory})
	return command.Command{
		Name:    "migrate",
		Summary: "run the migrations of goose",
		Args:    "COMMAND",
		Help: `Runs files of SQL in the order of their versions, each once. The files are those of goose: a version
and a name such as 20260102030405_add_users.sql, with the parts -- +goose Up and -- +goose Down. The
versions that were applied are in one record of the cluster, which is also a lock: processes that
migrate at the same time wait for each other.

All files to apply are parsed before the first statement runs. There are no transactions: if a
statement fails, those before it stay, and the next run begins this file again. Write statements that
can be repeated, such as CREATE TABLE IF NOT EXISTS and CREATE INDEX IF NOT EXISTS ... WAIT.`,
		Forms: []command.Form{
			{Words: "up", Summary: "apply all pending migrations"},
			{Words: "up VERSION", Summary: "apply the pending migrations up to a version"},
			{Words: "down", Summary: "roll the last migration back"},
			{Words: "down VERSION", Summary: "roll back the migrations after a version; 0 means all"},
			{Words: "redo", Summary: "roll the last migration back and apply it again"},
			{Words: "status", Summary: "list the migrations"},
			{Words: "check", Summary: "parse all files, without a cluster"},
			{Words: "new NAME", Summary: "create a file for a new migration"},
		},
		Groups: []command.Group{connect.Group, {Title: "Migrations", Flags: "dir table allow-missing"}},
		Values: values,
		Examples: []command.Example{
			{Line: "aerosql migrate new add_users", Summary: "creates migrations/20260102030405_add_users.sql, to be filled in"},
			{Line: "aerosql migrate up", Summary: "applies what is pending"},
			{Line: "aerosql migrate -profile prod status", Summary: "shows what is applied, and when"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			o := options{cluster: connect.Define(flags)}
			flags.StringVar(&o.dir, "dir", "migrations", "`directory` of the files")
			flags.StringVar(&o.table, "table", aerogoose.DefaultTable, "`set` of the record with the applied versions")
			flags.BoolVar(&o.outOfOrder, "allow-missing", false, "apply migrations that are older than one that is applied")
			return o.run
		},
	}
}

func (o *options) run(ctx context.Context, env *command.Env, args []string) error {
	words := map[string][2]int{"up": {1, 2}, "down": {1, 2}, "redo": {1, 1}, "status": {1, 1}, "check": {1, 1}, "new": {2, 2}}
	if len(args) == 0 {
		return command.Usage("name a command: up, down, redo, status, check or new")
	}
	limits, known := words[args[0]]
	if !known || len(args) < limits[0] || len(args) > limits[1] {
		return command.Usage("unknown command %q", strings.Join(args, " "))
	}
	switch args[0] {
	case "new":
		return o.create(env, args[1])
	case "check":
		n, err := checkAll(os.DirFS(o.dir), o.dir, querylang.Standard, func(string) bool { return true })
		if err == nil {
			fmt.Fprintf(env.Out, "%d files are well-formed\n", n)
		}
		return err
	}
	version := int64(-1)
	if len(args) == 2 {
		var err error
		if version, err = strconv.ParseInt(args[1], 10, 64); err != nil || version < 0 {
			return command.Usage("%q is not a version", args[1])
		}
	}
	return o.migrate(ctx, env, args[0], version)
}

// migrate runs a command on the cluster.
func (o *options) migrate(ctx context.Context, env *command.Env, name string, version int64) (err error) {
	if info, err := os.Stat(o.dir); err != nil || !info.IsDir() {
		return command.Usage("there is no directory %s; -dir names another, and aerosql migrate new creates it", o.dir)
	}
	db, cfg, err := o.cluster.Open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := aerogoose.New(ctx, db, os.DirFS(o.dir), &aerogoose.Options{
		Table: o.table, Goose: []goose.ProviderOption{goose.WithAllowOutofOrder(o.outOfOrder)},
	})
	if errors.Is(err, goose.ErrNoMigrations) {
		return fmt.Errorf("%s has no migrations", o.dir)
	}
	if err != nil {
		return err
	}
	list, err := provider.Status(ctx)
	if err != nil {
		return err
	}
	if name == "status" {
		return printStatus(env, list)
	}
	pending := map[string]bool{}
	for _, m := range list {
		pending[filepath.Base(m.Source.Path)] = m.State == goose.StatePending
	}
	// What is rolled back must be well-formed too, so that redo does not end in the middle.
	_, err = checkAll(os.DirFS(o.dir), o.dir, cfg.Dialect, func(file string) bool { return name != "up" || pending[file] })
	if err != nil {
		return err
	}
	return printResults(env, name, func() ([]*goose.MigrationResult, error) { return apply(ctx, provider, name, version) })
}

// apply applies or rolls back migrations.
func apply(ctx context.Context, p *aerogoose.Provider, name string, version int64) ([]*goose.MigrationResult, error) {
	one := func(r *goose.MigrationResult, err error) ([]*goose.MigrationResult, error) {
		if r == nil {
			return nil, err
		}
		return []*goose.MigrationResult{r}, err
	}
	switch {
	case name == "up" && version >= 0:
		return p.UpTo(ctx, version)
	case name == "up":
		return p.Up(ctx)
	case name == "down" && version >= 0:
		return p.DownTo(ctx, version)
	case name == "down":
		return one(p.Down(ctx))
	}
	down, err := one(p.Down(ctx))
	if err != nil {
		return down, err
	}
	up, err := one(p.ApplyVersion(ctx, down[0].Source.Version, true))
	return append(down, up...), err
}

// printResults prints what was applied, also before a failure.
func printResults(env *command.Env, name string, do func() ([]*goose.MigrationResult, error)) error {
	results, err := do()
	partial, isPartial := errors.AsType[*goose.PartialError](err)
	if isPartial {
		results = partial.Applied
	}
	for _, r := range results {
		word := "applied"
		if r.Direction == "down" {
			word = "rolled back"
		}
		fmt.Fprintf(env.Out, "%s %s (%s)\n", word, filepath.Base(r.Source.Path), r.Duration.Round(time.Millisecond))
	}
	switch {
	case isPartial:
		return fmt.Errorf("%s failed, and will be run again: %w", filepath.Base(partial.Failed.Source.Path), partial.Err)
	case errors.Is(err, goose.ErrNoNextVersion), err == nil && len(results) == 0:
		fmt.Fprintf(env.Out, "nothing to do\n")
		return nil
	}
	return err
}

func printStatus(env *command.Env, list []*goose.MigrationStatus) error {
	for _, m := range list {
		text := "pending"
		if m.State == goose.StateApplied {
			text = m.AppliedAt.UTC().Format(time.DateTime)
		}
		fmt.Fprintf(env.Out, "%-20s %s\n", text, filepath.Base(m.Source.Path))
	}
	return nil
}

// migrationName is what the name of a migration can be.
var migrationName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// template is a new migration.
const template = `-- +goose Up
-- Write statements that can be repeated, because there are no transactions:
-- CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT, age INT);
-- CREATE INDEX IF NOT EXISTS users_age ON users (age) WAIT;

-- +goose Down
-- DROP TABLE IF EXISTS users;
`

// create creates a file for a new migration.
func (o *options) create(env *command.Env, name string) error {
	name = strings.TrimSuffix(strings.ReplaceAll(name, " ", "_"), ".sql")
	if !migrationName.MatchString(name) {
		return command.Usage("the name %q may only have letters, digits, _ and -", name)
	}
	if err := os.MkdirAll(o.dir, 0o777); err != nil {
		return err
	}
	path := filepath.Join(o.dir, time.Now().UTC().Format("20060102150405")+"_"+name+".sql")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(template)
	if err = errors.Join(err, f.Close()); err == nil {
		fmt.Fprintln(env.Out, path)
	}
	return err
}
