package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// An unreadableSet is a set with records that other clients have stored.
type unreadableSet struct {
	t      testing.TB
	client *cluster.Client
	server *devserver.Server
}

// deepList is a list with more levels than the client reads.
var deepList = append(bytes.Repeat([]byte{0x91}, protocol.MaxDepth+44), 0x01)

// newUnreadableSet returns a set of 10 records with the numbers 0 to 9 in bin "a".
func newUnreadableSet(t testing.TB, nodes int) *unreadableSet {
	server, err := devserver.Start(devserver.Options{Nodes: nodes})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds()[:1], Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	s := &unreadableSet{t, client, server}
	for i := range 10 {
		require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, s.key(i), bin("a", i)))
	}
	return s
}

func (s *unreadableSet) key(user any) protocol.Key { return protocol.MustKey("test", "odd", user) }

// store writes a record with "a" = 77 and more bins, under a new key.
func (s *unreadableSet) store(name string, keyField []byte, bins ...wiretest.StoredBin) protocol.Digest {
	s.t.Helper()
	a := wiretest.StoredBin{Name: "a", Particle: byte(protocol.ParticleInteger), Data: []byte{0, 0, 0, 0, 0, 0, 0, 77}}
	r := wiretest.Stored{Namespace: "test", Set: "odd", Digest: s.key(name).Digest(), Key: keyField, Bins: append(bins, a)}
	var err error
	for _, seed := range s.server.Seeds() {
		conn, dialed := s.server.Dial(s.t.Context(), "tcp", seed)
		require.NoError(s.t, dialed)
		err = wiretest.Store(conn, &r)
		require.NoError(s.t, conn.Close())
		if err == nil {
			return r.Digest
		}
	}
	require.NoError(s.t, err)
	return r.Digest
}

// unreadableBins returns values that servers store and this client can't read.
func unreadableBins() map[string]wiretest.StoredBin {
	return map[string]wiretest.StoredBin{
		"deep list":         {Name: "l", Particle: byte(protocol.ParticleList), Data: deepList},
		"unknown extension": {Name: "l", Particle: byte(protocol.ParticleList), Data: []byte{0x92, 0x01, 0xc7, 0x00, 0x05}},
	}
}

// read reads a query to its end. It returns the records by user key or digest, and those with an
// error of their own.
func (s *unreadableSet) read(records iter.Seq2[*protocol.Record, error]) (whole map[string]*protocol.Record, odd map[protocol.Digest]error) {
	s.t.Helper()
	whole, odd = make(map[string]*protocol.Record), make(map[protocol.Digest]error)
	for rec, err := range records {
		if err == nil {
			whole[rec.Key.String()] = rec
			continue
		}
		about, is := errors.AsType[*cluster.RecordError](err)
		require.True(s.t, is, "%v", err)
		require.Equal(s.t, rec.Key, about.Key)
		require.Equal(s.t, []string{"test", "odd"}, []string{rec.Key.Namespace, rec.Key.Set})
		odd[rec.Key.Digest()] = err
	}
	return whole, odd
}

func (s *unreadableSet) scan(p *cluster.QueryPolicy, bins ...string) (map[string]*protocol.Record, map[protocol.Digest]error) {
	s.t.Helper()
	return s.read(s.client.Scan(s.t.Context(), p, "test", "odd", bins...))
}

// TestScanEmptyUserKeys: a stored key that is NULL or empty is not a user key.
func TestScanEmptyUserKeys(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		s := newUnreadableSet(t, nodes)
		want := make(map[string]bool)
		for name, field := range map[string]string{"NULL": "\x00", "empty string": "\x03", "empty blob": "\x04", "NULL with bytes": "\x00ab"} {
			want["test:odd:#"+s.store(name, []byte(field)).String()] = true
		}
		whole, odd := s.scan(nil)
		require.Empty(t, odd)
		require.Len(t, whole, 14)
		for name := range want {
			require.Contains(t, whole, name)
			require.True(t, whole[name].Key.UserKey().IsNil())
		}
		whole, odd = s.read(s.client.Scan(t.Context(), nil, "test", ""))
		require.Empty(t, odd, "the whole namespace")
		require.Len(t, whole, 14)
	}
}

