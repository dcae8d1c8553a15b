package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// administration parses a statement that administers the cluster by its first word, or returns nil.
// Those that begin with CREATE, ALTER, DROP and SET are parsed elsewhere.
func (p *parser) administration() ast.Statement {
	switch t := p.token; strings.ToUpper(t.text) {
	case "GRANT", "REVOKE":
		return p.grant()
	case "CALL":
		return p.execute(ast.CallVerb)
	case "EXECUTE":
		return p.execute(ast.ExecuteAll)
	case "AGGREGATE":
		return p.execute(ast.AggregateVerb)
	case "KILL", "KILL_QUERY", "KILL_SCAN":
		p.advance()
		if t.is("KILL") && p.token.isAny("QUERY", "JOB", "SCAN") {
			p.advance()
		}
		return &ast.Kill{Job: p.job(), Pos: t.pos}
	case "COMMENT":
		return p.commentOn()
	case "ANALYZE", "ANALYSE":
		return p.analyze()
	case "REGISTER":
		return p.registerModule()
	case "REMOVE":
		p.advance()
		if !p.accept("MODULE") {
			p.expect("PACKAGE")
		}
		return &ast.Module{Verb: ast.DropVerb, Name: p.moduleName(), Pos: t.pos}
	}
	return nil
}

// job parses the id of a job. A number is read as text, because ids have 64 bits without a sign.
func (p *parser) job() ast.Expr {
	t := p.token
	if t.kind == tokenInteger && !strings.HasPrefix(t.text, "0x") {
		p.advance()
		return &ast.Literal{Value: protocol.String(t.text), Pos: t.pos}
	}
	return p.expression()
}

// hyphenated parses the name of a user, a role or the like, which can have hyphens, or which is a
// string. Error messages call it what.
func (p *parser) hyphenated(what string) ast.Name {
	t := p.token
	if t.kind == tokenString && t.text != "" {
		p.advance()
		return ast.Name{Text: t.text, Quote: '`', Pos: t.pos}
	}
	return p.hyphens(p.name(what))
}

// hyphens parses what follows the first word of a name with hyphens.
func (p *parser) hyphens(n ast.Name) ast.Name {
	for n.Quote != '"' && p.token.isSymbol("-") && p.token.pos == p.end {
		next := p.peek(1)
		if next.kind != tokenWord && next.kind != tokenInteger || next.pos != p.token.end {
			break
		}
		p.advance()
		p.advance()
		n.Text, n.Quote = n.Text+"-"+next.text, '`'
	}
	return n
}

// user parses CREATE USER, ALTER USER and DROP USER from the word USER on.
func (p *parser) user(verb ast.ChangeVerb, pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.User{Verb: verb, Pos: pos, Lenient: p.lenient(verb), Name: p.hyphenated("a user")}
	for verb != ast.DropVerb {
		switch t := p.token; {
		case t.is("WITH") && p.peek(1).is("PASSWORD"):
			p.advance()
		case t.is("PASSWORD"):
			p.advance()
			s.Password = p.password()
		case t.is("IDENTIFIED"):
			p.advance()
			p.expect("BY")
			s.Password = p.password()
		case verb == ast.CreateVerb && (t.is("ROLE") || t.is("ROLES")):
			p.advance()
			p.list(func() { s.Roles = append(s.Roles, p.hyphenated("a role")) })
		case t.kind == tokenWord:
			p.refuse(t.pos, "%s USER ... %s is not supported", verb, strings.ToUpper(t.text))
		default:
			if verb == ast.AlterVerb && s.Password == nil {
				p.unexpected("PASSWORD")
			}
			return s
		}
	}
	if p.token.isSymbol(",") {
		p.refuse(p.token.pos, "DROP USER of several users is not supported")
	}
	return s
}

// lenient parses IF NOT EXISTS after CREATE, and IF EXISTS after other verbs.
func (p *parser) lenient(verb ast.ChangeVerb) bool {
	if verb == ast.CreateVerb {
		return p.ifNotExists()
	}
	return p.ifExists()
}

