package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// sessionStatement parses a statement that concerns the session, or returns nil.
func (p *parser) sessionStatement() ast.Statement {
	switch t := p.token; strings.ToUpper(t.text) {
	case "BEGIN", "START", "COMMIT", "END", "ROLLBACK":
		return p.transaction()
	case "SET":
		return p.setVariable()
	case "RESET":
		p.advance()
		if p.accept("ALL") {
			return &ast.Set{Name: ast.Name{Text: "ALL", Pos: t.pos}, Pos: t.pos}
		}
		return &ast.Set{Name: p.name("a variable"), Pos: t.pos}
	case "GET":
		if p.dialect == AQL {
			p.advance()
			if p.accept("ALL") {
				return &ast.Show{What: "VARIABLES", Pos: t.pos}
			}
			name := p.name("a setting")
			return &ast.Show{What: "VARIABLE", Table: ast.TableName{Set: name}, Pos: t.pos}
		}
	case "SHOW":
		return p.show()
	case "DESCRIBE", "DESC":
		return p.describe()
	case "DECLARE":
		if p.peek(1).isName() {
			return p.declare()
		}
	case "FETCH":
		return p.fetch()
	case "CLOSE":
		p.advance()
		if p.token.is("ALL") {
			p.refuse(p.token.pos, "CLOSE ALL is not supported")
		}
		return &ast.Close{Cursor: p.name("a cursor"), Pos: t.pos}
	}
	return nil
}

// transaction parses BEGIN, START TRANSACTION, COMMIT and ROLLBACK.
func (p *parser) transaction() ast.Statement {
	t := p.advance()
	s := &ast.Transaction{Pos: t.pos}
	switch {
	case t.is("COMMIT"), t.is("END"):
		s.Verb = ast.Commit
	case t.is("ROLLBACK"):
		s.Verb = ast.Rollback
	}
	if t.is("START") {
		p.expect("TRANSACTION")
	} else if !p.accept("TRANSACTION") {
		p.accept("WORK")
	}
	if s.Verb == ast.Begin {
		switch {
		case p.acceptWords("READ", "ONLY"):
			s.ReadOnly = true
		case p.acceptWords("READ", "WRITE"):
		}
	}
	if t := p.token; t.kind == tokenWord {
		p.refuse(t.pos, "%s ... %s is not supported", s.Verb, strings.ToUpper(t.text))
	}
	return s
}

// setVariable parses SET name = value and SET name TO value. In AQL the sign may be missing.
func (p *parser) setVariable() ast.Statement {
	s := &ast.Set{Pos: p.advance().pos}
	t, next := p.token, p.peek(1)
	assigned := next.isSymbol("=") || next.is("TO")
	switch {
	case t.is("PASSWORD"):
		return p.setPassword(s.Pos)
	case t.is("SESSION") && next.isName() && !assigned:
		p.advance()
	case t.kind == tokenParam:
		p.refuse(t.pos, "user variables such as %s are not supported", t.text)
	case !assigned && t.isAny("LOCAL", "GLOBAL", "TRANSACTION", "NAMES", "CHARACTER", "ROLE", "CONSTRAINTS", "SCHEMA", "TIME"):
		p.refuse(t.pos, "SET %s is not supported", strings.ToUpper(t.text))
	}
	s.Name = p.name("a variable")
	if !p.acceptSymbol("=") && !p.accept("TO") && p.dialect != AQL {
		p.unexpected("=")
	}
	s.Value = p.variableValue()
	if p.token.isSymbol(",") {
		p.refuse(p.token.pos, "SET of several variables is not supported; write one statement for each")
	}
	return s
}

// variableValue parses the value of a session variable. It returns nil for DEFAULT.
func (p *parser) variableValue() ast.Expr {
	switch t, next := p.token, p.peek(1); {
	case t.is("DEFAULT") && next.endsValue():
		p.advance()
		return nil
	case (t.is("ON") || t.is("OFF")) && next.endsValue():
		p.advance()
		return &ast.Literal{Value: protocol.Bool(t.is("ON")), Pos: t.pos}
	case t.is("ALL") && next.endsValue():
		p.advance()
		return &ast.Column{Parts: []ast.Name{{Text: t.text, Quote: '"', Pos: t.pos}}}
	}
	e := p.expression()
	switch {
	case isWord(e, "OFF"):
		return &ast.Literal{Value: protocol.Bool(false), Pos: e.Position()}
	case isWord(e, "DEFAULT"):
		return nil
	}
	return e
}

// isWord reports whether an expression is an unquoted word, such as DEFAULT in parentheses. The
// word must be in upper case.
func isWord(e ast.Expr, word string) bool {
	c, ok := e.(*ast.Column)
	return ok && len(c.Parts) == 1 && c.Parts[0].Is(word)
}

// showKinds maps what SHOW can show to its name in the tree.
var showKinds = ast.WordMap[string]{
	"TABLES": "TABLES", "COLUMNS": "COLUMNS", "FIELDS": "COLUMNS", "INDEXES": "INDEXES", "INDEX": "INDEXES", "KEYS": "INDEXES",
	"NAMESPACES": "NAMESPACES", "SCHEMAS": "NAMESPACES", "DATABASES": "NAMESPACES", "SETS": "SETS", "BINS": "BINS",
	"VARIABLES": "VARIABLES", "FUNCTIONS": "FUNCTIONS", "MODULES": "MODULES", "PACKAGES": "MODULES", "USERS": "USERS",
	"ROLES": "ROLES", "GRANTS": "GRANTS", "NODES": "NODES", "JOBS": "JOBS", "QUERIES": "JOBS", "SCANS": "JOBS", "VIEWS": "VIEWS", "CURSOR": "CURSOR", "CURSORS": "CURSORS",
}

