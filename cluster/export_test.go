package cluster

// WithHash returns the configuration of a client whose password has been hashed already, which takes its time.
func WithHash(cfg Config, hash []byte) Config {
	cfg.credentials = &credentials{mode: cfg.AuthMode, user: cfg.User}
	cfg.credentials.keep(hash, "")
	cfg.Password = ""
	return cfg
}
