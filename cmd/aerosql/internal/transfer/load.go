package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// LoadOptions are the options of Load.
type LoadOptions struct {
	Format recordfile.Format
	// Namespace is where all records are stored.
	Namespace string
	// Set is the set of all records; "" means that of each record.
	Set string
	// Exists is what happens to records that exist; default Replace.
	Exists Exists
	// Rate limits the records per second; 0 means no limit.
	Rate int
	// NoGlobals leaves out the indexes and modules of a backup.
	NoGlobals bool
	// Skip is the number of entries that are loaded already.
	Skip int64
	// MaxErrors is the number of refused entries after which Load gives up.
	MaxErrors int64
	// Refused is called for each entry that is not stored. line is where it begins.
	Refused func(line int, key, reason string) error
	// Done is called from time to time with the number of entries from the beginning of the file
	// that are stored or refused.
	Done func(entries int64) error
	// Progress is called for each batch with the number of its entries.
	Progress func(entries int)
}

// An Exists says what happens to a record that exists.
type Exists string

// The choices.
const (
	Replace Exists = "replace" // the record becomes that of the file
	Update  Exists = "update"  // its bins are added to the record
	Skip    Exists = "skip"    // it stays as it is
	Refuse  Exists = "error"   // it stays as it is, and the entry is refused
)

// LoadCounts are the numbers of entries of a load.
type LoadCounts struct {
	Stored, Skipped, Expired, Refused, Indexes, Modules int64
}

// ErrTooManyRefused means that Load has given up.
var ErrTooManyRefused = errors.New("too many entries were refused")

// The sizes of batches, and how many of them are under way at the same time.
const (
	loadBatchRows  = 200
	loadBatchBytes = 1 << 20
	loadBatches    = 4
)

// maxTries is how often a row is written that fails for a reason that may pass.
const maxTries = 6

// A row is a record to load.
type row struct {
	record *recordfile.Record
	line   int
}

// A loadBatch is the rows that are written together, with the number of entries up to its end.
type loadBatch struct {
	rows    []row
	bytes   int
	entries int64
}

// A loader loads one file.
type loader struct {
	client  *cluster.Client
	o       LoadOptions
	limiter *rate.Limiter

	mu      sync.Mutex
	counts  LoadCounts
	waiting map[int64]int64 // entries of completed batches by their number
	next    int64           // number of the next batch to be done
}

