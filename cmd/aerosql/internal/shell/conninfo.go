package shell

import (
	"context"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/driver"
)

// metaConnInfo prints what the shell is connected to.
func (s *shell) metaConnInfo(ctx context.Context, _ string) error {
	text, err := s.connection(ctx)
	if err == nil {
		s.print(text)
	}
	return err
}

// connection describes the cluster.
func (s *shell) connection(ctx context.Context) (string, error) {
	client, err := driver.Client(ctx, s.db)
	if err != nil {
		return "", err
	}
	var nodes []string
	version := ""
	for _, n := range client.Nodes() {
		nodes = append(nodes, n.Name())
		version = n.Build()
	}
	space := s.cfg.Namespace
	if space == "" {
		space = "none: write tables as namespace.set"
	}
	return fmt.Sprintf("%s\n%s (%s), server %s, namespace %s\n",
		s.cfg, plural(int64(len(nodes)), "node"), strings.Join(nodes, ", "), version, space), nil
}
