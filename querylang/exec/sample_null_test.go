package exec

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
)

// The sample of the records without a set has no bins of other sets.
func TestSampleWithoutASet(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1)")
	s.exec("INSERT INTO NULL (PK, b) VALUES (1, 1)")
	bins, _, err := newSamples(s.client, cluster.QueryPolicy{}).Sample(t.Context(), "test", "")
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, bins)
}
