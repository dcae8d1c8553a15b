package syntax

import "github.com/yuin/gopher-lua/ast"

// priorities of binary operators, on their left and right side. Operators that associate to the
// right have the lower one on the right.
var priorities = map[kind][2]int{
	tokenOr: {1, 1}, tokenAnd: {2, 2},
	'<': {3, 3}, '>': {3, 3}, tokenLessEqual: {3, 3}, tokenGreaterEqual: {3, 3}, tokenNotEqual: {3, 3}, tokenEqual: {3, 3},
	'|': {4, 4}, '~': {5, 5}, '&': {6, 6}, tokenShiftLeft: {7, 7}, tokenShiftRight: {7, 7},
	tokenConcat: {9, 8}, '+': {10, 10}, '-': {10, 10},
	'*': {11, 11}, '/': {11, 11}, tokenIntegerDivide: {11, 11}, '%': {11, 11},
	'^': {14, 13},
}

const unaryPriority = 12

// expressions parses a list. Each value needs a register on a real server, whose number is limited.
func (p *parser) expressions() []ast.Expr {
	before := p.function.taken
	list := []ast.Expr{p.expression()}
	for p.accept(',') {
		p.takeRegister()
		list = append(list, p.expression())
	}
	p.function.taken = before
	return list
}

// takeRegister counts a register that a real server would need for a value.
func (p *parser) takeRegister() {
	if p.function.taken++; p.function.taken+len(p.function.locals) >= maxTaken {
		p.syntaxError("function or expression needs too many registers")
	}
}

func (p *parser) expression() ast.Expr { return p.binary(0) }

// binary parses operands and operators that bind tighter than limit.
func (p *parser) binary(limit int) ast.Expr {
	p.enter()
	defer p.leave()
	var left ast.Expr
	var long *chain
	if k := p.current.kind; k == tokenNot || k == '-' || k == '~' || k == '#' {
		line := p.current.line
		p.advance()
		left = p.lowerUnary(k, p.binary(unaryPriority), line)
	} else {
		left = p.simple()
	}
	for n := 1; ; n++ {
		k, line := p.current.kind, p.current.line
		priority, ok := priorities[k]
		if !ok || priority[0] <= limit {
			return p.fitExpression(p.end(long, left), 0)
		}
		p.advance()
		if n%maxChain == 0 || operatorNeed+p.need(left) > p.room() {
			left = p.extend(&long, left)
		}
		left = p.lowerBinary(k, left, p.binary(priority[1]), line)
	}
}

func (p *parser) simple() ast.Expr {
	t := p.current
	switch t.kind {
	case tokenInteger:
		p.advance()
		return p.integerConstant(t.integer, t.line)
	case tokenFloat:
		p.advance()
		return p.floatConstant(t.float, t.line)
	case tokenString:
		p.advance()
		return at(&ast.StringExpr{Value: t.value}, t.line)
	case tokenNil:
		p.advance()
		return at(&ast.NilExpr{}, t.line)
	case tokenTrue:
		p.advance()
		return at(&ast.TrueExpr{}, t.line)
	case tokenFalse:
		p.advance()
		return at(&ast.FalseExpr{}, t.line)
	case tokenDots:
		if !p.function.vararg {
			p.syntaxError("cannot use '...' outside a vararg function")
		}
		p.function.dots = true
		p.advance()
		return at(&ast.Comma3Expr{}, t.line)
	case '{':
		return p.table()
	case tokenFunction:
		p.advance()
		return p.functionBody(false, t.line)
	}
	return p.suffixed()
}

func (p *parser) primary() ast.Expr {
	t := p.current
	switch t.kind {
	case tokenName:
		p.advance()
		return p.identifier(t.value, t.line)
	case '(':
		p.advance()
		e := p.expression()
		p.expectMatch(')', '(', t.line)
		return p.parenthesized(e)
	}
	p.syntaxError("unexpected symbol")
	return nil
}

// identifier returns a variable. gopher-lua has its own variable arg in functions with "...".
func (p *parser) identifier(name string, line int) ast.Expr {
	e := at(&ast.IdentExpr{Value: name}, line)
	if name != implicit && name != environment {
		return e
	}
	if _, where := p.function.resolve(name); where == isGlobal {
		if name == environment {
			if p.ownGlobals {
				e.Value = hiddenPrefix + environment
			}
			return e
		}
		return p.field(p.identifier(environment, line), at(&ast.StringExpr{Value: name}, line), line)
	}
	return e
}

