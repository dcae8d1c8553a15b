package syntax

import (
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// maxShortIndex is the largest constant index of a field that Lua keeps in the instruction. It
// determines how Lua's messages name the field.
const maxShortIndex = 255

// describe returns the description of e for messages, "" if it has none. It is the same as Lua 5.4
// derives from its instructions.
func (p *parser) describe(e ast.Expr) string {
	if name, ok := p.names[e]; ok {
		return name
	}
	switch e := e.(type) {
	case *ast.IdentExpr:
		_, where := p.function.resolve(e.Value)
		return where + " '" + e.Value + "'"
	case *ast.AttrGetExpr:
		return describeField(e.Object, e.Key)
	case *ast.FuncCallExpr:
		if isOperator(e, "index") {
			return describeField(e.Args[0], e.Args[1])
		}
	case *ast.StringExpr:
		return "constant '" + e.Value + "'"
	}
	return ""
}

func describeField(object, key ast.Expr) string {
	kind := "field"
	if ident, ok := object.(*ast.IdentExpr); ok && ident.Value == "_ENV" {
		kind = isGlobal
	}
	switch key := key.(type) {
	case *ast.StringExpr:
		return kind + " '" + key.Value + "'"
	case *ast.NumberExpr:
		if n, err := strconv.Atoi(key.Value); err == nil && n >= 0 && n <= maxShortIndex {
			return "field 'integer index'"
		}
	}
	return kind + " '?'"
}
