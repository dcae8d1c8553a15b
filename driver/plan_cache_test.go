package driver

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlanCacheIsBounded(t *testing.T) {
	var cache planCache
	plan := &statement{}
	require.Nil(t, cache.get("x"))
	cache.add("kept", plan)
	for i := range 10 * planCacheSize {
		cache.add(fmt.Sprint(i), plan)
		require.Same(t, plan, cache.get("kept"), "a plan in use stays")
		require.LessOrEqual(t, len(cache.young)+len(cache.old), 2*planCacheSize)
	}
	require.Nil(t, cache.get("0"), "an unused plan is dropped")
	cache.add(strings.Repeat("x", planCacheMaxText+1), plan)
	require.Nil(t, cache.get(strings.Repeat("x", planCacheMaxText+1)))
}
