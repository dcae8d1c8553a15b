package bind

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
)

// join binds a join. A RIGHT JOIN becomes a LEFT JOIN with its sides exchanged.
func (b *binder) join(s *scope, j *ast.Join) From {
	first := len(s.tables)
	left := b.from(s, j.Left)
	middle := len(s.tables)
	right := b.from(s, j.Right)
	bound := &Join{Kind: j.Kind, Left: left, Right: right}
	if j.Kind == ast.FullJoin {
		b.fail(j.Pos, ast.ErrUnsupported, "FULL JOIN is not supported; write a LEFT JOIN and a UNION ALL with the rows of the right side that have no match")
		return bound
	}
	if j.Kind == ast.RightJoin {
		if unnested(right) {
			b.fail(j.Pos, ast.ErrUnsupported, "RIGHT JOIN with UNNEST is not supported; write UNNEST on the right of a LEFT JOIN")
		}
		bound.Kind, bound.Left, bound.Right = ast.LeftJoin, right, left
	}
	var on []Expr
	for _, n := range b.shared(s, j, first, middle) {
		on = append(on, b.using(s, j, n, first, middle))
	}
	if j.On != nil {
		all := s.tables
		if bound.Kind == ast.LeftJoin { // the rows of other tables are not known when the sides are joined
			s.tables = all[first:]
		}
		s.in("ON", func() { on = append(on, b.condition(s, j.On)) })
		s.tables = all
	}
	switch {
	case len(on) == 1:
		bound.On = on[0]
	case len(on) > 1:
		bound.On = &Logic{Op: ast.OpAnd, Operands: on}
	}
	return bound
}

func unnested(f From) bool {
	s, ok := f.(*Source)
	return ok && s.Unnest != nil
}

// shared returns the columns that a join with USING or NATURAL compares.
func (b *binder) shared(s *scope, j *ast.Join, first, middle int) []ast.Name {
	if !j.Natural {
		return j.Using
	}
	if i := slices.IndexFunc(s.tables[first:], func(t *table) bool { return t.known == nil }); i >= 0 {
		b.fail(j.Pos, ast.ErrUnsupported, "NATURAL JOIN needs declared tables, and %s is not declared; use ON or USING", ast.QuoteName(s.tables[first+i].name))
		return nil
	}
	var names []ast.Name
	for _, t := range s.tables[first:middle] {
		for i, c := range t.known {
			n := ast.Name{Text: c.Name, Quote: '"', Pos: j.Pos}
			if !t.hidden[i] && slices.ContainsFunc(s.tables[middle:], func(t *table) bool { return t.find(n) >= 0 }) {
				names = append(names, n)
			}
		}
	}
	return names
}

// using returns the condition of a column of USING. Its name means the column of the side whose
// rows are all in the result.
func (b *binder) using(s *scope, j *ast.Join, n ast.Name, first, middle int) Expr {
	all := s.tables
	column := func(tables []*table) Expr {
		s.tables = tables
		defer func() { s.tables = all }()
		x := b.unqualified(reference{inner: s, owner: s, pos: n.Pos}, []ast.Name{n})
		if x == nil {
			return b.unknownColumn(s, &ast.Column{Parts: []ast.Name{n}})
		}
		return x
	}
	x, y := column(all[first:middle]), column(all[middle:])
	hide := all[middle:]
	if j.Kind == ast.RightJoin {
		hide = all[first:middle]
	}
	for _, t := range hide {
		i := t.find(n)
		if i < 0 && t.open {
			i = len(t.known)
			t.known, t.index = append(t.known, b.undeclared(n)), nil
		}
		if i >= 0 {
			if t.hidden == nil {
				t.hidden = make(map[int]bool)
			}
			t.hidden[i] = true
		}
	}
	kept := all[first:middle]
	if j.Kind == ast.RightJoin {
		kept = all[middle:]
	}
	if len(kept) == 1 && kept[0].open && kept[0].find(n) < 0 {
		kept[0].known, kept[0].index = append(kept[0].known, b.undeclared(n)), nil
	}
	return b.comparison(s, ast.OpEqual, x, y, n.Pos)
}

// undeclared returns the column of a set without a declaration that a name means.
func (b *binder) undeclared(n ast.Name) RelationColumn {
	if p := b.pseudoOf(n); p != NoPseudo {
		return pseudoColumn(p)
	}
	return binColumn(n.Text)
}