// A suffix applies a field, a call or a method call to the expression before it.
type suffix func(ast.Expr) ast.Expr

// suffixed parses a variable or a parenthesized expression with its fields and calls. The last of
// these is never part of a chain, because it may be assigned to.
func (p *parser) suffixed() ast.Expr {
	line := p.current.line
	e := p.primary()
	var long *chain
	last := p.suffix(line)
	if last == nil {
		return e
	}
	for n := 1; ; n++ {
		next := p.suffix(line)
		if n%maxChain == 0 || operatorNeed+p.need(e) > p.room() {
			e = p.extend(&long, e)
		}
		if next == nil {
			return last(p.end(long, e))
		}
		e, last = last(e), next
	}
}

// suffix parses one suffix. It returns nil if there is none.
func (p *parser) suffix(line int) suffix {
	switch p.current.kind {
	case '.':
		p.advance()
		key := at(&ast.StringExpr{Value: p.current.value}, p.current.line)
		p.name()
		return func(e ast.Expr) ast.Expr { return p.field(e, key, key.Line()) }
	case '[':
		bracket := p.current.line
		p.advance()
		key := p.expression()
		p.expect(']')
		return func(e ast.Expr) ast.Expr { return p.field(e, key, bracket) }
	case ':':
		p.advance()
		name := p.name()
		arguments := p.arguments(line)
		return func(e ast.Expr) ast.Expr { return p.methodCall(e, name, arguments, line) }
	case '(', '{', tokenString:
		arguments := p.arguments(line)
		return func(e ast.Expr) ast.Expr { return p.call(e, arguments, line) }
	}
	return nil
}

func (p *parser) arguments(line int) []ast.Expr {
	switch t := p.current; t.kind {
	case tokenString:
		p.advance()
		return []ast.Expr{at(&ast.StringExpr{Value: t.value}, t.line)}
	case '{':
		return []ast.Expr{p.table()}
	case '(':
		p.advance()
		var list []ast.Expr
		if p.current.kind != ')' {
			p.takeRegister()
			list = p.expressions()
			p.function.taken--
		}
		p.expectMatch(')', '(', line)
		return list
	}
	p.syntaxError("function arguments expected")
	return nil
}

func (p *parser) table() ast.Expr {
	line := p.current.line
	p.expect('{')
	t := at(&ast.TableExpr{}, line)
	for p.current.kind != '}' {
		t.Fields = append(t.Fields, p.tableField())
		if !p.accept(',') && !p.accept(';') {
			break
		}
	}
	p.expectMatch('}', '{', line)
	return p.split(t)
}

func (p *parser) tableField() *ast.Field {
	switch {
	case p.current.kind == tokenName && p.lookahead().kind == '=':
		key := at(&ast.StringExpr{Value: p.name()}, p.current.line)
		p.advance()
		return &ast.Field{Key: key, Value: single(p.expression())}
	case p.current.kind == '[':
		line := p.current.line
		p.advance()
		key := p.expression()
		p.expect(']')
		p.expect('=')
		if !isConstant(key) {
			key = p.operator("key", line, single(key))
		}
		return &ast.Field{Key: key, Value: single(p.expression())}
	}
	return &ast.Field{Value: p.expression()}
}

// functionBody parses the parameters and the body of a function.
func (p *parser) functionBody(method bool, line int) *ast.FunctionExpr {
	defer p.keep()()
	p.function = &function{parent: p.function, line: line, reserved: reservedAtStart}
	p.function.open()
	f := at(&ast.FunctionExpr{ParList: &ast.ParList{}}, line)
	if method {
		f.ParList.Names = append(f.ParList.Names, "self")
		p.function.last = "self"
		p.declare("self", false)
	}
	p.expect('(')
	for p.current.kind != ')' {
		if p.accept(tokenDots) {
			f.ParList.HasVargs, p.function.vararg = true, true
			break
		}
		if p.current.kind != tokenName {
			p.syntaxError("<name> or '...' expected")
		}
		name := p.name()
		p.declare(name, false)
		p.function.last = name
		f.ParList.Names = append(f.ParList.Names, name)
		if !p.accept(',') {
			break
		}
		if p.current.kind == ')' {
			p.syntaxError("<name> or '...' expected")
		}
	}
	p.expect(')')
	f.Stmts = p.anchor(p.statements(), len(f.ParList.Names))
	f.SetLastLine(p.current.line)
	p.expectMatch(tokenEnd, tokenFunction, line)
	p.function.close()
	p.finish()
	p.function = p.function.parent
	return f
}
