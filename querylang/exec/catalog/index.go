package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// indexes returns what creates and drops indexes.
func (c *Catalog) indexes() (Indexes, error) {
	if c.options.Indexes == nil {
		return nil, ast.Errorf(ast.ErrUnsupported, "indexes can't be changed through this client")
	}
	return c.options.Indexes, nil
}

// indexesChanged reports a change of the indexes of a namespace.
func (c *Catalog) indexesChanged(namespace string) {
	if c.options.IndexesChanged != nil {
		c.options.IndexesChanged(namespace)
	}
}

// createIndex runs CREATE INDEX. It waits until all nodes have built the index.
func (d *definition) createIndex(s *ast.CreateIndex) error {
	n, err := d.name(s.Table)
	if err != nil {
		return err
	}
	indexes, err := d.indexes()
	if err != nil {
		return err
	}
	table, err := d.declared(d.ctx, n.namespace, n.set)
	if err != nil {
		return err
	}
	for again := false; ; again = true {
		err := d.createNewIndex(indexes, n, table, s)
		if again || !s.IfNotExists || !errors.Is(err, protocol.IndexFound) {
			return err
		}
		// Another client has created an index with the name since the indexes were listed.
	}
}

// createNewIndex creates an index unless there is one with its name.
func (d *definition) createNewIndex(indexes Indexes, n setName, table *declaration, s *ast.CreateIndex) error {
	known, err := indexes.Indexes(d.ctx, &d.options.Policies.Info, n.namespace)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(known, func(k admin.IndexInfo) bool { return k.Name == s.Name.Text }); i >= 0 && s.Name.Text != "" {
		if s.IfNotExists {
			return d.awaitIndex(indexes, n, table, &known[i], s)
		}
		return d.fail(s.Name.Pos, ast.ErrExists, "the namespace %s has an index %s already, of the set %s", n.namespace, s.Name, known[i].Set)
	}
	index, err := d.newIndex(n, table, s)
	if err != nil {
		return err
	}
	for i := range known {
		if sameIndex(&known[i], index) {
			return d.fail(s.Pos, ast.ErrExists, "the index %s of %s is the same; a second one would rename it", known[i].Name, n)
		}
	}
	return d.buildIndex(indexes, index, s.Name.Pos)
}

// awaitIndex waits for an index that exists, if it has the definition of the statement. Creating it
// again changes nothing.
func (d *definition) awaitIndex(indexes Indexes, n setName, table *declaration, known *admin.IndexInfo, s *ast.CreateIndex) error {
	index, err := d.newIndex(n, table, s)
	if err != nil || !sameIndex(known, index) {
		return nil
	}
	return d.buildIndex(indexes, index, s.Name.Pos)
}

// buildIndex creates an index and waits until all nodes have built it.
func (d *definition) buildIndex(indexes Indexes, index *admin.IndexInfo, pos ast.Pos) (err error) {
	var task *admin.IndexTask
	policy := &d.options.Policies.Info
	if index.OfSet {
		task, err = indexes.CreateSetIndex(d.ctx, policy, index.Namespace, index.Set, index.Name)
	} else {
		task, err = indexes.CreateIndex(d.ctx, policy, index.Index)
	}
	if errors.Is(err, protocol.IndexFound) {
		exists := ast.ErrorAt(d.text, pos, ast.ErrExists, "the namespace %s has an index %s already", index.Namespace, index.Name)
		exists.Cause = err
		return exists
	}
	if err != nil {
		return err
	}
	defer d.indexesChanged(index.Namespace)
	if err := task.Wait(d.ctx); err != nil {
		return fmt.Errorf("the index %s was created, but it is not known to be complete: %w", index.Name, err)
	}
	return nil
}

// sameIndex reports whether an index has the definition of a new one.
func sameIndex(known, index *admin.IndexInfo) bool {
	if known.Set != index.Set || known.OfSet != index.OfSet {
		return false
	}
	return index.OfSet || known.Bin == index.Bin && known.Type == index.Type && known.Collection == index.Collection &&
		slices.EqualFunc(known.Context, index.Context, sameStep) && bytes.Equal(known.Expression, index.Expression)
}

