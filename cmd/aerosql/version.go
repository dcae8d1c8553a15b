package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// version prints the versions of the program and of the server that serve acts as.
func version(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("aerosql version", flag.ContinueOnError)
	flags.SetOutput(stderr)
	if err := parse(flags, args); err != nil {
		return err
	}
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
	_, err := fmt.Fprintf(stdout, "aerosql %s%s\nserves Aerospike %s\n%s %s/%s\n",
		own, revision, devserver.DefaultBuild, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
