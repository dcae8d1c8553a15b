package parse_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

func (d drawer) text() string {
	return rapid.OneOf(rapid.StringN(1, 8, 20), rapid.Just("it's")).Draw(d.T, "text")
}

func (d drawer) textLiteral() ast.Expr { return &ast.Literal{Value: protocol.String(d.text())} }

// value draws a constant or a parameter.
func (d drawer) value() ast.Expr {
	if d.coin() {
		return &ast.Param{Text: ":p"}
	}
	return d.textLiteral()
}

func (d drawer) privileges() []ast.Privilege {
	return draw(d, 3, func() ast.Privilege {
		code := rapid.SampledFrom([]protocol.PrivilegeCode{protocol.PrivilegeRead, protocol.PrivilegeReadWrite, protocol.PrivilegeWrite, protocol.PrivilegeTruncate}).Draw(d.T, "privilege")
		return ast.Privilege{Code: code}
	})
}

func (d drawer) scope() ast.Scope {
	plain := func() ast.Name { return ast.Name{Text: d.one("test", "demo", "x1")} }
	switch d.upTo(3) {
	case 0:
		return ast.Scope{}
	case 1:
		return ast.Scope{Namespace: plain()}
	case 2:
		return ast.Scope{Set: plain()}
	}
	return ast.Scope{Namespace: plain(), Set: plain()}
}

func (d drawer) column() ast.ColumnDef {
	c := ast.ColumnDef{Name: d.name(), Type: d.typeName(), NotNull: d.coin(), Default: d.perhaps(2)}
	if d.coin() {
		c.Comment = d.text()
	}
	return c
}

// definition draws a statement that defines or removes something.
func (d drawer) definition() ast.Statement {
	switch d.upTo(7) {
	case 0:
		s := &ast.AlterTable{Table: d.tableName(), IfExists: d.coin(), Action: ast.AlterAction(d.upTo(4)), Column: ast.ColumnDef{Name: d.name()}}
		switch s.Action {
		case ast.AddColumn:
			s.Column, s.Lenient = d.column(), d.coin()
		case ast.DropColumn:
			s.Lenient = d.coin()
		case ast.RenameColumn:
			s.NewName = d.name()
		case ast.RenameTable:
			s.Column, s.NewName = ast.ColumnDef{}, d.name()
		case ast.SetDefault:
			s.Column.Default = d.perhaps(2)
		}
		return s
	case 1:
		return &ast.DropTable{Tables: draw(d, 3, d.tableName), IfExists: d.coin()}
	case 2:
		s := &ast.DropIndex{Name: d.name(), IfExists: d.coin()}
		if d.coin() {
			s.Table = d.tableName()
		}
		return s
	case 3:
		s := &ast.CreateView{Name: d.tableName(), Columns: d.names(2), Query: d.query(2)}
		s.IfNotExists = d.coin()
		s.Replace = !s.IfNotExists && d.coin()
		return s
	case 4:
		return &ast.DropView{Name: d.tableName(), IfExists: d.coin()}
	case 5:
		s := &ast.Comment{View: d.coin(), Table: ast.TableName{Namespace: d.name(), Set: d.name()}, Text: d.text()}
		if !s.View && d.coin() {
			s.Column = d.name()
		}
		return s
	case 6:
		s := &ast.CreateIndex{Name: d.name(), IfNotExists: d.coin(), Table: d.tableName(), SetIndex: true, Wait: d.coin()}
		return s
	}
	return &ast.Truncate{Table: d.tableName(), Before: d.perhaps(2)}
}

