package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/gopher-lua/ast"

	"github.com/aerosql/aerosql/internal/casetest"
)

// TestLowering prints the lowered form of each chunk as Lua. The names of operators begin with @.
func TestLowering(t *testing.T) {
	casetest.Golden(t, "testdata/lowering.txt", func(source string) string {
		chunk, failure := Parse(source, nil, 0)
		require.Nil(t, failure, source)
		main := chunk[1].(*ast.ReturnStmt).Exprs[0].(*ast.FunctionExpr)
		var p printer
		p.block(main.Stmts, "")
		return strings.TrimSuffix(p.String(), "\n")
	})
}

// TestErrors compares error messages with those of luac 5.4.
func TestErrors(t *testing.T) {
	casetest.Golden(t, "testdata/errors.txt", func(source string) string {
		_, failure := Parse(source, nil, 0)
		require.NotNil(t, failure, source)
		return fmt.Sprintf("%d: %s", failure.Line, failure.Message)
	})
}

// A printer prints a tree as Lua.
type printer struct{ strings.Builder }

func (p *printer) line(indent, format string, arguments ...any) {
	p.WriteString(indent + fmt.Sprintf(format, arguments...) + "\n")
}

func (p *printer) block(list []ast.Stmt, indent string) {
	for _, s := range list {
		p.statement(s, indent)
	}
}

func (p *printer) statement(s ast.Stmt, indent string) {
	inner := indent + "  "
	switch s := s.(type) {
	case *ast.AssignStmt:
		p.line(indent, "%s = %s", p.list(s.Lhs), p.list(s.Rhs))
	case *ast.LocalAssignStmt:
		p.line(indent, "local %s = %s", plain(strings.Join(s.Names, ", ")), p.list(s.Exprs))
	case *ast.FuncCallStmt:
		p.line(indent, "%s", p.expression(s.Expr))
	case *ast.DoBlockStmt:
		p.line(indent, "do")
		p.block(s.Stmts, inner)
		p.line(indent, "end")
	case *ast.WhileStmt:
		p.line(indent, "while %s do", p.expression(s.Condition))
		p.block(s.Stmts, inner)
		p.line(indent, "end")
	case *ast.RepeatStmt:
		p.line(indent, "repeat")
		p.block(s.Stmts, inner)
		p.line(indent, "until %s", p.expression(s.Condition))
	case *ast.IfStmt:
		p.line(indent, "if %s then", p.expression(s.Condition))
		p.block(s.Then, inner)
		if len(s.Else) > 0 {
			p.line(indent, "else")
			p.block(s.Else, inner)
		}
		p.line(indent, "end")
	case *ast.NumberForStmt:
		p.line(indent, "for %s = %s do", plain(s.Name), p.list([]ast.Expr{s.Init, s.Limit, s.Step}))
		p.block(s.Stmts, inner)
		p.line(indent, "end")
	case *ast.GenericForStmt:
		p.line(indent, "for %s in %s do", plain(strings.Join(s.Names, ", ")), p.list(s.Exprs))
		p.block(s.Stmts, inner)
		p.line(indent, "end")
	case *ast.ReturnStmt:
		p.line(indent, "%s", strings.TrimSpace("return "+p.list(s.Exprs)))
	case *ast.LabelStmt:
		p.line(indent, "::%s::", plain(s.Name))
	case *ast.GotoStmt:
		p.line(indent, "goto %s", plain(s.Label))
	default:
		p.line(indent, "%T", s)
	}
}

// plain makes hidden names readable.
func plain(name string) string { return strings.ReplaceAll(name, hiddenPrefix, "@") }

func (p *printer) list(list []ast.Expr) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = p.expression(e)
	}
	return strings.Join(texts, ", ")
}

func (p *printer) expression(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.NilExpr:
		return "nil"
	case *ast.TrueExpr:
		return "true"
	case *ast.FalseExpr:
		return "false"
	case *ast.NumberExpr:
		return e.Value
	case *ast.StringExpr:
		return fmt.Sprintf("%q", e.Value)
	case *ast.Comma3Expr:
		return one("...", e.AdjustRet)
	case *ast.IdentExpr:
		return plain(e.Value)
	case *ast.AttrGetExpr:
		return p.expression(e.Object) + "[" + p.expression(e.Key) + "]"
	case *ast.LogicalOpExpr:
		return "(" + p.expression(e.Lhs) + " " + e.Operator + " " + p.expression(e.Rhs) + ")"
	case *ast.RelationalOpExpr:
		return "(" + p.expression(e.Lhs) + " " + e.Operator + " " + p.expression(e.Rhs) + ")"
	case *ast.UnaryNotOpExpr:
		return "not " + p.expression(e.Expr)
	case *ast.FuncCallExpr:
		return p.call(e)
	case *ast.TableExpr:
		return p.table(e)
	case *ast.FunctionExpr:
		return p.function(e)
	}
	return fmt.Sprintf("%T", e)
}

// one marks an expression that is truncated to one value.
func one(text string, adjusted bool) string {
	if adjusted {
		return "(" + text + ")"
	}
	return text
}

func (p *printer) call(e *ast.FuncCallExpr) string {
	if e.Func == nil {
		return one(p.expression(e.Receiver)+":"+e.Method+"("+p.list(e.Args)+")", e.AdjustRet)
	}
	f := p.expression(e.Func)
	if strings.HasPrefix(f, "@") {
		return f + "(" + p.list(e.Args) + ")" // an operator has one value
	}
	return one(f+"("+p.list(e.Args)+")", e.AdjustRet)
}

func (p *printer) table(e *ast.TableExpr) string {
	fields := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		if f.Key != nil {
			fields[i] = "[" + p.expression(f.Key) + "] = "
		}
		fields[i] += p.expression(f.Value)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func (p *printer) function(e *ast.FunctionExpr) string {
	names := e.ParList.Names
	if e.ParList.HasVargs {
		names = append(names[:len(names):len(names)], "...")
	}
	var body printer
	body.block(e.Stmts, "")
	text := strings.ReplaceAll(strings.TrimSuffix(body.String(), "\n"), "\n", "; ")
	if text != "" {
		text += " "
	}
	return "function(" + plain(strings.Join(names, ", ")) + ") " + text + "end"
}
