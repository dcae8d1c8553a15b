package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const want = `1. SQL
   inserted 3 products
   Green tea: 118 in stock
   cheap and in stock: Green tea (tea) at 4.50
   | client: compute products.PK, products.name, products.price
   |   scan test.products
   |     server filter: products.stock > ? AND products.price < ?
   |     bins: price, name; stored user key
   |     estimate: 3 records
2. Structs
   Tea pot now costs 24.90, generation 2, tags [kitchen sale]
   saving a stale copy of it was rejected
   a spoon: not found is true
3. Native commands
   Cup of porcelain: 50 in stock, generation 2
   a scan of all partitions found 3 products on 1 node(s)
   removed 3 products
`

// TestQuickstart runs twice: run cleans up, and the server stops when its last user closes it.
func TestQuickstart(t *testing.T) {
	for range 2 {
		var out strings.Builder
		require.NoError(t, run(t.Context(), &out, "aerospike+mem://quickstart-test/test", "test"))
		require.Equal(t, want, out.String())
	}
}
