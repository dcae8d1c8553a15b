package querylang

import (
	"cmp"
	"strings"
)

// statement parses one statement up to its end or semicolon.
func (p *parser) statement() Statement {
	t := p.token
	if t.kind == tokenWord {
		switch strings.ToUpper(t.text) {
		case "SELECT":
			return p.selectStatement()
		case "INSERT":
			return p.insertStatement(Create)
		case "UPSERT":
			return p.insertStatement(Upsert)
		case "REPLACE":
			return p.insertStatement(Replace)
		case "UPDATE":
			return p.updateStatement()
		case "DELETE":
			return p.deleteStatement()
		case "TRUNCATE":
			return p.truncateStatement()
		case "EXPLAIN":
			return p.explainStatement()
		case "CREATE", "DROP", "ALTER", "SHOW", "DESCRIBE", "DESC", "WITH", "CALL", "EXECUTE", "AGGREGATE", "GRANT",
			"REVOKE", "USE", "REGISTER", "REMOVE", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET", "MERGE",
			"KILL", "DECLARE", "ANALYZE", "RELEASE", "LOCK", "UNLOCK", "PRAGMA", "COPY", "LOAD", "VACUUM", "RENAME":
			p.fail(t.pos, ErrUnsupported, "%s statements are not supported yet", strings.ToUpper(t.text))
		}
	}
	p.fail(t.pos, ErrSyntax, "expected SELECT, INSERT, UPSERT, REPLACE, UPDATE, DELETE, TRUNCATE or EXPLAIN, found %s", t.describe())
	return nil
}

func (p *parser) explainStatement() Statement {
	t := p.advance()
	if p.token.is("ANALYZE") {
		p.fail(p.token.pos, ErrUnsupported, "EXPLAIN ANALYZE is not supported yet")
	}
	p.enter()
	defer p.leave()
	s := p.statement()
	if _, ok := s.(*Explain); ok {
		p.fail(t.pos, ErrSyntax, "EXPLAIN can't explain an EXPLAIN")
	}
	return &Explain{Statement: s}
}

