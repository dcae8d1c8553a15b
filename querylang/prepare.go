package querylang

import (
	"context"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A Dialect selects how text in double quotes is read.
type Dialect = parse.Dialect

// The dialects.
const (
	// Standard reads text in double quotes as a name.
	Standard = parse.Standard
	// AQL reads text in double quotes as a string where a value is expected, as the aql tool does.
	AQL = parse.AQL
)

// Params describes the parameters of a statement.
type Params = parse.Params

// An Arg is an argument for a parameter.
type Arg = parse.Arg

// Options say how statements are prepared.
type Options struct {
	// Namespace is the namespace of tables that a statement names without one, or "".
	Namespace string
	Dialect   Dialect
	// CheckOption returns an error for a value that an option of WITH can't have, such as
	// [exec.CheckOption]. Then a wrong constant is an error with its place in the text. If it is
	// nil, only running the statement checks the values.
	CheckOption func(name string, v protocol.Value) error
}

// A Prepared is a statement that can run. It is immutable and can run several times concurrently.
type Prepared struct {
	// Plan is what runs.
	Plan   plan.Statement
	params Params
	needs  bind.Needs
	// literals is the number of literals of a shared statement, which follow the arguments.
	literals int
}

// Prepare parses, binds and plans one statement. Errors in the statement are of type [*Error].
func Prepare(ctx context.Context, text string, catalog bind.Catalog, o Options) (*Prepared, error) {
	parsed, err := parse.One(text, o.Dialect)
	if err != nil {
		return nil, err
	}
	return PrepareParsed(ctx, parsed, catalog, o)
}

// PrepareParsed binds and plans a statement that has been parsed.
func PrepareParsed(ctx context.Context, parsed *parse.Parsed, catalog bind.Catalog, o Options) (*Prepared, error) {
	return prepare(ctx, parsed, catalog, o, 0)
}

// PrepareShared prepares a statement for all texts with its key; see [parse.Shared]. It reports
// false if the text must be prepared on its own.
func PrepareShared(ctx context.Context, text string, literals int, catalog bind.Catalog, o Options) (*Prepared, bool) {
	parsed, ok := parse.Shared(text, o.Dialect)
	if !ok {
		return nil, false
	}
	p, err := prepare(ctx, parsed, catalog, o, literals)
	return p, err == nil
}

func prepare(ctx context.Context, parsed *parse.Parsed, catalog bind.Catalog, o Options, literals int) (*Prepared, error) {
	p := &Prepared{params: parsed.Params, literals: literals}
	options := bind.Options{
		Namespace: o.Namespace, AQL: o.Dialect == AQL, Text: parsed.Text, Args: parsed.Params.Count + literals, CheckOption: o.CheckOption,
	}
	var err error
	p.Plan, err = p.statement(ctx, parsed.Statement, catalog, options)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// statement binds and plans a statement.
func (p *Prepared) statement(ctx context.Context, s ast.Statement, catalog bind.Catalog, o bind.Options) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.Query:
		bound, err := bind.Bind(ctx, s, catalog, o)
		if err != nil {
			return nil, err
		}
		p.needs = bound.Needs
		return plan.Query(bound.Query)
	case *ast.Insert, *ast.Update, *ast.Delete, *ast.Truncate:
		bound, err := bind.BindWrite(ctx, s, catalog, o)
		if err != nil {
			return nil, err
		}
		p.needs = bound.Needs
		return plan.Write(bound.Write)
	case *ast.Explain:
		inner, err := p.statement(ctx, s.Statement, catalog, o)
		if err != nil {
			return nil, err
		}
		if _, command := inner.(*plan.Command); command {
			return nil, ast.ErrorAt(o.Text, s.Statement.Position(), ast.ErrUnsupported, "EXPLAIN of a statement that concerns the session or administers the cluster is not supported")
		}
		return &plan.Explain{Statement: inner, Analyze: s.Analyze, JSON: s.JSON}, nil
	case *ast.CreateTable, *ast.AlterTable, *ast.DropTable, *ast.CreateIndex, *ast.DropIndex, *ast.CreateView, *ast.DropView, *ast.Comment:
		return &plan.Definition{Statement: s, Namespace: o.Namespace, Text: o.Text, AQL: o.AQL}, nil
	case *ast.Transaction, *ast.Set, *ast.Show, *ast.Declare, *ast.Fetch, *ast.Close,
		*ast.User, *ast.Role, *ast.Grant, *ast.Module, *ast.Execute, *ast.Kill, *ast.Analyze, *ast.AlterSystem, *ast.AlterXDR, *ast.TruncateNamespace:
		return p.command(ctx, s, catalog, o)
	}
	text := s.String()
	return nil, ast.ErrorAt(o.Text, s.Position(), ast.ErrUnsupported, "%s is not supported yet", text[:ast.WordLength(text)])
}

// Params describes the parameters.
func (p *Prepared) Params() Params { return p.params }

// Writes reports whether the statement changes records, declarations or the cluster.
func (p *Prepared) Writes() bool {
	switch s := p.Plan.(type) {
	case *plan.Definition:
		return true
	case *plan.Command:
		return administers(s.Statement)
	}
	return plan.Writes(p.Plan)
}

// administers reports whether a command changes the cluster or may change records.
func administers(s ast.Statement) bool {
	switch s := s.(type) {
	case *ast.Execute:
		return s.Verb != ast.AggregateVerb
	case *ast.User, *ast.Role, *ast.Grant, *ast.Module, *ast.Kill, *ast.AlterSystem, *ast.AlterXDR, *ast.TruncateNamespace:
		return true
	}
	return false
}

// ArgCount returns the number of the values that AppendArgs appends.
func (p *Prepared) ArgCount() int { return p.params.Count + p.literals + len(p.needs.TypedArgs) }

// IsCurrent reports whether the statement would be prepared in the same way now.
func (p *Prepared) IsCurrent(ctx context.Context, catalog bind.Catalog) (bool, error) {
	switch s := p.Plan.(type) {
	case *plan.Definition:
		return true, nil
	case *plan.Command:
		if s.Query == nil {
			return true, nil
		}
	}
	return p.needs.IsCurrent(ctx, catalog)
}

// Fits reports whether a shared statement can run with some literals. If it can't the text has an
// error, which Prepare returns.
func (p *Prepared) Fits(literals []protocol.Value) bool {
	return p.needs.Fits(literals, p.params.Count)
}

// AppendArgs appends the values that a run needs: the arguments in the order of the parameters, the
// literals of a shared statement, and the arguments that are converted. EXPLAIN needs no arguments;
// without them the plan does not show what depends on them.
func (p *Prepared) AppendArgs(values []protocol.Value, args []Arg, literals []protocol.Value) ([]protocol.Value, error) {
	if e, ok := p.Plan.(*plan.Explain); ok && !e.Analyze && len(args) == 0 && p.params.Count > 0 {
		return nil, nil
	}
	values, err := p.params.Append(slices.Grow(values, p.ArgCount()), args)
	if err != nil {
		return nil, err
	}
	return p.needs.AppendArgs(append(values, literals...))
}
