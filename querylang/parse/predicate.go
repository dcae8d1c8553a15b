package parse

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

var comparisons = map[string]ast.Operator{
	"=": ast.OpEqual, "<>": ast.OpNotEqual, "!=": ast.OpNotEqual, "<": ast.OpLess, "<=": ast.OpLessEqual,
	">": ast.OpGreater, ">=": ast.OpGreaterEqual, "<=>": ast.OpNotDistinctFrom, "@>": ast.OpContains,
}

// predicateRest parses a comparison or another predicate, if one follows the operand x.
func (p *parser) predicateRest(x ast.Expr) ast.Expr {
	start := p.token.pos
	x = p.comparison(x)
	for p.token.is("IS") || p.token.isAny("ISNULL", "NOTNULL") || p.atNotNull() {
		x = p.isPredicate(x)
	}
	if p.token.pos > start && p.atComparison() {
		p.fail(p.token.pos, ast.ErrSyntax, "the result of a comparison can't be compared again without parentheses")
	}
	if p.token.isSymbol("~") {
		p.fail(p.token.pos, ast.ErrSyntax, "there is no operator ~ between values; use REGEXP")
	}
	return x
}

// atComparison reports whether the next token starts a comparison.
func (p *parser) atComparison() bool {
	if p.token.kind == tokenSymbol {
		_, ok := comparisons[p.token.text]
		return ok
	}
	t := p.token
	if t.is("NOT") {
		t = p.peek(1)
	}
	return t.isAny("IN", "BETWEEN", "LIKE", "ILIKE", "REGEXP", "RLIKE", "CONTAINS")
}

// atNotNull reports whether NOT NULL comes next, which is IS NOT NULL in SQLite.
func (p *parser) atNotNull() bool { return p.token.is("NOT") && p.peek(1).is("NULL") }

// comparison parses the rest of a comparison other than IS, if one follows.
func (p *parser) comparison(x ast.Expr) ast.Expr {
	t := p.token
	if t.kind == tokenSymbol {
		op, ok := comparisons[t.text]
		if !ok {
			return x
		}
		if p.peek(1).isAny("ANY", "SOME", "ALL") && p.peek(2).isSymbol("(") {
			return p.quantified(op, x)
		}
		b := p.binary(op, x, p.operand).(*ast.Binary)
		return p.digest(b)
	}
	if t.kind != tokenWord {
		return x
	}
	if t.is("CONTAINS") || p.dialect == AQL && t.is("WITHIN") {
		return p.contains(x)
	}
	not := t.is("NOT")
	if not {
		if p.atNotNull() {
			return x
		}
		p.advance()
	}
	if e := p.wordPredicate(x, not); e != nil {
		return e
	}
	if not {
		p.unexpected("IN, BETWEEN, LIKE, ILIKE or REGEXP")
	}
	return x
}

// wordPredicate parses the rest of x IN ..., x BETWEEN ... and x LIKE ..., or returns nil.
func (p *parser) wordPredicate(x ast.Expr, not bool) ast.Expr {
	switch {
	case p.accept("IN"):
		return p.in(x, not)
	case p.accept("BETWEEN"):
		if p.token.isAny("SYMMETRIC", "ASYMMETRIC") && p.operandAt(1) {
			p.refuse(p.token.pos, "BETWEEN %s is not supported", strings.ToUpper(p.token.text))
		}
		low := p.operand()
		p.expect("AND")
		return &ast.Between{X: x, Low: low, High: p.operand(), Not: not}
	case p.accept("LIKE"):
		return p.match(ast.Like, x, not)
	case p.accept("ILIKE"):
		return p.match(ast.ILike, x, not)
	case p.accept("REGEXP"), p.accept("RLIKE"):
		return p.match(ast.Regexp, x, not)
	}
	return nil
}

func (p *parser) match(op ast.MatchOp, x ast.Expr, not bool) ast.Expr {
	if p.token.isAny("ANY", "ALL", "SOME") && p.peek(1).isSymbol("(") {
		p.refuse(p.token.pos, "%s %s is not supported", op, strings.ToUpper(p.token.text))
	}
	m := &ast.Match{Op: op, X: x, Pattern: p.operand(), Not: not}
	if op != ast.Regexp && p.accept("ESCAPE") {
		m.Escape = p.operand()
	}
	return m
}

