// Package lostresult finds errors of iterators and batches that a program drops.
//
// An iterator of aerosql yields a value and an error. A loop that has no variable for the error
// ends early without notice if a node fails:
//
//	for rec := range client.Query(ctx, nil, stmt) // the error is dropped
//
// A batch returns the results and an error, which says that rows have failed. A program must look
// at the error or at the field Err of the results:
//
//	results, _ := client.BatchRead(ctx, nil, keys) // rows that failed look like missing records
package lostresult

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

// module is the module whose functions are checked.
const module = "github.com/aerosql/aerosql"

// Analyzer finds errors of iterators and batches that are dropped.
var Analyzer = &analysis.Analyzer{
	Name:     "lostresult",
	Doc:      "report errors of aerosql's iterators and batches that are dropped",
	URL:      "https://pkg.go.dev/" + module + "/cmd/aerosqlvet/passes/lostresult",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.RangeStmt)(nil), (*ast.AssignStmt)(nil), (*ast.ExprStmt)(nil)) {
		switch n := c.Node().(type) {
		case *ast.RangeStmt:
			checkLoop(pass, n)
		case *ast.ExprStmt:
			if call := batchCall(pass, n.X); call != nil {
				report(pass, call)
			}
		case *ast.AssignStmt:
			if len(n.Rhs) != 1 || len(n.Lhs) != 2 || !isBlank(n.Lhs[1]) {
				continue
			}
			call := batchCall(pass, n.Rhs[0])
			if call != nil && !looksAtRows(pass, enclosingFunction(c), n.Lhs[0]) {
				report(pass, call)
			}
		}
	}
	return nil, nil
}

// checkLoop reports a loop over an iterator of a value and an error that has no variable for the
// error.
func checkLoop(pass *analysis.Pass, loop *ast.RangeStmt) {
	if loop.Value != nil && !isBlank(loop.Value) {
		return
	}
	t := pass.TypesInfo.TypeOf(loop.X)
	if t == nil || !yieldsError(t) || !isOurs(pass, loop.X, t) {
		return
	}
	pass.ReportRangef(loop.X, "the error of the iterator is dropped; write \"for x, err := range ...\" and check err")
}

// yieldsError reports whether a type is that of an iterator of a value and an error.
func yieldsError(t types.Type) bool {
	iterator, ok := t.Underlying().(*types.Signature)
	if !ok || iterator.Params().Len() != 1 || iterator.Results().Len() != 0 {
		return false
	}
	yield, ok := iterator.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Params().Len() == 2 && isError(yield.Params().At(1).Type())
}

// isOurs reports whether an iterator is what a function of the module returns, or yields a type of
// the module.
func isOurs(pass *analysis.Pass, x ast.Expr, t types.Type) bool {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok {
		if f := typeutil.Callee(pass.TypesInfo, call); f != nil && inModule(f.Pkg()) {
			return true
		}
	}
	yield := t.Underlying().(*types.Signature).Params().At(0).Type().Underlying().(*types.Signature)
	value := yield.Params().At(0).Type()
	if p, ok := value.Underlying().(*types.Pointer); ok {
		value = p.Elem()
	}
	named, ok := types.Unalias(value).(*types.Named)
	return ok && inModule(named.Obj().Pkg())
}

// batchCall returns the call of a function of the module that returns the results of a batch and an
// error, or nil.
func batchCall(pass *analysis.Pass, x ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return nil
	}
	f, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if !ok || !inModule(f.Pkg()) {
		return nil
	}
	results := f.Signature().Results()
	if results.Len() != 2 || !isError(results.At(1).Type()) || resultsField(results.At(0).Type()) == nil {
		return nil
	}
	return call
}

// resultsField returns the field Err of the elements of a slice of results, or nil.
func resultsField(t types.Type) *types.Var {
	list, ok := t.Underlying().(*types.Slice)
	if !ok {
		return nil
	}
	fields, ok := list.Elem().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range fields.Fields() {
		if f.Name() == "Err" && isError(f.Type()) {
			return f
		}
	}
	return nil
}

// looksAtRows reports whether a function uses the field Err of results, or hands the results on, so
// that another function may.
func looksAtRows(pass *analysis.Pass, function ast.Node, results ast.Expr) bool {
	id, ok := results.(*ast.Ident)
	if !ok || function == nil {
		return !isBlank(results)
	}
	variable := pass.TypesInfo.ObjectOf(id)
	if variable == nil {
		return false // blank
	}
	field := resultsField(variable.Type())
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || pass.TypesInfo.ObjectOf(n.Sel) == field
		case *ast.CallExpr:
			found = found || !isBuiltin(pass, n) && mentions(pass, n.Args, variable)
		case *ast.ReturnStmt:
			found = found || mentions(pass, n.Results, variable)
		}
		return !found
	})
	return found
}

// mentions reports whether one of the expressions is a variable.
func mentions(pass *analysis.Pass, list []ast.Expr, variable types.Object) bool {
	for _, x := range list {
		if id, ok := ast.Unparen(x).(*ast.Ident); ok && pass.TypesInfo.ObjectOf(id) == variable {
			return true
		}
	}
	return false
}

func isBuiltin(pass *analysis.Pass, call *ast.CallExpr) bool {
	_, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Builtin)
	return ok
}

func report(pass *analysis.Pass, call *ast.CallExpr) {
	pass.ReportRangef(call, "rows of the batch can have failed; check the error, or the field Err of the results")
}

// enclosingFunction returns the innermost function around a node, or nil.
func enclosingFunction(c inspector.Cursor) ast.Node {
	for f := range c.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return f.Node()
	}
	return nil
}

func isBlank(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "_"
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

func inModule(pkg *types.Package) bool {
	return pkg != nil && (pkg.Path() == module || strings.HasPrefix(pkg.Path(), module+"/"))
}
