package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// withStatement parses a query, or a statement that writes, after WITH.
func (p *parser) withStatement() ast.Statement {
	q := &ast.Query{Pos: p.token.pos}
	p.with(q)
	verbs := map[string]ast.InsertVerb{"INSERT": ast.Create, "UPSERT": ast.Upsert, "REPLACE": ast.Replace}
	t := p.token
	verb, inserts := verbs[strings.ToUpper(t.text)]
	switch {
	case t.kind == tokenWord && inserts:
		s := p.insert(verb).(*ast.Insert)
		p.give(q, s, s.Source)
		return s
	case t.is("UPDATE"):
		s := p.update()
		p.give(q, s, nil)
		return s
	case t.is("DELETE"):
		s := p.delete()
		p.give(q, s, nil)
		return s
	}
	return p.queryRest(q, p.bodyOperand())
}

// give gives the tables of WITH before a statement that writes to its queries: to the source of an
// INSERT and to each subquery that stands in no other one. No query of the statement has been used
// yet.
func (p *parser) give(with *ast.Query, s ast.Statement, source *ast.Query) {
	given := false
	take := func(q *ast.Query) {
		q.With = append(with.With[:len(with.With):len(with.With)], q.With...)
		given = true
	}
	ast.Inspect(s, func(n ast.Node) bool {
		q, ok := n.(*ast.Query)
		if !ok {
			return true
		}
		if _, values := q.Body.(*ast.Values); q == source && values && q.With == nil {
			return true // VALUES: its subqueries are given the tables
		}
		take(q)
		return false
	})
	if !given {
		p.refuse(with.Pos, "WITH before a statement without a query is not supported; read its tables in INSERT ... SELECT or in a subquery")
	}
}
