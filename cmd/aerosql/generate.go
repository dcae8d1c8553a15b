package main

import (
	"context"
	"flag"

	"github.com/aerosql/aerosql/cmd/aerosql/gen"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// genCommand writes the typed fields of structs.
func genCommand() command.Command {
	return command.Command{
		Name:    "gen",
		Summary: "write the typed fields of structs for package mapper",
		Args:    "[DIRECTORY]",
		Help: `Writes a Go file with the typed fields of mapped structs, so that queries are checked by the
compiler. The directory is that of a package, by default the current one. The file is written only
if it changes.`,
		Values:    map[string]string{"o": command.File},
		ArgValues: command.Directory,
		Examples: []command.Example{
			{Line: "aerosql gen -type User,Order", Summary: "writes " + gen.DefaultFile + " with UserFields and OrderFields"},
			{Line: "aerosql gen -check ./shop", Summary: "fails if the file is out of date, for CI"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			var o gen.Options
			flags.StringVar(&o.Types, "type", "", "the struct `types`, separated by commas (default all with a tag as or asm)")
			flags.StringVar(&o.Output, "o", "", "the `file` to write (default "+gen.DefaultFile+" in the package's directory)")
			flags.BoolVar(&o.Check, "check", false, "write nothing; fail if the file is not what would be written")
			return func(ctx context.Context, env *command.Env, args []string) error {
				if len(args) > 1 {
					return command.Usage("there is more than one directory")
				}
				if len(args) == 1 {
					o.Directory = args[0]
				}
				return gen.Run(ctx, o, env.Out)
			}
		},
	}
}
