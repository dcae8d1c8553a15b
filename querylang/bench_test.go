package querylang_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func BenchmarkPrepare(b *testing.B) {
	for name, sql := range map[string]string{
		"select": "SELECT name, age FROM users WHERE PK = ?",
		"insert": "INSERT INTO users (PK, name, age, city) VALUES (?, ?, ?, ?)",
		"filter": "SELECT name FROM users WHERE age BETWEEN ? AND ? AND (city = 'Rome' OR city LIKE 'O%') AND NOT deleted",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := querylang.Prepare(sql, testOptions); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMatches(b *testing.B) {
	plan, err := querylang.Prepare("SELECT i FROM t WHERE i BETWEEN ? AND 9 AND (s = 'x' OR s LIKE 'a%')", testOptions)
	require.NoError(b, err)
	filter := plan.(*querylang.ReadPlan).Source.Filter
	env := &querylang.Env{Args: []protocol.Value{protocol.Int(1)}, Row: testRow}
	b.ReportAllocs()
	for b.Loop() {
		if !querylang.Matches(filter, env) {
			b.Fatal("no match")
		}
	}
}
