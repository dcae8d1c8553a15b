package sim

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// An entry is a record as package mapper sees it.
type entry struct {
	ID    int64  `as:"id,pk"`
	Key   int64  `as:"k"`
	Token []byte `as:"t"`
	Count int64  `as:"n"`
}

// highLevel executes an operation through package mapper or SQL. The liar of the tests can
// intercept it.
func (c *caller) highLevel(ctx context.Context, call *Call) {
	cmd, o := &call.Commands[0], &call.Outcomes[0]
	do := func() error { return c.mapped(ctx, call) }
	if _, isSQL := statements[cmd.Verb]; isSQL {
		do = func() error { return call.statement(ctx, c.client) }
	}
	if l, ok := c.client.(interface{ runHighLevel(do func() error) error }); ok {
		o.Err = l.runHighLevel(do)
		return
	}
	o.Err = do()
}

// mapped executes an operation through package mapper.
func (c *caller) mapped(ctx context.Context, call *Call) error {
	cmd, o := &call.Commands[0], &call.Outcomes[0]
	entries, err := mapper.New[entry](c.native, mapper.WithNamespace(namespace), mapper.WithSet(changing),
		mapper.WithReadPolicy(*call.readPolicy()), mapper.WithWritePolicy(*call.writePolicy(cmd, o)))
	if err != nil {
		return err
	}
	x := &entry{ID: int64(cmd.Key), Key: int64(cmd.Key), Token: o.Token.Bytes()}
	switch cmd.Verb {
	case MapperSave:
		return entries.Save(ctx, x)
	case MapperInsert:
		return entries.Insert(ctx, x)
	}
	_, err = entries.Modify(ctx, cmd.Key, func(found *entry) error {
		x.Count = found.Count + 1
		*found = *x
		return nil
	})
	return err
}

// statements are the statements of the SQL verbs.
var statements = map[Verb]string{
	SQLAdd:     "UPDATE changing SET t = $2, k = $1, n = n + 1 WHERE PK = $1",
	SQLGuarded: "UPDATE changing SET t = $2, k = $1, n = n + 1 WHERE PK = $1 AND (k = $1 OR k IS NULL)",
	SQLInsert:  "INSERT INTO changing (PK, k, t, n) VALUES ($1, $1, $2, 0)",
	SQLDelete:  "DELETE FROM changing WHERE PK = $1",
	SQLUpsert:  "UPSERT INTO changing (PK, k, t) VALUES ($1, $1, $2)",
	SQLCount: "INSERT INTO changing (PK, k, t, n) VALUES ($1, $1, $2, 1) " +
		"ON CONFLICT (PK) DO UPDATE SET k = excluded.k, t = excluded.t, n = n + excluded.n",
	SQLReturning: "UPDATE changing SET t = $2, k = $1, n = n + 1 WHERE PK = $1 RETURNING t",
}

// errOtherToken means that RETURNING has shown another record than the one that was written.
var errOtherToken = errors.New("RETURNING gave another token")

// checkReturned returns an error if the row of RETURNING does not have the token that was written.
func checkReturned(done *exec.Result, token []byte) error {
	if done.Rows == nil || done.Affected == 0 {
		return nil
	}
	row := make([]protocol.Value, 1)
	if err := done.Rows.Next(row); err != nil {
		return err
	}
	if got, ok := row[0].Bytes(); !ok || !bytes.Equal(got, token) {
		return errOtherToken
	}
	return nil
}

// sqlClient adds the methods that the SQL executor needs to a Client.
type sqlClient struct{ Client }

func (sqlClient) Truncate(context.Context, *cluster.InfoPolicy, string, string, time.Time) error {
	return errors.ErrUnsupported
}

func (sqlClient) InfoAll(context.Context, *cluster.InfoPolicy, ...string) (map[string]cluster.InfoAnswer, error) {
	return nil, errors.ErrUnsupported
}

func (c sqlClient) BatchWriteInto(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow, _ []cluster.BatchResult) ([]cluster.BatchResult, error) {
	return c.BatchWrite(ctx, p, rows)
}

// statement executes an operation with SQL. If no row was affected, there was no record.
func (c *Call) statement(ctx context.Context, client Client) error {
	cmd, o := &c.Commands[0], &c.Outcomes[0]
	var options exec.Options
	options.Policies.Read, options.Policies.Write = *c.readPolicy(), *c.writePolicy(cmd, o)
	if cmd.Verb == SQLDelete {
		// This statement has no operations that could hold the token.
		options.Policies.Write.Filter = exp.Filter(exp.Eq(exp.BlobVal(o.Token.Bytes()), exp.BlobVal(o.Token.Bytes())))
	}
	options.Environment = noIndexes{}
	engine := exec.New(sqlClient{client}, options)
	defer engine.Close()
	prepared, err := querylang.Prepare(ctx, statements[cmd.Verb], undeclared{}, querylang.Options{Namespace: namespace})
	if err != nil {
		return err
	}
	args := []protocol.Value{protocol.Int(int64(cmd.Key)), protocol.Blob(o.Token.Bytes())}
	done, err := engine.NewSession().Run(ctx, &exec.Statement{Plan: prepared.Plan}, args)
	if err == nil && done.Affected == 0 {
		return errAbsent
	}
	if err == nil {
		err = checkReturned(done, o.Token.Bytes())
	}
	return err
}

// undeclared is a catalog without tables.
type undeclared struct{}

func (undeclared) Table(context.Context, string, string) (*bind.Table, error) { return nil, nil }

func (undeclared) Sample(context.Context, string, string) ([]string, uint64, error) {
	return nil, 0, nil
}

func (undeclared) Version() uint64 { return 0 }

// noIndexes is an environment without indexes.
type noIndexes struct{}

func (noIndexes) Indexes(string, string) ([]plan.Index, int64) { return nil, -1 }

func (noIndexes) ServerVersion() function.Version { return function.Version{} }

func (noIndexes) PushDown(plan.Rule) bool { return true }

func (noIndexes) IntegersOnly() bool { return false }
