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

Passwords and session tokens are never written. With -redact, values, keys and digests are replaced
by others of the same type and length.`,
		Groups: []command.Group{
			{Title: "Addresses", Flags: "listen upstream"},
			{Title: "Recording", Flags: "record redact"},
			{Title: "Log", Flags: "v log-format"},
		},
		Values: map[string]string{"record": command.File, "log-format": "text json"},
		Examples: []command.Example{
			{Line: "aerosql proxy -upstream 10.0.0.1:3000 -record session.jsonl", Summary: "record until the command is interrupted"},
			{Line: "aerosql serve -replay session.jsonl", Summary: "answer from the recording"},
		},
		Setup: func(flags *flag.FlagSet) command.Run {
			f := new(proxyFlags)
			flags.StringVar(&f.listen, "listen", "127.0.0.1:3000", "`address` that stands for the node of -upstream; the others use port+10, port+20, ...; port 0 selects free ports")
			flags.StringVar(&f.upstream, "upstream", "", "`address` of a node of the cluster, without TLS")
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
	file, err := os.OpenFile(f.record, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: remove it or choose another name", f.record)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	p, err := replay.StartProxy(ctx, replay.ProxyOptions{Listen: f.listen, Upstream: f.upstream, Record: file, Redact: f.redact, Logger: logger})
	if err != nil {
		return errors.Join(err, os.Remove(f.record))
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	fmt.Fprintln(env.Out, p.Addresses()[0])
	<-ctx.Done()
	return nil
}

// replayFlags are the flags of serve that can stand beside -replay. The others are about records
// and namespaces, which a recording has no use for.
var replayFlags = map[string]bool{
	"replay": true, "listen": true, "advertise": true, "control": true, "control-token": true, "max-conns": true, "idle-timeout": true,
	"exit-on-eof": true, "v": true, "log-format": true,
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
