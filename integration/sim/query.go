package sim

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// fixedIndex is the index on the numbers of the records that do not change.
const fixedIndex = "fixed_k"

// query executes a query.
func (c *Call) query(ctx context.Context, client Client) {
	q := c.Query
	p := &cluster.QueryPolicy{
		TotalTimeout: c.Limits.Total, SocketTimeout: c.Limits.Socket, SleepBetweenRetries: c.Limits.Sleep, MaxRetries: c.Limits.Retries,
		Replica: c.Limits.Replica, MaxRecords: q.Page, Compress: c.Limits.Compress,
	}
	stmt := cluster.Statement{Namespace: q.Namespace, Set: q.Set}
	if q.Last > 0 {
		stmt.Filter = cluster.FilterRange(binKey, int64(q.First), int64(q.Last))
	}
	if q.Page > 0 {
		c.Err = c.pages(ctx, client, p, stmt)
		return
	}
	stmt.Partitions = q.partitions()
	c.Err = c.drain(client.Query(ctx, p, stmt))
}

func (q *Query) partitions() cluster.PartitionFilter {
	if q.Count == 0 {
		return cluster.AllPartitions()
	}
	return cluster.PartitionRange(q.Begin, q.Count)
}

// drain reads records until the loop ends or must be left.
func (c *Call) drain(records iter.Seq2[*protocol.Record, error]) error {
	for rec, err := range records {
		if err != nil {
			return err
		}
		time.Sleep(c.Query.Pause)
		c.Found = append(c.Found, rec)
		if c.Query.Leave > 0 && len(c.Found) == c.Query.Leave {
			c.Left = true
			break
		}
	}
	return nil
}

// maxFailedPages is the number of pages that may fail before the caller gives up.
const maxFailedPages = 3

// pages reads the records page by page. After each page, even a failed one, the cursor is saved and
// loaded for the next.
func (c *Call) pages(ctx context.Context, client Client, p *cluster.QueryPolicy, stmt cluster.Statement) error {
	first, err := cluster.NewCursor(c.Query.partitions())
	if err != nil {
		return err
	}
	at, failures := first, 0
	for !at.Done() {
		c.Pages++
		before := len(c.Found)
		if err := c.drain(client.QueryFrom(ctx, p, stmt, at)); err != nil {
			if failures++; failures == maxFailedPages || ctx.Err() != nil {
				return err
			}
		}
		if got := int64(len(c.Found) - before); got > c.Query.Page {
			return fmt.Errorf("%w: %d", errLongPage, got)
		}
		saved, err := at.MarshalBinary()
		if err != nil {
			return err
		}
		at = new(cluster.Cursor)
		if err := at.UnmarshalBinary(saved); err != nil {
			return err
		}
	}
	return nil
}

// errLongPage reports a page with more records than requested.
var errLongPage = errors.New("a page of more records than MaxRecords")
