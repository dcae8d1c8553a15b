package cluster

import (
	"context"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// OpenWithHash is Open for a password that has already been hashed, because hashing is slow. The
// configuration has no password.
func OpenWithHash(ctx context.Context, cfg Config, hash []byte) (*Client, error) {
	env, err := newEnv(cfg)
	if err != nil {
		return nil, err
	}
	env.link.Credentials = link.HashedCredentials(cfg.AuthMode.method(), cfg.User, hash)
	return open(ctx, env)
}
