package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// alter parses the ALTER statements, or returns nil.
func (p *parser) alter() ast.Statement {
	switch next := p.peek(1); {
	case next.is("TABLE"):
		return p.alterTable()
	case next.is("USER"):
		return p.user(ast.AlterVerb, p.advance().pos)
	case next.is("ROLE"):
		return p.role(ast.AlterVerb, p.advance().pos)
	case next.is("SYSTEM"), next.is("NAMESPACE"):
		return p.alterSystem(p.advance().pos)
	case next.is("XDR"):
		return p.alterXDR(p.advance().pos)
	}
	return nil
}

// alterTable parses ALTER TABLE with one change.
func (p *parser) alterTable() ast.Statement {
	s := &ast.AlterTable{Pos: p.advance().pos}
	p.advance()
	s.IfExists = p.ifExists()
	p.refuseOnly()
	s.Table = p.tableName()
	switch t := p.token; {
	case p.accept("ADD"):
		p.addColumn(s)
	case p.accept("DROP"):
		s.Action = ast.DropColumn
		p.noConstraint()
		p.accept("COLUMN")
		s.Lenient = p.ifExists()
		s.Column.Name = p.name("a column")
	case p.accept("RENAME"):
		p.rename(s)
	case p.accept("ALTER"):
		p.alterColumn(s)
	case t.kind == tokenWord:
		p.refuse(t.pos, "ALTER TABLE ... %s is not supported", strings.ToUpper(t.text))
	default:
		p.unexpected("ADD, DROP, RENAME or ALTER")
	}
	switch t := p.token; {
	case t.isSymbol(","):
		p.refuse(t.pos, "ALTER TABLE with several changes is not supported; write one statement for each")
	case t.isAny("CASCADE", "RESTRICT", "FIRST", "AFTER"):
		p.refuse(t.pos, "ALTER TABLE ... %s is not supported", strings.ToUpper(t.text))
	}
	return s
}

// noConstraint refuses constraints in ALTER TABLE.
func (p *parser) noConstraint() {
	t, next := p.token, p.peek(1)
	if t.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "INDEX", "KEY", "PARTITION") &&
		(next.isName() || next.isSymbol("(")) && !next.isAny("TEXT", "INT", "INTEGER", "BIGINT", "VARCHAR") {
		p.refuse(t.pos, "changing %s in ALTER TABLE is not supported", strings.ToUpper(t.text))
	}
}

func (p *parser) addColumn(s *ast.AlterTable) {
	p.noConstraint()
	p.accept("COLUMN")
	s.Lenient = p.ifNotExists()
	if p.token.isSymbol("(") {
		p.refuse(p.token.pos, "ALTER TABLE with several changes is not supported; write one statement for each")
	}
	s.Column = p.columnDef()
}

func (p *parser) rename(s *ast.AlterTable) {
	if p.token.isAny("TO", "AS") && p.peek(1).isName() && !p.peek(1).is("TO") {
		p.advance()
		s.Action, s.NewName = ast.RenameTable, p.name("a table")
		if p.token.isSymbol(".") {
			p.refuse(p.token.pos, "a table stays in its namespace: write the new name without one")
		}
		return
	}
	p.noConstraint()
	p.accept("COLUMN")
	s.Action, s.Column.Name = ast.RenameColumn, p.name("a column")
	p.expect("TO")
	s.NewName = p.name("a column")
}

func (p *parser) alterColumn(s *ast.AlterTable) {
	p.noConstraint()
	p.accept("COLUMN")
	s.Action, s.Column.Name = ast.SetDefault, p.name("a column")
	switch t := p.token; {
	case p.acceptWords("SET", "DEFAULT"):
		s.Column.Default = p.operand()
	case p.acceptWords("DROP", "DEFAULT"):
	case t.kind == tokenWord:
		what := strings.ToUpper(t.text)
		for n := 1; p.peek(n).kind == tokenWord && (n == 1 || p.peek(n).is("NULL")); n++ {
			what += " " + strings.ToUpper(p.peek(n).text)
		}
		p.refuse(t.pos, "ALTER COLUMN ... %s is not supported", what)
	default:
		p.unexpected("SET DEFAULT or DROP DEFAULT")
	}
}
