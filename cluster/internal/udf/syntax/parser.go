package syntax

import (
	"github.com/yuin/gopher-lua/ast"
)

// A parser is a recursive descent parser for the grammar of the Lua 5.4 manual (section 9). It
// lowers the tree as it parses.
type parser struct {
	lexer
	current    token
	ahead      *token
	function   *function
	levels     int
	ownGlobals bool // the chunk has its own table of global variables
	guard      Guard
	tokens     int                 // tokens so far
	enclosed   ast.Expr            // the last parenthesized expression
	needs      map[ast.Expr]int    // registers that expressions of the statement need, if more than one
	names      map[ast.Expr]string // names in messages of expressions that were moved
}

// Parse parses a chunk. It returns one statement that returns the chunk as a function. The
// statement must be compiled into a function that is called with the operators, in the order of
// Operators.
//
// The guard may be nil. levels is the number of C calls that would be active at this point on a
// real server.
func Parse(source string, guard Guard, levels int) (chunk []ast.Stmt, err *Error) {
	return parse(&parser{lexer: lexer{source: source, line: 1}, guard: guard, levels: levels})
}

// environment is the name of the table of the global variables.
const environment = "_ENV"

// ParseIn is like Parse, for a chunk with its own table of global variables, which the function
// takes as its last argument. ParseIn does not assume that the global variables include the
// libraries.
func ParseIn(source string, guard Guard, levels int) (chunk []ast.Stmt, err *Error) {
	return parse(&parser{lexer: lexer{source: source, line: 1}, guard: guard, levels: levels, ownGlobals: true})
}

func parse(p *parser) (chunk []ast.Stmt, err *Error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *Error:
			chunk, err = nil, failure
		default:
			panic(failure)
		}
	}()
	p.needs, p.names = make(map[ast.Expr]int), make(map[ast.Expr]string)
	if p.peek(0) == '#' {
		for !p.ended() && p.peek(0) != '\n' {
			p.pos++
		}
	}
	p.advance()
	p.function = &function{vararg: true, reserved: reservedAtStart}
	body := p.anchor(p.block(), 0)
	if p.current.kind != tokenEOF {
		p.expected(tokenEOF)
	}
	p.finish()
	main := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: body}
	main.SetLastLine(p.line)
	chunk = p.wrap(main)
	p.measure(chunk)
	return chunk, nil
}

// wrap declares the operators around the chunk.
func (p *parser) wrap(main *ast.FunctionExpr) []ast.Stmt {
	operators := &ast.LocalAssignStmt{Exprs: []ast.Expr{&ast.Comma3Expr{}}}
	for _, name := range Operators {
		operators.Names = append(operators.Names, hiddenPrefix+name)
	}
	if p.ownGlobals {
		operators.Names = append(operators.Names, hiddenPrefix+environment)
	}
	return []ast.Stmt{operators, &ast.ReturnStmt{Exprs: []ast.Expr{main}}}
}

// measure checks the finished tree, and asks the guard whether it may be compiled.
func (p *parser) measure(chunk []ast.Stmt) {
	var m measurer
	m.function(&ast.FunctionExpr{ParList: &ast.ParList{}, Stmts: chunk})
	m.check()
	if p.guard != nil {
		p.guard.Compile(m.work)
	}
}

// A Guard limits the cost of parsing and compiling. Its methods panic to stop it.
type Guard interface {
	// Read is called from time to time with the number of tokens read since the last call.
	Read(tokens int)
	// Compile is called after parsing, with an estimate of the time to compile the tree.
	Compile(nanoseconds int)
}

const guardInterval = 64 // tokens between two calls of the guard

func (p *parser) advance() {
	if p.tokens++; p.guard != nil && p.tokens%guardInterval == 0 {
		p.guard.Read(guardInterval)
	}
	if p.ahead != nil {
		p.current, p.ahead = *p.ahead, nil
		return
	}
	p.current = p.next()
}

// lookahead returns the token after the current one.
func (p *parser) lookahead() token {
	if p.ahead == nil {
		t := p.next()
		p.ahead = &t
	}
	return *p.ahead
}

// syntaxError reports an error at the current token. semantic reports an error without a position
// in the source.
func (p *parser) syntaxError(message string) { p.fail(message, p.current.near()) }

func (p *parser) semantic(message string) { p.fail(message, "") }

func (p *parser) expected(k kind) { p.syntaxError(k.String() + " expected") }

func (p *parser) accept(k kind) bool {
	if p.current.kind != k {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(k kind) {
	if !p.accept(k) {
		p.expected(k)
	}
}

// expectMatch expects the token that closes the one opened in the given line.
func (p *parser) expectMatch(closing, opening kind, line int) {
	if p.accept(closing) {
		return
	}
	if line == p.line {
		p.expected(closing)
	}
	p.syntaxError(closing.String() + " expected (to close " + opening.String() + " at line " + itoa(line) + ")")
}

func (p *parser) name() string {
	if p.current.kind != tokenName {
		p.expected(tokenName)
	}
	name := p.current.value
	p.advance()
	return name
}

// enter limits how deeply constructs are nested.
func (p *parser) enter() {
	if p.levels++; p.levels > maxLevels {
		panic(&Error{Message: "C stack overflow"}) // this error has no position
	}
}

func (p *parser) leave() { p.levels-- }

func (p *parser) declare(name string, fixed bool) {
	if len(p.function.locals) >= maxLocals {
		where := "main function"
		if p.function.line > 0 {
			where = "function at line " + itoa(p.function.line)
		}
		p.syntaxError("too many local variables (limit is 200) in " + where)
	}
	p.function.locals = append(p.function.locals, variable{name, fixed})
}

// finish ends a function. It reports jumps without a target.
func (p *parser) finish() {
	for _, j := range p.function.pending {
		if j.label == "break" {
			p.semantic("break outside loop at line " + itoa(j.line))
		}
		p.semantic("no visible label '" + j.label + "' for <goto> at line " + itoa(j.line))
	}
}

// block parses statements up to the end of a block, in a new scope.
func (p *parser) block() []ast.Stmt {
	p.function.open()
	statements := p.statements()
	p.function.close()
	return statements
}

func (p *parser) blockEnds() bool {
	switch p.current.kind {
	case tokenElse, tokenElseif, tokenEnd, tokenEOF, tokenUntil:
		return true
	}
	return false
}

func (p *parser) statements() []ast.Stmt {
	var list []parsedStatement
	for p.checkLabels(); !p.blockEnds(); p.checkLabels() {
		if p.current.kind == tokenReturn {
			list = append(list, p.measuredStatement(p.returnStatement))
			break
		}
		list = append(list, p.measuredStatement(p.statement))
	}
	return p.gather(list)
}

// keep saves what is known about expressions while another function is parsed.
func (p *parser) keep() (restore func()) {
	needs, names := p.needs, p.names
	p.needs, p.names = make(map[ast.Expr]int), make(map[ast.Expr]string)
	return func() { p.needs, p.names = needs, names }
}