// session draws a statement of a session.
func (d drawer) session() ast.Statement {
	switch d.upTo(6) {
	case 0:
		s := &ast.Transaction{Verb: ast.TransactionVerb(d.upTo(2))}
		s.ReadOnly = s.Verb == ast.Begin && d.coin()
		return s
	case 1:
		s := &ast.Set{Name: ast.Name{Text: d.one("ttl", "send_key", "x")}}
		if d.coin() {
			s.Value = d.value()
		}
		return s
	case 2:
		what := d.one("TABLES", "COLUMNS", "INDEXES", "NAMESPACES", "SETS", "BINS", "VARIABLES", "FUNCTIONS", "MODULES", "USERS", "ROLES", "NODES", "JOBS", "VIEWS", "CURSORS")
		s := &ast.Show{What: what}
		if what == "COLUMNS" {
			s.Table = ast.TableName{Set: d.name()}
		}
		if d.coin() {
			s.Like = d.value()
		}
		return s
	case 3:
		s := &ast.Declare{Name: d.name(), Query: d.query(2)}
		if d.coin() {
			s.From = d.value()
		}
		return s
	case 4:
		s := &ast.Fetch{Cursor: d.name()}
		if d.coin() {
			s.Count = &ast.Literal{Value: protocol.Int(int64(d.upTo(9)))}
		}
		return s
	case 5:
		return &ast.Close{Cursor: d.name()}
	}
	return &ast.Explain{Statement: d.statement(), Analyze: d.coin(), JSON: d.coin()}
}

// administration draws a statement that administers the cluster.
func (d drawer) administration() ast.Statement {
	verb := ast.ChangeVerb(d.upTo(2))
	switch d.upTo(9) {
	case 0:
		s := &ast.User{Verb: verb, Name: d.name(), Lenient: d.coin()}
		if verb == ast.AlterVerb || verb == ast.CreateVerb && d.coin() {
			s.Password = d.value()
		}
		if verb == ast.CreateVerb && d.coin() {
			s.Roles = d.names(2)
		}
		return s
	case 1:
		s := &ast.Role{Verb: verb, Name: d.name(), Lenient: d.coin()}
		if verb == ast.CreateVerb && d.coin() {
			s.Privileges, s.Scope = d.privileges(), d.scope()
		}
		if verb == ast.AlterVerb || verb == ast.CreateVerb && d.coin() {
			s.Options = draw(d, 2, func() ast.Option { return ast.Option{Name: d.name(), Value: d.value()} })
		}
		return s
	case 2:
		s := &ast.Grant{Revoke: d.coin(), To: d.names(2)}
		if d.coin() {
			s.Roles = draw(d, 2, func() ast.Name { return ast.Name{Text: d.one("reader", "r2")} })
			return s
		}
		s.Privileges, s.Scope = d.privileges(), d.scope()
		return s
	case 3:
		s := &ast.Module{Verb: ast.CreateVerb, Name: d.name(), Source: d.value()}
		if d.coin() {
			return &ast.Module{Verb: ast.DropVerb, Name: d.name(), Lenient: d.coin()}
		}
		s.Lenient = d.coin()
		s.Replace = !s.Lenient && d.coin()
		return s
	case 4:
		s := &ast.Execute{Verb: ast.ExecuteVerb(d.upTo(2)), Module: d.name(), Function: d.name(), Table: d.tableName(), Where: d.perhaps(2)}
		for range d.upTo(2) {
			s.Args = append(s.Args, d.expr(1))
		}
		switch s.Verb {
		case ast.ExecuteAll:
			s.Wait = d.coin()
		case ast.AggregateVerb:
			s.Reduce = d.one("", "SUM", "MIN", "MAX", "MERGE")
		}
		return s
	case 5:
		return &ast.Kill{Job: d.value()}
	case 6:
		return &ast.Analyze{Tables: draw(d, 3, d.tableName)}
	case 7:
		return &ast.AlterSystem{Path: d.names(3), Value: d.value()}
	case 8:
		return &ast.AlterXDR{Datacenter: d.name(), Namespace: d.name(), Filter: d.perhaps(2)}
	}
	return &ast.TruncateNamespace{Namespace: d.name(), Before: d.perhaps(2)}
}

// TestRandomDefinitionsRoundTrip is like TestRandomQueriesRoundTrip, for definitions.
func TestRandomDefinitionsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireRoundTrip(t, drawer{t}.definition()) })
}

// TestRandomSessionStatementsRoundTrip is like TestRandomQueriesRoundTrip, for statements of a
// session and EXPLAIN.
func TestRandomSessionStatementsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireRoundTrip(t, drawer{t}.session()) })
}

// TestRandomAdministrationRoundTrip is like TestRandomQueriesRoundTrip, for administration.
func TestRandomAdministrationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { requireRoundTrip(t, drawer{t}.administration()) })
}
