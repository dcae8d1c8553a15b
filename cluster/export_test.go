package cluster

// WithHash returns a configuration with a password that has already been hashed, because hashing is
// slow.
func WithHash(cfg Config, hash []byte) Config {
	cfg.credentials = &credentials{mode: cfg.AuthMode, user: cfg.User}
	cfg.credentials.keep(hash, "")
	cfg.Password = ""
	return cfg
}
