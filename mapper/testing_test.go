package mapper

import (
	"bytes"
	"context"
	"iter"
	"reflect"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/querylang/function"
)

// memory implements the part of a server that the mapper needs, for tests that check every command.
// Tests of batches use a devserver.
type memory struct {
	records
	mu    sync.Mutex
	store map[protocol.Digest]*protocol.Record
	// last is the policy of the last write, and sent its bins.
	last *cluster.WritePolicy
	sent protocol.Bins
}

func (m *memory) Policies() cluster.Policies { return cluster.Policies{} }

func (m *memory) Get(_ context.Context, _ *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rec, ok := m.store[key.Digest()]
	if !ok {
		return nil, &protocol.Error{Code: protocol.KeyNotFound}
	}
	found := &protocol.Record{Key: key, Generation: rec.Generation, VoidTime: rec.VoidTime}
	for _, name := range bins {
		if v, ok := rec.Bin(name); ok {
			found.Bins = append(found.Bins, protocol.Bin{Name: name, Value: v})
		}
	}
	return found, nil
}

func (m *memory) Exists(_ context.Context, _ *cluster.ReadPolicy, key protocol.Key) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.store[key.Digest()]
	return ok, nil
}

func (m *memory) GetEncoded(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (cluster.EncodedRecord, error) {
	rec, err := m.Get(ctx, p, key, bins...)
	if err != nil {
		return cluster.EncodedRecord{}, err
	}
	return encodedRecord(rec)
}

func encodedRecord(rec *protocol.Record) (found cluster.EncodedRecord, err error) {
	found = cluster.EncodedRecord{Generation: rec.Generation, VoidTime: rec.VoidTime}
	for _, bin := range rec.Bins {
		if err := found.Bins.Add(bin.Name, bin.Value); err != nil {
			return found, err
		}
	}
	return found, nil
}

func (m *memory) PutEncoded(_ context.Context, p *cluster.WritePolicy, key protocol.Key, encoded *wire.Encoded) (uint32, error) {
	bins, err := wire.Encoded{Ops: bytes.Clone(encoded.Ops), Count: encoded.Count}.Bins()
	if err != nil {
		return 0, err
	}
	rec, err := m.write(p, key, bins)
	if err != nil {
		return 0, err
	}
	return rec.Generation, nil
}

func (m *memory) Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error {
	_, err := m.write(p, key, bins)
	return err
}

func (m *memory) Operate(_ context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error) {
	var bins protocol.Bins
	for _, op := range ops {
		if op.Code == protocol.OpWrite {
			bins = append(bins, protocol.Bin{Name: op.Bin, Value: op.Value})
		} else if q := *p; op.Code == protocol.OpTouch {
			q.Exists = cluster.UpdateOnly
			return m.write(&q, key, nil)
		}
	}
	return m.write(p, key, bins)
}

func (m *memory) Delete(_ context.Context, p *cluster.WritePolicy, key protocol.Key) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = p
	rec, ok := m.store[key.Digest()]
	if ok && p.GenerationPolicy == cluster.ExpectEqual && rec.Generation != p.Generation {
		return false, &protocol.Error{Code: protocol.GenerationError}
	}
	delete(m.store, key.Digest())
	return ok, nil
}

func (m *memory) Scan(_ context.Context, _ *cluster.QueryPolicy, _, set string, _ ...string) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		for _, rec := range m.store {
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// write checks in the order of a server: existence, then generation, then bins.
func (m *memory) write(p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) (*protocol.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.sent = p, bins
	rec, exists := m.store[key.Digest()]
	var generation uint32
	var kept protocol.Bins
	if exists {
		generation, kept = rec.Generation, rec.Bins
	}
	switch {
	case p.Exists == cluster.UpdateOnly && !exists:
		return nil, &protocol.Error{Code: protocol.KeyNotFound}
	case p.Exists == cluster.CreateOnly && exists:
		return nil, &protocol.Error{Code: protocol.KeyExists}
	case p.GenerationPolicy == cluster.ExpectEqual && p.Generation != generation:
		return nil, &protocol.Error{Code: protocol.GenerationError}
	}
	made := &protocol.Record{Key: key, Generation: generation%0xFFFF + 1}
	if p.Exists != cluster.Replace {
		made.Bins = append(made.Bins, kept...)
	}
	for _, bin := range bins {
		if p.Exists == cluster.Replace && bin.Value.IsNil() {
			return nil, &protocol.Error{Code: protocol.ParameterError}
		}
		made.Bins = setBin(made.Bins, bin)
	}
	if len(made.Bins) == 0 {
		delete(m.store, key.Digest())
		return &protocol.Record{Key: key}, nil
	}
	m.store[key.Digest()] = made
	return &protocol.Record{Key: key, Generation: made.Generation}, nil
}

func setBin(bins protocol.Bins, bin protocol.Bin) protocol.Bins {
	var kept protocol.Bins
	for _, b := range bins {
		if b.Name != bin.Name {
			kept = append(kept, b)
		}
	}
	if !bin.Value.IsNil() {
		bin.Value = function.Clone(bin.Value)
		kept = append(kept, bin)
	}
	return kept
}

// repoOn returns a Repo on an empty memory.
func repoOn[T any](t testing.TB, opts ...Option) (*Repo[T], *memory) {
	t.Helper()
	m := &memory{store: map[protocol.Digest]*protocol.Record{}}
	r, err := tryRepo[T](m, opts...)
	require.NoError(t, err)
	return r, m
}

func tryRepo[T any](m *memory, opts ...Option) (*Repo[T], error) {
	cfg := new(config)
	for _, opt := range opts {
		if err := opt(cfg); err != nil {
			return nil, err
		}
	}
	return newRepo[T](cfg, func(context.Context) (*binding, error) { return newBinding(m, "test", true, cfg), nil })
}

// planOf compiles the plan of a type, which needs no key.
func planOf[T any](t testing.TB, native bool) *plan {
	t.Helper()
	p, err := planFor[T](native)
	require.NoError(t, err)
	return p
}

// encodeOf and decodeInto call the plan for an object.
func encodeOf[T any](p *plan, x *T) (protocol.Bins, error) {
	return p.appendBins(nil, unsafe.Pointer(x), true)
}

func decodeInto[T any](p *plan, x *T, bins protocol.Bins, fresh bool) error {
	return p.decodeBins(unsafe.Pointer(x), bins, fresh)
}

// overWire returns the bins as a server would return them: without NULLs, after a round trip
// through bytes.
func overWire(t require.TestingT, bins protocol.Bins) protocol.Bins {
	var back protocol.Bins
	for _, bin := range bins {
		if bin.Value.IsNil() {
			continue
		}
		data, err := protocol.AppendParticle(nil, bin.Value)
		require.NoError(t, err, "bin %s", bin.Name)
		v, err := protocol.ParseParticle(bin.Value.Particle(), data)
		require.NoError(t, err, "bin %s", bin.Name)
		back = append(back, protocol.Bin{Name: bin.Name, Value: v})
	}
	return back
}

func planFor[T any](native bool) (*plan, error) {
	return newCompiler(&config{native: native}).compile(reflect.TypeFor[T]())
}

// nowhere accepts every write and does nothing.
type nowhere struct{ *memory }

func (nowhere) PutEncoded(context.Context, *cluster.WritePolicy, protocol.Key, *wire.Encoded) (uint32, error) {
	return 1, nil
}

// encodedBins returns bins as a message has them.
func encodedBins(t testing.TB, bins protocol.Bins) (e wire.Encoded) {
	for _, bin := range bins {
		require.NoError(t, e.Add(bin.Name, bin.Value))
	}
	return e
}
