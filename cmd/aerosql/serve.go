package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/replay"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// serveCommand runs a development cluster.
func serveCommand() command.Command {
	return command.Command{
		Name:    "serve",
		Summary: "run a development cluster",
		Help: `Runs a cluster of one or more nodes in this process, for programs in any language and their tests.
It speaks the protocol of Aerospike and prints the addresses of the nodes, one a line. It is for
development: production data lives in a real Aerospike cluster. The page docs/devserver.md has more.`,
		Groups: serveGroups,
		Values: map[string]string{
			"tls-ca": command.File, "tls-cert": command.File, "tls-key": command.File, "tls-client-ca": command.File, "seed": command.File,
			"replay":   command.File,
			"data-dir": command.Directory, "log-format": "text json", "as-version": strings.Join(devserver.Versions(), " "),
		},
		Examples: serveExamples,
		Setup: func(flags *flag.FlagSet) command.Run {
			f := newServeFlags(flags)
			return func(ctx context.Context, env *command.Env, _ []string) error {
				if f.replay != "" {
					if err := checkReplay(flags); err != nil {
						return err
					}
				}
				if f.exitOnEOF {
					var stop context.CancelFunc
					ctx, stop = context.WithCancel(ctx)
					defer stop()
					go func() {
						_, _ = io.Copy(io.Discard, env.In)
						stop()
					}()
				}
				return f.serve(ctx, env.Out, env.Err)
			}
		},
	}
}

// serve runs a cluster until the context ends.
func (f *serveFlags) serve(ctx context.Context, stdout, stderr io.Writer) (err error) {
	options, err := f.options(stderr)
	if err != nil {
		return err
	}
	server, err := f.start(options)
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

// start starts the server: a cluster, or a replay.
func (f *serveFlags) start(options devserver.Options) (*devserver.Server, error) {
	if f.replay == "" {
		return devserver.Start(options)
	}
	rec, err := replay.Open(f.replay)
	if err != nil {
		return nil, err
	}
	options.Logger.Info("replay", "from", f.replay, "nodes", len(rec.Nodes), "requests", len(rec.Exchanges), "redacted", rec.Redacted)
	return replay.Start(rec, options)
}
