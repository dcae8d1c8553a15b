package cluster

import "github.com/aerosql/aerosql/cluster/internal/link"

// An env is what all parts of a client share: its configuration, with the defaults filled in and
// without the password, and what the client keeps while it runs.
type env struct {
	Config
	meter *meter
	link  link.Options
}

// newEnv checks a configuration. The error names the field that is wrong.
func newEnv(cfg Config) (*env, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &env{Config: cfg, meter: newMeter(cfg.Metrics)}
	e.link = link.Options{
		Dial: cfg.Dial, TLS: cfg.TLS, TLSName: cfg.TLSName,
		ConnectTimeout: cfg.ConnectTimeout, LoginTimeout: cfg.LoginTimeout,
		MaxConns: cfg.MaxConnsPerNode, MinConns: cfg.MinConnsPerNode, IdleTimeout: cfg.IdleTimeout,
		Logger: cfg.Logger,
	}
	if cfg.authenticates() {
		e.link.Credentials, err = link.NewCredentials(cfg.AuthMode.method(), cfg.User, string(cfg.Password))
		if err != nil {
			return nil, configError("Password: %w", err)
		}
	}
	e.Password = ""
	return e, nil
}
