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
	if t.is("WITH") {
		return p.withStatement()
	}
	if t.startsQuery() || t.isSymbol("(") || t.is("TABLE") {
		return p.query()
	}
	if t.kind != tokenWord {
		p.unknownStatement()
	}
	switch strings.ToUpper(t.text) {
	case "INSERT":
		return p.insert(ast.Create)
	case "UPSERT":
		return p.insert(ast.Upsert)
	case "REPLACE":
		return p.insert(ast.Replace)
	case "UPDATE":
		return p.update()
	case "DELETE":
		return p.delete()
	case "TRUNCATE":
		return p.truncate()
	case "EXPLAIN":
		return p.explain()
	case "CREATE":
		return p.create()
	case "DROP":
		return p.drop()
	case "ALTER":
		if s := p.alter(); s != nil {
			return s
		}
	}
	if s := p.sessionStatement(); s != nil {
		return s
	}
	if s := p.administration(); s != nil {
		return s
	}
	p.unknownStatement()
	return nil
}

// otherStatements are the first words of statements that are not supported.
var otherStatements = ast.Words(`ALTER USE SAVEPOINT RELEASE MERGE LOCK UNLOCK PRAGMA COPY LOAD VACUUM RENAME REINDEX ATTACH DETACH RUN OPERATE DO PREPARE
	DEALLOCATE CHECKPOINT CLUSTER LISTEN NOTIFY UNLISTEN DISCARD REFRESH HANDLER IMPORT OPTIMIZE REPAIR FLUSH CHECK
	XA SIGNAL PURGE INSTALL EXPORT SYNC ABORT MOVE REASSIGN SECURITY EXEC PRINT DECLARE WHENEVER CONNECT`)

// instead has what to use in the place of statements that are not supported.
var instead = map[string]string{
	"COPY":      "use driver.CopyFrom, or COPY in the shell aerosql sql",
	"DO":        "use CREATE FUNCTION and CALL",
	"LOCK":      "use a transaction",
	"MERGE":     "use INSERT ... ON CONFLICT",
	"PREPARE":   "use Prepare of database/sql",
	"RELEASE":   "the transactions of the servers have no savepoints",
	"SAVEPOINT": "the transactions of the servers have no savepoints",
	"USE":       "write namespace.set, or name the namespace in the data source name",
}

func (p *parser) unknownStatement() {
	p.refuseToolCommand()
	t := p.token
	if t.kind == tokenWord && otherStatements[strings.ToUpper(t.text)] {
		what := strings.ToUpper(t.text)
		if next := p.peek(1); t.is("ALTER") && next.kind == tokenWord {
			what += " " + strings.ToUpper(next.text)
		}
		if other := instead[what]; other != "" {
			p.refuse(t.pos, "%s statements are not supported; %s", what, other)
		}
		p.refuse(t.pos, "%s statements are not supported", what)
	}
	p.fail(t.pos, ast.ErrSyntax,
		"expected a statement, such as SELECT, INSERT, UPSERT, REPLACE, UPDATE, DELETE or CREATE, found %s%s", t.describe(), nearestWord(t, statementWords))
}

// statementWords are the first words of statements.
var statementWords = strings.Fields(`SELECT WITH VALUES INSERT UPSERT REPLACE UPDATE DELETE TRUNCATE EXPLAIN CREATE DROP ALTER
	SHOW DESCRIBE ANALYZE COMMENT BEGIN COMMIT ROLLBACK DECLARE FETCH CLOSE RESET CALL EXECUTE AGGREGATE GRANT REVOKE KILL`)

// explain parses EXPLAIN with its options and the statement.
func (p *parser) explain() ast.Statement {
	e := &ast.Explain{Pos: p.advance().pos}
	switch {
	case p.acceptWords("QUERY", "PLAN"):
	case p.token.isSymbol("(") && p.peek(1).kind == tokenWord && !p.peek(1).startsQuery():
		p.advance()
		p.list(func() { p.explainOption(e) })
		p.expectSymbol(")")
	default:
		for p.token.isAny("ANALYZE", "ANALYSE", "FORMAT", "VERBOSE", "EXTENDED", "PARTITIONS") {
			p.explainOption(e)
		}
	}
	start := p.token.pos
	e.Statement = p.statement()
	if _, ok := e.Statement.(*ast.Explain); ok {
		p.fail(start, ast.ErrSyntax, "EXPLAIN can't explain an EXPLAIN")
	}
	return e
}

func (p *parser) explainOption(e *ast.Explain) {
	t := p.token
	switch {
	case p.accept("ANALYZE"), p.accept("ANALYSE"):
		e.Analyze = true
		return
	case p.accept("FORMAT"):
		p.acceptSymbol("=")
		if e.JSON = p.accept("JSON"); e.JSON || p.accept("TEXT") {
			return
		}
		p.refuse(p.token.pos, "EXPLAIN has the formats TEXT and JSON; %s is not supported", p.token.describe())
	}
	p.refuse(t.pos, "EXPLAIN %s is not supported", strings.ToUpper(t.describe()))
}
