package console

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/driver"
)

// The environment variables with tokens, so that they are on no command line.
const (
	variableToken        = "AEROSQL_CONSOLE_TOKEN"
	variableControlToken = "AEROSQL_CONTROL_TOKEN"
)

// minToken is the length of the shortest token that is accepted.
const minToken = 16

// flags are the flags of the command.
type flags struct {
	cluster                  *connect.Flags
	listen, tokenFile, hosts string
	write                    bool
	rows                     int
	timeout                  time.Duration
	control, tlsCert, tlsKey string
	controlTokenFile         string
}

// Command is the command console.
func Command() command.Command {
	values := connect.Values()
	for _, name := range []string{"token-file", "control-token-file", "tls-cert", "tls-key"} {
		values[name] = command.File
	}
	return command.Command{
		Name:    "console",
		Summary: "show a cluster in the browser",
		Help: `Serves web pages that show a cluster: its nodes with rates, latencies and partitions, its
namespaces, sets and records, indexes, jobs, functions and users, and a form for SQL with plans and
charts. It prints the address to open.

Without -write nothing can be changed: only statements that read are run. The console listens on this
machine only. If -listen is an address that others reach, browsers must log in with a token: that of
$` + variableToken + ` or -token-file, or a new one that is part of the printed address. Use -tls-cert
and -tls-key then, because a token in clear text can be read on the way.

With -control, the address of aerosql serve -control, the console also shows and changes the clock,
the nodes, the faults and the history of a development cluster.`,
		Groups: []command.Group{
			connect.Group,
			{Title: "Address", Flags: "listen host token-file tls-cert tls-key"},
			{Title: "Content", Flags: "write rows timeout"},
			{Title: "Development cluster", Flags: "control control-token-file"},
		},
		Values: values,
		Examples: []command.Example{
			{Line: "aerosql console -dsn 10.0.0.1:3000/test", Summary: "shows a cluster, for browsers on this machine"},
			{Line: "aerosql console -write -control 127.0.0.1:3999", Summary: "a development cluster, with its clock and faults"},
			{Line: "aerosql console -listen :8443 -tls-cert c.pem -tls-key k.pem -host db.example", Summary: "for other machines; the printed address has the token"},
		},
		Setup: func(set *flag.FlagSet) command.Run {
			f := &flags{cluster: connect.Define(set)}
			set.StringVar(&f.listen, "listen", "127.0.0.1:8081", "`address` to listen on")
			set.StringVar(&f.hosts, "host", "", "further `names` by which browsers reach the console, separated by commas; localhost and addresses are always accepted")
			set.StringVar(&f.tokenFile, "token-file", "", "`file` whose first line is the token to log in with (default $"+variableToken+")")
			set.StringVar(&f.tlsCert, "tls-cert", "", "serve HTTPS with the certificate in this `file`")
			set.StringVar(&f.tlsKey, "tls-key", "", "private key of -tls-cert, a `file`")
			set.BoolVar(&f.write, "write", false, "allow statements and buttons that change something")
			set.IntVar(&f.rows, "rows", defaultRows, "`number` of rows of a result that are shown")
			set.DurationVar(&f.timeout, "timeout", defaultTimeout, "limit of the time of a statement")
			set.StringVar(&f.control, "control", "", "`address` of aerosql serve -control")
			set.StringVar(&f.controlTokenFile, "control-token-file", "", "`file` whose first line is the token of the control address (default $"+variableControlToken+")")
			return func(ctx context.Context, env *command.Env, _ []string) error { return f.run(ctx, env) }
		},
	}
}

// run serves the console until the context ends.
func (f *flags) run(ctx context.Context, env *command.Env) (err error) {
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return command.Usage("-tls-cert and -tls-key need each other")
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return command.Usage("-listen: %v", err)
	}
	token, err := f.token(host)
	if err != nil {
		return err
	}
	controlToken, err := secret(variableControlToken, f.controlTokenFile)
	if err != nil {
		return err
	}
	db, cfg, err := f.cluster.Open(ctx, env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	o := Options{
		DB: db, Name: nameOf(cfg), Namespace: cfg.Namespace, Write: f.write, Token: token, Hosts: append(names(f.hosts), host), Secure: f.tlsCert != "",
		Rows: f.rows, Timeout: f.timeout, Control: f.control, ControlToken: controlToken, Logger: slog.New(slog.NewTextHandler(env.Err, nil)),
	}
	c, err := New(ctx, o)
	if err != nil {
		return err
	}
	defer c.Close()
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.Out, f.address(l.Addr().String(), token))
	return f.serve(ctx, l, c)
}

// Limits of the HTTP server.
const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 2 * time.Second
)

// serve serves until the context ends.
func (f *flags) serve(ctx context.Context, l net.Listener, c *Console) error {
	server := &http.Server{
		Handler: c, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout, ErrorLog: slog.NewLogLogger(c.options.Logger.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() {
		if f.tlsCert != "" {
			ended <- server.ServeTLS(l, f.tlsCert, f.tlsKey)
		} else {
			ended <- server.Serve(l)
		}
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	return err
}

// token returns the token to log in with, "" if none is needed.
func (f *flags) token(host string) (string, error) {
	token, err := secret(variableToken, f.tokenFile)
	ip := net.ParseIP(host)
	switch {
	case err != nil:
		return "", err
	case token != "" && len(token) < minToken:
		return "", command.Usage("the token has %d characters; use at least %d", len(token), minToken)
	case token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return rand.Text(), nil
	}
	return token, nil
}

// address returns the address to open.
func (f *flags) address(listening, token string) string {
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return listening
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if known := names(f.hosts); len(known) > 0 {
			host = known[0]
		}
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/"}
	if f.tlsCert != "" {
		u.Scheme = "https"
	}
	if token != "" {
		u.Path, u.Fragment = "/login", "token="+token
	}
	return u.String()
}

// nameOf returns the data source name without what is secret or long.
func nameOf(cfg driver.Config) string {
	if cfg.InProcess != "" {
		return cfg.InProcess + "/" + cfg.Namespace
	}
	return strings.Join(cfg.Seeds, ",") + "/" + cfg.Namespace
}

// secret returns the first line of a file, or the value of an environment variable.
func secret(variable, file string) (string, error) {
	if file == "" {
		return os.Getenv(variable), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	if err := lines.Err(); err != nil {
		return "", err
	}
	line := strings.TrimSpace(lines.Text())
	if line == "" {
		return "", fmt.Errorf("%s has no token in its first line", file)
	}
	return line, nil
}

// names splits a list at its commas.
func names(list string) (all []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			all = append(all, name)
		}
	}
	return all
}