// mistypedShow returns what SHOW can show that is nearly the word, "" if there is nothing. A
// setting has such a name only by chance: SHOW VARIABLE name shows it.
func mistypedShow(t token) string {
	return ast.Nearest(strings.ToUpper(t.text), showWords)
}

// showWords are what SHOW can show, as it is called in the tree.
var showWords = []string{"TABLES", "COLUMNS", "INDEXES", "NAMESPACES", "SETS", "BINS", "VARIABLES", "FUNCTIONS", "MODULES", "USERS",
	"ROLES", "GRANTS", "NODES", "JOBS", "VIEWS", "CURSORS"}

// show parses SHOW what [FROM table] [LIKE pattern].
func (p *parser) show() ast.Statement {
	s := &ast.Show{Pos: p.advance().pos}
	t := p.token
	switch {
	case p.accept("CREATE"):
		return p.showCreate(s)
	case t.kind != tokenWord:
		p.unexpected("what to show, such as TABLES")
	case t.isAny("USER", "ROLE", "VARIABLE") && p.peek(1).isName():
		p.advance()
		s.What, s.Table.Set = strings.ToUpper(t.text), p.hyphenated("a name")
		return s
	}
	what, ok := showKinds.Find(t.text)
	p.advance()
	switch ends := p.token.kind == tokenEnd || p.token.isSymbol(";"); {
	case ends && t.is("ALL"):
		what = "VARIABLES"
	case ends && !ok && t.isName() && mistypedShow(t) == "":
		what, s.Table.Set = "VARIABLE", nameOf(t)
	case !ok:
		near := mistypedShow(t)
		if near != "" {
			near = "; did you mean SHOW " + near + "?"
		}
		p.refuse(t.pos, "SHOW %s is not supported%s", strings.ToUpper(t.text), near)
	}
	s.What = what
	switch {
	case what == "GRANTS" && (p.accept("FOR") || p.accept("FROM")):
		s.Table.Set = p.hyphenated("a user")
	case p.accept("FROM"), p.accept("IN"), p.accept("ON"):
		s.Table = p.tableName()
	case p.token.isName():
		s.Table = p.tableName()
	}
	if p.accept("LIKE") {
		s.Like = p.expression()
	}
	if p.token.is("WHERE") {
		p.refuse(p.token.pos, "SHOW ... WHERE is not supported; use LIKE, or information_schema")
	}
	return s
}

// showCreate parses what follows SHOW CREATE.
func (p *parser) showCreate(s *ast.Show) ast.Statement {
	t := p.token
	switch {
	case p.accept("TABLE"), p.accept("VIEW"):
		s.Table = p.tableName()
	case p.accept("FUNCTION"), p.accept("MODULE"):
		s.What, s.Table.Set = "CREATE FUNCTION", p.moduleName()
		return s
	case p.accept("INDEX"):
		s.Table.Set = p.name("an index")
	default:
		p.refuse(t.pos, "SHOW CREATE is supported for TABLE, VIEW, INDEX and FUNCTION only")
	}
	s.What = "CREATE " + strings.ToUpper(t.text)
	return s
}

// describe parses DESCRIBE table.
func (p *parser) describe() ast.Statement {
	s := &ast.Show{What: "COLUMNS", Pos: p.advance().pos}
	switch t := p.token; {
	case t.startsQuery() || t.isAny("INSERT", "UPDATE", "DELETE"):
		p.refuse(t.pos, "DESCRIBE of a statement is not supported; use EXPLAIN")
	case t.isAny("MODULE", "PACKAGE", "FUNCTION") && (p.peek(1).isName() || p.peek(1).kind == tokenString):
		p.advance()
		s.What, s.Table.Set = "CREATE FUNCTION", p.moduleName()
		return s
	}
	p.accept("TABLE")
	s.Table = p.tableName()
	return s
}

// declare parses DECLARE name CURSOR [FROM token] FOR query.
func (p *parser) declare() ast.Statement {
	s := &ast.Declare{Pos: p.advance().pos, Name: p.name("a cursor")}
	if t := p.token; t.isAny("BINARY", "INSENSITIVE", "ASENSITIVE", "NO", "SCROLL") {
		p.refuse(t.pos, "%s cursors are not supported", strings.ToUpper(t.text))
	}
	p.expect("CURSOR")
	switch t := p.token; {
	case t.is("WITH"), t.is("WITHOUT"):
		p.refuse(t.pos, "DECLARE ... CURSOR %s HOLD is not supported", strings.ToUpper(t.text))
	case p.accept("FROM"):
		s.From = p.expression()
		if p.accept("FOR") {
			s.Query = p.subquery()
		}
	case p.accept("FOR"):
		s.Query = p.subquery()
	default:
		p.unexpected("FOR or FROM")
	}
	return s
}

// fetch parses FETCH [n] FROM name.
func (p *parser) fetch() ast.Statement {
	s := &ast.Fetch{Pos: p.advance().pos}
	s.Count = &ast.Literal{Value: protocol.Int(1), Pos: s.Pos}
	t, next := p.token, p.peek(1)
	switch {
	case t.isAny("PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE", "BACKWARD") && next.kind != tokenEnd && !next.isSymbol(";"):
		p.refuse(t.pos, "FETCH %s is not supported: cursors move forward only", strings.ToUpper(t.text))
	case t.isAny("NEXT", "FORWARD") && next.kind != tokenEnd && !next.isSymbol(";"):
		p.advance()
	}
	switch {
	case p.accept("ALL"):
		s.Count = nil
	case p.token.kind == tokenInteger:
		s.Count = p.number(p.token.pos, "")
	case p.token.kind == tokenParam:
		s.Count = p.param()
	}
	if !p.accept("FROM") {
		p.accept("IN")
	}
	s.Cursor = p.name("a cursor")
	return s
}
