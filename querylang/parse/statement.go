package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// statement parses one statement up to its end or semicolon.
func (p *parser) statement() ast.Statement {
	p.enter()
	defer p.leave()
	t := p.token
	if t.startsQuery() || t.isSymbol("(") || t.is("TABLE") {
		return p.query()
	}
	if t.kind == tokenWord {
		p.refuse(t.pos, "%s statements are not supported yet", strings.ToUpper(t.text))
	}
	p.fail(t.pos, ast.ErrSyntax, "expected SELECT, INSERT, UPSERT, REPLACE, UPDATE, DELETE, TRUNCATE or EXPLAIN, found %s", t.describe())
	return nil
}
