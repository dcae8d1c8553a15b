package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// serve runs a cluster until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("aerosql serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	f := newServeFlags(flags)
	flags.Usage = groupedUsage(flags, "aerosql serve [flags]", serveGroups, serveExamples)
	if err := parse(flags, args); err != nil {
		return err
	}
	options, err := f.options(stderr)
	if err != nil {
		return err
	}
	server, err := devserver.Start(options)
	if err != nil {
		return err
	}
	for _, address := range append(server.Seeds(), server.TLSSeeds()...) {
		fmt.Fprintln(stdout, address)
	}
	<-ctx.Done()
	return server.Close()
}
