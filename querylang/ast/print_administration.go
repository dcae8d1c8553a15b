package ast

var changeVerbs = [...]string{CreateVerb: "CREATE", AlterVerb: "ALTER", DropVerb: "DROP"}

// String returns the verb's keyword.
func (v ChangeVerb) String() string { return changeVerbs[v] }

var executeVerbs = [...]string{CallVerb: "CALL", ExecuteAll: "EXECUTE", AggregateVerb: "AGGREGATE"}

// String returns the verb's keyword.
func (v ExecuteVerb) String() string { return executeVerbs[v] }

// administration writes a statement that administers the cluster.
func (p *printer) administration(s Statement) {
	switch s := s.(type) {
	case *User:
		p.user(s)
	case *Role:
		p.role(s)
	case *Grant:
		p.grant(s)
	case *Module:
		p.module(s)
	case *Execute:
		p.execute(s)
	case *Kill:
		p.text("KILL ")
		p.expr(s.Job)
	case *Analyze:
		p.text("ANALYZE ")
		for i, t := range s.Tables {
			p.comma(i)
			p.text(t.String())
		}
	case *AlterSystem:
		p.text("ALTER SYSTEM SET ")
		for i, name := range s.Path {
			if i > 0 {
				p.text(".")
			}
			p.text(name.String())
		}
		p.text(" = ")
		p.expr(s.Value)
	case *AlterXDR:
		p.text("ALTER XDR ", s.Datacenter.String(), " NAMESPACE ", s.Namespace.String())
		if s.Filter == nil {
			p.text(" DROP FILTER")
			return
		}
		p.text(" SET FILTER (")
		p.expr(s.Filter)
		p.text(")")
	case *TruncateNamespace:
		p.text("TRUNCATE NAMESPACE ", s.Namespace.String())
		p.clause("BEFORE", s.Before)
	}
}

// change writes a verb, what it changes, and IF EXISTS or IF NOT EXISTS.
func (p *printer) change(verb ChangeVerb, what string, lenient bool) {
	p.text(verb.String(), " ", what, " ")
	if verb == CreateVerb {
		p.ifNotExists(lenient)
	} else {
		p.ifExists(lenient)
	}
}

// hiddenPassword is printed in place of a password.
const hiddenPassword = "'***'"

func (p *printer) user(s *User) {
	if s.Name.IsZero() {
		p.text("SET PASSWORD = ")
		p.password(s.Password)
		return
	}
	p.change(s.Verb, "USER", s.Lenient)
	p.text(s.Name.String())
	if s.Password != nil {
		p.text(" PASSWORD ")
		p.password(s.Password)
	}
	p.nameList(" ROLES ", s.Roles)
}

// password writes the place of a password. A parameter is not secret.
func (p *printer) password(e Expr) {
	if param, ok := e.(*Param); ok {
		p.expr(param)
		return
	}
	p.text(hiddenPassword)
}

// nameList writes a word and names, if there are any.
func (p *printer) nameList(word string, names []Name) {
	for i, n := range names {
		if i == 0 {
			p.text(word)
		}
		p.comma(i)
		p.text(n.String())
	}
}

func (p *printer) role(s *Role) {
	p.change(s.Verb, "ROLE", s.Lenient)
	p.text(s.Name.String())
	if len(s.Privileges) > 0 {
		p.text(" PRIVILEGES ")
		p.privileges(s.Privileges, s.Scope)
	}
	p.options(s.Options)
}

func (p *printer) privileges(list []Privilege, scope Scope) {
	for i, privilege := range list {
		p.comma(i)
		p.text(privilege.Code.String())
		for _, name := range []Name{privilege.Scope.Namespace, privilege.Scope.Set} {
			if !name.IsZero() {
				p.text(".", name.String())
			}
		}
	}
	if !scope.IsZero() {
		p.text(" ON ")
		p.scope(scope)
	}
}

func (p *printer) scope(s Scope) {
	switch {
	case s.Set.IsZero():
		p.text(s.Namespace.String(), ".*")
	case s.Namespace.IsZero():
		p.text(s.Set.String())
	default:
		p.text(s.Namespace.String(), ".", s.Set.String())
	}
}

func (p *printer) grant(s *Grant) {
	verb, to := "GRANT", " TO "
	if s.Revoke {
		verb, to = "REVOKE", " FROM "
	}
	p.text(verb)
	if len(s.Privileges) > 0 {
		p.text(" PRIVILEGES ")
		p.privileges(s.Privileges, s.Scope)
	}
	p.nameList(" ROLES ", s.Roles)
	p.nameList(to, s.To)
}

func (p *printer) module(s *Module) {
	if s.File != nil {
		p.text("REGISTER MODULE ")
		p.expr(s.File)
		return
	}
	if s.Replace {
		p.text("CREATE OR REPLACE FUNCTION ")
	} else {
		p.change(s.Verb, "FUNCTION", s.Lenient)
	}
	p.text(s.Name.String())
	p.clause("AS", s.Source)
}

func (p *printer) execute(s *Execute) {
	p.text(s.Verb.String(), " ", s.Module.String(), ".", s.Function.String(), "(")
	p.exprs(s.Args)
	p.text(") ON ", s.Table.String())
	p.clause("WHERE", s.Where)
	if s.Reduce != "" {
		p.text(" REDUCE ", s.Reduce)
	}
	if s.Wait {
		p.text(" WAIT")
	}
}