// TestScanContinuesAfterUnreadableRecords: a record that can't be read completely does not affect
// others.
func TestScanContinuesAfterUnreadableRecords(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		s := newUnreadableSet(t, nodes)
		var odds []protocol.Digest
		for name, b := range unreadableBins() {
			odds = append(odds, s.store(name, []byte("\x03"+name), b))
		}
		unknown := s.store("unknown kind", []byte("\x63abc"))
		odds = append(odds, unknown, s.store("float of 3 bytes", []byte("\x02abc")))
		whole, odd := s.scan(nil)
		require.Len(t, whole, 10)
		require.Len(t, odd, len(odds))
		for _, d := range odds {
			var e *protocol.Error
			require.ErrorAs(t, odd[d], &e)
			require.Equal(t, protocol.ClientError, e.Code)
			require.NotEmpty(t, e.Node)
			require.Equal(t, 1, e.Attempts)
			require.ErrorContains(t, e, "record test:odd:")
			require.ErrorContains(t, e, d.String())
		}
		require.ErrorIs(t, odd[s.key("deep list").Digest()], protocol.ErrTooDeep)
		require.ErrorIs(t, odd[unknown], protocol.ErrMalformed)
		require.ErrorContains(t, odd[unknown], "user key: ")

		// Without this bin the record can be read.
		whole, odd = s.scan(nil, "a")
		require.Len(t, whole, 12)
		require.Len(t, odd, 2, "of user keys")

		n := 0
		for range s.client.Scan(t.Context(), nil, "test", "odd") {
			if n++; n == 12 {
				break
			}
		}
		require.Equal(t, 12, n, "the loop can end at any record")
	}
}

// TestRecordReturnedWithError: the record that is returned with the error has the values that can
// be read.
func TestRecordReturnedWithError(t *testing.T) {
	s := newUnreadableSet(t, 1)
	s.store("odd", []byte("\x03name"), unreadableBins()["deep list"])
	found := false
	for rec, err := range s.client.Scan(t.Context(), nil, "test", "odd") {
		if err == nil {
			continue
		}
		found = true
		require.Equal(t, "name", rec.Key.UserKey().String())
		a, _ := rec.Bin("a")
		require.Equal(t, "77", a.String())
		l, ok := rec.Bin("l")
		require.True(t, ok)
		require.Equal(t, protocol.KindInvalid, l.Kind())
		require.ErrorIs(t, l.Err(), protocol.ErrTooDeep)
		require.ErrorContains(t, err, `record test:odd:name (digest `+rec.Key.Digest().String()+`) can't be read: bin "l": `)
		put := s.client.Put(t.Context(), nil, s.key("copy"), rec.Bins)
		require.ErrorIs(t, put, protocol.ErrTooDeep, "values that were not read are not written")
	}
	require.True(t, found)
}

// TestPagesWithUnreadableRecords: saved cursors continue after unreadable records, each of which
// counts as one record.
func TestPagesWithUnreadableRecords(t *testing.T) {
	s := newUnreadableSet(t, 3)
	s.store("deep", nil, unreadableBins()["deep list"])
	s.store("kind", []byte("\x63abc"))
	at, err := cluster.NewCursor(cluster.AllPartitions())
	require.NoError(t, err)
	whole, odd, pages := 0, 0, 0
	for ; !at.Done(); pages++ {
		require.Less(t, pages, 30)
		w, o := s.read(s.client.QueryFrom(t.Context(), &cluster.QueryPolicy{MaxRecords: 1}, cluster.Statement{Namespace: "test", Set: "odd"}, at))
		require.LessOrEqual(t, len(w)+len(o), 1)
		whole, odd = whole+len(w), odd+len(o)
		saved, err := at.MarshalBinary()
		require.NoError(t, err)
		at = new(cluster.Cursor)
		require.NoError(t, at.UnmarshalBinary(saved))
	}
	require.Equal(t, []int{10, 2}, []int{whole, odd})
}

