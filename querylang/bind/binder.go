package bind

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// Options are the settings of the session that the meaning of a statement depends on.
type Options struct {
	// Namespace is the namespace of names without one, or "".
	Namespace string
	// AQL means that a name in double quotes is a string where a value is expected, as in AQL.
	AQL bool
	// Text is the text of the statement, which errors quote, or "".
	Text string
	// Args is the number of the arguments of a run. The values of Bound.TypedArgs follow them.
	Args int
	// CheckOption returns an error for a value that an option of WITH can't have. The name is in
	// lower case. If it is nil, the run checks the values.
	CheckOption func(name string, v protocol.Value) error
}

// Bound is a bound query with what its runs need.
type Bound struct {
	Query *Query
	Needs
}

// Needs is what the runs of a bound statement need.
type Needs struct {
	// TypedArgs are arguments that are compared with columns of other types, or stored in them.
	// They are converted for each run and follow the arguments.
	TypedArgs []TypedArg
	// KeyArgs are arguments that are compared with keys or digests.
	KeyArgs []KeyArg
	// CheckedArgs are arguments for functions and options that accept only some values.
	CheckedArgs []CheckedArg
	// Version is the version of the catalog that the statement was bound with.
	Version uint64
	// Samples are the undeclared sets whose bins * names.
	Samples []SampleVersion
	// Fresh means that the statement must be bound again for each run, because the rows of a table
	// of information_schema are a part of it.
	Fresh bool
}

// A CheckedArg is an argument of the run that a function or an option of WITH takes.
type CheckedArg struct {
	Index int
	Check func(v protocol.Value) error // see [function.Parameter]
}

// A TypedArg is an argument as a value of a type.
type TypedArg struct {
	Index int
	As    function.Type
	// Compare means that the value is compared with values of the type; see [function.Comparand]. A
	// slice stands for the elements of a list then.
	Compare bool
}

// value returns the value of an argument.
func (t *TypedArg) value(v protocol.Value) (protocol.Value, error) {
	if !t.Compare {
		return function.Coerce(v, t.As)
	}
	elements, isList := v.List()
	if !isList {
		return function.Comparand(v, t.As)
	}
	converted := make([]protocol.Value, len(elements))
	for i := range elements {
		var err error
		if converted[i], err = function.Comparand(elements[i], t.As); err != nil {
			return v, err
		}
	}
	return protocol.List(converted...), nil
}

// A SampleVersion is the version of what is known of the bins of a set.
type SampleVersion struct {
	Namespace, Set string
	Version        uint64
}

// IsCurrent reports whether the statement would be bound in the same way now.
func (n *Needs) IsCurrent(ctx context.Context, catalog Catalog) (bool, error) {
	if n.Fresh || catalog.Version() != n.Version {
		return false, nil
	}
	for _, s := range n.Samples {
		_, version, err := catalog.Sample(ctx, s.Namespace, s.Set)
		if err != nil || version != s.Version {
			return false, err
		}
	}
	return true, nil
}

// AppendArgs appends the values of TypedArgs to the arguments of a run. An argument that has no
// form of the type is an error of kind [ast.ErrArguments].
func (n *Needs) AppendArgs(args []protocol.Value) ([]protocol.Value, error) {
	for _, a := range n.KeyArgs {
		if a.Index < len(args) {
			if err := a.check(args[a.Index]); err != nil {
				return nil, err
			}
		}
	}
	for _, a := range n.CheckedArgs {
		if a.Index < len(args) {
			if err := a.Check(args[a.Index]); err != nil {
				return nil, argumentError(a.Index, err)
			}
		}
	}
	for i := range n.TypedArgs {
		t := &n.TypedArgs[i]
		v, err := t.value(args[t.Index])
		if err != nil {
			return nil, argumentError(t.Index, err)
		}
		args = append(args, v)
	}
	return args, nil
}

// argumentError returns the error of an argument.
func argumentError(index int, err error) error {
	e := ast.Errorf(ast.ErrArguments, "argument %d: %v", index+1, err)
	e.Cause = err
	return e
}

// Fits reports whether AppendArgs can convert values that are the arguments from an index on.
func (n *Needs) Fits(values []protocol.Value, first int) bool {
	for _, a := range n.KeyArgs {
		if at := a.Index - first; at >= 0 && at < len(values) && a.check(values[at]) != nil {
			return false
		}
	}
	for _, a := range n.CheckedArgs {
		if at := a.Index - first; at >= 0 && at < len(values) && a.Check(values[at]) != nil {
			return false
		}
	}
	for i := range n.TypedArgs {
		t := &n.TypedArgs[i]
		if at := t.Index - first; at >= 0 && at < len(values) {
			if _, err := t.value(values[at]); err != nil {
				return false
			}
		}
	}
	return true
}

// A binder binds one statement. After an error it continues with NULL in place of the faulty part;
// only the first error is reported.
type binder struct {
	ctx        context.Context
	catalog    Catalog
	options    Options
	text       string // "" inside of a view
	err        error
	subqueries int
	sets       int // of IDs of In and KeyColumn
	patterns   int // of IDs of Match
	sources    int
	views      []string // that are being bound
	needs      Needs
	typedArgs  map[TypedArg]int  // their indexes in needs.TypedArgs
	trials     map[ast.Expr]Expr // of the scope, while grouping binds an expression
}

// maxSources is the maximum number of items of FROM in a statement, with those of the views and
// common tables in it.
const maxSources = 1000

func newBinder(ctx context.Context, catalog Catalog, options Options) *binder {
	return &binder{ctx: ctx, catalog: catalog, options: options, text: options.Text, needs: Needs{Version: catalog.Version()}}
}

// Bind binds a query.
func Bind(ctx context.Context, q *ast.Query, catalog Catalog, options Options) (*Bound, error) {
	b := newBinder(ctx, catalog, options)
	bound := b.query(q, place{})
	if b.err != nil {
		return nil, b.err
	}
	return &Bound{Query: bound, Needs: b.needs}, nil
}

// fail keeps the first error and returns NULL, so that binding can continue.
func (b *binder) fail(pos ast.Pos, kind error, format string, args ...any) Expr {
	if b.err == nil {
		b.err = ast.ErrorAt(b.text, pos, kind, format, args...)
	}
	return &Const{Value: protocol.Nil(), Pos: pos}
}

// failWith keeps the error of another package, if there is one.
func (b *binder) failWith(pos ast.Pos, kind, err error) {
	if err == nil || b.err != nil {
		return
	}
	if e, ok := err.(*ast.Error); ok { //nolint:errorlint // an error without a position gets one
		at := ast.ErrorAt(b.text, pos, e.Kind, "%s", e.Message)
		at.Cause = e.Cause
		b.err = at
		return
	}
	e := ast.ErrorAt(b.text, pos, kind, "%v", err)
	e.Cause = err
	b.err = e
}

// failQuietly keeps an error that has nothing to do with the text, such as one of the network.
func (b *binder) failQuietly(err error) {
	if b.err == nil {
		b.err = err
	}
}
