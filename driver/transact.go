package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// Transact runs a function as a transaction of the cluster, and again if others were in the way; see
// [cluster.Client.Transact], whose error it returns. What is done under the function's context belongs to the transaction, through
// whichever door: statements on the sql.DB, objects of package mapper, native commands.
//
//	err := driver.Transact(ctx, db, nil, func(ctx context.Context) error {
//		ada, err := accounts.Find(ctx, "ada")
//		if err != nil {
//			return err // nothing of it stays
//		}
//		...
//		_, err = db.ExecContext(ctx, "UPDATE accounts SET amount = amount + 10 WHERE PK = 'bob'")
//		return err
//	})
//
// nil options are the defaults.
func Transact(ctx context.Context, db *sql.DB, o *cluster.TransactOptions, do func(ctx context.Context) error) error {
	client, err := nativeClient(ctx, db)
	if err != nil {
		return err
	}
	return client.Transact(ctx, o, do)
}

func nativeClient(ctx context.Context, db *sql.DB) (client *cluster.Client, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = FromConn(conn, func(c *cluster.Client) error {
		client = c
		return nil
	})
	return client, errors.Join(err, conn.Close())
}

// WithTx returns a context under which native commands and objects of package mapper belong to the transaction of an
// sql.Tx of this driver, also where another driver is wrapped around it. It serves until the transaction ends. In the mode tx=autocommit it
// is the given context. Whether the transaction is read-only counts for statements alone.
//
//	tx, err := db.BeginTx(ctx, nil)
//	defer tx.Rollback()
//	within, err := driver.WithTx(ctx, tx)
//	err = accounts.Save(within, ada)
//	_, err = tx.ExecContext(ctx, "DELETE FROM orders WHERE PK = ?", order)
//	err = tx.Commit()
func WithTx(ctx context.Context, tx *sql.Tx) (context.Context, error) {
	var asked txQuestion
	if _, err := tx.ExecContext(ctx, "SELECT 1", &asked); err != nil {
		return nil, fmt.Errorf("the driver of the transaction could not be asked for it: %w", err)
	}
	if !asked.answered {
		return nil, errors.New("the transaction is of another driver")
	}
	return asked.tx.within(ctx), nil
}

// A txQuestion is no argument of a statement though it stands among them: the session answers it and takes it away. There is no other way
// through an sql.Tx to the driver's, and it passes drivers that are wrapped around this one.
type txQuestion struct {
	answered bool
	tx       *tx
}

// answer answers a question for the open transaction.
func (c *Conn) answer(q *txQuestion) error {
	q.answered, q.tx = true, c.tx
	return driver.ErrRemoveArgument
}
