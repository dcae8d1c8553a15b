// Package views counts how often each product is looked at, a counter for each day. Old counters
// expire.
package views

import (
	"context"
	"database/sql"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

//go:generate go run github.com/aerosql/aerosql/cmd/aerosql gen

// Days is for how many days the counters are kept.
const Days = 7

// A Counter is the number of views of a product on a day.
type Counter struct {
	Key string `as:"key,pk"` // SKU and day
	N   int64  `as:"n"`
}

// Views has all counters.
type Views struct {
	table *mapper.Table[string, Counter]
	now   func() time.Time
}

// New returns the counters in a namespace.
func New(db *sql.DB, namespace string, now func() time.Time) (*Views, error) {
	table, err := mapper.NewTable[string, Counter](db, mapper.WithNamespace(namespace), mapper.WithSet("views"))
	if err != nil {
		return nil, err
	}
	return &Views{table.With(mapper.TTL(Days * 24 * time.Hour)), now}, nil
}

// Count counts a view, in one command.
func (v *Views) Count(ctx context.Context, sku string) error {
	_, err := v.table.Upsert(ctx, &Counter{Key: key(sku, v.now()), N: 1}, CounterFields.N.Add(1))
	return err
}

// Recent returns the number of views in the last days. It reads all counters in one batch.
func (v *Views) Recent(ctx context.Context, sku string) (n int64, err error) {
	var keys []string
	for day := range Days {
		keys = append(keys, key(sku, v.now().AddDate(0, 0, -day)))
	}
	counters, err := v.table.FindMany(ctx, keys...)
	if err != nil {
		return 0, err
	}
	for _, c := range counters {
		if c != nil { // nobody looked on this day
			n += c.N
		}
	}
	return n, nil
}

func key(sku string, t time.Time) string { return sku + "/" + t.UTC().Format(time.DateOnly) }