// newIndex returns the index of CREATE INDEX.
func (d *definition) newIndex(n setName, table *declaration, s *ast.CreateIndex) (*admin.IndexInfo, error) {
	switch {
	case table != nil && table.view:
		return nil, d.fail(n.pos, ast.ErrUnsupported, "%s is a view; only sets have indexes", n)
	case len(s.Options) > 0:
		return nil, d.fail(s.Options[0].Name.Pos, ast.ErrUnsupported, "CREATE INDEX has no option %s", s.Options[0].Name)
	case s.Unique:
		return nil, d.notUnique(s.Pos, "INDEX")
	case len(s.Parts) > 1:
		return nil, d.fail(s.Parts[1].Expr.Position(), ast.ErrUnsupported,
			"an index of several columns is not supported: the servers index one value of a record; create an index for each column")
	}
	index := &admin.IndexInfo{Index: admin.Index{Namespace: n.namespace, Set: n.set, Name: s.Name.Text}, OfSet: s.SetIndex}
	if s.SetIndex {
		if index.Name == "" {
			index.Name = indexName(n.set, "set")
		}
		return index, nil
	}
	target, err := d.indexTarget(table, s)
	if err != nil {
		return nil, err
	}
	index.Bin, index.Collection, index.Context = target.bin, target.collection, target.context()
	if target.expression != nil {
		return index, d.setExpression(index, n, s, target)
	}
	if index.Name == "" {
		index.Name = indexName(n.set, target.bin)
	}
	index.Type, err = d.indexType(n, s, target)
	return index, err
}

// setExpression sets the expression and the type of an index.
func (d *definition) setExpression(index *admin.IndexInfo, n setName, s *ast.CreateIndex, t *target) (err error) {
	var given bool
	if index.Type, given = indexWords[s.Type]; !given {
		return d.fail(t.pos, ast.ErrType, "an index of an expression needs its type after the parenthesis: %s", typeWords)
	}
	if index.Name == "" {
		return d.fail(s.Pos, ast.ErrSyntax, "an index of an expression needs a name")
	}
	index.Expression, err = d.options.IndexExpression(d.ctx, n.namespace, n.set, t.expression, index.Type)
	return err
}

// maxIndexName is the longest name of an index, in bytes.
const maxIndexName = 63

// indexName returns the name of an index that was created without one.
func indexName(set, what string) string {
	name := set + "_" + what + "_idx"
	return strings.ToValidUTF8(name[:min(len(name), maxIndexName)], "")
}

// dropIndex runs DROP INDEX.
func (d *definition) dropIndex(s *ast.DropIndex) error {
	indexes, err := d.indexes()
	if err != nil {
		return err
	}
	namespace, set, found := d.namespace, "", s.Table.Set.IsZero() || s.Table.IsNullSet()
	if s.Table.IsNullSet() && !s.Table.Namespace.IsZero() {
		namespace = s.Table.Namespace.Text
	}
	if !found {
		n, err := d.name(s.Table)
		if err != nil {
			return err
		}
		namespace, set = n.namespace, n.set
	}
	known, err := indexes.Indexes(d.ctx, &d.options.Policies.Info, namespace)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(known, func(k admin.IndexInfo) bool { return k.Name == s.Name.Text })
	switch {
	case i >= 0 && (found || known[i].Set == set):
		return d.removeIndex(indexes, &known[i])
	case s.IfExists:
		return nil
	case i >= 0:
		return d.fail(s.Name.Pos, ast.ErrUnknownName, "the index %s is of the set %s", s.Name, known[i].Set)
	}
	return d.fail(s.Name.Pos, ast.ErrUnknownName, "the namespace %s has no index %s%s", namespace, s.Name, nearestIndex(s.Name.Text, known))
}

// removeIndex drops an index and waits until no node has it.
func (d *definition) removeIndex(indexes Indexes, index *admin.IndexInfo) error {
	defer d.indexesChanged(index.Namespace)
	task, err := indexes.DropIndex(d.ctx, &d.options.Policies.Info, index.Namespace, index.Set, index.Name)
	if err != nil {
		return err
	}
	return task.Wait(d.ctx)
}

// dropIndexesOf drops the indexes of a set: all, or those of some bins.
func (d *definition) dropIndexesOf(n setName, bins ...string) error {
	indexes, err := d.indexes()
	if err != nil {
		return err
	}
	known, err := indexes.Indexes(d.ctx, &d.options.Policies.Info, n.namespace)
	if err != nil {
		return err
	}
	for i := range known {
		if known[i].Set != n.set || len(bins) > 0 && !slices.Contains(bins, known[i].Bin) {
			continue
		}
		if err := d.removeIndex(indexes, &known[i]); err != nil {
			return err
		}
	}
	return nil
}

// nearestIndex returns a question for the index with the most similar name, or "".
func nearestIndex(name string, known []admin.IndexInfo) string {
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].Name
	}
	return didYouMean(name, names)
}
