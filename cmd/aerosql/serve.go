package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// serve runs a cluster until the context ends.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("aerosql serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		listen      = flags.String("listen", "127.0.0.1:3000", "`address` of the first node; the others listen on port+10, port+20, ...")
		nodes       = flags.Int("nodes", 1, "number of nodes")
		namespaces  = flags.String("namespaces", "test", "`names` of the namespaces, separated by commas")
		replication = flags.Int("replication-factor", 0, "number of copies of each record (default 2, or 1 with one node)")
		enterprise  = flags.Bool("enterprise", false, "act as an Enterprise Edition server, with durable deletes, compression and so on")
		strong      = flags.String("strong-consistency", "", "`names` of the namespaces with strong consistency, which transactions need; implies -enterprise")
		security    = flags.Bool("security", false, "require clients to log in; the first user is admin with password admin and all privileges; implies -enterprise")
		tlsCA       = flags.String("tls-ca", "", "also listen with TLS for the name \"localhost\", and write the CA certificate for clients to this `file`; implies -enterprise")
		name        = flags.String("cluster-name", "", "`name` of the cluster")
		verbose     = flags.Bool("v", false, "log connection events")
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
	if *enterprise || *strong != "" || *security || *tlsCA != "" {
		options.Edition = devserver.Enterprise
	}
	if *security {
		options.Security = &devserver.SecurityOptions{
			Quotas: true, Users: []devserver.UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}},
		}
	}
	if *tlsCA != "" {
		var err error
		if options.TLS, err = newTLS(*tlsCA); err != nil {
			return err
		}
	}
	strongNames := names(*strong)
	for _, ns := range names(*namespaces) {
		options.Namespaces = append(options.Namespaces, devserver.NamespaceOptions{
			Name: ns, ReplicationFactor: *replication, StrongConsistency: slices.Contains(strongNames, ns),
		})
		strongNames = slices.DeleteFunc(strongNames, func(name string) bool { return name == ns })
	}
	if len(strongNames) > 0 {
		return fmt.Errorf("-strong-consistency has %q, which is not in -namespaces", strongNames[0])
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

// tlsName is the name in the server's TLS certificate.
const tlsName = "localhost"

// newTLS creates a certificate and writes the certificate of its authority to a file.
func newTLS(file string) (*devserver.TLSOptions, error) {
	authority, err := devserver.NewAuthority()
	if err != nil {
		return nil, err
	}
	certificate, err := authority.Issue(tlsName)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, authority.PEM(), 0o644); err != nil {
		return nil, err
	}
	return &devserver.TLSOptions{Config: &tls.Config{Certificates: []tls.Certificate{certificate}}, Name: tlsName}, nil
}

// names splits a comma-separated list.
func names(list string) []string {
	if list == "" {
		return nil
	}
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}
