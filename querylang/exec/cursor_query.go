package exec

import (
	"cmp"
	"context"
	"io"
	"iter"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A queryCursor reads the results of queries, one after the other. If there are several index
// ranges it returns each record once.
type queryCursor struct {
	reader     *reader
	policy     cluster.QueryPolicy
	statements []cluster.Statement
	left       int64 // records that are left of MaxRecords, 0 for no limit
	ended      bool
	page       int64           // records for each page, 0 for no pages
	read       int64           // records of the page
	limit      int64           // records for this page
	from       *cluster.Cursor // the position, nil for a query without pages
	unique     bool
	seen       map[protocol.Digest]struct{}
	pull       func() (*protocol.Record, error, bool)
	stop       func()
}

// add adds a query for each range of partitions.
func (c *queryCursor) add(statement cluster.Statement, partitions []plan.Partitions) {
	if partitions == nil {
		c.statements = append(c.statements, statement)
		return
	}
	for _, p := range partitions {
		statement.Partitions = cluster.PartitionRange(p.First, p.Last-p.First+1)
		c.statements = append(c.statements, statement)
	}
}

func (c *queryCursor) next(ctx context.Context) (*protocol.Record, error) {
	for {
		// Stop even if more records have arrived already.
		if err := contextError(ctx); err != nil {
			return nil, err
		}
		if c.ended {
			return nil, nil
		}
		if c.pull == nil {
			if more, err := c.begin(ctx); err != nil || !more {
				return nil, err
			}
		}
		record, err, ok := c.pull()
		if !ok {
			c.end()
			continue
		}
		if err = streamError(record, err); err != nil {
			return nil, err
		}
		c.read++
		skips, err := c.skips(record)
		if err != nil {
			return nil, err
		}
		if skips {
			continue
		}
		if c.left > 0 {
			c.left--
			c.ended = c.left == 0
		}
		return record, nil
	}
}

// skips reports whether a record was returned before or is in a set and should not be.
func (c *queryCursor) skips(record *protocol.Record) (bool, error) {
	if c.reader.access.Sets.Skips(record.Key.Set) {
		return true, nil
	}
	if !c.unique {
		return false, nil
	}
	digest := record.Key.Digest()
	if _, seen := c.seen[digest]; seen {
		return true, nil
	}
	if err := c.reader.account.take(len(digest) + entrySize/2); err != nil {
		return false, err
	}
	if c.seen == nil {
		c.seen = make(map[protocol.Digest]struct{})
	}
	c.seen[digest] = struct{}{}
	return false, nil
}

// begin starts the next query or page. It returns false if there is none.
func (c *queryCursor) begin(ctx context.Context) (bool, error) {
	if len(c.statements) == 0 {
		c.ended = true
		return false, nil
	}
	ctx = c.reader.sent(ctx)
	c.read = 0
	client, statement := c.reader.engine.client, c.statements[0]
	c.policy.MaxRecords = cmp.Or(c.page, c.left)
	if c.reader.access.Sets != plan.OneSet {
		c.policy.MaxRecords = c.page
	}
	c.limit = c.page
	if c.page == 0 && c.from == nil {
		c.statements = c.statements[1:]
		c.pull, c.stop = pullQuery(ctx, client, &c.policy, statement, nil)
		return true, nil
	}
	if c.from == nil {
		var err error
		if c.from, err = cluster.NewCursor(statement.Partitions); err != nil {
			return false, err
		}
	}
	statement.Partitions = cluster.PartitionFilter{}
	c.pull, c.stop = pullQuery(ctx, client, &c.policy, statement, c.from)
	return true, nil
}

// A queryReader is a Client that reads records in memory that it uses again, such as a
// *cluster.Client.
type queryReader interface {
	QueryReader(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement, from *cluster.Cursor) *cluster.RecordReader
}

// pullQuery starts a query. A record that pull returns is valid until the next call; its values can
// be kept.
func pullQuery(
	ctx context.Context, client Client, p *cluster.QueryPolicy, stmt cluster.Statement, from *cluster.Cursor,
) (pull func() (*protocol.Record, error, bool), stop func()) {
	if q, ok := client.(queryReader); ok {
		r := q.QueryReader(ctx, p, stmt, from)
		return func() (*protocol.Record, error, bool) {
			record, err := r.Next()
			if err == io.EOF { //nolint:errorlint // Next returns it unwrapped
				return nil, nil, false
			}
			return record, err, true
		}, r.Close
	}
	if from == nil {
		return iter.Pull2(client.Query(ctx, p, stmt))
	}
	return iter.Pull2(client.QueryFrom(ctx, p, stmt, from))
}

// end ends a query or page.
func (c *queryCursor) end() {
	c.stop()
	c.pull, c.stop = nil, nil
	if c.from == nil || c.limit > 0 && c.read >= c.limit {
		return // the next page follows
	}
	c.statements = c.statements[1:]
	if len(c.statements) > 0 {
		c.from = nil
	}
}

func (c *queryCursor) close() {
	c.ended = true
	if c.stop != nil {
		c.stop()
		c.pull, c.stop = nil, nil
	}
	c.seen = nil
}

// intersect finds the digests of two lists of ranges and returns a cursor over the records in both.
func (r *reader) intersect(ctx context.Context, namespace, set string) (cursor, error) {
	digests := make(map[protocol.Digest]struct{})
	if err := r.digests(ctx, namespace, set, r.access.Ranges, func(key protocol.Key) error {
		digests[key.Digest()] = struct{}{}
		return r.account.take(len(protocol.Digest{}) + entrySize/2)
	}); err != nil {
		return nil, err
	}
	var keys []protocol.Key
	if err := r.digests(ctx, namespace, set, r.access.Both, func(key protocol.Key) error {
		if _, both := digests[key.Digest()]; !both {
			return nil
		}
		keys = append(keys, key)
		return r.account.take(4 * function.ValueSize)
	}); err != nil {
		return nil, err
	}
	return &batchCursor{reader: r, keys: keys}, nil
}

// digests calls f for the key of each record in some ranges. The filter is left to the reading of
// the records.
func (r *reader) digests(ctx context.Context, namespace, set string, ranges []plan.IndexRange, f func(protocol.Key) error) error {
	c, err := r.queries(namespace, set, ranges, true)
	if err != nil {
		return err
	}
	defer c.close()
	c.policy.Filter, c.left = nil, 0
	for {
		record, err := c.next(ctx)
		if err != nil || record == nil {
			return err
		}
		if err := f(record.Key); err != nil {
			return err
		}
	}
}
