package exec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestContextOfPointReads holds that a read of one record knows the time, the names and the version
// where it needs them.
func TestContextOfPointReads(t *testing.T) {
	s := openSession(t, Options{Namespace: "test", User: "ann"})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 5) WITH (ttl = 3600)")
	for sql, want := range map[string]string{
		"SELECT __ttl BETWEEN 3590 AND 3600 FROM t WHERE PK = 1":                              "true",
		"SELECT a FROM t WHERE PK = 1 AND __ttl > 3000":                                       "5",
		"SELECT NOW() > TIMESTAMP '2020-01-01', CURRENT_USER, DATABASE() FROM t WHERE PK = 1": "true,ann,test",
		"SELECT a FROM t WHERE PK = 1 AND CURRENT_DATE > DATE '2020-01-01'":                   "5",
		"SELECT VERSION() IS NOT NULL FROM t WHERE PK = 1":                                    "true",
		"SELECT CASE WHEN UNIX_TIMESTAMP() > 1500000000 THEN a END FROM t WHERE PK = 1":       "5",
		"SELECT __void_time IS NOT NULL, LENGTH(UUID()), a + 1 FROM t WHERE PK = 1":           "true,36,6",
	} {
		require.Equal(t, want, s.column(sql), sql)
	}
}
