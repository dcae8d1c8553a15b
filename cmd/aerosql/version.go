package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// versionCommand prints versions.
func versionCommand() command.Command {
	return command.Command{
		Name:     "version",
		Summary:  "print versions",
		Help:     "Prints the versions of the program, of the server that aerosql serve acts as, and of Go.",
		Examples: []command.Example{{Line: "aerosql version", Summary: "prints three lines"}},
		Setup:    func(*flag.FlagSet) command.Run { return version },
	}
}

func version(_ context.Context, env *command.Env, _ []string) error {
	own, revision := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			own = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(env.Out, "aerosql %s%s\nserves Aerospike %s\n%s %s/%s\n",
		own, revision, devserver.DefaultBuild, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
