package main

import (
	"context"
	"errors"
	"flag"

	"github.com/aerosql/aerosql/cmd/aerosql/gen"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/driver"
)

// genCommand writes the typed fields of structs, or structs for tables.
func genCommand() command.Command {
	return command.Command{
		Name:    "gen",
		Summary: "write the typed fields of structs for package mapper, or the structs of tables",
		Args:    "[DIRECTORY]",
		Help: `Writes a Go file with the typed fields of mapped structs, so that queries are checked by the
compiler. The directory is that of a package, by default the current one. The file is written only
if it changes.

With -from it writes the structs instead, one for each table of the namespace of a cluster. The
cluster is the name of a profile or a data source name without a password. A declared table has the
types of its columns; a column that can be NULL is a pointer. A set that is not declared has the
bins of a sample of 1,000 records; a bin with values of several kinds is an any. A set has no struct
if its records are stored without their keys or with keys of several kinds: that is an error if
-table names the set, and otherwise a comment in the file.

Run aerosql gen again without -from to write the typed fields of the structs. To edit the structs
remove the first line of the file: then -from does not overwrite it.`,
		Groups:    []command.Group{{Title: "Structs of tables", Flags: "from table package"}},
		Values:    map[string]string{"o": command.File},
		ArgValues: command.Directory,
		Examples: []command.Example{
			{Line: "aerosql gen -type User,Order", Summary: "writes " + gen.DefaultFile + " with UserFields and OrderFields"},
			{Line: "aerosql gen -check ./shop", Summary: "fails if the file is out of date, for CI"},
			{Line: "aerosql gen -from 127.0.0.1:3000/test ./shop", Summary: "writes " + gen.DefaultTablesFile + " with a struct for each table"},
			{Line: "aerosql gen -from prod -table users,orders -package shop -o shop/tables.go", Summary: "writes the structs of two tables of the profile prod"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			var o gen.Options
			flags.StringVar(&o.Types, "type", "", "the struct `types`, separated by commas (default all with a tag as or asm)")
			flags.StringVar(&o.Output, "o", "", "the `file` to write (default "+gen.DefaultFile+", or with -from "+gen.DefaultTablesFile+", in the package's directory)")
			flags.BoolVar(&o.Check, "check", false, "write nothing; fail if the file is not what would be written")
			from := flags.String("from", "", "write the structs of the tables of this `cluster`, a profile or a data source name")
			flags.StringVar(&o.Tables, "table", "", "the `tables` and sets, separated by commas (default all)")
			flags.StringVar(&o.Package, "package", "", "the `name` of the package (default that of the directory's files, or the directory's name)")
			return func(ctx context.Context, env *command.Env, args []string) error {
				switch {
				case len(args) > 1:
					return command.Usage("there is more than one directory")
				case *from == "" && (o.Tables != "" || o.Package != ""):
					return command.Usage("-table and -package need -from")
				case *from != "" && o.Types != "":
					return command.Usage("-type and -from exclude each other: run aerosql gen again for the fields")
				}
				if len(args) == 1 {
					o.Directory = args[0]
				}
				if *from != "" {
					return genTables(ctx, env, *from, o)
				}
				return gen.Run(ctx, o, env.Out)
			}
		},
	}
}

// genTables writes the structs of the tables of a cluster.
func genTables(ctx context.Context, env *command.Env, from string, o gen.Options) (err error) {
	cfg, err := connect.Named(env, from)
	if err != nil {
		return err
	}
	if cfg.Namespace == "" {
		return command.Usage("%s has no namespace", cfg)
	}
	db, err := connect.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	client, err := driver.Client(ctx, db)
	if err != nil {
		return err
	}
	return gen.RunTables(ctx, client, cfg.Namespace, o, env.Out)
}