// Load stores the records of a file. It reads the file once and holds only a few batches in memory.
// Entries with mistakes and records that the servers refuse are passed to Refused; other errors end
// it. The context ends it between two batches. The counts are those of this run.
func Load(ctx context.Context, client *cluster.Client, in io.Reader, o LoadOptions) (LoadCounts, error) {
	l := &loader{client: client, o: o, limiter: rate.NewLimiter(rate.Inf, loadBatchRows), waiting: make(map[int64]int64)}
	if o.Rate > 0 {
		l.limiter = rate.NewLimiter(rate.Limit(o.Rate), max(loadBatchRows, o.Rate/10))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan numbered)
	var workers sync.WaitGroup
	for range loadBatches {
		workers.Go(func() {
			for b := range batches {
				if err := l.write(ctx, b); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := l.read(ctx, in, batches)
	close(batches)
	workers.Wait()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return l.counts, err
}

// numbered is a batch with its number.
type numbered struct {
	loadBatch
	number int64
}

// read reads the file and sends batches.
func (l *loader) read(ctx context.Context, in io.Reader, batches chan<- numbered) error {
	reader := recordfile.NewReader(in, l.o.Format, recordfile.Options{Namespace: l.o.Namespace, Set: l.o.Set})
	var b loadBatch
	var entries, number int64
	send := func() error {
		b.entries = entries
		if err := l.limiter.WaitN(ctx, len(b.rows)); err != nil {
			return err
		}
		select {
		case batches <- numbered{b, number}:
		case <-ctx.Done():
			return ctx.Err()
		}
		number++
		b = loadBatch{}
		return nil
	}
	for {
		item, err := reader.Next()
		if err == io.EOF {
			return send()
		}
		if entries++; entries <= l.o.Skip {
			if mistake, ok := errors.AsType[*recordfile.Error](err); !ok && err != nil || ok && mistake.Ends {
				return err
			}
			continue
		}
		r, err := l.entry(ctx, item, err)
		if err != nil {
			return errors.Join(err, send())
		}
		if r != nil {
			b.rows = append(b.rows, *r)
			for i := range r.record.Bins {
				b.bytes += r.record.Bins[i].Value.Size()
			}
		}
		if len(b.rows) == loadBatchRows || b.bytes > loadBatchBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
}

// entry returns the row of an entry, or nil if it has none.
func (l *loader) entry(ctx context.Context, item recordfile.Item, err error) (*row, error) {
	if mistake, ok := errors.AsType[*recordfile.Error](err); ok {
		if mistake.Ends {
			return nil, err
		}
		return nil, l.refuse(mistake.Line, "", mistake.Err.Error())
	}
	switch {
	case err != nil:
		return nil, err
	case item.Record == nil:
		return nil, l.global(ctx, item)
	case item.Record.Expired:
		l.count(&l.counts.Expired)
		return nil, nil
	}
	if item.Record.Key, err = moved(item.Record.Key, l.o.Namespace, l.o.Set); err != nil {
		return nil, l.refuse(item.Line, item.Record.Key.String(), err.Error())
	}
	return &row{item.Record, item.Line}, nil
}

// moved returns the key of a record in a namespace and, unless it is "", in a set.
func moved(key protocol.Key, namespace, set string) (protocol.Key, error) {
	if set == "" || set == key.Set {
		set = key.Set
		if key.UserKey().IsNil() {
			return protocol.KeyFromDigest(namespace, set, key.Digest())
		}
	}
	if key.UserKey().IsNil() {
		return key, fmt.Errorf("only the digest of its key is known, which is that of the set %q and not of %q", key.Set, set)
	}
	return protocol.KeyFromValue(namespace, set, key.UserKey())
}

func (l *loader) count(n *int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*n++
}

// refuse reports an entry that is not stored.
func (l *loader) refuse(line int, key, reason string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Refused++
	if err := l.o.Refused(line, key, reason); err != nil {
		return err
	}
	if l.o.MaxErrors > 0 && l.counts.Refused >= l.o.MaxErrors {
		return fmt.Errorf("%w: %d, the last at line %d: %s", ErrTooManyRefused, l.counts.Refused, line, reason)
	}
	return nil
}

// write writes a batch. Rows that fail for a reason that may pass are written again: all rows give
// the same record when they are repeated.
func (l *loader) write(ctx context.Context, b numbered) error {
	left := b.rows
	for try := 1; len(left) > 0; try++ {
		again, err := l.writeOnce(ctx, left, try == maxTries)
		if err != nil {
			return err
		}
		if left = again; len(left) > 0 && !sleep(ctx, time.Duration(try*try)*50*time.Millisecond) {
			return ctx.Err()
		}
	}
	l.o.Progress(len(b.rows))
	return l.done(b)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// batchTimeout limits each try of a batch.
const batchTimeout = 10 * time.Second

// writeOnce writes rows and returns those to write again.
func (l *loader) writeOnce(ctx context.Context, rows []row, last bool) (again []row, err error) {
	commands := make([]cluster.BatchRow, len(rows))
	for i, r := range rows {
		commands[i] = cluster.PutRow(l.policy(r.record), r.record.Key, r.record.Bins)
	}
	results, err := l.client.BatchWrite(ctx, &cluster.BatchPolicy{TotalTimeout: batchTimeout}, commands)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(results) != len(rows) {
		return nil, err
	}
	for i, result := range results {
		switch {
		case result.Err == nil:
			l.count(&l.counts.Stored)
		case l.o.Exists == Skip && errors.Is(result.Err, protocol.KeyExists):
			l.count(&l.counts.Skipped)
		case !mayPass(result.Err):
			if err := l.refuse(rows[i].line, rows[i].record.Key.String(), result.Err.Error()); err != nil {
				return nil, err
			}
		case last:
			return nil, fmt.Errorf("line %d: %w", rows[i].line, result.Err)
		default:
			again = append(again, rows[i])
		}
	}
	return again, nil
}

func (l *loader) policy(r *recordfile.Record) *cluster.WritePolicy {
	exists := map[Exists]cluster.ExistsAction{
		Replace: cluster.Replace, Update: cluster.Upsert, Skip: cluster.CreateOnly, Refuse: cluster.CreateOnly,
	}[l.o.Exists]
	return &cluster.WritePolicy{Exists: exists, SendKey: true, TTL: cluster.TTL(r.TTL)}
}

// mayPass reports whether a failure is about the state of the cluster and not about the record.
func mayPass(err error) bool {
	for _, target := range []error{
		cluster.ErrTimeout, cluster.ErrNoNode, cluster.ErrNodeBackoff, cluster.ErrOverload, cluster.ErrConnect, cluster.ErrRetryBudget,
		protocol.ServerTimeout, protocol.DeviceOverload, protocol.KeyBusy, protocol.PartitionUnavailable, protocol.ClusterKeyMismatch,
		protocol.OutOfSpace, protocol.Forbidden, protocol.BatchQueuesFull, protocol.QuotaExceeded,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	e, ok := errors.AsType[*protocol.Error](err)
	return ok && e.InDoubt
}

// done notes a batch that is complete, and reports how far the file is loaded without a gap.
func (l *loader) done(b numbered) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[b.number] = b.entries
	reached := int64(-1)
	for {
		entries, complete := l.waiting[l.next]
		if !complete {
			break
		}
		delete(l.waiting, l.next)
		l.next, reached = l.next+1, entries
	}
	if reached < 0 || l.o.Done == nil {
		return nil
	}
	return l.o.Done(reached)
}
