package catalog

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang/bind"
)

// keyColumns returns the name of the constraint that the key of a table comes from, and its columns.
// It is "" for a table without one.
func keyColumns(t *bind.Table) (constraint, kind string, columns []string) {
	if t.View != nil {
		return "", "", nil
	}
	if t.Key >= 0 {
		return "PRIMARY", "PRIMARY KEY", []string{t.Columns[t.Key].Name}
	}
	if t.KeyColumns != nil {
		for _, i := range t.KeyColumns {
			columns = append(columns, t.Columns[i].Name)
		}
		return "PRIMARY", "PRIMARY KEY", columns
	}
	if unique := t.UniqueColumn(); unique != nil {
		return unique.Name, "UNIQUE", []string{unique.Name}
	}
	return "", "", nil
}

func (c *Catalog) informationOfKeys(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.Tables(ctx, namespace)
	for _, t := range list {
		constraint, _, columns := keyColumns(t)
		for i, column := range columns {
			rows = append(rows, []any{
				informationCatalog, namespace, constraint, informationCatalog, namespace, t.Set, column, i + 1,
			})
		}
	}
	return rows, err
}

func (c *Catalog) informationOfConstraints(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.Tables(ctx, namespace)
	for _, t := range list {
		if constraint, kind, _ := keyColumns(t); constraint != "" {
			rows = append(rows, []any{informationCatalog, namespace, constraint, namespace, t.Set, kind})
		}
	}
	return rows, err
}

// informationOfModules returns the modules of functions, which belong to no namespace: each
// namespace has all of them.
func (c *Catalog) informationOfModules(ctx context.Context, namespace string) (rows [][]any, err error) {
	modules, err := c.listModules(ctx)
	for _, name := range modules {
		rows = append(rows, []any{informationCatalog, namespace, strings.TrimSuffix(name, ".lua"), "MODULE", "EXTERNAL", name, "LUA"})
	}
	return rows, err
}

// listModules returns the files of the modules that any node has, sorted.
func (c *Catalog) listModules(ctx context.Context) ([]string, error) {
	const command = "udf-list"
	answers, err := c.client.InfoAll(ctx, &c.options.Policies.Info, command)
	if err != nil {
		return nil, err
	}
	all := make(map[string]bool)
	for _, answer := range answers {
		if answer.Err != nil {
			return nil, answer.Err
		}
		for entry := range strings.SplitSeq(answer.Values[command], ";") {
			entry, _, _ = strings.Cut(entry, ",hash=")
			if name, ok := strings.CutPrefix(entry, "filename="); ok {
				all[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}
