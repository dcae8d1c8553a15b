package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Tables returns the declared tables and views of a namespace, sorted by name. It reads the set of
// declarations by a query, which in a large namespace takes longer than reading one declaration.
func (c *Catalog) Tables(ctx context.Context, namespace string) ([]*bind.Table, error) {
	var tables []*bind.Table
	policy := c.options.Policies.Query
	stmt := cluster.Statement{Namespace: namespace, Set: bind.ReservedSet}
	for record, err := range c.client.Query(outsideTxn(ctx), &policy, stmt) {
		if err != nil {
			return nil, readError(namespace, err)
		}
		set, ok := record.Key.UserKey().Text()
		if !ok {
			continue // not a declaration: those have a name
		}
		e := newEntry(namespace, strings.Clone(set), record)
		if e.err != nil {
			return nil, e.err
		}
		tables = append(tables, e.table)
	}
	slices.SortFunc(tables, func(a, b *bind.Table) int { return cmp.Compare(a.Set, b.Set) })
	return tables, nil
}

// ListIndexes returns the secondary indexes of a namespace, sorted by name.
func (c *Catalog) ListIndexes(ctx context.Context, namespace string) ([]admin.IndexInfo, error) {
	indexes, err := c.indexes()
	if err != nil {
		return nil, err
	}
	list, err := indexes.Indexes(ctx, &c.options.Policies.Info, namespace)
	slices.SortFunc(list, func(a, b admin.IndexInfo) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}
