package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// serve runs a cluster until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("aerosql serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		listen      = flags.String("listen", "127.0.0.1:3000", "`address` of the first node; the others take port+10, port+20, ...")
		nodes       = flags.Int("nodes", 1, "number of nodes")
		namespaces  = flags.String("namespaces", "test", "`names` of the namespaces, separated by commas")
		replication = flags.Int("replication-factor", 0, "nodes that hold each record (default 2, or 1 with one node)")
		name        = flags.String("cluster-name", "", "`name` of the cluster")
		verbose     = flags.Bool("v", false, "log what happens to connections")
	)
	if err := parse(flags, args); err != nil {
		return err
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	options := devserver.Options{
		Listen: *listen, Nodes: *nodes, ClusterName: *name,
		Logger: slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	}
	for ns := range strings.SplitSeq(*namespaces, ",") {
		options.Namespaces = append(options.Namespaces, devserver.NamespaceOptions{
			Name: strings.TrimSpace(ns), ReplicationFactor: *replication,
		})
	}
	server, err := devserver.Start(options)
	if err != nil {
		return err
	}
	for _, address := range server.Seeds() {
		fmt.Fprintln(stdout, address)
	}
	<-ctx.Done()
	return server.Close()
}
