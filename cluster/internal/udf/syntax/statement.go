package syntax

import (
	"slices"

	"github.com/yuin/gopher-lua/ast"
)

// at sets the line of a node.
func at[N ast.PositionHolder](node N, line int) N {
	node.SetLine(line)
	node.SetLastLine(line)
	return node
}

func (p *parser) statement() ast.Stmt {
	p.enter()
	defer p.leave()
	line := p.current.line
	switch p.current.kind {
	case ';':
		p.advance()
		return nil
	case tokenIf:
		return p.ifStatement(line)
	case tokenWhile:
		return p.loop(func() ast.Stmt { return p.whileStatement(line) })
	case tokenDo:
		p.advance()
		body := p.block()
		p.expectMatch(tokenEnd, tokenDo, line)
		return at(&ast.DoBlockStmt{Stmts: body}, line)
	case tokenFor:
		return p.loop(func() ast.Stmt { return p.forStatement(line) })
	case tokenRepeat:
		return p.loop(func() ast.Stmt { return p.repeatStatement(line) })
	case tokenFunction:
		return p.functionStatement(line)
	case tokenLocal:
		p.advance()
		if p.accept(tokenFunction) {
			return p.localFunction(line)
		}
		return p.localStatement(line)
	case tokenLabel:
		return p.labelStatement(line)
	case tokenBreak:
		return p.breakStatement(line)
	case tokenGoto:
		p.advance()
		name := p.name()
		if !p.function.visible(name) {
			p.function.pending = append(p.function.pending, jump{name, line, len(p.function.blocks), len(p.function.locals)})
		}
		return p.jump(name, line)
	}
	return p.expressionStatement(line)
}

// jump returns a goto.
func (p *parser) jump(label string, line int) ast.Stmt {
	p.function.jumps = true
	p.function.exit()
	return at(&ast.GotoStmt{Label: label}, line)
}

// breakStatement parses a break, which becomes a goto: gopher-lua's own break does not close
// captured variables of inner blocks.
func (p *parser) breakStatement(line int) ast.Stmt {
	p.advance()
	last := len(p.function.loops) - 1
	if last < 0 {
		p.function.pending = append(p.function.pending, jump{label: "break", line: line, depth: len(p.function.blocks)})
		return nil
	}
	if p.function.loops[last] == "" {
		p.function.loops[last] = p.hiddenName()
	}
	return p.jump(p.function.loops[last], line)
}

// loop parses a loop with read, and adds a label after it if it has a break.
func (p *parser) loop(read func() ast.Stmt) ast.Stmt {
	p.function.loops = append(p.function.loops, "")
	s := read()
	last := len(p.function.loops) - 1
	label := p.function.loops[last]
	p.function.loops = p.function.loops[:last]
	if label == "" {
		return s
	}
	end := at(&ast.LabelStmt{Name: label}, s.LastLine())
	return at(&ast.DoBlockStmt{Stmts: []ast.Stmt{s, end}}, s.Line())
}

func (p *parser) labelStatement(line int) ast.Stmt {
	p.function.exit()
	p.function.jumps = true
	p.advance()
	name := p.name()
	p.expect(tokenLabel)
	if old, repeated := p.function.label(name, line); repeated {
		p.semantic("label '" + name + "' already defined on line " + itoa(old))
	}
	p.function.fresh = append(p.function.fresh, name)
	return at(&ast.LabelStmt{Name: name}, line)
}

// checkLabels is called before each statement and at the end of a block. No jump may lead into the
// scope of a variable; at the end of a block no variable is in scope.
func (p *parser) checkLabels() {
	f := p.function
	if len(f.fresh) == 0 || p.current.kind == ';' || p.current.kind == tokenLabel {
		return
	}
	fresh := f.fresh
	f.fresh = nil
	if p.blockEnds() && p.current.kind != tokenUntil {
		return
	}
	for _, j := range slices.Backward(f.pending) {
		if j.depth < len(f.blocks) {
			return
		}
		if slices.Contains(fresh, j.label) && j.locals < len(f.locals) {
			p.semantic("<goto " + j.label + "> at line " + itoa(j.line) + " jumps into the scope of local '" + f.locals[j.locals].name + "'")
		}
	}
}

