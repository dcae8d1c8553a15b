// Package connect opens the cluster that a command works on. It finds the data source name in the
// flags, the environment or the file of profiles. It never reads a password from an argument.
package connect

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/driver"
)

// The environment variables.
const (
	variableDSN      = "AEROSQL_DSN"
	variableProfile  = "AEROSQL_PROFILE"
	variableProfiles = "AEROSQL_PROFILES" // the file
	variablePassword = "AEROSQL_PASSWORD"
)

// defaultDSN is used if nothing else is given.
const defaultDSN = "aerospike://127.0.0.1:3000/test"

// Flags are the flags that select a cluster.
type Flags struct {
	dsn, profile, passwordFile string
}

// Group is the heading for the flags in the help.
var Group = command.Group{Title: "Cluster", Flags: "dsn profile password-file"}

// Values are what the values of the flags are, for completion.
func Values() map[string]string { return map[string]string{"password-file": command.File} }

// Define defines the flags -dsn, -profile and -password-file.
func Define(flags *flag.FlagSet) *Flags {
	f := new(Flags)
	flags.StringVar(&f.dsn, "dsn", "", "data source `name` of the cluster, without a password (default $"+variableDSN+", or "+defaultDSN+")")
	flags.StringVar(&f.profile, "profile", "", "`name` of a profile to use instead of -dsn (default $"+variableProfile+")")
	flags.StringVar(&f.passwordFile, "password-file", "", "`file` whose first line is the password")
	return f
}

// Topic describes how clusters are selected, for the manual.
var Topic = command.Topic{Title: "Clusters and passwords", Text: `
The commands that work on a cluster take its data source name from the first of these that is given:
-dsn, -profile, $AEROSQL_DSN, $AEROSQL_PROFILE, the profile default. Without any they use
` + defaultDSN + `.

A data source name has the form of the Go driver, and the scheme can be left out:

  aerospike://[user@]host[:port][,host[:port]...]/namespace[?key=value&...]
  10.0.0.1:3000/test?timeout=5s

Profiles are in the file aerosql/profiles.toml of the user's directory for configuration
(~/.config on Linux), or in the file $AEROSQL_PROFILES:

  [default]
  dsn = "127.0.0.1:3000/test"

  [shop]
  dsn = "reader@10.0.0.1:3000/shop?tls=true"
  password_file = "~/.config/aerosql/shop.password"

A password never stands in the arguments of a command, where every user of the machine could read
it: -dsn with a password is refused. If the data source name has a user and no password, the
password is taken from -password-file, password_file or password of the profile, or
$AEROSQL_PASSWORD; otherwise the command asks for it on the terminal and does not show it. A file
with a password must not be readable by other users.`}

// Config returns the Config of the selected cluster, with the password.
func (f *Flags) Config(env *command.Env) (driver.Config, error) {
	if f.dsn != "" && f.profile != "" {
		return driver.Config{}, command.Usage("-dsn and -profile exclude each other")
	}
	s, err := f.source()
	if err != nil {
		return driver.Config{}, err
	}
	if f.passwordFile != "" {
		s.passwordFile = f.passwordFile
	}
	return s.config(env)
}

// source finds the data source name.
func (f *Flags) source() (source, error) {
	environment := os.Getenv(variableDSN)
	switch name := cmp.Or(f.profile, os.Getenv(variableProfile)); {
	case f.dsn != "":
		return argument("-dsn", f.dsn)
	case f.profile != "", name != "" && environment == "":
		return readProfile(name)
	case environment != "":
		return source{origin: "$" + variableDSN, dsn: environment}, nil
	}
	s, err := readProfile(defaultProfile)
	if errors.Is(err, errNoProfile) {
		return source{origin: "the default", dsn: defaultDSN}, nil
	}
	return s, err
}

// Named returns the Config for the argument of a command: the name of a profile, or a data source
// name.
func Named(env *command.Env, text string) (driver.Config, error) {
	var s source
	var err error
	if strings.ContainsAny(text, ":/") {
		s, err = argument("the argument", text)
	} else {
		s, err = readProfile(text)
	}
	if err != nil {
		return driver.Config{}, err
	}
	return s.config(env)
}

// A source is where a data source name and a password come from.
type source struct {
	origin                            string // for errors
	dsn, user, password, passwordFile string
}

// argument returns the source for a data source name from the command line, which must have no
// password.
func argument(origin, dsn string) (source, error) {
	s := source{origin: origin, dsn: dsn}
	cfg, err := s.parse()
	if err == nil && cfg.Password != "" {
		err = command.Usage("%s has a password, which other users of this machine can read; leave it out and use $%s, -password-file, "+
			"a profile or the prompt", origin, variablePassword)
	}
	return s, err
}

// parse parses the data source name. The scheme can be left out.
func (s *source) parse() (driver.Config, error) {
	dsn := s.dsn
	if !strings.Contains(dsn, "://") {
		dsn = "aerospike://" + dsn
	}
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return cfg, command.WithCode(command.ExitUsage, fmt.Errorf("%s: %w", s.origin, err))
	}
	cfg.User = cmp.Or(s.user, cfg.User)
	return cfg, nil
}

// config returns the Config with the password.
func (s *source) config(env *command.Env) (driver.Config, error) {
	cfg, err := s.parse()
	if err != nil || cfg.User == "" || cfg.AuthMode == cluster.AuthPKI {
		return cfg, err
	}
	switch {
	case s.passwordFile != "":
		s.password, err = readPassword(s.passwordFile)
	case s.password != "", cfg.Password != "":
	case os.Getenv(variablePassword) != "":
		s.password = os.Getenv(variablePassword)
	default:
		s.password, err = prompt(env, cfg)
	}
	if s.password != "" {
		cfg.Password = cluster.Password(s.password)
	}
	return cfg, err
}

// Open opens the selected cluster and waits until it answers.
func (f *Flags) Open(ctx context.Context, env *command.Env) (*sql.DB, driver.Config, error) {
	cfg, err := f.Config(env)
	if err != nil {
		return nil, cfg, err
	}
	db, err := Open(ctx, cfg)
	return db, cfg, err
}

// Open opens a cluster and waits until it answers.
func Open(ctx context.Context, cfg driver.Config) (*sql.DB, error) {
	named := cfg
	named.AppID = cmp.Or(cfg.AppID, "aerosql")
	connector, err := driver.NewConnector(named)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", cfg, err), db.Close())
	}
	return db, nil
}
