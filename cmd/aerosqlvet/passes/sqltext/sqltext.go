// Package sqltext checks the constant SQL statements of programs that use aerosql.
//
// It looks at the calls of the methods Query, QueryRow, Exec and Prepare of database/sql, with and
// without a context, whose statement is a constant. A package is checked if it imports package
// driver, package mem or package mapper of aerosql, or opens a database with the driver
// "aerospike", and opens none with another driver. Statements of tests are often wrong on purpose,
// so that files of tests are checked only with the flag -tests.
package sqltext

import (
	"context"
	"errors"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

const module = "github.com/aerosql/aerosql"

// statementArgument is the index of the argument with the statement, for each method of
// database/sql.
var statementArgument = map[string]int{
	"Query": 0, "QueryRow": 0, "Exec": 0, "Prepare": 0,
	"QueryContext": 1, "QueryRowContext": 1, "ExecContext": 1, "PrepareContext": 1,
}

// A checker holds the flags of the analyzer.
type checker struct {
	schemaFile string
	namespace  string
	tests      bool
	schema     schemaOnce
}

// New returns an analyzer that reports statements that the dialect does not have. Its flags are
// schema, namespace and tests.
func New() *analysis.Analyzer {
	c := &checker{}
	a := &analysis.Analyzer{
		Name:     "sqltext",
		Doc:      "report constant SQL statements that aerosql can't prepare",
		URL:      "https://pkg.go.dev/" + module + "/cmd/aerosqlvet/passes/sqltext",
		Requires: []*analysis.Analyzer{inspect.Analyzer},
		Run:      c.run,
	}
	a.Flags.StringVar(&c.schemaFile, "schema", "", "file of CREATE statements against which statements are prepared")
	a.Flags.StringVar(&c.namespace, "namespace", "test", "default namespace of the statements and of the schema")
	a.Flags.BoolVar(&c.tests, "tests", false, "check the statements of tests too")
	return a
}

func (c *checker) run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	if !usesOnlyAerosql(pass, in) {
		return nil, nil
	}
	prepare, err := c.preparer()
	if err != nil {
		return nil, err
	}
	for cursor := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		if !c.tests && strings.HasSuffix(pass.Fset.Position(call.Pos()).Filename, "_test.go") {
			continue
		}
		argument := statementOf(pass, call)
		if argument == nil {
			continue
		}
		value := pass.TypesInfo.Types[argument].Value
		if value == nil || value.Kind() != constant.String {
			continue
		}
		text := constant.StringVal(value)
		if err := prepare(text); err != nil {
			pass.Report(diagnostic(argument, text, err))
		}
	}
	return nil, nil
}

// preparer returns the function that checks a statement.
func (c *checker) preparer() (func(text string) error, error) {
	if c.schemaFile == "" {
		return parses, nil
	}
	s, err := c.schema.open(c.schemaFile, c.namespace)
	if err != nil {
		return nil, err
	}
	return func(text string) error { return s.prepare(context.Background(), text) }, nil
}

// parses returns the error of parsing a text, of which AQL's form is one too.
func parses(text string) error {
	_, err := parse.All(text, querylang.Standard)
	if err != nil {
		if _, aql := parse.All(text, querylang.AQL); aql == nil {
			return nil
		}
	}
	return err
}

// statementOf returns the argument of a call that is a statement, or nil.
func statementOf(pass *analysis.Pass, call *ast.CallExpr) ast.Expr {
	f, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "database/sql" || f.Signature().Recv() == nil {
		return nil
	}
	i, ok := statementArgument[f.Name()]
	if !ok || i >= len(call.Args) || !isString(f.Signature().Params().At(i).Type()) {
		return nil
	}
	return call.Args[i]
}

func isString(t types.Type) bool { return types.Identical(t, types.Typ[types.String]) }

// usesOnlyAerosql reports whether the statements of a package are those of aerosql.
func usesOnlyAerosql(pass *analysis.Pass, in *inspector.Inspector) bool {
	uses := false
	for _, p := range pass.Pkg.Imports() {
		switch p.Path() {
		case module + "/driver", module + "/cluster/devserver/mem", module + "/mapper":
			uses = true
		}
	}
	for cursor := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		f, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
		if !ok || f.FullName() != "database/sql.Open" || len(call.Args) != 2 {
			continue
		}
		name := pass.TypesInfo.Types[call.Args[0]].Value
		if name == nil || constant.StringVal(name) != "aerospike" {
			return false
		}
		uses = true
	}
	return uses
}

// diagnostic places an error at its position within the literal, if the literal shows it.
func diagnostic(argument ast.Expr, text string, err error) analysis.Diagnostic {
	d := analysis.Diagnostic{Pos: argument.Pos(), End: argument.End(), Message: err.Error()}
	e, ok := errors.AsType[*querylang.Error](err)
	if !ok {
		return d
	}
	d.Message = e.Kind.Error() + ": " + e.Message
	literal, ok := ast.Unparen(argument).(*ast.BasicLit)
	if !ok || e.Line == 0 {
		return d
	}
	if unquoted, err := strconv.Unquote(literal.Value); err != nil || len(unquoted) != len(literal.Value)-2 {
		return d // it has escapes
	}
	if all, err := parse.All(text, querylang.Standard); err == nil && len(all) > 1 {
		return d // the position is that within one of several statements
	}
	d.Pos = literal.Pos() + 1 + token.Pos(offset(text, e.Line, e.Column))
	d.End = token.NoPos
	return d
}

// offset returns the number of bytes before a position of a text. Columns count characters.
func offset(text string, line, column int) int {
	start := 0
	for range line - 1 {
		start += strings.IndexByte(text[start:], '\n') + 1
	}
	for i := range text[start:] {
		if column--; column == 0 {
			return start + i
		}
	}
	return len(text)
}
