package mapper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
	catalogs "github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/function"
)

// A Migration is the difference between the tags of some types and what is declared in the cluster;
// see [PlanMigration]. Nothing is ever dropped or changed.
type Migration struct {
	// Create are the statements of SQL that are missing: CREATE TABLE, ALTER TABLE ADD COLUMN and
	// CREATE INDEX. Apply runs them.
	Create []string
	// Differs are columns and indexes of the same name with another definition.
	Differs []string
	// Extra are columns and indexes of the sets that are in no tag.
	Extra []string

	steps []migrationStep
}

type migrationStep struct {
	engine    *exec.Engine
	namespace string
	text      string
}

// A Migrator is a [Repo] or a [Table], for [PlanMigration].
type Migrator interface{ migrator() *store }

func (r *Repo[T]) migrator() *store { return r.store }

// PlanMigration compares the tags of the types of some Repos with the cluster. It changes nothing.
//
//	m, err := mapper.PlanMigration(ctx, users, orders)
//	if err != nil {
//		return err
//	}
//	log.Print(m)
//	return m.Apply(ctx)
//
// Each set is declared as a table, so that SQL knows its columns, their types and the key. Bins
// that can hold values of several kinds are columns without a type. Fields tagged index get an
// index of their type: of the elements of a list, of the keys of a map, of points, or of the value
// itself. Its name is that of index=name, or the set and the bin, joined by _.
func PlanMigration(ctx context.Context, repos ...Migrator) (Migration, error) {
	var m Migration
	for _, r := range repos {
		s := r.migrator()
		b, err := s.bind(ctx)
		if err != nil {
			return Migration{}, err
		}
		if b.engine == nil {
			return Migration{}, errNoEngine
		}
		if s.set == "" {
			return Migration{}, fmt.Errorf("mapper: %w: the null set can't be declared", ErrUnsupported)
		}
		p := &migrationPlanner{&m, s, b, ast.TableName{Namespace: ast.Name{Text: b.namespace}, Set: ast.Name{Text: s.set}}}
		if err := errors.Join(p.table(ctx), p.indexes(ctx)); err != nil {
			return Migration{}, fmt.Errorf("mapper: migration of %s: %w", s.set, err)
		}
	}
	return m, nil
}

// Apply runs the statements of Create in their order and waits until the indexes are complete. It
// can be run by several programs at once, and again after a failure.
func (m Migration) Apply(ctx context.Context) error {
	for _, step := range m.steps {
		p, err := querylang.Prepare(ctx, step.text, step.engine.Catalog(), querylang.Options{Namespace: step.namespace})
		if err == nil {
			_, err = step.engine.NewSession().Run(ctx, &exec.Statement{Plan: p.Plan}, nil)
		}
		if err != nil {
			return fmt.Errorf("mapper: migration: %s: %w", step.text, err)
		}
	}
	return nil
}

// IsEmpty reports whether nothing has to be created and nothing differs.
func (m Migration) IsEmpty() bool { return len(m.Create) == 0 && len(m.Differs) == 0 }

// String returns a line for each difference.
func (m Migration) String() string {
	var lines []string
	for _, part := range []struct {
		mark string
		all  []string
	}{{"create", m.Create}, {"differs", m.Differs}, {"extra", m.Extra}} {
		for _, text := range part.all {
			lines = append(lines, part.mark+": "+text)
		}
	}
	return strings.Join(lines, "\n")
}

// A migrationPlanner compares one set.
type migrationPlanner struct {
	*Migration
	store   *store
	binding *binding
	name    ast.TableName
}

func (p *migrationPlanner) create(text string) {
	p.Create = append(p.Create, text)
	p.steps = append(p.steps, migrationStep{p.binding.engine, p.binding.namespace, text})
}

// columns returns the columns that the tags describe, the key first.
func (p *migrationPlanner) columns() []bind.TableColumn {
	t := bind.Table{}
	s := p.store
	if s.plan.key != nil && s.keyColumn() != "" {
		t.Columns = append(t.Columns, bind.TableColumn{Name: s.keyColumn(), Type: keyTypeOf(s.plan.key)})
	}
	for i := range s.plan.fields {
		f := &s.plan.fields[i]
		t.Columns = append(t.Columns, bind.TableColumn{Name: f.bin, Bin: f.bin, Type: s.typeOf(f)})
	}
	return t.Columns
}

