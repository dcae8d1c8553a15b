package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

var _ bind.CaseFolder = (*Catalog)(nil)

// didYouMean returns a question for the most similar name, or "".
func didYouMean(name string, known []string) string {
	upper := make([]string, len(known))
	for i, k := range known {
		upper[i] = strings.ToUpper(k)
	}
	if i := slices.Index(upper, ast.Nearest(name, upper)); i >= 0 {
		return "; did you mean " + known[i] + "?"
	}
	return ""
}

// OtherCase returns the name of a declared table or view that differs from set in case only, among
// those that statements have used. See bind.CaseFolder.
func (c *Catalog) OtherCase(ctx context.Context, namespace, set string) (string, error) {
	known := (*c.namespaces.Load())[namespace]
	if known == nil {
		return "", nil
	}
	for name := range *known.entries.Load() {
		if name == set || !strings.EqualFold(name, set) {
			continue
		}
		if t, err := c.Table(ctx, namespace, name); t != nil || err != nil {
			return name, err
		}
	}
	return "", nil
}

// nearest returns a question for the declared name that is most similar among those that statements
// have used.
func (d *definition) nearest(n setName) string {
	known := (*d.namespaces.Load())[n.namespace]
	if known == nil {
		return ""
	}
	var declared []string
	for set, e := range *known.entries.Load() {
		if e.declaration != nil {
			declared = append(declared, set)
		}
	}
	slices.Sort(declared)
	return didYouMean(n.set, declared)
}

// nearest returns a question for the column with the most similar name, or "".
func (d *declaration) nearest(name string) string {
	names := make([]string, len(d.columns))
	for i := range d.columns {
		names[i] = d.columns[i].name
	}
	return didYouMean(name, names)
}
