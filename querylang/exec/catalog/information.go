package catalog

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/querylang/bind"
)

// A TableInfo is a table, a view, or a set that is not declared.
type TableInfo struct {
	Name string
	// Table is the declaration, nil for a set that is not declared.
	Table *bind.Table
	// Records is the number of records, which may be some seconds old. It is 0 for a view.
	Records int64
}

// Type returns TABLE, VIEW or SET.
func (t *TableInfo) Type() string {
	switch {
	case t.Table == nil:
		return "SET"
	case t.Table.View != nil:
		return "VIEW"
	}
	return "TABLE"
}

// List returns the tables and views of a namespace and the sets with records that are not declared,
// sorted by name.
func (c *Catalog) List(ctx context.Context, namespace string) ([]TableInfo, error) {
	declared, err := c.Tables(ctx, namespace)
	if err != nil {
		return nil, err
	}
	records, err := c.setRecords(ctx, namespace)
	if err != nil {
		return nil, err
	}
	var list []TableInfo
	for _, t := range declared {
		list = append(list, TableInfo{Name: t.Set, Table: t, Records: records[t.Set]})
		delete(records, t.Set)
	}
	for set, n := range records {
		if n > 0 && !Reserved(set) {
			list = append(list, TableInfo{Name: set, Records: n})
		}
	}
	slices.SortFunc(list, func(a, b TableInfo) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

// setRecords returns the number of records of each set of a namespace.
func (c *Catalog) setRecords(ctx context.Context, namespace string) (map[string]int64, error) {
	sets, state := "sets/"+namespace, "namespace/"+namespace
	answers, err := c.client.InfoAll(outsideTxn(ctx), &c.options.Policies.Info, sets, state)
	if err != nil {
		return nil, err
	}
	records, copies := make(map[string]int64), int64(1)
	for _, answer := range answers {
		if answer.Err != nil {
			return nil, answer.Err
		}
		for field := range strings.SplitSeq(answer.Values[state], ";") {
			if value, ok := strings.CutPrefix(field, "effective_replication_factor="); ok {
				n, _ := strconv.ParseInt(value, 10, 64)
				copies = max(copies, n)
			}
		}
		for entry := range strings.SplitSeq(answer.Values[sets], ";") {
			name, objects := "", int64(0)
			for field := range strings.SplitSeq(entry, ":") {
				if value, ok := strings.CutPrefix(field, "set="); ok {
					name = value
				} else if value, ok := strings.CutPrefix(field, "objects="); ok {
					objects, _ = strconv.ParseInt(value, 10, 64)
				}
			}
			if name != "" {
				records[name] += objects
			}
		}
	}
	for set := range records {
		records[set] = (records[set] + copies - 1) / copies
	}
	return records, nil
}
