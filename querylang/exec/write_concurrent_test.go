package exec

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// Many sessions that change the same records lose no change.
func TestConcurrentWritesAreExact(t *testing.T) {
	const callers, rounds = 64, 10
	for _, nodes := range []int{1, 3} {
		s := openSessionOn(t, devserver.Options{Nodes: nodes}, Options{})
		s.exec("INSERT INTO t (PK, n, step, f) VALUES (1, 0, 1, 0.5)")
		statements := []*Statement{
			statement(t, s.client, "UPDATE t SET n = n + 1 WHERE PK = 1"),
			statement(t, s.client, "UPDATE t SET n = n + 1 WHERE PK = 1 RETURNING n"),
			statement(t, s.client, "INSERT INTO t (PK, n) VALUES (1, 1) ON CONFLICT (PK) DO UPDATE SET n = n + excluded.n"),
			statement(t, s.client, "INSERT INTO t (PK, n, late) VALUES (1, 7, 7) ON CONFLICT (PK) DO UPDATE SET n = n + 1"),
			statement(t, s.client, "INSERT INTO t (PK, c) VALUES (2, 1), (3, 1) ON CONFLICT (PK) DO UPDATE SET c = c + excluded.c"),
		}
		guarded := statement(t, s.client, "UPDATE t SET n = n + step WHERE PK = 1")
		var wg sync.WaitGroup
		for caller := range callers {
			wg.Go(func() {
				session := s.engine.NewSession()
				for round := range rounds {
					stmt := statements[(caller+round)%len(statements)]
					if caller < 2 {
						stmt = guarded
					}
					if _, err := session.Run(context.Background(), stmt, nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		// Of the rounds of a caller each statement is run twice.
		const each = (callers - 2) * rounds / 5
		require.Equal(t, [][]string{{fmt.Sprint(4*each + 2*rounds), "nil"}}, s.rows("SELECT n, late FROM t WHERE PK = 1"), "%d nodes", nodes)
		require.Equal(t, [][]string{{fmt.Sprint(each)}, {fmt.Sprint(each)}}, s.rows("SELECT c FROM t WHERE PK IN (2, 3)"))
	}
}

// RETURNING of counters gives each caller another number.
func TestConcurrentReturningIsUnique(t *testing.T) {
	s := openSession(t, Options{})
	stmt := statement(t, s.client, "INSERT INTO t (PK, n) VALUES ('seq', 1) ON CONFLICT (PK) DO UPDATE SET n = n + excluded.n RETURNING n")
	var mu sync.Mutex
	seen := make(map[int64]bool)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 10 {
				r, err := s.engine.NewSession().Run(context.Background(), stmt, nil)
				row := make([]protocol.Value, 1)
				if err == nil {
					err = r.Rows.Next(row)
				}
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := row[0].Int()
				mu.Lock()
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 640)
	require.True(t, seen[1] && seen[640])
}

// Sessions of two programs generate different keys.
func TestConcurrentGeneratedKeysAreUnique(t *testing.T) {
	const callers, rounds = 64, 10
	for _, nodes := range []int{1, 3} {
		s := openSessionOn(t, devserver.Options{Nodes: nodes}, Options{})
		s.declare("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, a BIGINT)")
		other := New(s.client, s.engine.options)
		t.Cleanup(other.Close)
		stmt, _, err := prepare(&testCatalog{tables: s.tables}, "INSERT INTO t (a) VALUES (1), (2)")
		require.NoError(t, err)
		var wg sync.WaitGroup
		for caller := range callers {
			engine := s.engine
			if caller%2 == 0 {
				engine = other
			}
			wg.Go(func() {
				for range rounds {
					r, err := engine.NewSession().Run(context.Background(), stmt, nil)
					if err != nil || r.Affected != 2 {
						t.Error(r, err)
					}
				}
			})
		}
		wg.Wait()
		require.Equal(t, fmt.Sprint(2*callers*rounds), s.one("SELECT COUNT(*) FROM t"), "%d nodes", nodes)
	}
}
