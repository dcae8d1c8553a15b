package syntax

import "github.com/yuin/gopher-lua/ast"

// gopher-lua looks for a constant of a function among all of them, one after the other, and makes
// mistakes in table constructors of more than 25,550 elements. So a long constructor, and a long
// list of statements, become functions that are called on the spot, each with a part of it.
const (
	maxFields = 400  // of a constructor that stays one
	maxFilled = 30   // elements that one call stores
	manyWords = 8000 // in a list of statements that is split,
	someWords = 2000 // into functions of so many
)

// anchorName is a variable that takes the first register of a function with jumps and without
// parameters.
const anchorName = hiddenPrefix + "anchor"

// IsAnchor reports whether the first variable of a function was declared by this package or by
// gopher-lua. If so, no jump has to close the first register.
func IsAnchor(name string) bool { return name == anchorName || name == implicit }

// anchor declares the variable in the body of a function that has no parameter.
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

// fill stores fields in the table of a name, of which so many elements are stored.
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

// A written is a statement with what decides whether it can be moved into a function.
type written struct {
	statement ast.Stmt
	words     int
	movable   bool
}

// measured reads a statement. It can't be moved if it declares a variable or may jump out of itself.
func (p *parser) measured(read func() ast.Stmt) written {
	words, exits := p.words, p.function.exits
	s := read()
	clear(p.needs)
	clear(p.names)
	_, declares := s.(*ast.LocalAssignStmt)
	return written{s, p.words - words, !declares && p.function.exits == exits}
}

// gather returns the statements of a list. In a long list it moves statements into functions.
func (p *parser) gather(list []written) []ast.Stmt {
	words := 0
	for _, w := range list {
		words += w.words
	}
	var result, part []ast.Stmt
	size := 0
	flush := func() {
		if size < someWords/4 {
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
		if words < manyWords || !w.movable {
			flush()
			result = append(result, w.statement)
			continue
		}
		part = append(part, w.statement)
		if size += w.words; size >= someWords {
			flush()
		}
	}
	flush()
	return result
}
