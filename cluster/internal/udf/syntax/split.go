package syntax

import "github.com/yuin/gopher-lua/ast"

// gopher-lua finds a constant of a function by linear search, and miscompiles table constructors of
// more than 25,550 elements. So a long constructor, and a long list of statements, become functions
// that are called in place, each with a part of it.
const (
	maxFields      = 400  // of a constructor that is not split
	maxFilled      = 30   // elements that one call stores
	splitThreshold = 8000 // tokens from which a list of statements is split
	splitSize      = 2000 // tokens in each part
)

// anchorName is a variable that takes the first register of a function with jumps and without
// parameters.
const anchorName = hiddenPrefix + "anchor"

// IsAnchor reports whether this package or gopher-lua declared the variable. If it is the first
// variable of a function, no jump has to close the first register.
func IsAnchor(name string) bool { return name == anchorName || name == implicit }

// anchor declares the anchor variable in the body of a function without parameters.
func (p *parser) anchor(body []ast.Stmt, parameters int) []ast.Stmt {
	if !p.function.jumps || parameters > 0 {
		return body
	}
	return anchored(body)
}

func anchored(body []ast.Stmt) []ast.Stmt {
	s := &ast.LocalAssignStmt{Names: []string{anchorName}, Exprs: []ast.Expr{&ast.FalseExpr{}}}
	return append([]ast.Stmt{s}, body...)
}

// split turns a long constructor into a function that stores its fields part by part.
func (p *parser) split(t *ast.TableExpr) ast.Expr {
	if len(t.Fields) <= maxFields {
		return t
	}
	line := t.Line()
	name := p.hiddenName()
	first, fields := t.Fields[:maxFields:maxFields], t.Fields[maxFields:]
	end := first[maxFields-1]
	end.Value = single(end.Value)
	body := []ast.Stmt{at(&ast.LocalAssignStmt{Names: []string{name}, Exprs: []ast.Expr{at(&ast.TableExpr{Fields: first}, line)}}, line)}
	stored := 0
	for _, f := range first {
		if f.Key == nil {
			stored++
		}
	}
	for len(fields) > 0 {
		n := min(maxFields, len(fields))
		part := p.fill(name, &stored, fields[:n], n == len(fields))
		body = append(body, at(&ast.FuncCallStmt{Expr: p.closure(part, line)}, line))
		fields = fields[n:]
	}
	result := at(&ast.IdentExpr{Value: name}, line)
	call := p.closure(append(body, at(&ast.ReturnStmt{Exprs: []ast.Expr{result}}, line)), line)
	call.AdjustRet = true
	return call
}

// fill returns statements that store fields in the named table. stored is the number of elements
// stored so far.
func (p *parser) fill(name string, stored *int, fields []*ast.Field, last bool) (part []ast.Stmt) {
	var gathered []ast.Expr
	flush := func() {
		if len(gathered) == 0 {
			return
		}
		line := gathered[0].Line()
		arguments := append([]ast.Expr{at(&ast.IdentExpr{Value: name}, line), p.integerConstant(int64(*stored), line)}, gathered...)
		part = append(part, at(&ast.FuncCallStmt{Expr: p.operator("fill", line, arguments...)}, line))
		*stored += len(gathered)
		gathered = nil
	}
	for i, f := range fields {
		if f.Key != nil {
			t := at(&ast.IdentExpr{Value: name}, f.Key.Line())
			part = append(part, p.set(t, "", f.Key, f.Value, f.Key.Line()))
			continue
		}
		if i < len(fields)-1 || !last {
			f.Value = single(f.Value)
		}
		if gathered = append(gathered, f.Value); len(gathered) == maxFilled {
			flush()
		}
	}
	flush()
	return part
}

// A parsedStatement is a parsed statement. movable reports whether it can be moved into a function.
type parsedStatement struct {
	statement ast.Stmt
	tokens    int
	movable   bool
}

// measuredStatement parses a statement. It cannot be moved if it declares a variable or may jump
// out of itself.
func (p *parser) measuredStatement(read func() ast.Stmt) parsedStatement {
	words, exits := p.tokens, p.function.exits
	s := read()
	clear(p.needs)
	clear(p.names)
	_, declares := s.(*ast.LocalAssignStmt)
	return parsedStatement{s, p.tokens - words, !declares && p.function.exits == exits}
}

// gather returns the statements of a list. If the list is long, it moves statements into functions.
func (p *parser) gather(list []parsedStatement) []ast.Stmt {
	words := 0
	for _, w := range list {
		words += w.tokens
	}
	var result, part []ast.Stmt
	size := 0
	flush := func() {
		if size < splitSize/4 {
			result = append(result, part...)
		} else {
			line := part[0].Line()
			result = append(result, at(&ast.FuncCallStmt{Expr: p.closure(anchored(part), line)}, line))
		}
		part, size = nil, 0
	}
	for _, w := range list {
		if w.statement == nil {
			continue
		}
		if words < splitThreshold || !w.movable {
			flush()
			result = append(result, w.statement)
			continue
		}
		part = append(part, w.statement)
		if size += w.tokens; size >= splitSize {
			flush()
		}
	}
	flush()
	return result
}