func TestIndexQueryWithUnreadableRecords(t *testing.T) {
	s := newUnreadableSet(t, 2)
	task, err := admin.New(s.client).CreateIndex(t.Context(), nil, admin.Index{Namespace: "test", Set: "odd", Name: "by_a", Bin: "a", Type: admin.IndexNumeric})
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	s.store("deep", nil, unreadableBins()["deep list"])
	whole, odd := s.read(s.client.Query(t.Context(), nil, cluster.Statement{Namespace: "test", Set: "odd", Filter: cluster.FilterRange("a", 5, 100)}))
	require.Len(t, whole, 5)
	require.Len(t, odd, 1)
}

// TestCommandsOnUnreadableRecords: single commands and batches, coalesced or not, report the record
// and keep the connection. A write that was applied is not reported as not applied.
func TestCommandsOnUnreadableRecords(t *testing.T) {
	s := newUnreadableSet(t, 1)
	s.store("deep", nil, unreadableBins()["deep list"])
	deep := s.key("deep")
	check := func(err error, inDoubt bool) {
		t.Helper()
		about, is := errors.AsType[*cluster.RecordError](err)
		require.True(t, is, "%v", err)
		require.Equal(t, deep.Digest(), about.Key.Digest())
		require.ErrorIs(t, err, protocol.ErrTooDeep)
		e, _ := errors.AsType[*protocol.Error](err)
		require.Equal(t, inDoubt, e.InDoubt)
		require.Equal(t, 1, e.Attempts)
	}
	_, err := s.client.Get(t.Context(), nil, deep)
	check(err, false)
	rec, err := s.client.Get(t.Context(), nil, deep, "a")
	require.NoError(t, err)
	require.Len(t, rec.Bins, 1)
	exists, err := s.client.Exists(t.Context(), nil, deep)
	require.NoError(t, err)
	require.True(t, exists)
	_, err = s.client.Operate(t.Context(), nil, deep, protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("l"))
	check(err, true)
	rec, err = s.client.Get(t.Context(), nil, deep, "a")
	require.NoError(t, err)
	require.Equal(t, "78", rec.Bins[0].Value.String(), "it was applied exactly once")

	results, err := s.client.BatchRead(t.Context(), nil, []protocol.Key{s.key(1), deep, s.key(2)})
	var failed *cluster.BatchError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, 1, failed.Failed)
	check(results[1].Err, false)
	require.NotNil(t, results[0].Record)
	require.NotNil(t, results[2].Record)
	results, err = s.client.BatchRead(t.Context(), nil, []protocol.Key{deep})
	require.Error(t, err)
	check(results[0].Err, false)
	results, err = s.client.BatchWrite(t.Context(), nil, []cluster.BatchRow{
		cluster.OperateRow(nil, deep, protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("l")), cluster.DeleteRow(nil, s.key(1)),
	})
	require.Error(t, err)
	check(results[0].Err, true)
	require.NoError(t, results[1].Err)
	existed, err := s.client.Delete(t.Context(), nil, deep)
	require.NoError(t, err)
	require.True(t, existed)
}

