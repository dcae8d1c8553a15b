package mapper

import (
	"cmp"
	"context"
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

func (r *Repo[T]) migrator() *store     { return r.core() }
func (t *Table[K, T]) migrator() *store { return t.repo().core() }

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
	plan := &migrationPlan{m: &m, sets: map[migrationKey]*migrationSet{}}
	for i, r := range repos {
		if r == nil {
			return Migration{}, &emptyError{"migration", fmt.Sprintf("repository %d is nil", i+1)}
		}
		s := r.migrator()
		if err := s.ready("PlanMigration"); err != nil {
			return Migration{}, fmt.Errorf("%w (repository %d)", err, i+1)
		}
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
		p := &migrationPlanner{plan, s, b, ast.TableName{Namespace: ast.Name{Text: b.namespace}, Set: ast.Name{Text: s.set}}, nil}
		if err := cmp.Or(p.table(ctx), p.compareIndexes(ctx)); err != nil {
			return Migration{}, fmt.Errorf("mapper: migration of %s: %w", s.set, err)
		}
	}
	plan.extra()
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

// A migrationPlan collects what the types of a migration need. Several types can share a set.
type migrationPlan struct {
	m       *Migration
	sets    map[migrationKey]*migrationSet
	order   []*migrationSet
	indexes []plannedIndex
}

// A migrationKey identifies a set. The types of a migration can be in several clusters.
type migrationKey struct {
	catalog *catalogs.Catalog
	name    string
}

// A migrationSet is what is known of a set.
type migrationSet struct {
	name    ast.TableName
	catalog *catalogs.Catalog
	// declared is the table as it will be, known the columns and indexes that the cluster has now.
	declared           *bind.Table
	knownColumns       []bind.TableColumn
	knownIndexes       []string
	columns, indexName map[string]bool // that tags describe, by bin and by name
}

// A plannedIndex is an index that the migration creates.
type plannedIndex struct {
	wantedIndex
	set *migrationSet
}

// extra finds the columns and indexes that are in no tag.
func (p *migrationPlan) extra() {
	for _, set := range p.order {
		for _, c := range set.knownColumns {
			if !set.columns[c.Bin] {
				p.m.Extra = append(p.m.Extra, fmt.Sprintf("column %s of %s", ast.QuoteName(c.Name), set.name))
			}
		}
		for _, index := range set.knownIndexes {
			if !set.indexName[index] {
				p.m.Extra = append(p.m.Extra, fmt.Sprintf("index %s of %s", index, set.name))
			}
		}
	}
}

// A migrationPlanner compares one type.
type migrationPlanner struct {
	*migrationPlan
	store   *store
	binding *binding
	name    ast.TableName
	set     *migrationSet
}

func (p *migrationPlanner) differs(format string, args ...any) {
	p.m.Differs = append(p.m.Differs, fmt.Sprintf(format, args...))
}

func (p *migrationPlanner) create(text string) {
	p.m.Create = append(p.m.Create, text)
	p.m.steps = append(p.m.steps, migrationStep{p.binding.engine, p.binding.namespace, text})
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
	wanted := p.columns()
	key := migrationKey{p.binding.engine.Catalog(), p.name.String()}
	if p.set = p.sets[key]; p.set == nil {
		declared, err := p.binding.engine.Catalog().Table(ctx, p.binding.namespace, p.store.set)
		if err != nil {
			return err
		}
		p.set = &migrationSet{name: p.name, catalog: key.catalog, columns: map[string]bool{}, indexName: map[string]bool{}}
		p.sets[key], p.order = p.set, append(p.order, p.set)
		if declared != nil {
			p.set.knownColumns = declared.Columns
			p.set.declared = &bind.Table{Columns: slices.Clone(declared.Columns)}
		}
	}
	for i := range wanted {
		p.set.columns[wanted[i].Bin] = true
	}
	if p.set.declared == nil {
		create := &ast.CreateTable{Table: p.name, IfNotExists: true}
		for i := range wanted {
			create.Columns = append(create.Columns, columnDef(&wanted[i]))
		}
		p.create(create.String())
		p.set.declared = &bind.Table{Columns: wanted}
		return nil
	}
	for i := range wanted {
		p.column(p.set.declared, &wanted[i])
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
		declared.Columns = append(declared.Columns, *wanted)
		return
	}
	is := declared.Columns[i].Type
	if is.Family != function.Undeclared && (is.Family != wanted.Type.Family || is.Family == function.Decimals && is.Scale != wanted.Type.Scale) {
		p.differs("column %s of %s is %s, the struct has %s", ast.QuoteName(declared.Columns[i].Name), p.name, describeType(is), describeType(wanted.Type))
	}
}

func describeType(t function.Type) string {
	if t.Family == function.Undeclared {
		return "values of several kinds"
	}
	if strings.ContainsRune("AEIOU", rune(t.Name[0])) {
		return "an " + t.Name
	}
	return "a " + t.Name
}

// compareIndexes compares the indexes of the set.
func (p *migrationPlanner) compareIndexes(ctx context.Context) error {
	catalog := p.binding.engine.Catalog()
	known, err := catalog.ListIndexes(ctx, p.binding.namespace)
	if err != nil {
		return err
	}
	if p.set.knownIndexes == nil {
		for i := range known {
			if known[i].Set == p.store.set {
				p.set.knownIndexes = append(p.set.knownIndexes, known[i].Name)
			}
		}
	}
	wanted, _ := p.store.indexes()
	for i := range wanted {
		w := &wanted[i]
		found := p.planned(w)
		for j := range known {
			is := &known[j]
			same := is.Set == p.store.set && w.is(is.Bin, strings.ToUpper(is.Collection.String()), catalogs.IndexTypeName(is.Type), len(is.Context), is.Expression)
			if same || is.Name == w.name {
				found, p.set.indexName[is.Name] = true, true
			}
			if is.Name == w.name && !same {
				p.differs("index %s has another definition than the tag of bin %q of %s", is.Name, w.bin, p.name)
			}
		}
		if !found {
			p.create(w.statement(p.name))
			p.indexes = append(p.indexes, plannedIndex{*w, p.set})
		}
	}
	return nil
}

// planned reports whether the migration already creates an index of another type, which may have
// the same name with another definition.
func (p *migrationPlanner) planned(w *wantedIndex) bool {
	for _, other := range p.indexes {
		if other.set.catalog != p.set.catalog || other.set.name.Namespace.Text != p.name.Namespace.Text {
			continue
		}
		same := other.set == p.set && other.bin == w.bin && other.collection == w.collection && other.typ == w.typ
		if other.name == w.name && !same {
			p.differs("index %s of bin %q of %s is also the name of the index of bin %q of %s", w.name, w.bin, p.name, other.bin, other.set.name)
		}
		if same || other.name == w.name {
			return true
		}
	}
	return false
}

// is reports whether an index of the cluster is the wanted one, whatever its name.
func (w *wantedIndex) is(bin, collection, typ string, context int, expression []byte) bool {
	if collection == "DEFAULT" {
		collection = ""
	}
	return w.bin == bin && w.collection == collection && strings.EqualFold(w.typ, typ) && context == 0 && expression == nil
}
