package exec

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A recorder is a client that remembers which commands were called.
type recorder struct {
	*cluster.Client
	commands []string
}

func (r *recorder) Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	r.commands = append(r.commands, "get")
	return r.Client.Get(ctx, p, key, bins...)
}

func (r *recorder) Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error {
	r.commands = append(r.commands, "put")
	return r.Client.Put(ctx, p, key, bins)
}

func (r *recorder) Operate(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error) {
	r.commands = append(r.commands, "operate")
	return r.Client.Operate(ctx, p, key, ops...)
}

func (r *recorder) Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (bool, error) {
	r.commands = append(r.commands, "delete")
	return r.Client.Delete(ctx, p, key)
}

func (r *recorder) BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error) {
	r.commands = append(r.commands, "batch read")
	return r.Client.BatchRead(ctx, p, keys, bins...)
}

func (r *recorder) BatchWriteInto(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow, results []cluster.BatchResult) ([]cluster.BatchResult, error) {
	r.commands = append(r.commands, "batch write")
	return r.Client.BatchWriteInto(ctx, p, rows, results)
}

// Statements send as few commands as the servers allow.
func TestCommandsOfWrites(t *testing.T) {
	s := openSession(t, Options{})
	r := &recorder{Client: s.client}
	s.engine = New(r, s.engine.options)
	t.Cleanup(s.engine.Close)
	for _, c := range []struct{ sql, commands, rows string }{
		{"UPDATE t SET n = n + 1, a = 5 WHERE PK = 1 RETURNING n, a, PK, __generation, n + 1", "operate", "11 5 1 2 12"},
		{"UPDATE t SET n = n + 1 WHERE PK IN (1, 2) RETURNING n", "batch write", "11/21"},
		{"UPDATE t SET n = 5 WHERE PK = 1 AND n = 10 RETURNING n", "operate", "5"},
		{"UPDATE t SET n = 5 WHERE PK = 1 AND n = 11 RETURNING n", "operate", ""},
		{"UPDATE t SET n = 5 WHERE PK = 9 RETURNING n", "operate", ""},
		{"UPDATE t SET n = n * 2 WHERE PK = 1 RETURNING n", "get operate", "20"},
		{"UPDATE t SET n = n + 1 WHERE PK = 1 RETURNING CAST(n AS TEXT)", "get operate", "11"},
		{"UPDATE t SET m['k']['x'] = 5, l[0] = 'a' WHERE PK = 1 RETURNING m['k']['x'], l[0], l[1]", "operate", "5 a 2"},
		{"UPDATE t SET m['k']['y'] = 5 WHERE PK = 1 RETURNING m['k']['y']", "operate", "5"},
		{"UPDATE t SET fresh['a'] = 5 WHERE PK = 1 RETURNING fresh['a']", "operate", "5"},
		{"UPDATE t SET l[2] = 3 WHERE PK = 1 AND n = 10 RETURNING l[2]", "get operate", "3"},
		{"UPDATE t SET l[0] = 3 WHERE PK IN (1, 2) RETURNING l[0]", "batch write", "3/3"},
		{"UPDATE t SET l = LIST_APPEND(l, 'z') WHERE PK = 1 RETURNING l", "operate", `[1, 2, "z"]`},
		{"UPDATE t SET fresh = LIST_APPEND(fresh, 'z') WHERE PK = 1 RETURNING fresh", "operate", `["z"]`},
		{"UPDATE t SET l = LIST_REMOVE(l, 1) WHERE PK = 1 RETURNING l", "operate", "[2]"},
		{"UPDATE t SET m = MAP_PUT(m, 'z', 5) WHERE PK = 1 RETURNING m['z']", "operate", "5"},
		{"UPDATE t SET m = MAP_REMOVE(m, 'k') WHERE PK = 1 RETURNING CARDINALITY(m)", "get operate", "2"},
		{"UPDATE t SET l = LIST_APPEND(LIST_APPEND(l, n), 5) WHERE PK = 1 RETURNING l", "get operate", "[1, 2, 10, 5]"},
		{"UPDATE t SET n = LIST_APPEND(n, 5) WHERE PK = 1 RETURNING n", "operate get", "error"},
		{"UPDATE t SET m['c'] = m['c'] + 1 WHERE PK = 1 RETURNING m['c']", "operate", "6"},
		{"UPDATE t SET m['new'] = m['new'] + 1 WHERE PK = 1 RETURNING m['new']", "operate", "1"},
		{"UPDATE t SET fresh['a']['b'] = fresh['a']['b'] - 2 WHERE PK = 1 RETURNING fresh['a']['b']", "operate", "-2"},
		{"UPDATE t SET m['k']['x'] = 1 + m['k']['x'], l[1] = l[1] - 7, n = n + 1 WHERE PK = 1 RETURNING m['k']['x'], l[1], n", "operate", "2 -5 11"},
		{"UPDATE t SET m['c'] = m['c'] + 1 WHERE PK IN (1, 2) RETURNING m['c']", "batch write", "6/1"},
		{"UPDATE t SET m['c'] = m['c'] + 1.5 WHERE PK = 1 RETURNING m['c']", "get operate", "6.5"},
		{"UPDATE t SET m['c'] = m['c'] + 1, m['c'] = m['c'] + 1 WHERE PK = 1 RETURNING m['c']", "get operate", "6"},
		{"UPDATE t SET m['c'] = m['d'] + 1 WHERE PK = 1 RETURNING m['c']", "get operate", "nil"},
		{"UPDATE t SET m['k']['s'] = m['k']['s'] || 'x' WHERE PK = 1 RETURNING m['k']['s']", "get operate", "x"},
		{"UPDATE t SET m['k']['x'] = n + q WHERE PK = 1", "get", "error"},
		{"UPDATE t SET m['l'] = LIST_APPEND(m['l'], 4) WHERE PK = 1 RETURNING m['l']", "operate", "[3, 4]"},
		{"UPDATE t SET m['z'] = LIST_APPEND(m['z'], 4) WHERE PK = 1 RETURNING m['z']", "operate get operate", "[4]"},
		{"UPDATE t SET m['k'] = MAP_REMOVE(MAP_PUT(m['k'], 'y', 4), 'x') WHERE PK = 1 RETURNING m['k']", "operate", `{"y": 4}`},
		{"UPDATE t SET l = LIST_INSERT(LIST_REMOVE_AT(LIST_CONCAT(l, ARRAY[5, 6]), 0), 1, 'i') WHERE PK = 1 RETURNING l", "operate", `[2, "i", 5, 6]`},
		{"UPDATE t SET l = LIST_REMOVE_AT(l, 7) WHERE PK = 1", "operate get", "error"},
		{"UPDATE t SET m = MAP_MERGE(m, MAP{'c': 0, 'e': 1}) WHERE PK = 1 RETURNING m['c'], m['e']", "operate", "0 1"},
		{"UPDATE t SET b = BIT_OR(BIT_SET(b, 0, 8, X'0F'), 8, 8, X'F0') WHERE PK = 1 RETURNING b", "operate", "0x0ff1"},
		{"UPDATE t SET b = BIT_ADD(b, 8, 8, 255) WHERE PK = 1 RETURNING b", "operate", "0x0000"},
		{"UPDATE t SET b = BIT_SET(b, 100, 8, X'0F') WHERE PK = 1", "operate get", "error"},
		{"UPDATE t SET fresh = BIT_NOT(fresh, 0, 8) WHERE PK = 1", "operate get", "error"},
		{"UPDATE t SET fresh = BIT_RESIZE(fresh, 2) WHERE PK = 1 RETURNING fresh", "operate", "0x0000"},
		{"UPDATE t SET h = HLL_ADD(h, 'a', ARRAY['b', 'c']) WHERE PK = 1 RETURNING CARDINALITY(l), n", "get operate", "2 10"},
		{"UPDATE t SET h = HLL_UNION(HLL_ADD(h, 'a'), HLL_ADD(NULL, 'b')) WHERE PK = 1", "operate", ""},
		{"DELETE FROM t WHERE PK = 1 RETURNING n, PK", "operate", "10 1"},
		{"DELETE FROM t WHERE PK = 9 RETURNING n", "operate", ""},
		{"DELETE FROM t WHERE PK IN (1, 2) RETURNING n", "batch write", "10/20"},
		{"DELETE FROM t WHERE PK = 1", "delete", ""},
		{"INSERT INTO t (PK, n) VALUES (1, 5) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n", "operate", "15"},
		{"INSERT INTO t (PK, n) VALUES (7, 5) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n", "operate", "5"},
		{"INSERT INTO t (PK, n, a) VALUES (1, 5, 6) ON CONFLICT DO UPDATE SET n = n + excluded.n, a = excluded.a RETURNING n, a", "operate", "15 6"},
		{"INSERT INTO t (PK, n, a) VALUES (1, 5, 6) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n, a", "put operate", "15 nil"},
		{"INSERT INTO t (PK, n) VALUES (1, 5) ON CONFLICT DO UPDATE SET n = excluded.n + 1 RETURNING n", "put operate", "6"},
		{"INSERT INTO t (PK, n) VALUES (1, 5) ON CONFLICT DO UPDATE SET n = excluded.n WHERE t.n = 10 RETURNING n", "put get operate", "5"},
		{"INSERT INTO t (PK, n) VALUES (1, 5), (2, 6), (3, 7) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n", "batch write", "15/26/7"},
		{"INSERT INTO t (PK, n) VALUES (1, NULL) ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n", "", "error"},
		{"UPSERT INTO t (PK, n, a) VALUES (1, 5, 6) RETURNING n, a, s", "operate", "5 6 x"},
		{"UPDATE t SET s = s || 'y' WHERE PK = 1 RETURNING s", "operate", "xy"},
		{"UPDATE t SET n = n || 'y' WHERE PK = 1 RETURNING n", "operate get", "error"},
		{"UPDATE t SET n = n + 1.5 WHERE PK = 1 RETURNING n", "operate get operate", "11.5"},
	} {
		s.exec("TRUNCATE t")
		s.exec("INSERT INTO t (PK, n, s, m, l, b) VALUES (1, 10, 'x', MAP{'k': MAP{'x': 1}, 'c': 5, 'l': ARRAY[3]}, ARRAY[1, 2], X'0001'), (2, 20, 'x', MAP{'k': 1}, ARRAY[1], NULL)")
		r.commands = nil
		result, err := s.run(c.sql)
		assert.Equal(t, c.commands, strings.Join(r.commands, " "), c.sql)
		if c.rows == "error" {
			assert.Error(t, err, c.sql)
			continue
		}
		require.NoError(t, err, c.sql)
		var rows []string
		if result.Rows != nil {
			for _, row := range result.Rows.fixed {
				var values []string
				for _, v := range row {
					values = append(values, v.String())
				}
				rows = append(rows, strings.Join(values, " "))
			}
			assert.EqualValues(t, len(rows), result.Affected, c.sql)
		}
		assert.Equal(t, c.rows, strings.Join(rows, "/"), c.sql)
	}
}