func (p *parser) selectStatement() Statement {
	p.advance()
	s := &Select{}
	p.names = true
	for {
		s.Items = append(s.Items, p.selectItem())
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.names = false
	if !p.accept("FROM") {
		return s
	}
	table := p.tableName(true)
	s.Table = &table
	if p.token.isSymbol(",") {
		p.fail(p.token.pos, ErrUnsupported, "several tables are not supported yet")
	}
	s.Where = p.where()
	s.Order = p.orderBy()
	if p.accept("LIMIT") {
		s.Limit = p.expression()
	}
	if p.accept("OFFSET") {
		s.Offset = p.expression()
	}
	return s
}

// selectItem parses *, t.* or an expression with an optional alias.
func (p *parser) selectItem() SelectItem {
	item := SelectItem{Pos: p.token.pos}
	if p.acceptSymbol("*") {
		item.Star = true
		return item
	}
	if p.isName() {
		if item.Qualifier = p.starQualifier(); item.Qualifier != nil {
			item.Star = true
			return item
		}
	}
	item.Expr = p.expression()
	if p.accept("AS") {
		item.Alias = p.name("an alias").Text
	} else if p.isName() {
		p.refuseKnown()
		item.Alias = p.name("an alias").Text
	}
	return item
}

// starQualifier parses t.* or ns.t.* and returns the names before the star. If something else
// follows it skips nothing and returns nil.
func (p *parser) starQualifier() []string {
	start := *p
	var qualifier []string
	for p.isName() {
		qualifier = append(qualifier, p.advance().text)
		if !p.acceptSymbol(".") {
			break
		}
		if p.acceptSymbol("*") {
			return qualifier
		}
	}
	*p = start
	return nil
}

func (p *parser) orderBy() []OrderItem {
	if !p.accept("ORDER") {
		return nil
	}
	p.expect("BY")
	p.names = true
	defer func() { p.names = false }()
	var order []OrderItem
	for {
		item := OrderItem{Pos: p.token.pos}
		item.Expr = p.expression()
		if p.accept("DESC") {
			item.Descending = true
		} else {
			p.accept("ASC")
		}
		order = append(order, item)
		if !p.acceptSymbol(",") {
			return order
		}
	}
}

// tableName parses [namespace.]set and, if aliased is true, an optional alias.
func (p *parser) tableName(aliased bool) TableName {
	if p.token.isSymbol("(") {
		p.fail(p.token.pos, ErrUnsupported, "subqueries in FROM are not supported yet")
	}
	first := p.name("a table")
	t := TableName{Set: first.Text, Pos: first.Pos}
	if p.acceptSymbol(".") {
		t.Namespace, t.Set = t.Set, p.name("a table").Text
	}
	if !aliased {
		return t
	}
	if p.accept("AS") {
		t.Alias = p.name("an alias").Text
	} else if p.isName() {
		p.refuseKnown()
		t.Alias = p.name("an alias").Text
	}
	return t
}

func (p *parser) where() Expr {
	if !p.accept("WHERE") {
		return nil
	}
	return p.expression()
}

func (p *parser) insertStatement(verb InsertVerb) Statement {
	p.advance()
	if p.token.is("IGNORE") || p.token.is("OR") {
		p.fail(p.token.pos, ErrUnsupported, "%s %s INTO is not supported; UPSERT INTO and REPLACE INTO are", verb,
			map[bool]string{true: "OR ...", false: "IGNORE"}[p.token.is("OR")])
	}
	p.expect("INTO")
	s := &Insert{Verb: verb, Table: p.tableName(false)}
	if p.token.is("VALUES") {
		p.fail(p.token.pos, ErrUnsupported, "the columns must be listed: %s INTO %s (PK, ...) VALUES (...)", verb, s.Table)
	}
	p.expectSymbol("(")
	for {
		s.Columns = append(s.Columns, p.name("a column"))
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.expectSymbol(")")
	if p.token.is("SELECT") {
		p.fail(p.token.pos, ErrUnsupported, "%s ... SELECT is not supported yet", verb)
	}
	p.expect("VALUES")
	for {
		s.Rows = append(s.Rows, p.valueRow(len(s.Columns)))
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.refuseKnown()
	return s
}

// valueRow parses one row of VALUES, which must have a value for each column.
func (p *parser) valueRow(columns int) ValueRow {
	row := ValueRow{Pos: p.token.pos}
	p.expectSymbol("(")
	for {
		if len(row.Values) == columns {
			p.fail(p.token.pos, ErrSyntax, "the row has more values than columns (%d)", columns)
		}
		if p.token.is("DEFAULT") {
			p.fail(p.token.pos, ErrUnsupported, "DEFAULT is not supported: columns have no default values")
		}
		row.Values = append(row.Values, p.expression())
		if !p.acceptSymbol(",") {
			break
		}
	}
	if p.token.isSymbol(")") && len(row.Values) < columns {
		p.fail(p.token.pos, ErrSyntax, "the row has %d values for %d columns", len(row.Values), columns)
	}
	p.expectSymbol(")")
	return row
}

func (p *parser) updateStatement() Statement {
	p.advance()
	s := &Update{Table: p.tableName(true)}
	p.expect("SET")
	for {
		s.Set = append(s.Set, p.assignment(s.Table))
		if !p.acceptSymbol(",") {
			break
		}
	}
	s.Where = p.where()
	p.refuseLimit()
	return s
}

// assignment parses column = value. The column may be qualified by the table.
func (p *parser) assignment(table TableName) Assignment {
	column := p.name("a column")
	for p.token.isSymbol(".") {
		if column.Text != table.Set && column.Text != table.Alias && column.Text != table.Namespace {
			p.fail(column.Pos, ErrUnknownName, "there is no table %s in this statement, only %s; %s",
				quoteName(column.Text), quoteName(cmp.Or(table.Alias, table.label())), noPaths)
		}
		p.advance()
		column = p.name("a column")
	}
	p.expectSymbol("=")
	return Assignment{Column: column, Value: p.expression()}
}

func (p *parser) deleteStatement() Statement {
	p.advance()
	p.expect("FROM")
	s := &Delete{Table: p.tableName(true), Where: p.where()}
	p.refuseLimit()
	return s
}

// refuseLimit fails at clauses that SELECT has but UPDATE and DELETE don't.
func (p *parser) refuseLimit() {
	if p.token.is("ORDER") {
		p.fail(p.token.pos, ErrUnsupported, "ORDER BY in UPDATE and DELETE is not supported yet")
	}
	for _, word := range []string{"LIMIT", "OFFSET"} {
		if p.token.is(word) {
			p.fail(p.token.pos, ErrUnsupported, "%s in UPDATE and DELETE is not supported yet", word)
		}
	}
	p.refuseKnown()
}

func (p *parser) truncateStatement() Statement {
	p.advance()
	p.accept("TABLE")
	return &Truncate{Table: p.tableName(false)}
}
