package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestExplainIndex checks that the error of a query without its index says which indexes exist.
func TestExplainIndex(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.IndexNotFound))
		f.node(0).set("sindex-list:namespace=test;b64=true",
			"ns=test:indexname=ix:set=s:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW;"+
				"ns=test:indexname=all:set=s:indextype=set")
		ask := func(filter Filter) error {
			var last error
			for _, err := range c.Query(t.Context(), &QueryPolicy{MaxRetries: NoRetries}, Statement{Namespace: "test", Set: "s", Filter: filter}) {
				last = err
			}
			require.ErrorIs(t, last, protocol.IndexNotFound)
			return last
		}
		for name, filter := range map[string]Filter{
			"type": FilterEqual("n", "text"), "form": FilterContains("n", IndexList, 1), "name": FilterEqual("", "text").ByName("ix"),
		} {
			err := ask(filter)
			require.ErrorIs(t, err, ErrIndexType, name)
			require.ErrorContains(t, err, "ix (NUMERIC, DEFAULT)")
		}
		for name, filter := range map[string]Filter{
			"bin": FilterEqual("other", 1), "name": FilterEqual("", 1).ByName("all"), "expression": FilterEqual("", 1).ByExpression([]byte{1}),
		} {
			err := ask(filter)
			require.NotErrorIs(t, err, ErrIndexType, name)
			require.ErrorContains(t, err, "CreateIndex")
		}
		_, err := c.QueryOperate(t.Context(), nil, Statement{Namespace: "test", Set: "s", Filter: FilterEqual("n", "text")}, protocol.TouchRecord())
		require.ErrorIs(t, err, ErrIndexType)
		for _, err = range c.Aggregate(t.Context(), nil, Statement{Namespace: "test", Set: "s", Filter: FilterEqual("n", "text")}, "m", "f") {
			require.ErrorIs(t, err, ErrIndexType)
		}
		f.node(0).set("sindex-list:namespace=test;b64=true", "ERROR:4:broken")
		require.NotErrorIs(t, ask(FilterEqual("n", "text")), ErrIndexType)
	})
}