// in parses what follows IN: a list, a query, or the name of a table with one column.
func (p *parser) in(x ast.Expr, not bool) ast.Expr {
	e := &ast.In{X: x, Not: not}
	if p.token.isName() {
		if p.peek(1).isSymbol("(") {
			p.refuse(p.token.pos, "IN with a table function is not supported; use CONTAINS for a list")
		}
		table := &ast.Table{Name: p.tableName()}
		pos := table.Position()
		e.Query = &ast.Query{Pos: pos, Body: &ast.Select{
			Items: []ast.SelectItem{{Star: true, Text: "*", Pos: pos}}, From: []ast.TableExpr{table}, Pos: pos,
		}}
		return e
	}
	p.expectSymbol("(")
	switch {
	case p.token.startsQuery():
		e.Query = p.query()
	case !p.token.isSymbol(")"):
		first := p.expression()
		if q := p.queryFrom(first); q != nil {
			e.Query = q
			break
		}
		e.List = append(e.List, first)
		for p.acceptSymbol(",") {
			e.List = add(e.List, p.expression())
		}
	}
	p.expectSymbol(")")
	return e
}

// quantified parses x = ANY (...) and x <> ALL (...): IN and NOT IN, or for a value that is a list
// CONTAINS.
func (p *parser) quantified(op ast.Operator, x ast.Expr) ast.Expr {
	word := p.peek(1)
	all := word.is("ALL")
	if !(op == ast.OpEqual && !all || op == ast.OpNotEqual && all) {
		p.refuse(word.pos, "%s %s is not supported; = ANY and <> ALL are", op, strings.ToUpper(word.text))
	}
	p.advance()
	p.advance()
	e := p.in(x, all).(*ast.In)
	if e.Query != nil {
		return e
	}
	if len(e.List) != 1 {
		p.refuse(word.pos, "%s needs a query or a list; use IN for several values", strings.ToUpper(word.text))
	}
	if _, ok := e.List[0].(*ast.Param); ok {
		return e
	}
	p.countOperator()
	var contains ast.Expr = &ast.Binary{Op: ast.OpContains, X: e.List[0], Y: x, Pos: word.pos}
	if all {
		contains = &ast.Unary{Op: ast.OpNot, X: contains, Pos: word.pos}
	}
	return contains
}

// isPredicate parses IS [NOT] NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM, ISNULL, NOTNULL and NOT
// NULL.
func (p *parser) isPredicate(x ast.Expr) ast.Expr {
	p.countOperator()
	if p.acceptWords("NOT", "NULL") {
		return &ast.Is{X: x, Not: true}
	}
	t := p.advance()
	if !t.is("IS") {
		return &ast.Is{X: x, Not: t.is("NOTNULL")}
	}
	not := p.accept("NOT")
	switch {
	case p.accept("NULL"), p.accept("UNKNOWN"):
		return &ast.Is{X: x, Test: ast.IsNull, Not: not}
	case p.accept("TRUE"):
		return &ast.Is{X: x, Test: ast.IsTrue, Not: not}
	case p.accept("FALSE"):
		return &ast.Is{X: x, Test: ast.IsFalse, Not: not}
	case p.accept("DISTINCT"):
		p.expect("FROM")
		op := ast.OpDistinctFrom
		if not {
			op = ast.OpNotDistinctFrom
		}
		return &ast.Binary{Op: op, X: x, Y: p.operand(), Pos: t.pos}
	}
	p.unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
	return nil
}

// contains parses x CONTAINS y: for lists, or in AQL for regions, as WITHIN is.
func (p *parser) contains(x ast.Expr) ast.Expr {
	if p.dialect != AQL {
		return p.binary(ast.OpContains, x, p.operand)
	}
	p.countOperator()
	t := p.advance()
	name := ast.Name{Text: "ST_" + strings.ToUpper(t.text), Pos: t.pos}
	return &ast.Call{Name: name, Args: []ast.Expr{x, p.operand()}}
}

// digest changes AQL's DIGEST = 'hexadecimal digits' and EDIGEST = 'base64' to comparisons with
// __digest.
func (p *parser) digest(b *ast.Binary) ast.Expr {
	c, ok := b.X.(*ast.Column)
	if p.dialect != AQL || b.Op != ast.OpEqual || !ok || len(c.Parts) != 1 {
		return b
	}
	name := c.Parts[0]
	if !name.Is("DIGEST") && !name.Is("EDIGEST") {
		return b
	}
	b.X = &ast.Column{Parts: []ast.Name{{Text: "__digest", Pos: name.Pos}}}
	text, ok := constantText(b.Y)
	if !ok {
		return b
	}
	decode := hex.DecodeString
	if name.Is("EDIGEST") {
		decode = base64.StdEncoding.DecodeString
	}
	bytes, err := decode(text)
	if err != nil {
		p.fail(b.Y.Position(), ast.ErrType, "%s is not a valid %s", b.Y, strings.ToUpper(name.Text))
	}
	b.Y = &ast.Literal{Value: protocol.Blob(bytes), Pos: b.Y.Position()}
	return b
}

// constantText returns the text of a string, which AQL may write in double quotes.
func constantText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.Literal:
		return e.Value.Text()
	case *ast.Column:
		return e.Parts[0].Text, len(e.Parts) == 1 && e.Parts[0].Quote == '"'
	}
	return "", false
}