// TestUnreadableRecordsAmongCoalescedCommands: an unreadable record is an error only of the command
// that read it.
func TestUnreadableRecordsAmongCoalescedCommands(t *testing.T) {
	s := newUnreadableSet(t, 1)
	s.store("deep", nil, unreadableBins()["deep list"])
	errs := make(chan error)
	const callers = 64
	for i := range callers {
		go func() {
			user := any(i % 10)
			if i%4 == 0 {
				user = "deep"
			}
			_, err := s.client.Get(context.Background(), nil, s.key(user))
			if is := errors.Is(err, protocol.ErrTooDeep); is != (i%4 == 0) || !is && err != nil {
				errs <- fmt.Errorf("%v: %w", user, err)
				return
			}
			errs <- nil
		}()
	}
	for range callers {
		require.NoError(t, <-errs)
	}
}

// TestStoredKeysOfAllKinds: a record whose user key has a type that only servers store can be
// updated and deleted with the key that was read.
func TestStoredKeysOfAllKinds(t *testing.T) {
	s := newUnreadableSet(t, 1)
	send := &cluster.WritePolicy{SendKey: true}
	for name, field := range map[string]string{
		"float": "\x02\x3f\xf8\x00\x00\x00\x00\x00\x00", "boolean": "\x11\x01", "HLL": "\x12ab", "list": "\x14\x92\x01\x02",
		"ordered list": "\x14\x93\xc7\x00\x01\x01\x02", "list in long form": "\x14\xdc\x00\x01\xcd\x00\x01", "map": "\x13\x81\x01\x02",
		"GeoJSON": "\x17\x00\x00\x00{}", "GeoJSON and cells": "\x17\x00\x00\x01abcdefgh{}", "unknown kind": "\x63abc", "java blob": "\x07ab",
	} {
		digest := s.store(name, []byte(field))
		for rec, err := range s.client.Scan(t.Context(), &cluster.QueryPolicy{}, "test", "odd") {
			if rec == nil || rec.Key.Digest() != digest {
				require.NoError(t, err)
				continue
			}
			require.NoError(t, s.client.Put(t.Context(), send, rec.Key, bin("b", 1)), name)
			_, err = s.client.BatchWrite(t.Context(), nil, []cluster.BatchRow{
				cluster.PutRow(send, rec.Key, bin("c", 1)), cluster.PutRow(send, rec.Key, bin("d", 1)),
			})
			require.NoError(t, err, name)
			updated, err := s.client.Get(t.Context(), &cluster.ReadPolicy{SendKey: true}, rec.Key)
			require.NoError(t, err, name)
			require.Len(t, updated.Bins, 4, name)
			existed, err := s.client.Delete(t.Context(), send, rec.Key)
			require.NoError(t, err, name)
			require.True(t, existed, name)
		}
	}
	whole, odd := s.scan(nil)
	require.Empty(t, odd)
	require.Len(t, whole, 10)
}

// TestBackgroundWithUnreadableRecords: background queries and aggregations are not affected by
// values that they don't read.
func TestBackgroundWithUnreadableRecords(t *testing.T) {
	s := newUnreadableSet(t, 2)
	s.store("deep", nil, unreadableBins()["deep list"])
	s.store("kind", []byte("\x63abc"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	module := "local function value(r) return r.a end\nlocal function add(a, b) return a + b end\n" +
		"function total(s) return s : map(value) : reduce(add) end\n"
	task, err := admin.New(s.client).RegisterUDF(ctx, nil, "sums.lua", []byte(module))
	require.NoError(t, err)
	require.NoError(t, task.Wait(ctx))
	stmt := cluster.Statement{Namespace: "test", Set: "odd"}
	total, err := cluster.Reduce(s.client.Aggregate(ctx, nil, stmt, "sums", "total"), cluster.ReduceSum)
	require.NoError(t, err)
	require.Equal(t, "199", total.String())
	work, err := s.client.QueryOperate(ctx, nil, stmt, protocol.AddBin("a", protocol.Int(1)))
	require.NoError(t, err)
	require.NoError(t, work.Wait(ctx))
	rec, err := s.client.Get(ctx, nil, s.key("deep"), "a")
	require.NoError(t, err)
	require.Equal(t, "78", rec.Bins[0].Value.String())
}
