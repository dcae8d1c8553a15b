package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// tableExpr parses an item of FROM: a table with its joins.
func (p *parser) tableExpr() ast.TableExpr {
	t := p.tableOperand()
	for {
		j, ok := p.joinWords()
		if !ok {
			return t
		}
		j.Left, j.Right = t, p.tableOperand()
		p.joinCondition(j)
		t = j
	}
}

// joinWords parses the words of a join, if one follows.
func (p *parser) joinWords() (j *ast.Join, ok bool) {
	t := p.token
	if !t.isAny("JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "NATURAL") {
		return nil, false
	}
	p.countOperator()
	j = &ast.Join{Pos: t.pos, Natural: p.accept("NATURAL")}
	switch {
	case p.accept("CROSS"):
		j.Kind = ast.CrossJoin
	case p.accept("LEFT"):
		j.Kind = ast.LeftJoin
	case p.accept("RIGHT"):
		j.Kind = ast.RightJoin
	case p.accept("FULL"):
		j.Kind = ast.FullJoin
	default:
		p.accept("INNER")
	}
	if j.Kind >= ast.LeftJoin {
		p.accept("OUTER")
	}
	if p.token.isAny("SEMI", "ANTI") || p.token.is("APPLY") {
		p.refuse(p.token.pos, "%s joins are not supported", strings.ToUpper(p.token.text))
	}
	p.expect("JOIN")
	return j, true
}

// joinCondition parses ON or USING. A JOIN without either is a cross join.
func (p *parser) joinCondition(j *ast.Join) {
	t := p.token
	switch {
	case j.Natural || j.Kind == ast.CrossJoin:
		if next := p.peek(1); t.is("USING") || t.is("ON") && !next.isAny("CONFLICT", "DUPLICATE") {
			what := "CROSS JOIN"
			if j.Natural {
				what = "NATURAL JOIN"
			}
			p.fail(t.pos, ast.ErrSyntax, "%s has no %s", what, strings.ToUpper(t.text))
		}
	case p.accept("ON"):
		j.On = p.expression()
	case p.accept("USING"):
		j.Using = p.nameList("a column")
		if p.token.is("AS") {
			p.refuse(p.token.pos, "an alias after USING is not supported")
		}
	default:
		p.unexpected("ON or USING")
	}
}

// tableOperand parses a table, a query or a join in parentheses, or UNNEST.
func (p *parser) tableOperand() ast.TableExpr {
	p.refuseOnly()
	t, next := p.token, p.peek(1)
	switch {
	case t.isSymbol("("):
		return p.tableParen()
	case t.is("UNNEST") && next.isSymbol("("):
		return p.unnest()
	case t.is("LATERAL") && (next.isSymbol("(") || next.isName()):
		p.refuse(t.pos, "LATERAL is not supported")
	case t.is("VALUES") || t.is("SELECT"):
		p.fail(t.pos, ast.ErrSyntax, "a query in FROM needs parentheses")
	case t.is("TABLE") && next.isSymbol("("), t.kind == tokenWord && t.isName() && next.isSymbol("("):
		p.refuse(t.pos, "table functions other than UNNEST are not supported")
	}
	return p.table()
}

// tableParen parses a query, a join or a table in parentheses.
func (p *parser) tableParen() ast.TableExpr {
	p.enter()
	defer p.leave()
	pos := p.advance().pos
	var t ast.TableExpr
	if p.token.startsQuery() {
		t = &ast.Derived{Query: p.query(), Pos: pos}
	} else {
		t = p.tableExpr()
		if d, ok := t.(*ast.Derived); ok && d.Alias.IsZero() && p.continuesQuery() {
			t = &ast.Derived{Query: p.queryRest(&ast.Query{Pos: d.Query.Pos}, bodyOf(d.Query)), Pos: pos}
		}
		for p.acceptSymbol(",") {
			t = &ast.Join{Kind: ast.CrossJoin, Left: t, Right: p.tableExpr(), Pos: pos}
			p.countOperator()
		}
	}
	p.expectSymbol(")")
	if d, ok := t.(*ast.Derived); ok && d.Alias.IsZero() {
		p.derivedAlias(&d.Alias, &d.Columns)
		return d
	}
	if p.token.is("AS") {
		p.refuse(p.token.pos, "an alias of a table in parentheses is not supported")
	}
	return t
}

