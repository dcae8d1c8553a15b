package syntax

import "github.com/yuin/gopher-lua/ast"

// A place is the target of an assignment: a variable, or a field of an object.
type place struct {
	name   string // of a variable
	where  string // isLocal, isUpvalue or isGlobal
	fixed  bool
	object ast.Expr // of a field
	key    ast.Expr
	line   int
}

func (p *parser) variable(name string, line int) *place {
	v, where := p.function.resolve(name)
	if name == implicit && where == isGlobal {
		return &place{object: at(&ast.IdentExpr{Value: "_ENV"}, line), key: at(&ast.StringExpr{Value: name}, line), line: line}
	}
	return &place{name: name, where: where, fixed: v.fixed, line: line}
}

// value returns the expression that reads the place.
func (p *parser) value(d *place) ast.Expr {
	if d.object == nil {
		return at(&ast.IdentExpr{Value: d.name}, d.line)
	}
	return p.field(d.object, d.key, d.line)
}

// store returns the statement that stores a value.
func (p *parser) store(d *place, value ast.Expr, line int) ast.Stmt {
	if d.object == nil {
		name := at(&ast.IdentExpr{Value: d.name}, d.line)
		return p.put(name, value, d.where == isLocal, line)
	}
	return p.set(d.object, p.describe(d.object), d.key, value, line)
}

// put assigns to a variable. gopher-lua computes some values in the register of a local variable
// even if the variable is an operand: a call in the register of the last parameter, "and" and "or"
// in any register.
func (p *parser) put(name *ast.IdentExpr, value ast.Expr, local bool, line int) ast.Stmt {
	_, call := value.(*ast.FuncCallExpr)
	_, logical := value.(*ast.LogicalOpExpr)
	if !local || !logical && (!call || name.Value != p.function.last) {
		return at(&ast.AssignStmt{Lhs: []ast.Expr{name}, Rhs: []ast.Expr{value}}, line)
	}
	hidden := p.hiddenName()
	computed := at(&ast.LocalAssignStmt{Names: []string{hidden}, Exprs: []ast.Expr{value}}, line)
	moved := at(&ast.AssignStmt{Lhs: []ast.Expr{name}, Rhs: []ast.Expr{at(&ast.IdentExpr{Value: hidden}, line)}}, line)
	return at(&ast.DoBlockStmt{Stmts: []ast.Stmt{computed, moved}}, line)
}

func (p *parser) set(object ast.Expr, description string, key, value ast.Expr, line int) ast.Stmt {
	call := p.operator("set", line, object, key, value, at(&ast.StringExpr{Value: description}, line))
	return at(&ast.FuncCallStmt{Expr: call}, line)
}

func (p *parser) checkAssignable(d *place) {
	if d.fixed {
		p.semantic("attempt to assign to const variable '" + d.name + "'")
	}
}

// expressionStatement parses a call or an assignment.
func (p *parser) expressionStatement(line int) ast.Stmt {
	first := p.suffixed()
	if p.current.kind == '=' || p.current.kind == ',' {
		return p.assignment(first, line)
	}
	call, ok := first.(*ast.FuncCallExpr)
	if !ok || call.AdjustRet {
		p.syntaxError("syntax error")
	}
	return at(&ast.FuncCallStmt{Expr: call}, line)
}

// target converts a parsed expression to the place that it names.
func (p *parser) target(e ast.Expr) *place {
	if e == p.enclosed {
		p.syntaxError("syntax error")
	}
	switch e := e.(type) {
	case *ast.IdentExpr:
		d := p.variable(e.Value, e.Line())
		p.checkAssignable(d)
		return d
	case *ast.AttrGetExpr:
		return &place{object: e.Object, key: e.Key, line: e.Line()}
	case *ast.FuncCallExpr:
		if isOperator(e, "index") {
			return &place{object: e.Args[0], key: e.Args[1], line: e.Line()}
		}
	}
	p.syntaxError("syntax error")
	return nil
}

func (p *parser) assignment(first ast.Expr, line int) ast.Stmt {
	targets := []*place{p.target(first)}
	for p.accept(',') {
		targets = append(targets, p.target(p.suffixed()))
		p.enter()
	}
	p.levels -= len(targets) - 1
	p.expect('=')
	values := p.expressions()
	if len(targets) == 1 && len(values) == 1 {
		return p.store(targets[0], single(values[0]), line)
	}
	return p.multiple(targets, values, line)
}

// single truncates a call or ... to one value.
func single(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
	return e
}

// multiple assigns several values. It evaluates objects and keys first, then the values, and stores
// from right to left.
func (p *parser) multiple(targets []*place, values []ast.Expr, line int) ast.Stmt {
	block := at(&ast.DoBlockStmt{}, line)
	hide := func(e ast.Expr) ast.Expr {
		name := p.hiddenName()
		block.Stmts = append(block.Stmts, at(&ast.LocalAssignStmt{Names: []string{name}, Exprs: []ast.Expr{e}}, line))
		return at(&ast.IdentExpr{Value: name}, line)
	}
	descriptions := make([]string, len(targets))
	for i, d := range targets {
		if d.object == nil {
			continue
		}
		descriptions[i] = p.describe(d.object)
		d.object = hide(single(d.object))
		if !isConstant(d.key) {
			d.key = hide(single(d.key))
		}
	}
	stored := at(&ast.LocalAssignStmt{Exprs: p.fit(values, len(block.Stmts))}, line)
	for range targets {
		stored.Names = append(stored.Names, p.hiddenName())
	}
	block.Stmts = append(block.Stmts, stored)
	for i := len(targets) - 1; i >= 0; i-- {
		value := at(&ast.IdentExpr{Value: stored.Names[i]}, line)
		if d := targets[i]; d.object != nil {
			block.Stmts = append(block.Stmts, p.set(d.object, descriptions[i], d.key, value, line))
		} else {
			block.Stmts = append(block.Stmts, p.store(d, value, line))
		}
	}
	if len(p.function.locals)+len(block.Stmts) > maxNeeded {
		return at(&ast.FuncCallStmt{Expr: p.closure(block.Stmts, line)}, line)
	}
	return block
}

// hiddenName returns a new name that cannot occur in source.
func (p *parser) hiddenName() string {
	p.function.hidden++
	return hiddenPrefix + itoa(p.function.hidden)
}
