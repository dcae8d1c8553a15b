package exec

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster"
)

// A transactor runs transactions, as *cluster.Client does.
type transactor interface {
	SupportsTxn(namespace string) bool
	Transact(ctx context.Context, o *cluster.TransactOptions, do func(ctx context.Context) error) error
}

// atomically writes several records by their keys. In a namespace with strong consistency the
// writes are one transaction, unless the statement belongs to one already, or the options say
// otherwise. The function may be called again if the transaction conflicts with another one. If it
// fails, nothing is changed.
func (x *execution) atomically(ctx context.Context, namespace string, write func(ctx context.Context) error) error {
	client, ok := x.engine.client.(transactor)
	if !ok || cluster.TxnFrom(ctx) != nil || x.engine.options.NotAtomic || !client.SupportsTxn(namespace) {
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
