package syntax

import "github.com/yuin/gopher-lua/ast"

// Limits of gopher-lua's compiler, which does not check all of them.
const (
	maxJump   = 131_000 // instructions of a control structure, and labels of a function
	maxProtos = 262_000 // functions in a function
	// maxWork is the maximum cost of compiling, in steps of about one nanosecond.
	maxWork      = 2_000_000_000
	constantWork = 20 // steps to compare two constants
	nameWork     = 4  // steps to compare two names
	nodeWork     = 200
)

// implicit is a variable that gopher-lua declares in functions with "...".
const implicit = "arg"

// A measurer walks a finished tree. It refuses a tree that gopher-lua would compile incorrectly or
// too slowly: gopher-lua finds constants and variables by linear search. It renames variables that
// have the name of a variable that gopher-lua declares itself.
type measurer struct {
	*proto
	visible int // local variables of the functions being walked
	work    int
}

// A proto is what the measurer knows about one function.
type proto struct {
	code, labels, functions int // upper bounds
	names                   int // identifiers, an upper bound for captured variables
	jumps                   bool
	locals                  int
	gotos                   int // in the function, and before the current block
	outside                 int
	constants               map[any]struct{}
}

func (m *measurer) function(f *ast.FunctionExpr) {
	outer := m.proto
	m.proto = &proto{constants: make(map[any]struct{})}
	m.declare(f.ParList.Names)
	m.block(f.Stmts)
	if m.jumps && m.code > maxJump || m.functions > maxProtos {
		m.tooLong(f.LastLine(), tokenEnd)
	}
	m.visible -= m.locals
	names := min(m.names, 1<<8)
	if m.proto = outer; outer != nil {
		outer.names += names
		outer.functions++
		m.emit(1 + names)
	}
}

func (m *measurer) tooLong(line int, near kind) {
	panic(&Error{Line: line, Message: "control structure too long near " + near.String()})
}

func (m *measurer) emit(instructions int) { m.code += instructions }

func (m *measurer) declare(names []string) {
	for i, name := range names {
		if name == implicit {
			names[i] = hiddenPrefix + implicit
		}
	}
	m.locals += len(names)
	m.visible += len(names)
}

func (m *measurer) block(list []ast.Stmt) {
	outside := m.outside
	m.outside = m.gotos
	defer func() { m.outside = outside }()
	for _, s := range list {
		m.statement(s)
	}
}

// structure measures code that jumps skip. It must not be too long.
func (m *measurer) structure(s ast.Stmt, labels int, measure func()) {
	before := m.code
	m.labels += labels
	measure()
	m.emit(6)
	if m.code-before > maxJump || m.labels > maxJump {
		m.tooLong(s.LastLine(), tokenEnd)
	}
}

func (m *measurer) statement(s ast.Stmt) {
	m.work += nodeWork
	switch s := s.(type) {
	case *ast.AssignStmt:
		m.list(s.Lhs)
		m.list(s.Rhs)
		m.emit(len(s.Lhs))
	case *ast.LocalAssignStmt:
		m.list(s.Exprs)
		m.declare(s.Names)
		m.emit(1)
	case *ast.FuncCallStmt:
		m.expression(s.Expr)
	case *ast.DoBlockStmt:
		m.block(s.Stmts)
		m.emit(1)
	case *ast.ReturnStmt:
		m.list(s.Exprs)
		m.emit(1)
	case *ast.LabelStmt:
		m.labels++
		m.jumps = true
		m.work += constantWork * (m.gotos - m.outside)
		m.check()
	case *ast.GotoStmt:
		m.jumps = true
		m.gotos++
		m.work += constantWork * maxLevels
		m.emit(2)
	default:
		m.control(s)
	}
}

func (m *measurer) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		m.structure(s, 3, func() {
			m.expression(s.Condition)
			m.block(s.Then)
			m.block(s.Else)
		})
	case *ast.WhileStmt:
		m.structure(s, 3, func() {
			m.expression(s.Condition)
			m.block(s.Stmts)
		})
	case *ast.RepeatStmt:
		m.structure(s, 4, func() {
			m.block(s.Stmts)
			m.expression(s.Condition)
		})
	case *ast.NumberForStmt:
		m.structure(s, 1, func() {
			m.list([]ast.Expr{s.Init, s.Limit, s.Step})
			m.declare([]string{"", "", ""})
			m.declareOne(&s.Name)
			m.block(s.Stmts)
		})
	case *ast.GenericForStmt:
		m.structure(s, 3, func() {
			m.list(s.Exprs)
			m.declare([]string{"", "", ""})
			m.declare(s.Names)
			m.block(s.Stmts)
		})
	}
}

func (m *measurer) declareOne(name *string) {
	names := []string{*name}
	m.declare(names)
	*name = names[0]
}

func (m *measurer) list(list []ast.Expr) {
	for _, e := range list {
		m.expression(e)
	}
}

func (m *measurer) constant(v any) {
	m.constants[v] = struct{}{}
	m.work += constantWork * len(m.constants)
	m.check()
}

func (m *measurer) check() {
	if m.work > maxWork {
		panic(&Error{Message: "chunk has too many constants or variables"})
	}
}

func (m *measurer) expression(e ast.Expr) {
	m.emit(1)
	m.work += nodeWork
	switch e := e.(type) {
	case *ast.StringExpr:
		m.constant(e.Value)
	case *ast.NumberExpr:
		m.constant(e.Value + "n")
	case *ast.IdentExpr:
		if e.Value == implicit {
			e.Value = hiddenPrefix + implicit
		}
		m.names++
		m.constant(e.Value)
		m.work += nameWork * m.visible
	case *ast.AttrGetExpr:
		m.list([]ast.Expr{e.Object, e.Key})
	case *ast.LogicalOpExpr:
		m.operator(e, func() { m.list([]ast.Expr{e.Lhs, e.Rhs}) })
	case *ast.RelationalOpExpr:
		m.operator(e, func() { m.list([]ast.Expr{e.Lhs, e.Rhs}) })
	case *ast.UnaryNotOpExpr:
		m.operator(e, func() { m.expression(e.Expr) })
	case *ast.FuncCallExpr:
		m.call(e)
	case *ast.TableExpr:
		m.table(e)
	case *ast.FunctionExpr:
		m.function(e)
	}
}

// operator measures an operator that compiles to jumps.
func (m *measurer) operator(e ast.Expr, measure func()) {
	before := m.code
	m.labels += 5
	measure()
	m.emit(8)
	if m.code-before > maxJump || m.labels > maxJump {
		m.tooLong(e.Line(), tokenEnd)
	}
}

func (m *measurer) call(e *ast.FuncCallExpr) {
	if e.Func != nil {
		m.expression(e.Func)
	} else {
		m.expression(e.Receiver)
		m.constant(e.Method)
		m.emit(2)
	}
	m.list(e.Args)
	m.emit(1)
}

func (m *measurer) table(e *ast.TableExpr) {
	for _, f := range e.Fields {
		if f.Key != nil {
			m.expression(f.Key)
		}
		m.expression(f.Value)
		m.emit(1)
	}
}
