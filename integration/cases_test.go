package integration

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Directories with the test cases of the devserver's evaluators.
const (
	evaluators       = "../cluster/devserver/internal/"
	sharedEvaluators = "../internal/" // SQL has them too
)

// TestCases runs the cases of the devserver's evaluators through a client. On a real server
// (AEROSQL_ADDR) it checks the files against that server; with -update it writes that server's
// results to the files.
func TestCases(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		for family, path := range map[string]string{
			"list": evaluators + "collection/testdata/list.txt", "map": evaluators + "collection/testdata/map.txt",
			"bit": sharedEvaluators + "bits/testdata/bit.txt", "hll": sharedEvaluators + "hll/testdata/hll.txt",
		} {
			t.Run(family, func(t *testing.T) {
				key := on.key(t, set, family)
				casetest.Run(t, path, func(t *testing.T, c casetest.Case) string { return operateOn(t, client, key, c) })
			})
		}
		t.Run("expression", func(t *testing.T) {
			key := on.key(t, set, "k")
			casetest.Run(t, evaluators+"expression/testdata/expression.txt", func(t *testing.T, c casetest.Case) string { return evaluateOn(t, client, key, c) })
		})
	})
}

// operateOn returns the outcome of an operation on a bin.
func operateOn(t *testing.T, client *cluster.Client, key protocol.Key, c casetest.Case) string {
	op, err := c.Names.Operation(c.Text, "b")
	require.NoError(t, err)
	bins := protocol.Bins{{Name: "other", Value: protocol.Int(1)}}
	if len(c.Given) > 0 {
		bins = append(bins, protocol.Bin{Name: "b", Value: c.Given[0].Value})
	}
	replace(t, client, key, bins)
	before := binOf(t, client, key)
	rec, err := client.Operate(t.Context(), nil, key, op)
	if err != nil {
		return failure(t, err)
	}
	result, _ := rec.Bins.Get("b")
	return c.Names.Outcome(before, binOf(t, client, key), result, protocol.OK)
}

// evaluateOn returns the value of an expression on a record.
func evaluateOn(t *testing.T, client *cluster.Client, key protocol.Key, c casetest.Case) string {
	packed, err := c.Names.Expression(c.Text)
	require.NoError(t, err)
	e, err := exp.Parse(packed)
	require.NoError(t, err)
	replace(t, client, key, c.Given)
	rec, err := client.Operate(t.Context(), nil, key, exp.Read("x", e, 0))
	switch {
	case errors.Is(err, protocol.OpNotApplicable):
		return "unknown"
	case err != nil:
		return failure(t, err)
	}
	v, _ := rec.Bins.Get("x")
	return c.Names.Show(v)
}

func replace(t *testing.T, client *cluster.Client, key protocol.Key, bins protocol.Bins) {
	p := &cluster.WritePolicy{Exists: cluster.Replace, SendKey: true}
	require.NoError(t, client.Put(t.Context(), p, key, bins))
}

func binOf(t *testing.T, client *cluster.Client, key protocol.Key) protocol.Value {
	rec, err := client.Get(t.Context(), nil, key, "b")
	require.NoError(t, err)
	v, _ := rec.Bins.Get("b")
	return v
}

func failure(t *testing.T, err error) string {
	var verdict *protocol.Error
	require.ErrorAs(t, err, &verdict)
	return casetest.Failure(verdict.Code)
}
