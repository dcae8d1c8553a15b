package sim

import (
	"context"
	"iter"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A Client has the methods of a cluster.Client that callers use. Tests of the checker insert one
// that lies.
type Client interface {
	Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error)
	GetHeader(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (*protocol.Record, error)
	Exists(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (bool, error)
	Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error
	Append(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error
	Touch(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) error
	Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (bool, error)
	Operate(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error)
	BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error)
	BatchExists(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key) ([]cluster.BatchResult, error)
	BatchWrite(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow) ([]cluster.BatchResult, error)
	Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error]
	QueryFrom(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement, from *cluster.Cursor) iter.Seq2[*protocol.Record, error]
	Commit(ctx context.Context, t *cluster.Txn) (cluster.CommitStatus, error)
	Abort(ctx context.Context, t *cluster.Txn) (cluster.AbortStatus, error)
	Shutdown(ctx context.Context) error
	Close() error
}
