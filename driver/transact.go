package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// Transact runs do in a transaction of the cluster and commits it. If the transaction conflicts
// with another one it is rolled back, and do is called again; see [cluster.Client.Transact], whose
// errors Transact returns. nil options are the defaults.
//
// Everything done under the context that do gets belongs to the transaction: statements on the
// sql.DB, operations of package mapper and native commands. An error from do rolls the transaction
// back.
//
//	err := driver.Transact(ctx, db, nil, func(ctx context.Context) error {
//		ada, err := accounts.Find(ctx, "ada")
//		if err != nil {
//			return err // rolls back
//		}
//		...
//		_, err = db.ExecContext(ctx, "UPDATE accounts SET amount = amount + 10 WHERE PK = 'bob'")
//		return err
//	})
func Transact(ctx context.Context, db *sql.DB, o *cluster.TransactOptions, do func(ctx context.Context) error) error {
	client, err := Client(ctx, db)
	if err != nil {
		return err
	}
	return client.Transact(ctx, o, do)
}

// WithTx returns a context that carries the transaction of an sql.Tx. Native commands and
// operations of package mapper that use the context belong to the transaction:
//
//	tx, err := db.BeginTx(ctx, nil)
//	defer tx.Rollback()
//	txCtx, err := driver.WithTx(ctx, tx)
//	err = accounts.Save(txCtx, ada)
//	_, err = tx.ExecContext(ctx, "DELETE FROM orders WHERE PK = ?", order)
//	err = tx.Commit()
//
// The context is valid until the transaction ends. With tx=autocommit WithTx returns ctx itself. It
// works through drivers that wrap this one; a transaction of any other driver is an error of kind
// [ErrOtherDriver]. sql.TxOptions.ReadOnly restricts statements only, not native commands or
// package mapper.
func WithTx(ctx context.Context, tx *sql.Tx) (context.Context, error) {
	var asked txQuestion
	if _, err := tx.ExecContext(ctx, "SELECT 1", &asked); err != nil {
		return nil, fmt.Errorf("getting the transaction from its driver: %w", err)
	}
	if !asked.answered {
		return nil, fmt.Errorf("the transaction's database was %w", ErrOtherDriver)
	}
	return asked.tx.within(ctx), nil
}

// A txQuestion is passed like an argument of a statement. The session stores its transaction in it
// and removes it from the arguments. An sql.Tx gives no other access to the driver's transaction,
// and an argument also passes through drivers that wrap this one.
type txQuestion struct {
	answered bool
	tx       *tx
}

// A sessionQuestion is such an argument of another package, which asks for the session as well.
type sessionQuestion interface {
	AnswerTx(session any, within func(context.Context) context.Context)
}

// answer stores the open transaction in a question, and has database/sql remove the argument.
func (c *Conn) answer(q *txQuestion) error {
	q.answered, q.tx = true, c.tx
	return driver.ErrRemoveArgument
}
