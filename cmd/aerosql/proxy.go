package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/aerosql/aerosql/cluster/devserver/replay"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// proxyCommand records what clients and a cluster say to each other.
func proxyCommand() command.Command {
	return command.Command{
		Name:    "proxy",
		Summary: "record a session of clients with a cluster",
		Help: `Stands between clients and a cluster and writes each request with its answer to a file of JSON lines.
"aerosql serve -replay FILE" answers from the file. Clients connect to the proxy, which prints its
address. Further nodes get addresses of their own, and clients find only these.

Clients and nodes may use TLS or not, independently of each other: -upstream-tls-ca is about the
connections to the nodes, and -tls-ca or -tls-cert about those of clients. Logins by certificate
can't pass the proxy, because it has no client's key.

Passwords and session tokens are never written. With -redact, values, keys and digests are replaced
by others of the same type and length.`,
		Groups: []command.Group{
			{Title: "Addresses", Flags: "listen upstream"},
			{Title: "TLS with the cluster", Flags: "upstream-tls-ca upstream-tls-name upstream-tls-cert upstream-tls-key"},
			{Title: "TLS with clients", Flags: "tls-ca tls-cert tls-key"},
			{Title: "Recording", Flags: "record redact"},
			{Title: "Log", Flags: "v log-format"},
		},
		Values: map[string]string{
			"record": command.File, "log-format": "text json", "tls-ca": command.File, "tls-cert": command.File, "tls-key": command.File,
			"upstream-tls-ca": command.File, "upstream-tls-cert": command.File, "upstream-tls-key": command.File,
		},
		Examples: []command.Example{
			{Line: "aerosql proxy -upstream 10.0.0.1:3000 -record session.jsonl", Summary: "record until the command is interrupted"},
			{Line: "aerosql proxy -upstream 10.0.0.1:4333 -upstream-tls-ca ca.pem -record session.jsonl", Summary: "a cluster with TLS, clients without"},
			{Line: "aerosql serve -replay session.jsonl", Summary: "answer from the recording"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			f := new(proxyFlags)
			flags.StringVar(&f.listen, "listen", "127.0.0.1:3000", "`address` that stands for the node of -upstream; the others use port+10, port+20, ...; port 0 selects free ports")
			flags.StringVar(&f.upstream, "upstream", "", "`address` of a node of the cluster, its TLS port with -upstream-tls-ca")
			flags.StringVar(&f.upstreamTLS.ca, "upstream-tls-ca", "", "use TLS with the nodes, and verify their certificates with the authorities in this `file`")
			flags.StringVar(&f.upstreamTLS.name, "upstream-tls-name", "", "TLS `name` in the certificates of all nodes (default the names that the nodes report, and the host of -upstream)")
			flags.StringVar(&f.upstreamTLS.cert, "upstream-tls-cert", "", "certificate of the proxy for the nodes, a `file` (with -upstream-tls-key)")
			flags.StringVar(&f.upstreamTLS.key, "upstream-tls-key", "", "private key of -upstream-tls-cert, a `file`")
			f.tls.register(flags, "")
			flags.StringVar(&f.record, "record", "", "`file` for the recording; it must not exist")
			flags.BoolVar(&f.redact, "redact", false, "replace values, keys and digests in the recording")
			flags.BoolVar(&f.verbose, "v", false, "log at debug level: connections")
			flags.StringVar(&f.logFormat, "log-format", "text", "`format` of the log on standard error: text or json")
			return func(ctx context.Context, env *command.Env, _ []string) error { return f.run(ctx, env) }
		},
	}
}

type proxyFlags struct {
	listen, upstream, record string
	upstreamTLS              dialTLS
	tls                      listenTLS
	redact, verbose          bool
	logFormat                string
}

// run records until the context ends.
func (f *proxyFlags) run(ctx context.Context, env *command.Env) (err error) {
	logger, err := newLogger(env.Err, f.logFormat, f.verbose)
	switch {
	case err != nil:
		return err
	case f.upstream == "":
		return errors.New("-upstream is missing: the address of a node, such as 10.0.0.1:3000")
	case f.record == "":
		return errors.New("-record is missing: the file for the recording")
	}
	options := replay.ProxyOptions{Listen: f.listen, Upstream: f.upstream, Redact: f.redact, Logger: logger}
	if options.UpstreamTLS, err = f.upstreamTLS.config(); err != nil {
		return err
	}
	if options.TLS, err = f.tls.options(); err != nil {
		return err
	}
	file, err := os.OpenFile(f.record, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: remove it or choose another name", f.record)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	options.Record = file
	p, err := replay.StartProxy(ctx, options)
	if err != nil {
		return errors.Join(err, os.Remove(f.record))
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	for _, address := range append(p.Addresses()[:1], p.TLSAddresses()...) {
		fmt.Fprintln(env.Out, address)
	}
	<-ctx.Done()
	return nil
}

// replayFlags are the flags of serve that can stand beside -replay. The others are about records
// and namespaces, which a recording has no use for.
var replayFlags = map[string]bool{
	"replay": true, "listen": true, "advertise": true, "control": true, "control-token": true, "max-conns": true, "idle-timeout": true,
	"tls-ca": true, "tls-cert": true, "tls-key": true, "tls-client-ca": true, "exit-on-eof": true, "v": true, "log-format": true,
}

// checkReplay refuses flags that have no effect on a replay.
func checkReplay(flags *flag.FlagSet) (err error) {
	flags.Visit(func(f *flag.Flag) {
		if !replayFlags[f.Name] && err == nil {
			err = fmt.Errorf("-%s has no effect with -replay: the recording decides", f.Name)
		}
	})
	return err
}
