package monitor

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// HotKeys finds the records that are written most, by sampling. The servers count no accesses of
// single records, but each write adds 1 to the generation. A look at the cluster finds records of
// random partitions that were written since the last look, and the next looks compare their
// generations. Reads are not seen.
type HotKeys struct {
	client *cluster.Client
	// Records is about how many records of each namespace the servers examine in a look: it
	// searches as many random partitions as have that many.
	Records int64
	random  *rand.Rand
	tracked map[id]*tracked
	last    time.Time
}

// An id identifies a record.
type id struct {
	namespace, set string
	digest         protocol.Digest
}

// A tracked record is one whose generation is compared.
type tracked struct {
	key        protocol.Key
	generation uint32
	at         time.Time
	rate       float64
}

// A HotKey is a record and how often it is written.
type HotKey struct {
	Namespace string `json:"namespace"`
	Set       string `json:"set"`
	// Key is the user key, or the digest if the server does not store the key.
	Key             string  `json:"key"`
	Digest          string  `json:"digest"`
	WritesPerSecond float64 `json:"writes_per_second"`
}

const (
	// DefaultRecords is the default of [HotKeys.Records].
	DefaultRecords = 100_000
	// maxFound limits the records that a look takes from a namespace, maxTracked those that are
	// compared.
	maxFound, maxTracked = 500, 500
	// generations is the number after which a generation starts again.
	generations = 65535
)

// NewHotKeys returns a HotKeys whose random choice depends on the seed.
func NewHotKeys(client *cluster.Client, seed uint64) *HotKeys {
	return &HotKeys{
		client: client, Records: DefaultRecords, random: rand.New(rand.NewPCG(seed, seed)), tracked: make(map[id]*tracked),
	}
}

// Look compares the generations of the records that are known, and searches for others. Records
// that were not written since the last look are forgotten.
func (h *HotKeys) Look(ctx context.Context, namespaces []Namespace) error {
	if err := h.compare(ctx); err != nil {
		return err
	}
	since := time.Minute
	if !h.last.IsZero() {
		since = time.Since(h.last) + time.Second
	}
	h.last = time.Now()
	for _, n := range namespaces {
		if err := h.search(ctx, n, since); err != nil {
			return err
		}
	}
	return nil
}

// Hottest returns the n records that are written most.
func (h *HotKeys) Hottest(n int) []HotKey {
	list := []HotKey{}
	for at, t := range h.tracked {
		if t.rate == 0 {
			continue
		}
		k := HotKey{Namespace: at.namespace, Set: at.set, Digest: at.digest.String(), WritesPerSecond: t.rate}
		k.Key = k.Digest
		if user := t.key.UserKey(); !user.IsNil() {
			k.Key = user.String()
		}
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b HotKey) int {
		return cmp.Or(cmp.Compare(b.WritesPerSecond, a.WritesPerSecond), strings.Compare(a.Digest, b.Digest))
	})
	return list[:min(n, len(list))]
}

// compare reads the generations of the tracked records.
func (h *HotKeys) compare(ctx context.Context) error {
	if len(h.tracked) == 0 {
		return nil
	}
	var rows []cluster.BatchRow
	var ids []id
	for at, t := range h.tracked {
		rows, ids = append(rows, cluster.HeaderRow(t.key)), append(ids, at)
	}
	results, err := h.client.BatchWrite(ctx, nil, rows)
	if batch := (*cluster.BatchError)(nil); err != nil && !errors.As(err, &batch) {
		return err
	}
	now := time.Now()
	for i, r := range results {
		t := h.tracked[ids[i]]
		if r.Err != nil || r.Record == nil || r.Record.Generation == t.generation {
			delete(h.tracked, ids[i])
			continue
		}
		writes := (int64(r.Record.Generation) - int64(t.generation) + generations) % generations
		t.rate = float64(writes) / now.Sub(t.at).Seconds()
		t.generation, t.at = r.Record.Generation, now
	}
	return nil
}

// search adds records of random partitions that were written recently.
func (h *HotKeys) search(ctx context.Context, n Namespace, since time.Duration) error {
	count := int(min(max(protocol.PartitionCount*h.Records/max(n.Objects, 1), 1), protocol.PartitionCount))
	begin := h.random.IntN(protocol.PartitionCount - count + 1)
	policy := &cluster.QueryPolicy{MaxRecords: maxFound, Filter: exp.Filter(exp.Lt(exp.SinceUpdate(), exp.IntVal(since.Milliseconds())))}
	stmt := cluster.Statement{Namespace: n.Name, NoBins: true, Partitions: cluster.PartitionRange(begin, count)}
	for r, err := range h.client.Query(ctx, policy, stmt) {
		if err != nil {
			return err
		}
		at := id{n.Name, r.Key.Set, r.Key.Digest()}
		if h.tracked[at] == nil && len(h.tracked) < maxTracked {
			h.tracked[at] = &tracked{key: r.Key, generation: r.Generation, at: time.Now()}
		}
	}
	return nil
}
