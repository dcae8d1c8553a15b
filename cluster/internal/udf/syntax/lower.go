package syntax

import (
	"math"
	"slices"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// Operators are the names of the operators, in the order in which the compiled chunk takes them.
// The arguments are the operands, and then, if listed, a string that names the operands for
// messages. The names of a binary operator's operands are separated by a line break.
var Operators = []string{
	"add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", // (a, b, names)
	"unm", "bnot", "len", // (a, name)
	"lt", "le", "gt", "ge", "eq", // (a, b)
	"concat",   // (names, a, b, c ...)
	"index",    // (object, key, name of the object)
	"set",      // (object, key, value, name of the object)
	"key",      // (key of a table constructor)
	"callable", // (function, name): returns the function, or raises an error
	"receiver", // (object, method, name of the object): returns the object, or raises an error
	"iterate",  // (the values of a generic for): returns three of them
	"limit",    // (limit, step of a numeric for over integers)
	"range",    // (start, limit, step of a numeric for): returns an iterator
	"float",    // (text of a float that is a whole number)
	"integer",  // (text of an integer too large for gopher-lua's numbers)
	"fill",     // (table, n, elements n + 1, n + 2 ...)
}

// hiddenPrefix begins names that cannot occur in source.
const hiddenPrefix = "\x00"

// NameSeparator separates the names of two operands.
const NameSeparator = "\n"

// operatorNeed is the number of registers that an operator needs in addition to those of its first
// operand.
const operatorNeed = 4

var binaryOperators = map[kind]string{
	'+': "add", '-': "sub", '*': "mul", '/': "div", '%': "mod", '^': "pow", tokenIntegerDivide: "idiv",
	'&': "band", '|': "bor", '~': "bxor", tokenShiftLeft: "shl", tokenShiftRight: "shr",
	'<': "lt", tokenLessEqual: "le", '>': "gt", tokenGreaterEqual: "ge",
}

// operator returns the call of an operator, which has one value.
func (p *parser) operator(name string, line int, operands ...ast.Expr) *ast.FuncCallExpr {
	f := at(&ast.IdentExpr{Value: hiddenPrefix + name}, line)
	return at(&ast.FuncCallExpr{Func: f, Args: p.fit(operands, 1), AdjustRet: true}, line)
}

func isOperator(call *ast.FuncCallExpr, name string) bool {
	f, ok := call.Func.(*ast.IdentExpr)
	return ok && f.Value == hiddenPrefix+name
}

func isConstant(e ast.Expr) bool {
	switch e.(type) {
	case *ast.StringExpr, *ast.NumberExpr, *ast.TrueExpr, *ast.FalseExpr:
		return true
	}
	return false
}

// parenthesized keeps a parenthesized expression from having more than one value, and from being
// assigned to.
func (p *parser) parenthesized(e ast.Expr) ast.Expr {
	p.enclosed = single(e)
	return p.enclosed
}

func (p *parser) lowerUnary(k kind, operand ast.Expr, line int) ast.Expr {
	operand = single(operand)
	switch k {
	case tokenNot:
		return at(&ast.UnaryNotOpExpr{Expr: operand}, line)
	case '-':
		if n, ok := operand.(*ast.NumberExpr); ok && n.Value != "0" {
			return negated(n, line)
		}
		return p.named("unm", line, operand)
	case '~':
		return p.named("bnot", line, operand)
	}
	return p.named("len", line, operand)
}

func negated(n *ast.NumberExpr, line int) ast.Expr {
	if n.Value[0] == '-' {
		return at(&ast.NumberExpr{Value: n.Value[1:]}, line)
	}
	return at(&ast.NumberExpr{Value: "-" + n.Value}, line)
}

func (p *parser) lowerBinary(k kind, a, b ast.Expr, line int) ast.Expr {
	a, b = single(a), single(b)
	switch k {
	case tokenAnd, tokenOr:
		return at(&ast.LogicalOpExpr{Operator: spellings[k], Lhs: a, Rhs: b}, line)
	case tokenEqual, tokenNotEqual:
		return p.lowerEquality(k, a, b, line)
	case tokenConcat:
		return p.lowerConcat(a, b, line)
	}
	name := binaryOperators[k]
	switch k {
	case '<', '>', tokenLessEqual, tokenGreaterEqual:
		return p.operator(name, line, a, b)
	}
	return p.named(name, line, a, b)
}

// lowerEquality leaves comparisons to gopher-lua if one side cannot be a number.
func (p *parser) lowerEquality(k kind, a, b ast.Expr, line int) ast.Expr {
	if isPlain(a) || isPlain(b) {
		return at(&ast.RelationalOpExpr{Operator: spellings[k], Lhs: a, Rhs: b}, line)
	}
	equal := p.operator("eq", line, a, b)
	if k == tokenEqual {
		return equal
	}
	return at(&ast.UnaryNotOpExpr{Expr: equal}, line)
}

func isPlain(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NilExpr, *ast.StringExpr, *ast.TrueExpr, *ast.FalseExpr:
		return true
	}
	return false
}

