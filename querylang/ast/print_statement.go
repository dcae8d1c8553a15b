package ast

import "github.com/aerosql/aerosql/protocol"

// statement writes a statement.
func (p *printer) statement(s Statement) {
	switch s := s.(type) {
	case *Query:
		p.query(s)
	case *Insert:
		p.insert(s)
	case *Update:
		p.text("UPDATE ", s.Table.String())
		p.alias(s.Alias)
		p.set(s.Set)
		p.clause("WHERE", s.Where)
		p.order(s.Order)
		p.clause("LIMIT", s.Limit)
		p.returning(s.Returning)
		p.options(s.Options)
	case *Delete:
		p.text("DELETE FROM ", s.Table.String())
		p.alias(s.Alias)
		p.clause("WHERE", s.Where)
		p.order(s.Order)
		p.clause("LIMIT", s.Limit)
		p.returning(s.Returning)
		p.options(s.Options)
	case *Truncate:
		p.text("TRUNCATE TABLE ", s.Table.String())
		p.clause("BEFORE", s.Before)
	case *Explain:
		p.text("EXPLAIN ")
		if s.Analyze {
			p.text("ANALYZE ")
		}
		if s.JSON {
			p.text("FORMAT JSON ")
		}
		p.statement(s.Statement)
	case *CreateTable, *AlterTable, *DropTable, *CreateIndex, *DropIndex, *CreateView, *DropView, *Comment:
		p.definition(s)
	case *User, *Role, *Grant, *Module, *Execute, *Kill, *Analyze, *AlterSystem, *AlterXDR, *TruncateNamespace:
		p.administration(s)
	default:
		p.session(s)
	}
}

var insertVerbs = [...]string{Create: "INSERT", Upsert: "UPSERT", Replace: "REPLACE", Ignore: "INSERT OR IGNORE"}

// String returns the verb's keywords.
func (v InsertVerb) String() string { return insertVerbs[v] }

// Excluded is the name of the new row in ON CONFLICT.
const Excluded = "excluded"

func (p *printer) insert(s *Insert) {
	verb := s.Verb
	if verb == Ignore && s.Conflict != nil {
		verb = Create
	}
	p.text(verb.String(), " INTO ", s.Table.String())
	p.alias(s.Alias)
	p.names(s.Columns)
	if s.Source == nil {
		p.text(" DEFAULT VALUES")
	} else {
		p.text(" ")
		p.query(s.Source)
	}
	if s.Conflict != nil {
		p.conflict(s.Conflict)
	}
	p.returning(s.Returning)
	p.options(s.Options)
}

func (p *printer) conflict(c *Conflict) {
	if !c.NewRow.IsZero() && !c.NewRow.Is("EXCLUDED") {
		p.text(" AS ", c.NewRow.String(), " ON DUPLICATE KEY UPDATE ")
		p.assignments(c.Set)
		return
	}
	p.text(" ON CONFLICT")
	p.names(c.Columns)
	if len(c.Set) == 0 {
		p.text(" DO NOTHING")
		return
	}
	p.text(" DO UPDATE")
	p.set(c.Set)
	p.clause("WHERE", c.Where)
}

func (p *printer) set(set []Assignment) {
	p.text(" SET ")
	p.assignments(set)
}

func (p *printer) assignments(set []Assignment) {
	for i, a := range set {
		p.comma(i)
		p.expr(a.Target)
		p.text(" = ")
		p.expr(a.Value)
	}
}

func (p *printer) returning(items []SelectItem) {
	if len(items) > 0 {
		p.text(" RETURNING ")
		p.items(items)
	}
}

// definition writes a CREATE or DROP statement.
func (p *printer) definition(s Statement) {
	switch s := s.(type) {
	case *CreateTable:
		p.createTable(s)
	case *AlterTable:
		p.alterTable(s)
	case *DropTable:
		p.text("DROP TABLE ")
		p.ifExists(s.IfExists)
		for i, t := range s.Tables {
			p.comma(i)
			p.text(t.String())
		}
	case *CreateIndex:
		p.createIndex(s)
	case *DropIndex:
		p.text("DROP INDEX ")
		p.ifExists(s.IfExists)
		p.text(s.Name.String())
		if !s.Table.Set.IsZero() {
			p.text(" ON ", s.Table.String())
		}
	case *CreateView:
		p.text("CREATE ")
		if s.Replace {
			p.text("OR REPLACE ")
		}
		p.text("VIEW ")
		p.ifNotExists(s.IfNotExists)
		p.text(s.Name.String())
		p.names(s.Columns)
		p.text(" AS ")
		p.query(s.Query)
	case *DropView:
		p.text("DROP VIEW ")
		p.ifExists(s.IfExists)
		p.text(s.Name.String())
	case *Comment:
		p.commentOn(s)
	}
}

func (p *printer) commentOn(s *Comment) {
	what := "TABLE "
	switch {
	case !s.Column.IsZero():
		what = "COLUMN "
	case s.View:
		what = "VIEW "
	}
	p.text("COMMENT ON ", what, s.Table.String())
	if !s.Column.IsZero() {
		p.text(".", s.Column.String())
	}
	if s.Text == "" {
		p.text(" IS NULL")
		return
	}
	p.text(" IS ", literalText(protocol.String(s.Text)))
}

// comment writes a clause COMMENT, if there is a comment.
func (p *printer) comment(text string) {
	if text != "" {
		p.text(" COMMENT ", literalText(protocol.String(text)))
	}
}

func (p *printer) ifExists(yes bool) {
	if yes {
		p.text("IF EXISTS ")
	}
}

func (p *printer) ifNotExists(yes bool) {
	if yes {
		p.text("IF NOT EXISTS ")
	}
}

