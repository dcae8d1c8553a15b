package exec

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// firstLookup is the number of left rows of the first batch of a lookup. Each batch is larger than
// the one before, up to batchKeys, so that a small LIMIT reads little.
const firstLookup = 16

// lookup joins rows of its left input with the records of a set, which it reads by keys in batches.
type lookup struct {
	left    operator
	right   *scan
	key     bind.Expr
	on      []bind.Expr
	outer   bool
	env     *bind.Env
	spans   []span // of the left rows
	named   []keyNamer
	buffer  []protocol.Value
	kept    keptRows
	digests []lookupKey
	records map[protocol.Digest]*protocol.Record
	at      int
	batch   int
	ended   bool
	// stored are the records of the set by the digests that their user keys have in the set of the
	// left rows. It is nil until a left row has no user key.
	stored  map[protocol.Digest]protocol.Digest
	account account
	interrupter
}

// A lookupKey is the key of a kept left row. ok is false if no record can have it.
type lookupKey struct {
	digest protocol.Digest
	ok     bool
}

func (o *lookup) open(ctx context.Context) error {
	o.clear()
	o.ended, o.batch, o.buffer = false, firstLookup, o.buffer[:0]
	o.kept.account.operator = "lookup join"
	s := o.right
	access, err := s.x.engine.lowerLookup(s.node, o.env, s.x.engine.environment)
	if err != nil {
		return err
	}
	if s.x.accesses != nil {
		s.x.accesses[s.node] = access
	}
	s.reader.access = access
	if s.reader.counters != nil {
		s.reader.counters.Opened++
	}
	s.filler = newFiller(s.node, access, s.node.Star && !s.x.engine.options.LateBins, s.x.run.Context.Now)
	s.named = newKeyNamer(s.node.Relation, s.node.Conditions)
	s.residual = access.Residual
	return o.left.open(ctx)
}

func (o *lookup) next(ctx context.Context) (bool, error) {
	for {
		for o.at < len(o.kept.rows) {
			putSpans(o.env.Row, o.spans, o.kept.rows[o.at])
			key := o.digests[o.at]
			o.at++
			if err := o.check(ctx); err != nil {
				return false, err
			}
			if record := o.records[key.digest]; key.ok && record != nil {
				holds, err := o.right.accept(record)
				if err == nil && holds {
					if o.right.reader.counters != nil {
						o.right.reader.counters.Rows++
					}
					nameAll(o.named, o.env)
					holds, err = meets(o.on, o.env)
				}
				if holds || err != nil {
					return holds, err
				}
			}
			if o.outer {
				putSpans(o.env.Row, o.right.spans, nil)
				return true, nil
			}
		}
		if o.ended {
			return false, nil
		}
		if err := o.fetch(ctx); err != nil {
			return false, err
		}
	}
}

// fetch reads the next left rows and the records of their keys.
func (o *lookup) fetch(ctx context.Context) error {
	o.clear()
	if len(o.buffer) > 0 {
		putSpans(o.env.Row, o.spans, o.buffer) // the left input's own last row
	}
	keys := make([]protocol.Key, 0, o.batch)
	seen := make(map[protocol.Digest]bool, o.batch)
	for len(keys) < o.batch && len(o.kept.rows) < 4*batchKeys {
		more, err := o.left.next(ctx)
		if err != nil {
			return err
		}
		if !more {
			o.ended = true
			break
		}
		v := o.key.Eval(o.env)
		if o.env.Run.Err != nil {
			return o.env.Run.Err
		}
		key, ok, err := o.keyOf(ctx, v)
		if err != nil {
			return err
		}
		o.digests = append(o.digests, lookupKey{digest: key.Digest(), ok: ok})
		if ok && !seen[key.Digest()] {
			seen[key.Digest()] = true
			keys = append(keys, key)
		}
		o.buffer = takeSpans(o.buffer[:0], o.env.Row, o.spans)
		if err := o.kept.add(o.buffer); err != nil {
			return err
		}
	}
	o.batch = min(4*o.batch, batchKeys)
	if len(keys) == 0 || o.right.reader.access.Method == plan.Nothing {
		return nil
	}
	start := time.Now()
	records, err := o.right.reader.getAll(ctx, keys)
	if err != nil {
		return err
	}
	if o.right.reader.counters != nil {
		o.right.reader.counters.Time += time.Since(start)
	}
	o.records = make(map[protocol.Digest]*protocol.Record, len(records))
	for _, record := range records {
		if o.right.reader.counters != nil {
			countRecord(o.right.reader.counters, record)
		}
		o.records[record.Key.Digest()] = record
	}
	return nil
}

func (o *lookup) clear() {
	o.kept.clear()
	o.digests, o.records, o.at = o.digests[:0], nil, 0
}

func (o *lookup) close() {
	o.left.close()
	o.clear()
	o.stored = nil
	o.account.release()
}

func (o *lookup) row() []protocol.Value { return o.env.Row }
