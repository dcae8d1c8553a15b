package exec

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster"
)

// transactionsSince is the first version of the server that has transactions.
const transactionsSince = 8

// A transactor runs transactions, as *cluster.Client does.
type transactor interface {
	Transact(ctx context.Context, o *cluster.TransactOptions, do func(ctx context.Context) error) error
}

// strongNamespaces are the namespaces that are known, and whether they have strong consistency.
type strongNamespaces struct {
	mu    sync.Mutex
	known map[string]bool
}

// atomically writes several records by their keys. In a namespace with strong consistency the
// writes are one transaction, unless the statement belongs to one already, or the options say
// otherwise. The function may be called again if the transaction conflicts with another one. If it
// fails, nothing is changed.
func (x *execution) atomically(ctx context.Context, namespace string, write func(ctx context.Context) error) error {
	client, ok := x.engine.client.(transactor)
	if !ok || cluster.TxnFrom(ctx) != nil || x.engine.options.NotAtomic {
		return write(ctx)
	}
	strong, err := x.engine.isStrong(ctx, namespace)
	if err != nil {
		return err
	}
	if !strong {
		return write(ctx)
	}
	return client.Transact(ctx, nil, func(ctx context.Context) error {
		err := write(ctx)
		if p, isPartial := errors.AsType[*PartialError](err); isPartial {
			return p.Err // what was changed before is rolled back
		}
		return err
	})
}

// isStrong reports whether a namespace has strong consistency and transactions.
func (e *Engine) isStrong(ctx context.Context, namespace string) (bool, error) {
	s := e.strong
	s.mu.Lock()
	strong, known := s.known[namespace]
	s.mu.Unlock()
	if known {
		return strong, nil
	}
	command := "namespace/" + namespace
	answers, err := e.client.InfoAll(ctx, &e.options.Policies.Info, command)
	if err != nil {
		return false, err
	}
	answered := false
	for _, a := range answers {
		if a.Err != nil {
			err = a.Err
			continue
		}
		answered = true
		for field := range strings.SplitSeq(a.Values[command], ";") {
			strong = strong || field == "strong-consistency=true"
		}
	}
	if !answered {
		return false, err
	}
	strong = strong && e.environment.ServerVersion()[0] >= transactionsSince
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[string]bool)
	}
	s.known[namespace] = strong
	return strong, nil
}