func (p *printer) createTable(s *CreateTable) {
	p.text("CREATE TABLE ")
	p.ifNotExists(s.IfNotExists)
	p.text(s.Table.String(), " (")
	n := 0
	item := func() {
		p.comma(n)
		n++
	}
	for _, c := range s.Columns {
		item()
		p.columnDef(c)
	}
	if len(s.Key) > 0 {
		item()
		p.text("PRIMARY KEY")
		p.names(s.Key)
	}
	for _, names := range s.Unique {
		item()
		p.text("UNIQUE")
		p.names(names)
	}
	for _, check := range s.Checks {
		item()
		p.check(check)
	}
	p.text(")")
	p.comment(s.Comment)
	p.options(s.Options)
}

func (p *printer) alterTable(s *AlterTable) {
	p.text("ALTER TABLE ")
	p.ifExists(s.IfExists)
	p.text(s.Table.String())
	switch s.Action {
	case AddColumn:
		p.text(" ADD COLUMN ")
		p.ifNotExists(s.Lenient)
		p.columnDef(s.Column)
	case DropColumn:
		p.text(" DROP COLUMN ")
		p.ifExists(s.Lenient)
		p.text(s.Column.Name.String())
	case RenameColumn:
		p.text(" RENAME COLUMN ", s.Column.Name.String(), " TO ", s.NewName.String())
	case RenameTable:
		p.text(" RENAME TO ", s.NewName.String())
	case SetDefault:
		p.text(" ALTER COLUMN ", s.Column.Name.String())
		if s.Column.Default == nil {
			p.text(" DROP DEFAULT")
			return
		}
		p.text(" SET DEFAULT ")
		p.operand(s.Column.Default, precedencePrimary)
	}
}

func (p *printer) check(e Expr) {
	p.text("CHECK (")
	p.expr(e)
	p.text(")")
}

func (p *printer) columnDef(c ColumnDef) {
	p.text(c.Name.String())
	if c.Type.Name != "" {
		p.text(" ", c.Type.String())
	}
	for _, flag := range []struct {
		on   bool
		text string
	}{{c.NotNull, " NOT NULL"}, {c.Key, " PRIMARY KEY"}, {c.Unique, " UNIQUE"}, {c.AutoIncrement, " AUTOINCREMENT"}} {
		if flag.on {
			p.text(flag.text)
		}
	}
	if c.Default != nil {
		p.text(" DEFAULT ")
		p.operand(c.Default, precedencePrimary)
	}
	for _, check := range c.Checks {
		p.text(" ")
		p.check(check)
	}
	p.comment(c.Comment)
}

func (p *printer) createIndex(s *CreateIndex) {
	p.text("CREATE ")
	if s.Unique {
		p.text("UNIQUE ")
	}
	if s.SetIndex {
		p.text("SET ")
	}
	if s.Collection != "" {
		p.text(s.Collection, " ")
	}
	p.text("INDEX ")
	p.ifNotExists(s.IfNotExists)
	if !s.Name.IsZero() {
		p.text(s.Name.String(), " ")
	}
	p.text("ON ", s.Table.String())
	for i, part := range s.Parts {
		if i == 0 {
			p.text(" (")
		}
		p.comma(i)
		p.expr(part.Expr)
		if part.Descending {
			p.text(" DESC")
		}
		if i == len(s.Parts)-1 {
			p.text(")")
		}
	}
	if s.Type != "" {
		p.text(" TYPE ", s.Type)
	}
	if s.Wait {
		p.text(" WAIT")
	}
	p.options(s.Options)
}

var transactionVerbs = [...]string{Begin: "BEGIN", Commit: "COMMIT", Rollback: "ROLLBACK"}

// String returns the verb's keyword.
func (v TransactionVerb) String() string { return transactionVerbs[v] }

// namedShows are what SHOW shows by the name of one, without FROM.
var namedShows = map[string]bool{
	"CREATE TABLE": true, "CREATE VIEW": true, "CREATE INDEX": true, "CREATE FUNCTION": true, "CURSOR": true,
	"USER": true, "ROLE": true, "VARIABLE": true,
}

// session writes a statement that concerns the session.
func (p *printer) session(s Statement) {
	switch s := s.(type) {
	case *Transaction:
		p.text(s.Verb.String())
		if s.ReadOnly {
			p.text(" READ ONLY")
		}
	case *Set:
		if s.Value == nil {
			p.text("RESET ", s.nameText())
			return
		}
		p.text("SET ", s.nameText(), " = ")
		p.expr(s.Value)
	case *Show:
		p.text("SHOW ", s.What)
		if !s.Table.Set.IsZero() {
			if !namedShows[s.What] {
				p.text(" FROM")
			}
			p.text(" ", s.Table.String())
		}
		p.clause("LIKE", s.Like)
	case *Declare:
		p.text("DECLARE ", s.Name.String(), " CURSOR ")
		if s.From != nil {
			p.text("FROM ")
			p.expr(s.From)
		}
		if s.From != nil && s.Query != nil {
			p.text(" ")
		}
		if s.Query != nil {
			p.text("FOR ")
			p.query(s.Query)
		}
	case *Fetch:
		p.text("FETCH ")
		if s.Count == nil {
			p.text("ALL")
		} else {
			p.expr(s.Count)
		}
		p.text(" FROM ", s.Cursor.String())
	case *Close:
		p.text("CLOSE ", s.Cursor.String())
	}
}

// nameText returns the name of a variable. ALL means all of them.
func (s *Set) nameText() string {
	if s.Name.Quote == 0 && s.Name.Text == "ALL" {
		return "ALL"
	}
	return s.Name.String()
}
