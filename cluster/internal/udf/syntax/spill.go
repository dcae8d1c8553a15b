package syntax

import "github.com/yuin/gopher-lua/ast"

// gopher-lua compiles a tree by recursion, and the register numbers of an expression wrap around
// unchecked. So the expressions that this package returns are never deep and need few registers. If
// the source has a larger expression, a part of it becomes a function that is called in place. The
// function has registers of its own. A long chain of operators becomes a list of statements in it.
const (
	maxRegisters = 196 // maximum for local variables and an expression together
	maxNeeded    = 120 // maximum for one expression
	minNeeded    = 6
	maxChain     = 40 // operators in a row that stay one expression
)

// spilledNeed is the number of registers for the call of a function made here: the function, and
// the values of "...".
const spilledNeed = 2

// room returns the number of registers that an expression may use here.
func (p *parser) room() int {
	return max(minNeeded, min(maxNeeded, maxRegisters-len(p.function.locals)-p.function.reserved))
}

// need returns an upper bound of the registers that an expression needs. Operands were measured
// before, so it does not recurse far.
func (p *parser) need(e ast.Expr) int {
	if n, ok := p.needs[e]; ok {
		return n
	}
	n := p.computeNeed(e)
	if n > 1 {
		p.needs[e] = n
	}
	return n
}

func (p *parser) computeNeed(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		return max(p.need(e.Object), 1+p.need(e.Key))
	case *ast.LogicalOpExpr:
		return 1 + max(p.need(e.Lhs), p.need(e.Rhs))
	case *ast.RelationalOpExpr:
		return max(p.need(e.Lhs), 1+p.need(e.Rhs))
	case *ast.UnaryNotOpExpr:
		return p.need(e.Expr)
	case *ast.FuncCallExpr:
		if e.Func == nil {
			return max(1+p.need(e.Receiver), p.needOf(e.Args, 3))
		}
		return max(p.need(e.Func), p.needOf(e.Args, 1))
	case *ast.TableExpr:
		return p.tableNeed(e)
	}
	return 1
}

// needOf returns what a list needs after the registers in use.
func (p *parser) needOf(list []ast.Expr, used int) int {
	n := used
	for i, e := range list {
		n = max(n, used+i+p.need(e))
	}
	return n
}

// fieldsAtOnce is the number of elements that gopher-lua collects before it stores them.
const fieldsAtOnce = 50

func (p *parser) tableNeed(t *ast.TableExpr) int {
	n, gathered := 2, 0
	for _, f := range t.Fields {
		if f.Key != nil {
			n = max(n, 1+gathered+p.need(f.Key), 2+gathered+p.need(f.Value))
			continue
		}
		n = max(n, 1+gathered+p.need(f.Value))
		gathered = (gathered + 1) % fieldsAtOnce
	}
	return n + 1
}

// fitExpression returns an expression that fits after the registers in use.
func (p *parser) fitExpression(e ast.Expr, used int) ast.Expr {
	if used+p.need(e) <= p.room() {
		return e
	}
	return p.spill(e)
}

// spill moves an expression into a function of its own.
func (p *parser) spill(e ast.Expr) ast.Expr {
	if p.need(e) <= spilledNeed {
		return e
	}
	call := p.closure([]ast.Stmt{at(&ast.ReturnStmt{Exprs: []ast.Expr{e}}, e.Line())}, e.Line())
	p.names[call] = p.describe(e)
	return call
}

// closure calls a function made of statements, which returns a value.
func (p *parser) closure(statements []ast.Stmt, line int) *ast.FuncCallExpr {
	f := at(&ast.FunctionExpr{ParList: &ast.ParList{HasVargs: p.function.dots}, Stmts: statements}, line)
	call := at(&ast.FuncCallExpr{Func: f}, line)
	if p.function.dots {
		call.Args = []ast.Expr{at(&ast.Comma3Expr{}, line)}
	}
	p.needs[call] = spilledNeed
	return call
}

// fit makes a list of values fit after the registers in use. If the list is too long, a function
// returns its last values.
func (p *parser) fit(list []ast.Expr, used int) []ast.Expr { return p.fitIn(list, used, p.room()) }

func (p *parser) fitIn(list []ast.Expr, used, room int) []ast.Expr {
	for i, e := range list {
		if used+i+p.need(e) <= room {
			continue
		}
		if used+i+spilledNeed+1 <= room || i == len(list)-1 && used+i+spilledNeed <= room {
			list[i] = p.spillOne(e, i == len(list)-1)
			continue
		}
		rest := p.fitIn(append([]ast.Expr(nil), list[i:]...), 0, maxNeeded)
		line := e.Line()
		return append(list[:i:i], p.closure([]ast.Stmt{at(&ast.ReturnStmt{Exprs: rest}, line)}, line))
	}
	return list
}

// spillOne spills one value of a list. Only the last one may be more than one value.
func (p *parser) spillOne(e ast.Expr, last bool) ast.Expr {
	s := p.spill(e)
	if call, ok := s.(*ast.FuncCallExpr); ok && s != e {
		call.AdjustRet = !last || !isMultiple(e)
	}
	return s
}

func isMultiple(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

// A chain is a function that computes a long chain of operators, each applied to the result so far.
type chain struct {
	name       string
	statements []ast.Stmt
	line       int
}

// extend stores the result so far in the chain's variable and returns the variable. Messages name
// the result as before.
func (p *parser) extend(c **chain, e ast.Expr) ast.Expr {
	e = single(e)
	name := p.describe(e)
	if *c == nil {
		*c = &chain{name: p.hiddenName(), line: e.Line()}
		s := at(&ast.LocalAssignStmt{Names: []string{(*c).name}, Exprs: []ast.Expr{e}}, e.Line())
		(*c).statements = append((*c).statements, s)
	} else {
		left := at(&ast.IdentExpr{Value: (*c).name}, e.Line())
		s := at(&ast.AssignStmt{Lhs: []ast.Expr{left}, Rhs: []ast.Expr{p.direct(e)}}, e.Line())
		(*c).statements = append((*c).statements, s)
	}
	v := at(&ast.IdentExpr{Value: (*c).name}, e.Line())
	p.names[v] = name
	return v
}

// direct returns a value in a form that may be assigned to a local variable. gopher-lua computes
// "and" and "or" in the variable itself, even if it is an operand.
func (p *parser) direct(e ast.Expr) ast.Expr {
	if _, ok := e.(*ast.LogicalOpExpr); !ok {
		return e
	}
	call := p.closure([]ast.Stmt{at(&ast.ReturnStmt{Exprs: []ast.Expr{e}}, e.Line())}, e.Line())
	call.AdjustRet = true
	return call
}

// end returns the call of a chain's function, whose last result is e.
func (p *parser) end(c *chain, e ast.Expr) ast.Expr {
	if c == nil {
		return e
	}
	last := at(&ast.ReturnStmt{Exprs: []ast.Expr{e}}, e.Line())
	call := p.closure(append(c.statements, last), c.line)
	p.names[call] = p.describe(e)
	call.AdjustRet = !isMultiple(e)
	return call
}
