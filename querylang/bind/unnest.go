package bind

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// The outputs of UNNEST. A list has the element and its number; a map has the key, the value and
// the number of the pair.
const (
	unnestFirst = iota
	unnestSecond
	unnestThird
)

// A childTable is the elements of a bin, each with its record: FROM set/bin.
type childTable struct {
	set *table
}

// The names of the columns of elements.
const (
	keyName        = "key"
	valueName      = "value"
	ordinalityName = "ordinality"
)

// unnest binds UNNEST. It can read the tables to its left.
func (b *binder) unnest(s *scope, t *ast.Unnest) From {
	var x Expr
	s.in("FROM", func() { x = b.expr(s, t.X) })
	b.wants(x, function.List|function.Map, "UNNEST")
	r := &Relation{Name: t.Alias.Text}
	added := &table{relation: r, name: r.Name}
	column := func(name string, output int) {
		added.known = append(added.known, RelationColumn{Name: name, Output: output, Kinds: function.Any})
	}
	switch columns := t.Columns; {
	case len(columns) > unnestThird+1:
		b.fail(t.Pos, ast.ErrSyntax, "UNNEST has at most three columns: the key, the value and the number")
	case columns == nil:
		column(t.Alias.Text, unnestFirst)
		if t.Ordinality {
			column(ordinalityName, unnestSecond)
		}
	default:
		for i, c := range columns {
			column(c.Text, i)
		}
	}
	b.add(s, added, t.Pos)
	return &Source{Relation: r, Unnest: x, Ordinality: t.Ordinality}
}

// child binds FROM set/bin: the set and its bin's elements. Its columns are those of the record's
// metadata; key, value and ordinality; and all other names are values in the element.
func (b *binder) child(s *scope, t *ast.Table, set *Relation) From {
	name := t.Name.Bin.Text
	if !t.Alias.IsZero() {
		name = t.Alias.Text
	}
	parent := &table{relation: set, open: set.Table == nil}
	if set.Table != nil {
		parent.known = declaredColumns(set.Table)
	}
	set.Name = set.Set
	b.add(s, parent, t.Name.Position())
	r := reference{inner: s, owner: s, table: parent, pos: t.Name.Bin.Pos}
	bin := b.member(r, []ast.Name{t.Name.Bin})
	s.tables = s.tables[:len(s.tables)-1] // its own columns are not names
	elements := &table{relation: &Relation{Name: name}, name: name, child: &childTable{set: parent}}
	b.add(s, elements, t.Name.Position())
	return &Join{
		Kind: ast.CrossJoin, Left: &Source{Relation: set, Partitions: b.partitions(t.Partitions), Sample: t.Sample},
		Right: &Source{Relation: elements.relation, Unnest: bin, Ordinality: true},
	}
}

// childColumn binds a column of a child table.
func (b *binder) childColumn(r reference, n ast.Name) Expr {
	set := r
	set.table = r.table.child.set
	if p := b.pseudoOf(n); p != NoPseudo {
		return b.pseudo(set, p)
	}
	switch {
	case sameName(n, keyName):
		return b.ofElement(r, unnestFirst, -1)
	case sameName(n, valueName):
		return b.ofElement(r, unnestSecond, unnestFirst)
	case sameName(n, ordinalityName):
		return b.ofElement(r, unnestThird, unnestSecond)
	}
	return b.path(b.ofElement(r, unnestSecond, unnestFirst), []ast.Name{n})
}

// ofElement returns an output of UNNEST that is another one for a map than for a list; only a map
// has the third one. If list is -1 a list has none.
func (b *binder) ofElement(r reference, ofMap, ofList int) Expr {
	output := func(i int) Expr {
		return b.slot(r, RelationColumn{Name: [...]string{"first", "second", "third"}[i], Output: i, Kinds: function.Any})
	}
	c := &Case{
		Whens: []When{{When: &Is{X: output(unnestThird), Test: ast.IsNull, Not: true}, Then: output(ofMap)}}, Pos: r.pos,
	}
	if ofList >= 0 {
		c.Else = output(ofList)
	}
	return c
}
