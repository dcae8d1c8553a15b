package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// Define runs the definition of a table, view or index. If it fails in the middle, repeating it
// completes it. Definitions can't belong to a transaction.
//
// CREATE TABLE declares a set, which may have records already. DROP TABLE removes the records of a
// declared table, its indexes and then its declaration. CREATE INDEX returns when the index can be
// used on all nodes; if the context ends before that, the nodes still build it.
func (c *Catalog) Define(ctx context.Context, p *plan.Definition) error {
	d := &definition{Catalog: c, ctx: ctx, namespace: p.Namespace, text: p.Text, aql: p.AQL}
	if cluster.TxnFrom(ctx) != nil {
		return d.fail(p.Statement.Position(), ast.ErrUnsupported,
			"definitions can't be part of a transaction: they take effect at once and can't be rolled back")
	}
	switch s := p.Statement.(type) {
	case *ast.CreateTable:
		return d.createTable(s)
	case *ast.AlterTable:
		return d.alterTable(s)
	case *ast.DropTable:
		return d.dropTables(s)
	case *ast.CreateView:
		return d.createView(s)
	case *ast.DropView:
		return d.dropView(s)
	case *ast.Comment:
		return d.comment(s)
	case *ast.CreateIndex:
		return d.createIndex(s)
	case *ast.DropIndex:
		return d.dropIndex(s)
	}
	return ast.Errorf(ast.ErrUnsupported, "%T is not a definition", p.Statement)
}

// A definition is a run of Define.
type definition struct {
	*Catalog
	ctx       context.Context
	namespace string // of names without one
	text      string
	aql       bool // "..." may be a string
}

// fail returns an error at a position of the statement.
func (d *definition) fail(pos ast.Pos, kind error, format string, args ...any) error {
	return ast.ErrorAt(d.text, pos, kind, format, args...)
}

// A setName is the set of a table.
type setName struct {
	namespace, set string
	pos            ast.Pos
}

func (n setName) String() string { return n.namespace + "." + n.set }

// maxSet is the longest name of a set, in bytes.
const maxSet = 63

// name returns the set that a name means.
func (d *definition) name(t ast.TableName) (setName, error) {
	n := setName{namespace: t.Namespace.Text, set: t.Set.Text, pos: t.Position()}
	if n.namespace == "" {
		n.namespace = d.namespace
	}
	switch {
	case n.namespace == "":
		return n, d.fail(n.pos, ast.ErrInvalidName, "the table %s needs a namespace: namespace.table", t)
	case !t.Bin.IsZero():
		return n, d.fail(n.pos, ast.ErrUnsupported, "%s is a bin of a set; only sets can be tables here", t)
	case t.IsNullSet():
		return n, d.fail(n.pos, ast.ErrUnsupported, "the records without a set can't be declared")
	case Reserved(n.set):
		return n, d.fail(n.pos, ast.ErrInvalidName, "%s", errReserved().(*ast.Error).Message)
	case n.set == "" || len(n.set) > maxSet:
		return n, d.fail(n.pos, ast.ErrInvalidName, "the name of a table has 1 to %d bytes, %q has %d", maxSet, n.set, len(n.set))
	}
	if err := protocol.CheckNewName("table", n.set); err != nil {
		return n, d.fail(n.pos, ast.ErrInvalidName, "%s", err)
	}
	return n, nil
}

// what returns what a declaration declares.
func (d *declaration) what() string {
	if d.view {
		return "view"
	}
	return "table"
}

// find returns a declaration and an error if there is none, or if it is not of the expected kind.
// If lenient is set, a missing one is nil without an error.
func (d *definition) find(n setName, view, lenient bool) (*declaration, error) {
	found, err := d.declared(d.ctx, n.namespace, n.set)
	want := (&declaration{view: view}).what()
	switch {
	case err != nil:
		return nil, err
	case found == nil && lenient:
		return nil, nil
	case found == nil && view:
		return nil, d.fail(n.pos, ast.ErrUnknownName, "there is no view %s%s", n, d.nearest(n))
	case found == nil:
		return nil, d.fail(n.pos, ast.ErrUnknownName, "the table %s is not declared%s", n, cmp.Or(d.nearest(n), "; TRUNCATE removes the records of a set"))
	case found.view != view:
		return nil, d.fail(n.pos, ast.ErrUnknownName, "%s is a %s, not a %s", n, found.what(), want)
	}
	return found, nil
}

// createDeclaration stores a new declaration.
func (d *definition) createDeclaration(n setName, next *declaration, lenient bool) error {
	err := d.create(d.ctx, next)
	if !errors.Is(err, protocol.KeyExists) {
		return err
	}
	known, err := d.declared(d.ctx, n.namespace, n.set)
	switch {
	case err != nil:
		return err
	case known == nil:
		return fmt.Errorf("another client has just dropped the table %s; try again", n)
	case lenient && known.view == next.view:
		return nil
	}
	return d.fail(n.pos, ast.ErrExists, "there is already a %s %s", known.what(), n)
}

// removeDeclaration deletes a declaration.
func (d *definition) removeDeclaration(n setName, known *declaration) error {
	if err := d.remove(d.ctx, known); !errors.Is(err, protocol.GenerationError) {
		return err
	}
	return fmt.Errorf("another client has changed %s at the same time; try again", n)
}

// changeAttempts is how often a change is tried if other clients change the table. An attempt fails
// only if another client's succeeds, so this many clients can each make one change at once.
const changeAttempts = 50

// change changes the declaration of a table. A change that returns no error and no declaration is
// nothing to do.
func (d *definition) change(n setName, lenient bool, change func(*declaration) (*declaration, error)) error {
	return d.changeOf(n, false, lenient, change)
}

// changeOf changes the declaration of a table or a view.
func (d *definition) changeOf(n setName, view, lenient bool, change func(*declaration) (*declaration, error)) error {
	for range changeAttempts {
		known, err := d.find(n, view, lenient)
		if known == nil || err != nil {
			return err
		}
		next, err := change(known.clone())
		if next == nil || err != nil {
			return err
		}
		if err := d.replace(d.ctx, next); !errors.Is(err, protocol.GenerationError) && !errors.Is(err, protocol.KeyNotFound) {
			return err
		}
	}
	return fmt.Errorf("other clients change the table %s all the time; try again", n)
}
