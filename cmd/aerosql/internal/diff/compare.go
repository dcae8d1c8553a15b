package diff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A side is the records of a set, or of a namespace if set is "".
type side struct {
	client         *cluster.Client
	namespace, set string
}

// A difference is a record that is not the same on both sides.
type difference struct {
	key  protocol.Key
	what string
}

func (d difference) String() string {
	text := d.key.Set + " "
	if user := d.key.UserKey(); !user.IsNil() {
		text += user.String()
	} else {
		text += "digest " + d.key.Digest().String()
	}
	return text + ": " + d.what
}

// counts are the numbers of records and differences.
type counts struct {
	first, second                     int64 // records read
	onlyFirst, onlySecond, bins, keys int64
}

func (c counts) different() int64 { return c.onlyFirst + c.onlySecond + c.bins + c.keys }

func (c counts) String() string {
	text := fmt.Sprintf("%d and %d records compared", c.first, c.second)
	if c.different() == 0 {
		return text + ", no differences"
	}
	text += fmt.Sprintf(": %d only in the first, %d only in the second, %d differ", c.onlyFirst, c.onlySecond, c.bins)
	if c.keys > 0 {
		text += fmt.Sprintf(", %d can't be compared because their keys are not stored", c.keys)
	}
	return text
}

// A comparison compares two sides.
type comparison struct {
	first, second side
	rate          int
	ttl           bool
	found         func(d difference)
	count         counts
}

func (c *comparison) run(ctx context.Context) error {
	if c.first.set != c.second.set {
		return c.byKeys(ctx)
	}
	return c.byDigests(ctx)
}

// rangeSize is the number of partitions that are compared together.
const rangeSize = 16

// byDigests compares ranges of partitions. A record has the same digest on both sides.
func (c *comparison) byDigests(ctx context.Context) error {
	for begin := 0; begin < protocol.PartitionCount; begin += rangeSize {
		var first, second map[protocol.Digest]entry
		var errs [2]error
		var both sync.WaitGroup
		both.Go(func() { first, errs[0] = c.read(ctx, &c.first, begin) })
		both.Go(func() { second, errs[1] = c.read(ctx, &c.second, begin) })
		both.Wait()
		if err := errors.Join(errs[0], errs[1]); err != nil {
			return err
		}
		c.count.first += int64(len(first))
		c.count.second += int64(len(second))
		for digest, e := range first {
			if other, known := second[digest]; !known || other.sum != e.sum {
				if err := c.again(ctx, e.key); err != nil {
					return err
				}
			}
		}
		for digest, e := range second {
			if _, known := first[digest]; !known {
				if err := c.again(ctx, e.key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// An entry is what is kept of a record.
type entry struct {
	sum sum
	key protocol.Key
}

// keptKey returns a key that shares no memory with the records that were read.
func keptKey(k protocol.Key) protocol.Key {
	user := k.UserKey()
	switch text, isText := user.Text(); {
	case isText:
		user = protocol.String(strings.Clone(text))
	case user.Kind() == protocol.KindBlob:
		b, _ := user.Bytes()
		user = protocol.Blob(bytes.Clone(b))
	}
	return protocol.RecordKey(strings.Clone(k.Namespace), strings.Clone(k.Set), k.Digest(), user, k.Sendable())
}

// read reads a range of partitions.
func (c *comparison) read(ctx context.Context, s *side, begin int) (map[protocol.Digest]entry, error) {
	entries := make(map[protocol.Digest]entry)
	stmt := cluster.Statement{Namespace: s.namespace, Set: s.set, Partitions: cluster.PartitionRange(begin, rangeSize)}
	for rec, err := range s.client.Query(ctx, &cluster.QueryPolicy{RecordsPerSecond: c.rate}, stmt) {
		if err != nil {
			return nil, err
		}
		total, err := c.sumOf(rec)
		if err != nil {
			return nil, err
		}
		entries[rec.Key.Digest()] = entry{total, keptKey(rec.Key)}
	}
	return entries, nil
}

// again reads a record from both sides and reports it if it still differs.
func (c *comparison) again(ctx context.Context, key protocol.Key) error {
	records := make([]*protocol.Record, 2)
	for i, s := range []*side{&c.first, &c.second} {
		of, err := protocol.KeyFromDigest(s.namespace, key.Set, key.Digest())
		if err != nil {
			return err
		}
		rec, err := s.client.Get(ctx, nil, of)
		switch {
		case errors.Is(err, protocol.KeyNotFound):
		case err != nil:
			return err
		default:
			rec.Key = key
			records[i] = rec
		}
	}
	return c.compare(records[0], records[1])
}

// compare reports two records if they differ. One that does not exist is nil.
func (c *comparison) compare(first, second *protocol.Record) error {
	switch {
	case first == nil && second == nil:
	case second == nil:
		c.count.onlyFirst++
		c.found(difference{first.Key, "only in the first"})
	case first == nil:
		c.count.onlySecond++
		c.found(difference{second.Key, "only in the second"})
	default:
		names, err := c.differing(first, second)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			c.count.bins++
			c.found(difference{first.Key, strings.Join(names, ", ")})
		}
	}
	return nil
}

// batchSize is the number of records that are compared together by their keys.
const batchSize = 500

// byKeys compares sets of different names: the records of the first side with those that have the
// same keys on the second, and then looks for records that only the second has.
func (c *comparison) byKeys(ctx context.Context) error {
	err := c.eachBatch(ctx, &c.first, &c.second, &c.count.first, func(records []*protocol.Record, others []cluster.BatchResult) error {
		for i, rec := range records {
			if err := c.compare(rec, others[i].Record); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.eachBatch(ctx, &c.second, &c.first, &c.count.second, func(records []*protocol.Record, others []cluster.BatchResult) error {
		for i, rec := range records {
			if others[i].Record == nil {
				if err := c.compare(nil, rec); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// eachBatch reads the records of one side and those with the same keys of the other.
func (c *comparison) eachBatch(ctx context.Context, from, to *side, count *int64, do func([]*protocol.Record, []cluster.BatchResult) error) error {
	var records []*protocol.Record
	var keys []protocol.Key
	flush := func() error {
		if len(keys) == 0 {
			return nil
		}
		others, err := to.client.BatchRead(ctx, nil, keys)
		if err == nil {
			err = do(records, others)
		}
		records, keys = records[:0], keys[:0]
		return err
	}
	stmt := cluster.Statement{Namespace: from.namespace, Set: from.set}
	for rec, err := range from.client.Query(ctx, &cluster.QueryPolicy{RecordsPerSecond: c.rate}, stmt) {
		if err != nil {
			return err
		}
		*count++
		key, err := protocol.KeyFromValue(to.namespace, to.set, rec.Key.UserKey())
		if err != nil {
			c.count.keys++
			c.found(difference{rec.Key, "its key is not stored"})
			continue
		}
		records, keys = append(records, rec), append(keys, key)
		if len(keys) == batchSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
