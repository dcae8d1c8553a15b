//go:build !race

package devserver

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestQueryLimitOfIndexes creates the maximum number of indexes in a namespace.
func TestQueryLimitOfIndexes(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	for i := range maxIndexes {
		require.Equal(t, "ok", c.info(fmt.Sprintf("sindex-create:namespace=test;set=demo;indexname=i%d;bin=b%d;type=numeric", i, i)))
	}
	require.Equal(t, "ERROR:206:already at sindex definition limit", c.info("sindex-create:namespace=test;set=demo;indexname=x;bin=x;type=numeric"))
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=demo;indexname=i7;bin=b7;type=numeric"), "the index exists already")
	require.Equal(t, "ERROR:200:'indexname' already exists with different definition", c.info("sindex-create:namespace=test;set=demo;indexname=i7;bin=x;type=numeric"))
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=demo;indexname=new;bin=b7;type=numeric"), "the index is renamed")
	require.Equal(t, "false", c.info("sindex-exists:namespace=test;indexname=i7"))
}
