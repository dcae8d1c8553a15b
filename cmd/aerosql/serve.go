package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
)

// serve runs a cluster until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
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
	defer func() { err = errors.Join(err, server.Close()) }()
	if f.seed != "" {
		counts, err := seed.Load(server, names(f.namespaces)[0], f.seed)
		if err != nil {
			return err
		}
		options.Logger.Info("loaded", "from", f.seed, "records", counts.Records, "indexes", counts.Indexes, "modules", counts.Modules)
	}
	if f.control != "" {
		c, err := startControl(server, f.control, cmp.Or(f.controlToken, os.Getenv(tokenVariable)))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.close()) }()
		options.Logger.Info("control", "address", c.address)
	}
	for _, address := range append(server.Seeds(), server.TLSSeeds()...) {
		fmt.Fprintln(stdout, address)
	}
	<-ctx.Done()
	return nil
}
