package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRules(t *testing.T) {
	set, err := ParseRules("index,filter")
	require.NoError(t, err)
	assert.Equal(t, "filter,index", set.String())
	assert.True(t, set.Has(IndexRule))
	assert.False(t, set.Has(UnionRule))
	none, err := ParseRules("")
	require.NoError(t, err)
	assert.Zero(t, none)
	_, err = ParseRules("indexes")
	assert.ErrorContains(t, err, `no rule "indexes", only filter, index`)
}