// password parses a password: a string or a parameter, or in AQL a word.
func (p *parser) password() ast.Expr {
	t := p.token
	if p.dialect == AQL && (t.kind == tokenWord || t.kind == tokenDoubleQuoted) || t.kind == tokenString {
		p.advance()
		return &ast.Literal{Value: protocol.String(t.text), Pos: t.pos}
	}
	if t.kind != tokenParam {
		p.fail(t.pos, ast.ErrSyntax, "a password is a string or a parameter")
	}
	return p.param()
}

// setPassword parses SET PASSWORD [FOR user] = password, and AQL's SET PASSWORD password FOR user.
func (p *parser) setPassword(pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.User{Verb: ast.AlterVerb, Pos: pos}
	if p.accept("FOR") {
		s.Name = p.hyphenated("a user")
	}
	if !p.acceptSymbol("=") && !p.accept("TO") && p.dialect != AQL {
		p.unexpected("=")
	}
	s.Password = p.password()
	if s.Name.IsZero() && p.accept("FOR") {
		s.Name = p.hyphenated("a user")
	}
	return s
}

// role parses CREATE ROLE, ALTER ROLE and DROP ROLE from the word ROLE on.
func (p *parser) role(verb ast.ChangeVerb, pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.Role{Verb: verb, Pos: pos, Lenient: p.lenient(verb), Name: p.hyphenated("a role")}
	if verb == ast.CreateVerb && (p.accept("PRIVILEGES") || p.accept("PRIVILEGE")) {
		p.list(func() { s.Privileges = append(s.Privileges, p.privilege(p.grantItem())) })
		s.Scope = p.onScope()
	}
	if verb == ast.DropVerb {
		if p.token.isSymbol(",") {
			p.refuse(p.token.pos, "DROP ROLE of several roles is not supported")
		}
		return s
	}
	if verb == ast.AlterVerb || p.token.is("WITH") {
		s.Options = p.options()
	}
	return s
}

// A grantItem is a role or a privilege, which differ only by what follows them.
type grantItem struct {
	name  ast.Name
	scope ast.Scope
}

// grantItem parses a role, or a privilege perhaps with a scope after a dot.
func (p *parser) grantItem() grantItem {
	var item grantItem
	if t := p.token; t.kind == tokenWord && ast.IsReserved(t.text) { // such as SELECT
		p.advance()
		item.name = ast.Name{Text: t.text, Pos: t.pos}
	} else {
		item.name = p.hyphenated("a role or a privilege")
	}
	if p.acceptSymbol(".") {
		item.scope.Namespace = p.name("a namespace")
		if p.acceptSymbol(".") {
			item.scope.Set = p.name("a set")
		}
	}
	return item
}

// privilegeCodes are the privileges by their names.
var privilegeCodes, privilegeNames = func() (ast.WordMap[protocol.PrivilegeCode], string) {
	codes, names := make(ast.WordMap[protocol.PrivilegeCode]), []string{}
	for c := range protocol.PrivilegeTruncate + 1 {
		if c.Known() {
			codes[strings.ToUpper(c.String())] = c
			names = append(names, c.String())
		}
	}
	return codes, strings.Join(names, ", ")
}()

// privilege returns the privilege of an item.
func (p *parser) privilege(item grantItem) ast.Privilege {
	code, ok := privilegeCodes.Find(strings.ReplaceAll(item.name.Text, "_", "-"))
	if !ok {
		p.refuse(item.name.Pos, "the privilege %s is not supported; the privileges are %s", item.name.Text, privilegeNames)
	}
	return ast.Privilege{Code: code, Scope: item.scope, Pos: item.name.Pos}
}

