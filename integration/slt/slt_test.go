package slt

import (
	"context"
	"database/sql"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// open returns an empty SQLite database.
func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func run(t *testing.T, text string) Score {
	t.Helper()
	records, err := Parse(strings.NewReader(text))
	require.NoError(t, err)
	return Run(context.Background(), open(t), records, Options{Log: t.Output()})
}

func TestScore(t *testing.T) {
	const table = "statement ok\nCREATE TABLE t(a INTEGER, b TEXT)\n\n" +
		"statement ok\nINSERT INTO t VALUES(2,'x'),(1,''),(NULL,NULL)\n\n"
	for _, test := range []struct {
		name, text                       string
		right, wrong, refused, statement int
	}{
		{"right", table + "query IT rowsort\nSELECT a, b FROM t\n----\n1\n(empty)\n2\nx\nNULL\nNULL\n", 1, 0, 0, 0},
		{"valuesort", table + "query IT valuesort\nSELECT a, b FROM t\n----\n(empty)\n1\n2\nNULL\nNULL\nx\n", 1, 0, 0, 0},
		{"no order", table + "query I nosort\nSELECT a FROM t ORDER BY a\n----\nNULL\n1\n2\n", 1, 0, 0, 0},
		{"wrong value", "query I nosort\nSELECT 1\n----\n2\n", 0, 1, 0, 0},
		{"wrong order", table + "query I nosort\nSELECT a FROM t ORDER BY a\n----\n1\n2\nNULL\n", 0, 1, 0, 0},
		{"missing row", "query I nosort\nSELECT 1\n----\n1\n1\n", 0, 1, 0, 0},
		{"extra row", "query I nosort\nSELECT 1\n----\n", 0, 1, 0, 0},
		{"right hash", "query I nosort\nSELECT 1\n----\n1 values hashing to b026324c6904b2a9cb4b88d6d61c81d1\n", 1, 0, 0, 0},
		{"wrong hash", "query I nosort\nSELECT 1\n----\n1 values hashing to b026324c6904b2a9cb4b88d6d61c81d2\n", 0, 1, 0, 0},
		{"wrong count", "query I nosort\nSELECT 1\n----\n2 values hashing to b026324c6904b2a9cb4b88d6d61c81d1\n", 0, 1, 0, 0},
		{"refused", "query I nosort\nSELECT nothing\n----\n1\n", 0, 0, 1, 0},
		{"error", "statement error\nDROP TABLE nothing\n", 0, 0, 0, 0},
		{"error that succeeds", "statement error\nCREATE TABLE t(a)\n", 0, 1, 0, 0},
		{"statement that fails", "statement ok\nDROP TABLE nothing\n", 0, 0, 0, 1},
		{"same label", "query I nosort a\nSELECT 1\n----\n1\n\nquery I nosort a\nSELECT 1\n----\n1\n", 2, 0, 0, 0},
		{"other label", "query I nosort a\nSELECT 1\n----\n1\n\nquery I nosort a\nSELECT 2\n----\n2\n", 1, 1, 0, 0},
		{"skipped", "skipif sqlite\nquery I nosort\nSELECT 1\n----\n2\n", 0, 0, 0, 0},
		{"only for others", "onlyif mysql # comment\nquery I nosort\nSELECT 1\n----\n2\n", 0, 0, 0, 0},
		{"only here", "skipif mysql\nonlyif sqlite\nquery I nosort\nSELECT 1\n----\n2\n", 0, 1, 0, 0},
		{"halt", "halt\n\nquery I nosort\nSELECT 1\n----\n2\n", 0, 0, 0, 0},
		{"halt elsewhere", "onlyif mysql\nhalt\n\nquery I nosort\nSELECT 1\n----\n2\n", 0, 1, 0, 0},
		{"comments and CRLF", "# one\r\n\r\nhash-threshold 8\r\n\r\n# two\r\nquery I nosort\r\nSELECT\r\n 1\r\n----\r\n1\r\n\r\n", 1, 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			score := run(t, test.text)
			require.Equal(t, [4]int{test.right, test.wrong, test.refused, test.statement},
				[4]int{score.Right, score.Wrong, score.Refused, score.Statements})
		})
	}
}

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		value  any
		letter byte
		want   string
	}{
		{nil, 'I', "NULL"}, {int64(-3), 'I', "-3"}, {true, 'I', "1"}, {false, 'I', "0"}, {2.9, 'I', "2"}, {"12ab", 'I', "12"},
		{int64(2), 'R', "2.000"}, {1.23456, 'R', "1.235"}, {"x", 'R', "0.000"}, {"", 'T', "(empty)"}, {"a\nb\x7f", 'T', "a@b@"},
		{"é", 'T', "@@"}, {int64(7), 'T', "7"}, {2.0, 'T', "2.0"}, {[]byte("ab"), 'T', "ab"}, {math.Inf(1), 'R', "+Inf"},
	} {
		require.Equal(t, test.want, format(test.value, test.letter), "%v as %c", test.value, test.letter)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"statement\nSELECT 1\n", "statement maybe\nSELECT 1\n", "query X nosort\nSELECT 1\n",
		"query I somehow\nSELECT 1\n", "question\n", "skipif\nhalt\n"} {
		_, err := Parse(strings.NewReader(text))
		require.Error(t, err, text)
	}
}

func TestMax(t *testing.T) {
	records, err := Parse(strings.NewReader(strings.Repeat("query I nosort\nSELECT 1\n----\n1\n\n", 5)))
	require.NoError(t, err)
	require.Equal(t, 3, Run(context.Background(), open(t), records, Options{Max: 3}).Right)
}

func TestClause(t *testing.T) {
	score := run(t, "query I nosort\nSELECT 1 FROM t1\n----\n1\n\nquery I nosort\nSELECT 1 FROM t22\n----\n1\n")
	require.Len(t, score.Clauses, 1)
}

// TestFilesInSQLite holds that the project's own files have SQLite's answers.
func TestFilesInSQLite(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.test")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			records, err := ReadFile(path)
			require.NoError(t, err)
			score := Run(context.Background(), open(t), records, Options{Log: t.Output()})
			require.Zero(t, score.Wrong+score.Refused+score.Statements)
			require.NotZero(t, score.Right)
		})
	}
}
