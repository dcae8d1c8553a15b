package exec_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A faultyClient is a cluster of one record whose writes fail with the given errors. Methods that a
// test does not expect panic.
type faultyClient struct {
	exec.Client
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

func (c *faultyClient) BatchWrite(_ context.Context, _ *cluster.BatchPolicy, rows []cluster.BatchRow) ([]cluster.BatchResult, error) {
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

func (c *faultyClient) exec(t *testing.T, sql string) (int64, error) {
	return exec.New(c, exec.Options{}).Exec(t.Context(), prepare(t, sql), nil)
}

var (
	errChanged = &protocol.Error{Code: protocol.GenerationError}
	errInDoubt = &protocol.Error{Code: protocol.GenerationError, InDoubt: true}
	errBroken  = &protocol.Error{Code: protocol.DeviceOverload}
)

func TestGuardTriesAgain(t *testing.T) {
	c := &faultyClient{operates: []error{errChanged, errChanged, errChanged, errChanged, errChanged, errChanged}}
	n, err := c.exec(t, "UPDATE t SET b = 1 WHERE PK = 1 AND a = 1")
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	require.Equal(t, 7, c.writes)
}

func TestGuardGivesUp(t *testing.T) {
	c := &faultyClient{}
	for range 1000 {
		c.operates = append(c.operates, errChanged)
	}
	_, err := c.exec(t, "UPDATE t SET b = 1 WHERE PK = 1 AND a = 1")
	require.ErrorIs(t, err, exec.ErrConflict)
	require.ErrorIs(t, err, protocol.GenerationError)
}

func TestGuardDoesNotRepeatWritesInDoubt(t *testing.T) {
	c := &faultyClient{operates: []error{errInDoubt}}
	n, err := c.exec(t, "UPDATE t SET b = 1 WHERE PK = 1 AND a = 1")
	require.Zero(t, n)
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.InDoubt)
	require.Equal(t, 1, c.writes)
}

func TestScanWriteRepeatsChangedRows(t *testing.T) {
	c := &faultyClient{batch: errChanged, operates: []error{errChanged}}
	n, err := c.exec(t, "UPDATE t SET b = 1 WHERE a = 1")
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.Equal(t, 2, c.writes)
	require.True(t, c.stopped)
}

func TestScanWriteReportsFailures(t *testing.T) {
	for _, c := range []*faultyClient{{batch: errBroken}, {batch: errInDoubt}} {
		n, err := c.exec(t, "UPDATE t SET b = 1 WHERE a = 1")
		require.EqualValues(t, 1, n)
		var partial *exec.PartialError
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
	rows, err := exec.New(c, exec.Options{}).Query(t.Context(), prepare(t, "SELECT a FROM t"), nil)
	require.NoError(t, err)
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	require.NoError(t, rows.Next(dest))
	require.ErrorIs(t, rows.Next(dest), protocol.DeviceOverload)
	require.ErrorIs(t, rows.Next(dest), protocol.DeviceOverload)
	for _, sql := range []string{"SELECT * FROM t", "SELECT COUNT(*) FROM t"} {
		_, err = exec.New(c, exec.Options{}).Query(t.Context(), prepare(t, sql), nil)
		require.ErrorIs(t, err, protocol.DeviceOverload, sql)
	}
}

func TestCloseStopsTheScan(t *testing.T) {
	c := &faultyClient{}
	rows, err := exec.New(c, exec.Options{}).Query(t.Context(), prepare(t, "SELECT a FROM t"), nil)
	require.NoError(t, err)
	require.NoError(t, rows.Next(make([]protocol.Value, 1)))
	require.False(t, c.stopped)
	require.NoError(t, rows.Close())
	require.True(t, c.stopped)
}

func TestBinsOfLaterRowsAreNotColumns(t *testing.T) {
	late := &protocol.Record{Key: record.Key, Bins: protocol.Bins{{Name: "b", Value: protocol.Int(2)}}}
	c := &faultyClient{}
	for range 64 {
		c.scan = append(c.scan, record)
	}
	c.scan = append(c.scan, late)
	rows, err := exec.New(c, exec.Options{}).Query(t.Context(), prepare(t, "SELECT *, PK FROM t"), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "PK"}, rows.Columns())
	require.Equal(t, protocol.KindInt, rows.Kind(0))
	dest := make([]protocol.Value, 2)
	for range 64 {
		require.NoError(t, rows.Next(dest))
		require.False(t, dest[0].IsNil())
	}
	require.NoError(t, rows.Next(dest))
	require.True(t, dest[0].IsNil())
	require.ErrorIs(t, rows.Next(dest), io.EOF)
}
