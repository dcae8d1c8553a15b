package catalog

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A declaration is a table or a view as it is stored, with expressions and types as SQL.
type declaration struct {
	namespace, set string
	view           bool
	columns        []column
	key            string   // the name of the key column, "" if it has none
	keys           []string // the names of the columns of a PRIMARY KEY of several columns
	generated      bool     // the key may be left out
	unique         string   // the name of the column whose values are the keys, "" if there is none
	checks         []string
	retired        []string // the bins of dropped columns
	query          string   // of a view
	queryNamespace string
	comment        string
	generation     uint32 // of the record
}

// A column is a declared column.
type column struct {
	name, bin    string // the key has no bin
	typeName     string // "" without a type
	notNull      bool
	defaultValue string // "" without DEFAULT
	comment      string
}

// equal reports whether two declarations mean the same. Either may be nil.
func (d *declaration) equal(other *declaration) bool {
	if d == nil || other == nil {
		return d == other
	}
	return d.view == other.view && d.comment == other.comment && slices.Equal(d.keys, other.keys) && d.key == other.key && d.generated == other.generated && d.unique == other.unique && d.query == other.query &&
		d.queryNamespace == other.queryNamespace && slices.Equal(d.columns, other.columns) &&
		slices.Equal(d.checks, other.checks) && slices.Equal(d.retired, other.retired)
}

// clone returns a copy that can be changed.
func (d *declaration) clone() *declaration {
	next := *d
	next.columns, next.checks, next.retired = slices.Clone(d.columns), slices.Clone(d.checks), slices.Clone(d.retired)
	next.keys = slices.Clone(d.keys)
	return &next
}

// load returns the declaration with its expressions and types parsed.
func (d *declaration) load() (*bind.Table, error) {
	t := &bind.Table{Namespace: d.namespace, Set: d.set, Key: -1, GeneratedKey: d.generated && !d.view, Comment: d.comment}
	for i := range d.columns {
		column, err := d.loadColumn(&d.columns[i])
		if err != nil {
			return nil, err
		}
		if column.Name == d.key && !d.view {
			t.Key = i
		}
		column.UniqueKey = !d.view && column.Name == d.unique && d.unique != ""
		t.Columns = append(t.Columns, column)
	}
	if d.view {
		if err := d.loadView(t); err != nil {
			return nil, err
		}
		return t, nil
	}
	if d.key != "" && t.Key < 0 {
		return nil, d.damaged("the key "+d.key, nil)
	}
	if d.unique != "" && (d.key != "" || !d.generated || t.UniqueColumn() == nil) {
		return nil, d.damaged("the UNIQUE column "+d.unique, nil)
	}
	for _, name := range d.keys {
		i := slices.IndexFunc(d.columns, func(c column) bool { return c.name == name })
		if i < 0 || d.key != "" || d.unique != "" || !d.generated || !d.columns[i].notNull {
			return nil, d.damaged("the PRIMARY KEY", nil)
		}
		t.KeyColumns = append(t.KeyColumns, i)
	}
	for _, text := range d.checks {
		check, err := parse.Expression(text)
		if err != nil {
			return nil, d.damaged("a CHECK", err)
		}
		t.Checks = append(t.Checks, check)
	}
	return t, nil
}

// loadColumn returns a column with its type and default value parsed.
func (d *declaration) loadColumn(c *column) (result bind.TableColumn, err error) {
	result = bind.TableColumn{Name: c.name, Bin: c.bin, NotNull: c.notNull, Comment: c.comment}
	if !d.view && (c.bin == "") != (c.name == d.key) {
		return result, d.damaged("the bin of the column "+c.name, nil)
	}
	if c.typeName != "" {
		if result.Type, err = parseType(c.typeName); err != nil {
			return result, d.damaged("the type of the column "+c.name, err)
		}
	}
	if c.defaultValue != "" {
		if result.Default, err = parse.Expression(c.defaultValue); err != nil {
			return result, d.damaged("the DEFAULT of the column "+c.name, err)
		}
	}
	return result, nil
}

// loadView parses the query of a view.
func (d *declaration) loadView(t *bind.Table) error {
	parsed, err := parse.One(d.query, parse.Standard)
	if err != nil {
		return d.damaged("the query", err)
	}
	query, ok := parsed.Statement.(*ast.Query)
	if !ok {
		return d.damaged("the query", nil)
	}
	t.View, t.ViewText, t.ViewNamespace = query, d.query, d.queryNamespace
	return nil
}

// damaged returns the error of a declaration that can't be used.
func (d *declaration) damaged(what string, cause error) error {
	e := ast.Errorf(ast.ErrUnsupported, "the declaration of %s.%s can't be used: %s is not valid", d.namespace, d.set, what)
	e.Cause = cause
	if cause != nil {
		e.Message += ": " + firstLine(cause)
	}
	return e
}

// parseType returns the type of a text such as DECIMAL(10, 2).
func parseType(text string) (function.Type, error) {
	e, err := parse.Expression("CAST(NULL AS " + text + ")")
	if err != nil {
		return function.Type{}, err
	}
	cast, ok := e.(*ast.Cast)
	if !ok {
		return function.Type{}, ast.Errorf(ast.ErrSyntax, "expected a type, found %s", text)
	}
	return function.ParseType(cast.Type)
}