// ifStatement parses all branches of an if.
func (p *parser) ifStatement(line int) ast.Stmt {
	var branches []*ast.IfStmt
	var otherwise []ast.Stmt
	reserved := p.function.reserved
	for at1 := line; ; at1 = p.current.line {
		p.advance()
		s := at(&ast.IfStmt{Condition: p.expression()}, at1)
		p.expect(tokenThen)
		s.Then = p.block()
		branches = append(branches, s)
		p.function.reserved = reserved + 1 // see nest
		if p.current.kind != tokenElseif {
			break
		}
	}
	if p.accept(tokenElse) {
		otherwise = p.block()
	}
	p.function.reserved = reserved
	p.expectMatch(tokenEnd, tokenIf, line)
	return p.nest(branches, otherwise)
}

// nest converts a list of branches to nested if statements. A long list is nested in parts; a
// variable records whether the next part still has to be tried.
func (p *parser) nest(branches []*ast.IfStmt, otherwise []ast.Stmt) ast.Stmt {
	if len(branches) <= maxChain {
		for i := len(branches) - 1; i > 0; i-- {
			branches[i].Else = otherwise
			otherwise = []ast.Stmt{branches[i]}
		}
		branches[0].Else = otherwise
		return branches[0]
	}
	line := branches[0].Line()
	name := p.hiddenName()
	assign := func(value ast.Expr) ast.Stmt {
		v := at(&ast.IdentExpr{Value: name}, line)
		return at(&ast.AssignStmt{Lhs: []ast.Expr{v}, Rhs: []ast.Expr{at(value, line)}}, line)
	}
	block := at(&ast.DoBlockStmt{}, line)
	block.Stmts = append(block.Stmts, at(&ast.LocalAssignStmt{Names: []string{name}, Exprs: []ast.Expr{at(&ast.TrueExpr{}, line)}}, line))
	for len(branches) > 0 {
		n := min(maxChain, len(branches))
		rest := []ast.Stmt{assign(&ast.TrueExpr{})}
		if n == len(branches) {
			rest = otherwise
		}
		part := at(&ast.IfStmt{Condition: at(&ast.IdentExpr{Value: name}, line)}, line)
		part.Then = []ast.Stmt{assign(&ast.FalseExpr{}), p.nest(branches[:n], rest)}
		block.Stmts = append(block.Stmts, part)
		branches = branches[n:]
	}
	return block
}

func (p *parser) whileStatement(line int) ast.Stmt {
	p.advance()
	s := at(&ast.WhileStmt{Condition: p.expression()}, line)
	p.expect(tokenDo)
	s.Stmts = p.block()
	p.expectMatch(tokenEnd, tokenWhile, line)
	return s
}

func (p *parser) repeatStatement(line int) ast.Stmt {
	p.advance()
	p.function.open()
	s := at(&ast.RepeatStmt{Stmts: p.statements()}, line)
	p.expectMatch(tokenUntil, tokenRepeat, line)
	s.Condition = p.expression()
	p.function.close()
	return s
}

func (p *parser) forStatement(line int) ast.Stmt {
	p.advance()
	name := p.name()
	switch p.current.kind {
	case '=':
		return p.numericFor(name, line)
	case ',', tokenIn:
		return p.genericFor(name, line)
	}
	p.syntaxError("'=' or 'in' expected")
	return nil
}

func (p *parser) forBody(names []string, line int) []ast.Stmt {
	p.expect(tokenDo)
	p.function.open()
	for range 3 {
		p.declare("(for state)", false)
	}
	for _, name := range names {
		p.declare(name, false)
	}
	body := p.block()
	p.function.close()
	p.expectMatch(tokenEnd, tokenFor, line)
	return body
}

