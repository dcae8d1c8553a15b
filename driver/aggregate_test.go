package driver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/luareduce"
	"github.com/aerosql/aerosql/driver"
)

const averageModule = `
local function pair(r) return list{r.n, 1} end
local function add(a, b) return list{a[1] + b[1], a[2] + b[2]} end
local function mean(a) return a[1] / a[2] end
function average(s) return s : map(pair) : reduce(add) : map(mean) end
function times(s, x)
  local function scaled(r) return r.n * x end
  return s : map(scaled) : reduce(function(a, b) return a + b end)
end
function broken(s) return s : map(pair) : reduce(add) : map(function(a) return nosuch.field end) end`

// FinishAggregate runs the part of a stream function from its first reduce on, with the module as
// the cluster has it at that time.
func TestAggregateIsFinished(t *testing.T) {
	var modules luareduce.Modules
	db := open(t, func(c *driver.Config) { c.FinishAggregate = modules.FinishCurrent })
	execute(t, db, "CREATE FUNCTION m AS ?", averageModule)
	require.Empty(t, outcome(t, db, "AGGREGATE m.average() ON t"))
	for i := range 50 {
		execute(t, db, "INSERT INTO t (PK, n) VALUES (?, ?)", i, i)
	}
	runCases(t, db, []statementCase{
		{"AGGREGATE m.average() ON t", "24.5"}, {"AGGREGATE m.times(2) ON t", "2450"}, {"AGGREGATE m.times(1) ON t REDUCE SUM", "1225"},
		{"AGGREGATE m.broken() ON t", "error:m.lua:"}, {"AGGREGATE m.nosuch() ON t", "error:"}, {"AGGREGATE nosuch.f() ON t", "error:"},
	})
	execute(t, db, "CREATE OR REPLACE FUNCTION m AS ?", "function average(s) return s : map(function(r) return 1 end) : reduce(function(a, b) return a + b end) end")
	require.Equal(t, "50", outcome(t, db, "AGGREGATE m.average() ON t"))
	plain := open(t, nil)
	execute(t, plain, "CREATE FUNCTION m AS ?", averageModule)
	execute(t, plain, "INSERT INTO t (PK, n) VALUES (1, 5), (2, 6)")
	require.Contains(t, outcome(t, plain, "AGGREGATE m.average() ON t"), "[5 1]")
}
