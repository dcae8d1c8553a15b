package devserver

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// fillState gives a server records, an index, a module, options of a set and a truncation.
func fillState(t *testing.T, s *Server) {
	c := connect(t, s, 0)
	for i := range int64(200) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(i))).ResultCode)
	}
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	require.NoError(t, s.RegisterModule("m.lua", []byte("function f(r) return 1 end")))
	require.Equal(t, "ok", c.info("set-config:context=namespace;namespace=test;set=demo;default-ttl=1000"))
	require.NoError(t, s.Store(protocol.MustKey("test", "gone", 1), protocol.Bins{one(1)}, 0))
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=gone"))
	require.NoError(t, s.AddNamespace(NamespaceOptions{Name: "added"}))
	require.NoError(t, s.Store(protocol.MustKey("added", "x", "k"), protocol.Bins{named("s", protocol.String("v"))}, 0))
	keyed := put(key(7), one(70))
	keyed.SendKey = true
	require.Equal(t, protocol.OK, c.do(keyed).ResultCode)
	require.Equal(t, protocol.OK, c.do(wire.NewDelete(key(8))).ResultCode)
}

// requireState checks what fillState made.
func requireState(t *testing.T, s *Server) {
	require.Equal(t, int64(70), number(s, 7))
	require.Equal(t, uint32(2), s.Peek(key(7)).Generation)
	require.Equal(t, int64(-1), number(s, 8))
	require.Len(t, collect(s, "test", "demo"), 199)
	require.Empty(t, collect(s, "test", "gone"))
	require.Len(t, collect(s, "added", "x"), 1)
	awaitIndexes(s)
	require.Len(t, s.Indexes(), 1)
	c := connect(t, s, 0)
	require.Contains(t, c.info("udf-list"), "m.lua")
	require.Contains(t, c.info("sets/test/demo"), ":default-ttl=1000:")
	records, _, last := c.query(where(between("n", 0, 1000)))
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Len(t, records, 199)
}

func TestSnapshotAndRestore(t *testing.T) {
	s := start(t, Options{})
	fillState(t, s)
	var file bytes.Buffer
	require.NoError(t, s.Snapshot(&file))
	other := start(t, Options{Nodes: 2})
	require.NoError(t, other.Store(key("other"), protocol.Bins{one(1)}, 0))
	require.NoError(t, other.Restore(bytes.NewReader(file.Bytes())))
	require.Equal(t, int64(-1), number(other, "other"))
	require.Len(t, collect(other, "test", "demo"), 199)
	require.NoError(t, s.Reset())
	require.NoError(t, s.Restore(bytes.NewReader(file.Bytes())))
	requireState(t, s)
}

// TestDamagedSnapshots cuts and changes a snapshot at many places. Restore must refuse it without a
// change.
func TestDamagedSnapshots(t *testing.T) {
	s := start(t, Options{})
	require.NoError(t, s.Store(key(1), protocol.Bins{one(1)}, 0))
	var file bytes.Buffer
	require.NoError(t, s.Snapshot(&file))
	whole := file.Bytes()
	for i := range whole {
		require.ErrorIs(t, s.Restore(bytes.NewReader(whole[:i])), ErrDamaged, "cut at %d", i)
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x55
		require.ErrorIs(t, s.Restore(bytes.NewReader(damaged)), ErrDamaged, "byte %d", i)
	}
	require.Equal(t, int64(1), number(s, 1))
	newer := bytes.Clone(whole)
	newer[len(dataMagic)] = 9
	require.ErrorContains(t, s.Restore(bytes.NewReader(newer)), "format version 9, this program reads version 1")
}

func TestDataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := Start(Options{DataDir: dir})
	require.NoError(t, err)
	fillState(t, s)
	_, err = Start(Options{DataDir: dir})
	require.ErrorContains(t, err, "another server uses it")
	require.NoError(t, s.Close())
	for range 2 {
		s, err = Start(Options{DataDir: dir})
		require.NoError(t, err)
		requireState(t, s)
		require.NoError(t, s.Close())
	}
	files, err := filepath.Glob(filepath.Join(dir, "*-*"))
	require.NoError(t, err)
	require.Len(t, files, 2, "one snapshot and one log: %v", files)
}

// TestCompactionDuringWrites replaces the log by a snapshot again and again during writes.
func TestCompactionDuringWrites(t *testing.T) {
	dir := t.TempDir()
	s, err := Start(Options{DataDir: dir})
	require.NoError(t, err)
	c := connect(t, s, 0)
	done := make(chan error)
	go func() {
		for range 10 {
			if err := s.journal.compact(s); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := int64(0); ; i++ {
		require.Equal(t, protocol.OK, c.do(put(key(i%300), one(i))).ResultCode)
		require.Equal(t, protocol.OK, c.do(put(key("last"), one(i))).ResultCode)
		if len(done) == 0 && i < 300 {
			continue
		}
		select {
		case err := <-done:
			require.NoError(t, err)
			require.NoError(t, s.Close())
			s, err = Start(Options{DataDir: dir})
			require.NoError(t, err)
			defer s.Close()
			require.Equal(t, i, number(s, "last"))
			require.Len(t, collect(s, "test", "demo"), int(min(i+1, 300))+1)
			return
		default:
		}
	}
}

// TestTornLog cuts the log, as a crash of the machine does. Damage in the middle is refused.
func TestTornLog(t *testing.T) {
	dir := t.TempDir()
	s, err := Start(Options{DataDir: dir})
	require.NoError(t, err)
	for i := range 10 {
		require.NoError(t, s.Store(key(i), protocol.Bins{one(int64(i))}, 0))
	}
	require.NoError(t, s.Close())
	log := s.journal.path(logPrefix, s.journal.number)
	whole, err := os.ReadFile(log)
	require.NoError(t, err)
	restart := func(data []byte) (*Server, error) {
		copied := t.TempDir()
		require.NoError(t, os.CopyFS(copied, os.DirFS(dir)))
		require.NoError(t, os.WriteFile(filepath.Join(copied, filepath.Base(log)), data, 0o600))
		return Start(Options{DataDir: copied})
	}
	for _, cut := range []int{0, 5, len(dataMagic) + 1, len(dataMagic) + 3, len(whole) / 2, len(whole) - 1} {
		s, err := restart(whole[:cut])
		require.NoError(t, err, cut)
		n := len(collect(s, "test", "demo"))
		require.Less(t, n, 10)
		for i := range n {
			require.Equal(t, int64(i), number(s, i))
		}
		require.NoError(t, s.Close())
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	_, err = restart(damaged)
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, filepath.Base(log))
}