// numericFor uses gopher-lua's loop if start and step are integers in the source. Otherwise an
// operator counts, because it distinguishes integers from floats.
func (p *parser) numericFor(name string, line int) ast.Stmt {
	p.advance()
	start := p.expression()
	p.expect(',')
	limit := p.expression()
	var step ast.Expr = at(&ast.NumberExpr{Value: "1"}, line)
	if p.accept(',') {
		step = p.expression()
	}
	if isInteger(start) && isInteger(step) && step.(*ast.NumberExpr).Value != "0" {
		s := at(&ast.NumberForStmt{Name: name, Init: start, Step: step}, line)
		s.Limit = p.operator("limit", line, limit, step)
		s.Stmts = p.forBody([]string{name}, line)
		return s
	}
	s := at(&ast.GenericForStmt{Names: []string{name}}, line)
	s.Exprs = []ast.Expr{p.operator("range", line, start, limit, step)}
	s.Stmts = p.forBody(s.Names, line)
	return s
}

func isInteger(e ast.Expr) bool {
	n, ok := e.(*ast.NumberExpr)
	if !ok {
		return false
	}
	_, ok = ParseInteger(n.Value)
	return ok
}

func (p *parser) genericFor(name string, line int) ast.Stmt {
	names := []string{name}
	for p.accept(',') {
		names = append(names, p.name())
	}
	p.expect(tokenIn)
	list := p.expressions()
	iterate := p.operator("iterate", line, list...)
	iterate.AdjustRet = false
	s := at(&ast.GenericForStmt{Names: names, Exprs: []ast.Expr{iterate}}, line)
	s.Stmts = p.forBody(names, line)
	return s
}

func (p *parser) returnStatement() ast.Stmt {
	s := at(&ast.ReturnStmt{}, p.current.line)
	p.advance()
	if !p.blockEnds() && p.current.kind != ';' {
		s.Exprs = p.fit(p.expressions(), 0)
	}
	p.function.exit()
	p.accept(';')
	if !p.blockEnds() {
		p.endExpected()
	}
	return s
}

// endExpected reports a token after a return statement.
func (p *parser) endExpected() {
	if p.function.line == 0 && len(p.function.blocks) == 1 {
		p.expected(tokenEOF)
	}
	p.expected(tokenEnd)
}

// functionStatement parses function a.b:c() end, which is an assignment.
func (p *parser) functionStatement(line int) ast.Stmt {
	p.advance()
	target := p.variable(p.name(), line)
	method := false
	var long *chain
	for n := 1; p.current.kind == '.' || p.current.kind == ':'; n++ {
		method = p.current.kind == ':'
		p.advance()
		key := at(&ast.StringExpr{Value: p.current.value}, p.current.line)
		p.name()
		object := p.value(target)
		if n%maxChain == 0 {
			object = p.extend(&long, object)
		}
		target = &place{object: object, key: key, line: line}
		if method {
			break
		}
	}
	if long != nil {
		target.object = p.end(long, target.object)
	}
	body := p.functionBody(method, line)
	p.checkAssignable(target)
	return p.store(target, body, line)
}

func (p *parser) localFunction(line int) ast.Stmt {
	name := p.name()
	p.declare(name, false)
	body := p.functionBody(false, line)
	return at(&ast.LocalAssignStmt{Names: []string{name}, Exprs: []ast.Expr{body}}, line)
}

func (p *parser) localStatement(line int) ast.Stmt {
	s := at(&ast.LocalAssignStmt{}, line)
	var fixed []bool
	closing := false
	for {
		s.Names = append(s.Names, p.name())
		attribute := p.attribute()
		if attribute == "close" && closing {
			p.semantic("multiple to-be-closed variables in local list")
		}
		closing = closing || attribute == "close"
		fixed = append(fixed, attribute != "")
		if !p.accept(',') {
			break
		}
	}
	if p.accept('=') {
		s.Exprs = p.fit(p.expressions(), 0)
	}
	if len(s.Exprs) == 1 && len(s.Names) == 1 {
		if _, ok := s.Exprs[0].(*ast.FunctionExpr); ok {
			// Only a local function may call itself. gopher-lua distinguishes the two only if there
			// is a second value.
			s.Exprs = append(s.Exprs, at(&ast.NilExpr{}, line))
		}
	}
	for i, name := range s.Names {
		p.declare(name, fixed[i])
	}
	return s
}

func (p *parser) attribute() string {
	if !p.accept('<') {
		return ""
	}
	name := p.name()
	p.expect('>')
	if name != "const" && name != "close" {
		p.semantic("unknown attribute '" + name + "'")
	}
	return name
}