// onScope parses ON scope: set, namespace.set, namespace.*, NAMESPACE namespace or *. Without it
// the scope is zero.
func (p *parser) onScope() ast.Scope {
	if !p.accept("ON") {
		return ast.Scope{}
	}
	if p.token.is("TABLE") && p.peek(1).isName() {
		p.advance()
	}
	if p.token.is("NAMESPACE") && p.peek(1).isName() {
		p.advance()
		return ast.Scope{Namespace: p.name("a namespace")}
	}
	if p.acceptSymbol("*") {
		if p.acceptSymbol(".") {
			p.expectSymbol("*")
		}
		return ast.Scope{}
	}
	first := p.name("a set or a namespace")
	switch {
	case !p.acceptSymbol("."):
		return ast.Scope{Set: first}
	case p.acceptSymbol("*"):
		return ast.Scope{Namespace: first}
	}
	return ast.Scope{Namespace: first, Set: p.name("a set")}
}

// grant parses GRANT and REVOKE. What is granted are privileges if the word PRIVILEGES or a scope
// says so, and roles otherwise.
func (p *parser) grant() ast.Statement {
	t := p.advance()
	s := &ast.Grant{Revoke: t.is("REVOKE"), Pos: t.pos}
	privileges, roles := false, false
	if next := p.peek(1); next.isName() || next.kind == tokenString {
		privileges = p.accept("PRIVILEGES") || p.accept("PRIVILEGE")
		roles = !privileges && (p.accept("ROLES") || p.accept("ROLE"))
	}
	var items []grantItem
	p.list(func() { items = append(items, p.grantItem()) })
	for _, item := range items {
		privileges = privileges || !item.scope.IsZero() || ast.IsReserved(item.name.Text) && item.name.Quote == 0
	}
	if p.token.is("PRIVILEGES") { // GRANT ALL PRIVILEGES
		privileges = true
		p.advance()
	}
	if privileges = privileges || p.token.is("ON"); privileges && !roles {
		for _, item := range items {
			s.Privileges = append(s.Privileges, p.privilege(item))
		}
		s.Scope = p.onScope()
	} else {
		for _, item := range items {
			if !item.scope.IsZero() {
				p.fail(item.scope.Namespace.Pos, ast.ErrSyntax, "a role has no scope")
			}
			s.Roles = append(s.Roles, item.name)
		}
	}
	if s.Revoke {
		p.expect("FROM")
	} else {
		p.expect("TO")
	}
	if next := p.peek(1); p.token.isAny("USER", "ROLE") && (next.isName() || next.kind == tokenString) {
		p.advance()
	}
	p.list(func() { s.To = append(s.To, p.hyphenated("a user or a role")) })
	if p.token.is("WITH") {
		p.refuse(p.token.pos, "WITH %s OPTION is not supported", strings.ToUpper(p.peek(1).text))
	}
	return s
}

// alterSystem parses ALTER SYSTEM SET path = value, and ALTER NAMESPACE name SET setting = value.
func (p *parser) alterSystem(pos ast.Pos) ast.Statement {
	s := &ast.AlterSystem{Pos: pos}
	if p.accept("NAMESPACE") {
		s.Path = []ast.Name{{Text: "namespace", Pos: p.token.pos}, p.name("a namespace")}
	} else {
		p.advance()
	}
	if p.token.is("RESET") {
		p.refuse(p.token.pos, "ALTER SYSTEM RESET is not supported: the servers don't keep the values that they started with")
	}
	p.expect("SET")
	for {
		s.Path = append(s.Path, p.hyphens(p.name("a setting")))
		if !p.acceptSymbol(".") {
			break
		}
	}
	if !p.acceptSymbol("=") {
		p.accept("TO")
	}
	value := p.token.pos
	if s.Value = p.variableValue(); s.Value == nil {
		p.refuse(value, "DEFAULT is not supported here: the servers don't keep the values that they started with")
	}
	return s
}

// alterXDR parses ALTER XDR datacenter NAMESPACE namespace SET FILTER (condition) | DROP FILTER.
func (p *parser) alterXDR(pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.AlterXDR{Pos: pos, Datacenter: p.hyphenated("a data center")}
	p.expect("NAMESPACE")
	s.Namespace = p.hyphenated("a namespace")
	if p.accept("DROP") {
		p.expect("FILTER")
		return s
	}
	p.expect("SET")
	p.expect("FILTER")
	s.Filter = p.expression()
	return s
}
