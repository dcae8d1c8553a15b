package exec

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A sink is a client that accepts every write.
type sink struct{ stubClient }

func (*sink) Put(context.Context, *cluster.WritePolicy, protocol.Key, protocol.Bins) error {
	return nil
}

func (*sink) Operate(context.Context, *cluster.WritePolicy, protocol.Key, ...protocol.Operation) (*protocol.Record, error) {
	return nil, nil
}

func (*sink) Delete(context.Context, *cluster.WritePolicy, protocol.Key) (bool, error) {
	return true, nil
}

// Statements that write one record by its key allocate little.
func TestPointWriteAllocations(t *testing.T) {
	e := New(&sink{}, Options{Environment: stillEnvironment{}})
	defer e.Close()
	args := []protocol.Value{protocol.Int(1), protocol.Int(2), protocol.String("x")}
	for sql, most := range map[string]float64{
		"UPDATE t SET n = n + $2 WHERE PK = $1":                           2,
		"UPDATE t SET n = $2, s = $3 WHERE PK = $1 AND __generation = $2": 2,
		"DELETE FROM t WHERE PK = $1":                                     1,
		"INSERT INTO t (PK, n, s) VALUES ($1, $2, $3)":                    3,
		"REPLACE INTO t (PK, n, s) VALUES ($1, $2, $3)":                   3,
	} {
		stmt := statement(t, nil, sql)
		s := e.NewSession()
		n := testing.AllocsPerRun(100, func() {
			if _, err := s.Run(t.Context(), stmt, args); err != nil {
				t.Error(err)
			}
		})
		require.LessOrEqual(t, n, most, sql)
	}
}
