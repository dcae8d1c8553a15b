package exec

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// Generated integers of a table are taken from a counter, a record of the set bind.SequenceSet, in
// blocks. The rest of a block is lost when the engine is closed, so there are gaps, and the numbers
// of several engines are mixed. A number that is a key already, because a statement gave it, is
// skipped: a row with a generated key never changes another one.

// maxKeyBlock is the maximum number of integers that are taken at once, unless a statement needs
// more.
const maxKeyBlock = 1024

// counterBin is the bin of the last number that was taken.
const counterBin = "last"

// A keyGenerator generates integer keys of new records.
type keyGenerator struct {
	mu     sync.Mutex
	blocks map[tableName]*keyBlock
}

// A tableName is a set in a namespace.
type tableName struct{ namespace, set string }

// A keyBlock is what is left of the integers that were taken for a table.
type keyBlock struct {
	// lock is held while the fields are used. It is a channel of size 1 because callers wait for
	// the server, and give up when their context ends.
	lock       chan struct{}
	next, last int64
	size       int64 // of the next block
}

// of returns the block of a table.
func (g *keyGenerator) of(t tableName) *keyBlock {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.blocks[t]
	if b == nil {
		if g.blocks == nil {
			g.blocks = make(map[tableName]*keyBlock)
		}
		b = &keyBlock{lock: make(chan struct{}, 1), size: 1, next: 1}
		g.blocks[t] = b
	}
	return b
}

// nextKey returns an integer for a table. The statement needs at least rows of them. Skipped is the
// number of integers that were found to be keys already, one after the other.
func (e *Engine) nextKey(ctx context.Context, t tableName, rows, skipped int) (int64, error) {
	b := e.keys.of(t)
	select {
	case b.lock <- struct{}{}:
		defer func() { <-b.lock }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if skipped > 1 { // a range of keys is taken: leave it in growing steps
		b.next += 1<<min(skipped, 40) - 1
	}
	if b.next > b.last {
		take := max(b.size, int64(rows), b.next-b.last)
		last, err := e.takeKeys(ctx, t, take)
		if err != nil {
			return 0, err
		}
		b.next, b.last = max(b.next, last-take+1), last
		if b.next > b.last {
			b.next = b.last
		}
		b.size = min(2*max(b.size, int64(rows)), maxKeyBlock)
	}
	b.next++
	return b.next - 1, nil
}

// takeKeys adds n to the counter of a table and returns the sum. A command whose answer was lost is
// repeated, because a gap does no harm.
func (e *Engine) takeKeys(ctx context.Context, t tableName, n int64) (int64, error) {
	key, err := protocol.NewKey(t.namespace, bind.SequenceSet, t.set)
	if err != nil {
		return 0, err
	}
	if cluster.TxnFrom(ctx) != nil {
		ctx = cluster.WithTxn(ctx, nil) // transactions must not wait for each other's keys
	}
	policy := cluster.WritePolicy{
		TotalTimeout: e.options.Policies.Write.TotalTimeout, SocketTimeout: e.options.Policies.Write.SocketTimeout,
		MaxRetries: counterRetries, SendKey: true, TTL: cluster.TTLNever,
	}
	record, err := e.client.Operate(ctx, &policy, key, protocol.AddBin(counterBin, n), protocol.GetBin(counterBin))
	if err != nil {
		return 0, err
	}
	last, _ := lastBin(record, counterBin).Int()
	return last, nil
}

// counterRetries is how often taking keys is repeated.
const counterRetries = 3

// generate returns a key for a row: an integer for an integer column, a UUID as a blob of 16 bytes
// for a column of blobs, and its text for others.
func (i *inserter) generate(r *newRow) (protocol.Value, error) {
	of := i.plan.KeyType.Family
	if of != function.Integers {
		return newUUID(of, i.x.run.Context.Now), nil
	}
	e := i.plan.Existing
	n, err := i.x.engine.nextKey(i.x.ctx, tableName{e.Namespace, e.Set}, len(i.plan.Rows), r.skipped)
	return protocol.Int(n), err
}

// newUUID returns a UUID of version 7, as a blob or as text.
func newUUID(of function.Family, now time.Time) protocol.Value {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	binary.BigEndian.PutUint64(random[:], uint64(now.UnixMilli())<<16|uint64(random[6])<<8|uint64(random[7]))
	random[6] = random[6]&0x0F | 0x70
	random[8] = random[8]&0x3F | 0x80
	if of == function.Blobs {
		return protocol.Blob(random[:])
	}
	var text [36]byte
	hex.Encode(text[:], random[:4])
	for at, part := range [][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		start := []int{8, 13, 18, 23}[at]
		text[start] = '-'
		hex.Encode(text[start+1:], random[part[0]:part[1]])
	}
	return protocol.String(string(text[:]))
}