// lowerConcat turns a chain, which associates to the right, into one call.
func (p *parser) lowerConcat(a, b ast.Expr, line int) ast.Expr {
	operands := []ast.Expr{nil, a, b}
	if call, ok := b.(*ast.FuncCallExpr); ok && isOperator(call, "concat") && len(call.Args)+spilledNeed < p.room() {
		operands = append(operands[:2], call.Args[1:]...)
	}
	names := ""
	for i, e := range operands[1:] {
		if i > 0 {
			names += NameSeparator
		}
		names += p.describe(e)
	}
	operands[0] = at(&ast.StringExpr{Value: names}, line)
	return p.operator("concat", line, operands...)
}

// named calls an operator with the names of its operands, if they have any.
func (p *parser) named(name string, line int, operands ...ast.Expr) ast.Expr {
	names := ""
	for i, e := range operands {
		if i > 0 {
			names += NameSeparator
		}
		names += p.describe(e)
	}
	if len(names) >= len(operands) {
		operands = append(slices.Clip(operands), at(&ast.StringExpr{Value: names}, line))
	}
	return p.operator(name, line, operands...)
}

// field reads a field. Fields of the libraries are left to gopher-lua.
func (p *parser) field(object, key ast.Expr, line int) ast.Expr {
	object, key = single(object), single(key)
	if p.isLibrary(object) && isConstant(key) {
		return at(&ast.AttrGetExpr{Object: object, Key: key}, line)
	}
	return p.operator("index", line, object, key, at(&ast.StringExpr{Value: p.describe(object)}, line))
}

// libraries are the global tables that exist before a module runs, functions the global functions.
var (
	libraries = []string{"list", "map", "bytes", "record", "string", "table", "math", "os", "coroutine", "utf8", "stream"}
	functions = []string{"pairs", "ipairs", "next", "type", "tostring", "tonumber", "error", "assert", "pcall", "select",
		"list", "map", "bytes", "geojson", "setmetatable", "getmetatable", "trace", "debug", "info", "warn"}
)

func (p *parser) isLibrary(e ast.Expr) bool { return p.isGlobal(e, libraries) }

func (p *parser) isGlobal(e ast.Expr, names []string) bool {
	ident, ok := e.(*ast.IdentExpr)
	if !ok || p.ownGlobals || !slices.Contains(names, ident.Value) {
		return false
	}
	_, where := p.function.resolve(ident.Value)
	return where == isGlobal
}

func (p *parser) call(f ast.Expr, arguments []ast.Expr, line int) ast.Expr {
	f = single(f)
	if !p.isGlobal(f, functions) {
		f = p.operator("callable", line, f, at(&ast.StringExpr{Value: p.describe(f)}, line))
	}
	return at(&ast.FuncCallExpr{Func: f, Args: p.fit(arguments, 1)}, line)
}

func (p *parser) methodCall(object ast.Expr, method string, arguments []ast.Expr, line int) ast.Expr {
	object = single(object)
	if !p.isLibrary(object) {
		object = p.operator("receiver", line, object, at(&ast.StringExpr{Value: method}, line), at(&ast.StringExpr{Value: p.describe(object)}, line))
	}
	return at(&ast.FuncCallExpr{Receiver: object, Method: method, Args: p.fit(arguments, 3)}, line)
}

// exact is the largest magnitude up to which a 64-bit float represents every integer.
const exact = 1 << 53

func (p *parser) integerConstant(n int64, line int) ast.Expr {
	text := strconv.FormatInt(n, 10)
	if n > exact || n < -exact {
		return p.operator("integer", line, at(&ast.StringExpr{Value: text}, line))
	}
	return at(&ast.NumberExpr{Value: text}, line)
}

func (p *parser) floatConstant(f float64, line int) ast.Expr {
	if math.Trunc(f) == f && math.Abs(f) <= exact {
		return p.operator("float", line, at(&ast.StringExpr{Value: strconv.FormatFloat(f, 'g', -1, 64)}, line))
	}
	return at(&ast.NumberExpr{Value: strconv.FormatFloat(f, 'g', -1, 64)}, line)
}
