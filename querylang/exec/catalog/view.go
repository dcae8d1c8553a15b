package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// createView runs CREATE VIEW. The query must be valid now. It is stored as text, and bound again
// when the view is used.
func (d *definition) createView(s *ast.CreateView) error {
	n, err := d.name(s.Name)
	if err != nil {
		return err
	}
	next := &declaration{namespace: n.namespace, set: n.set, view: true, query: s.Query.String(), queryNamespace: d.namespace}
	for _, name := range s.Columns {
		for _, c := range next.columns {
			if strings.EqualFold(c.name, name.Text) {
				return d.fail(name.Pos, ast.ErrExists, "the view has a column %s already", c.name)
			}
		}
		next.columns = append(next.columns, column{name: name.Text})
	}
	if err := d.checkText(s.Query, "view"); err != nil {
		return err
	}
	if err := d.bindView(n, s); err != nil {
		return err
	}
	records, err := d.records(n)
	if err != nil {
		return err
	}
	if records > 0 {
		return d.fail(n.pos, ast.ErrExists, "the set %s has records, which a view with its name would hide", n)
	}
	if s.Replace {
		return d.replaceView(n, next)
	}
	return d.createDeclaration(n, next, s.IfNotExists)
}

// A catalogWith is a Catalog with a table or view that is being created.
type catalogWith struct {
	*Catalog
	table *bind.Table
}

// Table returns the declaration of a table, or that which is being created.
func (c catalogWith) Table(ctx context.Context, namespace, set string) (*bind.Table, error) {
	if namespace == c.table.Namespace && set == c.table.Set {
		return c.table, nil
	}
	return c.Catalog.Table(ctx, namespace, set)
}

// bindView returns an error if the query of a view is not valid, or reads the view.
func (d *definition) bindView(n setName, s *ast.CreateView) error {
	view := &bind.Table{Namespace: n.namespace, Set: n.set, View: s.Query, ViewNamespace: d.namespace}
	bound, err := bind.Bind(d.ctx, s.Query, catalogWith{d.Catalog, view}, bind.Options{Namespace: d.namespace, AQL: d.aql, Text: d.text})
	switch {
	case err != nil:
		return err
	case len(s.Columns) > 0 && len(s.Columns) != len(bound.Query.Columns):
		return d.fail(n.pos, ast.ErrSyntax, "%s names %d columns, but its query has %d", s.Name, len(s.Columns), len(bound.Query.Columns))
	}
	return nil
}

// replaceView runs CREATE OR REPLACE VIEW. The comment of the view stays.
func (d *definition) replaceView(n setName, next *declaration) error {
	for range changeAttempts {
		err := d.create(d.ctx, next)
		if !errors.Is(err, protocol.KeyExists) {
			return err
		}
		known, err := d.find(n, true, true)
		if err != nil {
			return err
		}
		if known == nil {
			continue // another client has just dropped it
		}
		next.generation, next.comment = known.generation, known.comment
		if err := d.replace(d.ctx, next); !errors.Is(err, protocol.GenerationError) && !errors.Is(err, protocol.KeyNotFound) {
			return err
		}
	}
	return fmt.Errorf("other clients change the view %s all the time; try again", n)
}

// dropView runs DROP VIEW.
func (d *definition) dropView(s *ast.DropView) error {
	n, err := d.name(s.Name)
	if err != nil {
		return err
	}
	known, err := d.find(n, true, s.IfExists)
	if known == nil || err != nil {
		return err
	}
	return d.removeDeclaration(n, known)
}
