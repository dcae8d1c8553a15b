package mapper

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// InTx returns the Source for a transaction of a database that was opened with this module's
// driver. All calls of its repositories belong to the transaction, until it ends:
//
//	tx, err := db.BeginTx(ctx, nil)
//	defer tx.Rollback()
//	accounts, err := mapper.New[Account](mapper.InTx(tx))
//	err = accounts.SaveMany(ctx, ada, bob)
//	_, err = tx.ExecContext(ctx, "DELETE FROM orders WHERE PK = ?", order)
//	err = tx.Commit()
//
// New takes a *sql.Tx as well. What can't be part of a transaction is an error, such as ScanAll.
func InTx(tx *sql.Tx) Source { return Source{tx} }

// A txQuestion is passed like an argument of a statement. The driver answers it and removes it from
// the arguments. An sql.Tx gives no other access to the driver's session.
type txQuestion struct {
	session any
	within  func(context.Context) context.Context
}

// AnswerTx is called by the driver. within returns a context that carries the transaction.
func (q *txQuestion) AnswerTx(session any, within func(context.Context) context.Context) {
	q.session, q.within = session, within
}

// bindTx returns a bind that gets the client and the transaction of an sql.Tx at the first call.
func bindTx(tx *sql.Tx, cfg *config) bindFunc {
	var mu sync.Mutex
	var known *binding
	return func(ctx context.Context) (*binding, error) {
		mu.Lock()
		defer mu.Unlock()
		if known != nil {
			return known, nil
		}
		var asked txQuestion
		if _, err := tx.ExecContext(ctx, "SELECT 1", &asked); err != nil {
			return nil, fmt.Errorf("mapper: getting the transaction from its driver: %w", err)
		}
		session, ok := asked.session.(session)
		if !ok {
			return nil, errors.New("mapper: the transaction's database was opened with another driver")
		}
		b, err := newDBBinding(session.Client(), session.Engine(), session.Namespace(), session.SendKey(), cfg)
		if err != nil {
			return nil, fmt.Errorf("mapper: %w", err)
		}
		b.records, b.within = inTx{b.records, asked.within}, asked.within
		known = b
		return b, nil
	}
}

// inTx makes the commands of a client part of a transaction.
type inTx struct {
	records
	within func(context.Context) context.Context
}

func (x inTx) Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	return x.records.Get(x.within(ctx), p, key, bins...)
}

func (x inTx) GetEncoded(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (cluster.EncodedRecord, error) {
	return x.records.GetEncoded(x.within(ctx), p, key, bins...)
}

func (x inTx) Exists(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (bool, error) {
	return x.records.Exists(x.within(ctx), p, key)
}

func (x inTx) PutEncoded(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins *wire.Encoded) (uint32, error) {
	return x.records.PutEncoded(x.within(ctx), p, key, bins)
}

func (x inTx) Operate(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error) {
	return x.records.Operate(x.within(ctx), p, key, ops...)
}

func (x inTx) Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (bool, error) {
	return x.records.Delete(x.within(ctx), p, key)
}

func (x inTx) BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error) {
	return x.records.BatchRead(x.within(ctx), p, keys, bins...)
}

func (x inTx) BatchWrite(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow) ([]cluster.BatchResult, error) {
	return x.records.BatchWrite(x.within(ctx), p, rows)
}

func (x inTx) QueryOperate(
	ctx context.Context, p *cluster.BackgroundPolicy, stmt cluster.Statement, ops ...protocol.Operation,
) (*cluster.QueryTask, error) {
	return x.records.QueryOperate(x.within(ctx), p, stmt, ops...)
}

func (x inTx) Scan(ctx context.Context, p *cluster.QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error] {
	return x.records.Scan(x.within(ctx), p, namespace, set, bins...)
}