// columnDef returns a column as in CREATE TABLE.
func columnDef(c *bind.TableColumn) ast.ColumnDef {
	d := ast.ColumnDef{Name: ast.Name{Text: c.Name}, Key: c.Bin == ""}
	if c.Type.Family != function.Undeclared {
		d.Type = ast.TypeName{Name: c.Type.Name}
		if c.Type.Family == function.Decimals {
			d.Type.Args = []int64{int64(c.Type.Precision), int64(c.Type.Scale)}
		}
	}
	return d
}

// table compares the declaration of the set.
func (p *migrationPlanner) table(ctx context.Context) error {
	declared, err := p.binding.engine.Catalog().Table(ctx, p.binding.namespace, p.store.set)
	if err != nil {
		return err
	}
	wanted := p.columns()
	if declared == nil {
		create := &ast.CreateTable{Table: p.name, IfNotExists: true}
		for i := range wanted {
			create.Columns = append(create.Columns, columnDef(&wanted[i]))
		}
		p.create(create.String())
		return nil
	}
	for i := range wanted {
		p.column(declared, &wanted[i])
	}
	for i := range declared.Columns {
		c := &declared.Columns[i]
		if !slices.ContainsFunc(wanted, func(w bind.TableColumn) bool { return w.Bin == c.Bin }) {
			p.Extra = append(p.Extra, fmt.Sprintf("column %s of %s", ast.QuoteName(c.Name), p.name))
		}
	}
	return nil
}

// column compares a column. A column without a type fits every field.
func (p *migrationPlanner) column(declared *bind.Table, wanted *bind.TableColumn) {
	i := slices.IndexFunc(declared.Columns, func(c bind.TableColumn) bool { return c.Bin == wanted.Bin })
	switch {
	case i < 0 && wanted.Bin == "":
		return // the key is PK
	case i < 0:
		alter := &ast.AlterTable{Table: p.name, Action: ast.AddColumn, Column: columnDef(wanted), Lenient: true}
		p.create(alter.String())
		return
	}
	is := declared.Columns[i].Type
	if is.Family != function.Undeclared && (is.Family != wanted.Type.Family || is.Family == function.Decimals && is.Scale != wanted.Type.Scale) {
		p.Differs = append(p.Differs, fmt.Sprintf("column %s of %s is a %s, the struct has %s",
			ast.QuoteName(declared.Columns[i].Name), p.name, is.Name, describeType(wanted.Type)))
	}
}

func describeType(t function.Type) string {
	if t.Family == function.Undeclared {
		return "values of several kinds"
	}
	return "a " + t.Name
}

// indexes compares the indexes of the set.
func (p *migrationPlanner) indexes(ctx context.Context) error {
	catalog := p.binding.engine.Catalog()
	known, err := catalog.ListIndexes(ctx, p.binding.namespace)
	if err != nil {
		return err
	}
	wanted, _ := p.store.indexes()
	wantedText := map[string]bool{}
	for i := range wanted {
		w := &wanted[i]
		found := false
		for j := range known {
			is := &known[j]
			same := is.Set == p.store.set && w.is(is.Bin, strings.ToUpper(is.Collection.String()), catalogs.IndexTypeName(is.Type), len(is.Context), is.Expression)
			if same {
				found, wantedText[is.Name] = true, true
			} else if is.Name == w.name {
				found, wantedText[is.Name] = true, true
				p.Differs = append(p.Differs, fmt.Sprintf("index %s has another definition than the tag of bin %q of %s", is.Name, w.bin, p.name))
			}
		}
		if !found {
			p.create(w.statement(p.name))
		}
	}
	for i := range known {
		if is := &known[i]; is.Set == p.store.set && !wantedText[is.Name] {
			p.Extra = append(p.Extra, fmt.Sprintf("index %s of %s", is.Name, p.name))
		}
	}
	return nil
}

// is reports whether an index of the cluster is the wanted one, whatever its name.
func (w *wantedIndex) is(bin, collection, typ string, context int, expression []byte) bool {
	if collection == "DEFAULT" {
		collection = ""
	}
	return w.bin == bin && w.collection == collection && strings.EqualFold(w.typ, typ) && context == 0 && expression == nil
}