// derivedAlias parses an alias that may be followed by names of columns.
func (p *parser) derivedAlias(alias *ast.Name, columns *[]ast.Name) {
	*alias = p.alias()
	if !alias.IsZero() && p.token.isSymbol("(") {
		*columns = p.nameList("a column")
	}
}

func (p *parser) unnest() ast.TableExpr {
	u := &ast.Unnest{Pos: p.advance().pos}
	p.advance()
	u.X = p.expression()
	if p.token.isSymbol(",") {
		p.refuse(p.token.pos, "UNNEST of several lists is not supported")
	}
	p.expectSymbol(")")
	u.Ordinality = p.acceptWords("WITH", "ORDINALITY")
	p.derivedAlias(&u.Alias, &u.Columns)
	return u
}

// table parses a table with its alias, partitions and sample.
func (p *parser) table() ast.TableExpr {
	t := &ast.Table{Name: p.tableName()}
	if p.token.is("IN") {
		p.advance()
		if !p.token.isAny("LIST", "MAPKEYS", "MAPVALUES") {
			p.unexpected("LIST, MAPKEYS or MAPVALUES")
		}
		t.In = strings.ToUpper(p.advance().text)
	}
	for again := true; again; {
		switch {
		case t.Partitions == nil && p.token.is("PARTITION"):
			p.partitions(t)
		case t.Sample == nil && p.token.is("TABLESAMPLE"):
			t.Sample = p.sample()
		case t.Alias.IsZero():
			t.Alias = p.alias()
			again = !t.Alias.IsZero()
		default:
			again = false
		}
	}
	if p.token.isSymbol("(") && !t.Alias.IsZero() {
		p.refuse(p.token.pos, "names of columns after the alias of a table are not supported")
	}
	if p.token.is("WITH") && p.peek(1).isSymbol("(") && p.peek(2).isAny("NOLOCK", "INDEX", "UPDLOCK", "READPAST") {
		p.refuse(p.token.pos, "the hint WITH (%s) is not supported", strings.ToUpper(p.peek(2).text))
	}
	return t
}

// tableName parses [namespace.]set or [namespace.]set/bin. The set NULL, or an empty name in
// backquotes, is the records without a set.
func (p *parser) tableName() ast.TableName {
	var t ast.TableName
	t.Set = p.setName()
	if p.acceptSymbol(".") {
		if t.Set.Is(ast.NullSet) {
			p.needQuotes("a namespace", token{kind: tokenWord, pos: t.Set.Pos, text: t.Set.Text})
		}
		t.Namespace, t.Set = t.Set, p.setName()
	}
	if p.acceptSymbol("/") {
		t.Bin = p.name("a bin")
	}
	if p.token.isSymbol(".") {
		p.fail(p.token.pos, ast.ErrSyntax, "a table is written as [namespace.]set")
	}
	return t
}

func (p *parser) setName() ast.Name {
	t := p.token
	if t.is(ast.NullSet) || t.kind == tokenQuotedName && t.text == "" {
		p.advance()
		return ast.Name{Text: ast.NullSet, Pos: t.pos}
	}
	return p.name("a table")
}

// partitions parses PARTITION (0..1023, 2000).
func (p *parser) partitions(t *ast.Table) {
	p.advance()
	if p.token.is("FOR") {
		p.refuse(p.token.pos, "PARTITION FOR KEY is not supported; PARTITION (first..last) is")
	}
	p.expectSymbol("(")
	p.list(func() {
		r := ast.PartitionRange{First: p.partition()}
		if p.acceptSymbol("..") {
			r.Last = p.partition()
		}
		t.Partitions = append(t.Partitions, r)
	})
	p.expectSymbol(")")
}

func (p *parser) partition() ast.Expr {
	switch p.token.kind {
	case tokenInteger:
		return p.number(p.token.pos, "")
	case tokenParam:
		return p.param()
	}
	p.unexpected("the number of a partition")
	return nil
}

// sample parses TABLESAMPLE method (size).
func (p *parser) sample() *ast.Sample {
	s := &ast.Sample{Pos: p.advance().pos}
	if !p.token.isAny("PARTITIONS", "SYSTEM", "BERNOULLI") {
		p.unexpected("PARTITIONS, SYSTEM or BERNOULLI")
	}
	s.Method = strings.ToUpper(p.advance().text)
	p.expectSymbol("(")
	s.Size = p.expression()
	p.expectSymbol(")")
	if p.token.is("REPEATABLE") {
		p.refuse(p.token.pos, "REPEATABLE is not supported")
	}
	return s
}
