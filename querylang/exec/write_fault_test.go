package exec

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A faultyClient is a cluster of one record whose writes fail with the given errors. Methods that a
// test does not expect panic.
type faultyClient struct {
	Client
	operates []error // the results of Operate, followed by success
	batch    error
	writes   int
	scan     []*protocol.Record // the records of Query
	scanErr  error
	stopped  bool
}

var record = &protocol.Record{
	Key:  protocol.MustKey("test", "t", 1),
	Bins: protocol.Bins{{Name: "a", Value: protocol.Int(1)}}, Generation: 3,
}

func (c *faultyClient) Get(context.Context, *cluster.ReadPolicy, protocol.Key, ...string) (*protocol.Record, error) {
	return record, nil
}

func (c *faultyClient) Operate(_ context.Context, p *cluster.WritePolicy, _ protocol.Key, _ ...protocol.Operation) (*protocol.Record, error) {
	if p.Generation != 3 || p.GenerationPolicy != cluster.ExpectEqual || p.Exists != cluster.UpdateOnly {
		return nil, errors.New("the write is not guarded")
	}
	c.writes++
	if c.writes <= len(c.operates) {
		return nil, c.operates[c.writes-1]
	}
	return record, nil
}

func (c *faultyClient) BatchWriteInto(_ context.Context, _ *cluster.BatchPolicy, rows []cluster.BatchRow, _ []cluster.BatchResult) ([]cluster.BatchResult, error) {
	results := make([]cluster.BatchResult, len(rows))
	for i := range results {
		results[i] = cluster.BatchResult{Key: record.Key, Record: record}
	}
	if c.batch == nil {
		return results, nil
	}
	results[len(results)-1] = cluster.BatchResult{Key: record.Key, Err: c.batch}
	return results, &cluster.BatchError{Results: results, Failed: 1}
}

// Query returns the records, by default two, followed by scanErr if it is set.
func (c *faultyClient) Query(context.Context, *cluster.QueryPolicy, cluster.Statement) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		defer func() { c.stopped = true }()
		if c.scan == nil {
			c.scan = []*protocol.Record{record, record}
		}
		for _, record := range c.scan {
			if !yield(record, nil) {
				return
			}
		}
		if c.scanErr != nil {
			yield(nil, c.scanErr)
		}
	}
}

func (c *faultyClient) QueryFrom(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement, _ *cluster.Cursor) iter.Seq2[*protocol.Record, error] {
	return c.Query(ctx, p, stmt)
}

// run runs a statement on the record.
func (c *faultyClient) run(t *testing.T, sql string) (*Result, error) {
	e := New(c, Options{Environment: stillEnvironment{}})
	t.Cleanup(e.Close)
	return e.NewSession().Run(t.Context(), statement(t, nil, sql), nil)
}

// A stillEnvironment knows no indexes.
type stillEnvironment struct{}

func (stillEnvironment) Indexes(string, string) ([]plan.Index, int64) { return nil, -1 }
func (stillEnvironment) ServerVersion() function.Version              { return function.Version{8, 1, 2} }
func (stillEnvironment) PushDown(plan.Rule) bool                      { return true }
func (stillEnvironment) IntegersOnly() bool                           { return false }

func (c *faultyClient) exec(t *testing.T, sql string) (int64, error) {
	r, err := c.run(t, sql)
	if err != nil {
		return 0, err
	}
	return r.Affected, nil
}

var (
	errChanged = &protocol.Error{Code: protocol.GenerationError}
	errInDoubt = &protocol.Error{Code: protocol.GenerationError, InDoubt: true}
	errBroken  = &protocol.Error{Code: protocol.DeviceOverload}
)

func TestGuardTriesAgain(t *testing.T) {
	c := &faultyClient{operates: []error{errChanged, errChanged, errChanged, errChanged, errChanged, errChanged}}
	n, err := c.exec(t, "UPDATE t SET b = a WHERE PK = 1 AND a = 1")
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.Equal(t, 7, c.writes)
}

func TestGuardGivesUp(t *testing.T) {
	c := &faultyClient{}
	for range 1000 {
		c.operates = append(c.operates, errChanged)
	}
	_, err := c.exec(t, "UPDATE t SET b = a WHERE PK = 1 AND a = 1")
	require.ErrorIs(t, err, ErrConflict)
	require.ErrorIs(t, err, protocol.GenerationError)
}

func TestGuardDoesNotRepeatWritesInDoubt(t *testing.T) {
	c := &faultyClient{operates: []error{errInDoubt}}
	n, err := c.exec(t, "UPDATE t SET b = a WHERE PK = 1 AND a = 1")
	require.Zero(t, n)
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.InDoubt)
	require.Equal(t, 1, c.writes)
}

func TestScanWriteRepeatsChangedRows(t *testing.T) {
	c := &faultyClient{batch: errChanged, operates: []error{errChanged}}
	n, err := c.exec(t, "UPDATE t SET b = a WHERE a = 1")
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.Equal(t, 2, c.writes)
	require.True(t, c.stopped)
}

func TestScanWriteReportsFailures(t *testing.T) {
	for _, c := range []*faultyClient{{batch: errBroken}, {batch: errInDoubt}} {
		_, err := c.exec(t, "UPDATE t SET b = a WHERE a = 1")
		var partial *PartialError
		require.ErrorAs(t, err, &partial)
		require.EqualValues(t, 1, partial.RowsAffected)
		require.True(t, c.stopped)
	}
	c := &faultyClient{scanErr: errBroken}
	_, err := c.exec(t, "DELETE FROM t")
	require.ErrorIs(t, err, protocol.DeviceOverload)
}

func TestScanErrorsAreNotTheEnd(t *testing.T) {
	c := &faultyClient{scanErr: errBroken}
	result, err := c.run(t, "SELECT a FROM t")
	require.NoError(t, err)
	rows := result.Rows
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	require.NoError(t, rows.Next(dest))
	require.ErrorIs(t, rows.Next(dest), protocol.DeviceOverload)
	require.ErrorIs(t, rows.Next(dest), protocol.DeviceOverload)
	for _, sql := range []string{"SELECT COUNT(*) FROM t"} {
		result, err := c.run(t, sql)
		if err == nil {
			err = drain(result.Rows)
		}
		require.ErrorIs(t, err, protocol.DeviceOverload, sql)
	}
}

func TestCloseStopsTheScan(t *testing.T) {
	c := &faultyClient{}
	result, err := c.run(t, "SELECT a FROM t")
	require.NoError(t, err)
	rows := result.Rows
	require.NoError(t, rows.Next(make([]protocol.Value, 1)))
	require.False(t, c.stopped)
	require.NoError(t, rows.Close())
	require.True(t, c.stopped)
}
