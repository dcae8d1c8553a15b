package querylang

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// Options change the meaning of a statement. The zero value is the default.
type Options struct {
	// Namespace is the namespace of tables that are written without one. If it is "" such tables
	// are errors.
	Namespace string
	Dialect   Dialect
}

// Prepare parses and plans one statement. Errors are of type [*Error].
func Prepare(text string, o Options) (Plan, error) {
	parsed, err := Parse(text, o.Dialect)
	if err != nil {
		return nil, err
	}
	return NewPlan(parsed, o)
}

// NewPlan checks and plans a statement. Errors are of type [*Error].
func NewPlan(parsed *Parsed, o Options) (Plan, error) {
	p := &planner{text: parsed.Text, params: parsed.Params, namespace: o.Namespace}
	return p.plan(parsed.Statement)
}

type planner struct {
	text      string
	params    Params
	namespace string
}

func (p *planner) errorAt(pos Pos, kind error, format string, args ...any) error {
	return errorAt(p.text, pos, kind, format, args...)
}

func (p *planner) plan(s Statement) (Plan, error) {
	switch s := s.(type) {
	case *Select:
		if s.Table == nil {
			return p.planValues(s)
		}
		return p.planRead(s)
	case *Insert:
		return p.planInsert(s)
	case *Update:
		return p.planUpdate(s)
	case *Delete:
		return p.planDelete(s)
	case *Truncate:
		table, err := p.table(s.Table)
		if err != nil {
			return nil, err
		}
		if table.Set == "" {
			return nil, p.errorAt(s.Table.Pos, ErrUnsupported,
				"the server truncates a set or a whole namespace, but not only the records without a set; use DELETE FROM")
		}
		return &TruncatePlan{Namespace: table.Namespace, Set: table.Set}, nil
	case *Explain:
		plan, err := p.plan(s.Statement)
		if err != nil {
			return nil, err
		}
		return &ExplainPlan{Plan: plan}, nil
	}
	return nil, errorf(ErrUnsupported, "statement %T", s)
}

// table checks a table's names and fills in the namespace.
func (p *planner) table(t TableName) (TableName, error) {
	if t.Namespace == "" {
		t.Namespace = p.namespace
	}
	if t.Set == NullSet {
		t.Set = ""
	}
	if t.Namespace == "" {
		return t, p.errorAt(t.Pos, ErrUnknownName, "the table %s needs a namespace: there is no default namespace", quoteName(t.label()))
	}
	if _, err := protocol.KeyFromDigest(t.Namespace, t.Set, protocol.Digest{}); err != nil {
		e := errorAt(p.text, t.Pos, ErrInvalidName, "%v", err)
		e.Cause = err
		return t, e
	}
	return t, nil
}

// bin checks a bin's name.
func (p *planner) bin(name string, pos Pos) error {
	if err := protocol.CheckBinName(name); err != nil {
		e := errorAt(p.text, pos, ErrInvalidName, "%v", err)
		e.Cause = err
		return e
	}
	return nil
}

// planValues plans a SELECT without a table.
func (p *planner) planValues(s *Select) (Plan, error) {
	plan := &ValuesPlan{Params: p.params}
	for _, item := range s.Items {
		if item.Star {
			return nil, p.errorAt(item.Pos, ErrSyntax, "* needs a table: FROM is missing")
		}
		column, err := p.output(item, nil)
		if err != nil {
			return nil, err
		}
		plan.Columns = append(plan.Columns, column)
	}
	return plan, nil
}

// planRead plans a SELECT that has a table.
func (p *planner) planRead(s *Select) (Plan, error) {
	table, err := p.table(*s.Table)
	if err != nil {
		return nil, err
	}
	plan := &ReadPlan{Params: p.params}
	if plan.Source, err = p.source(&table, s.Where); err != nil {
		return nil, err
	}
	if err := p.refuseOrder(s, plan.Source.Access); err != nil {
		return nil, err
	}
	if plan.Limit, err = p.limit(s.Limit); err != nil {
		return nil, err
	}
	if plan.Count, err = p.isCount(s.Items); err != nil {
		return nil, err
	}
	var reads []Expr
	for _, item := range s.Items {
		column := OutputColumn{Name: item.Alias}
		if !plan.Count {
			if column, err = p.output(item, &table); err != nil {
				return nil, err
			}
		} else if column.Name == "" {
			column.Name = item.Expr.String()
		}
		plan.Columns = append(plan.Columns, column)
		plan.Projection.AllBins = plan.Projection.AllBins || column.Star
		reads = append(reads, column.Expr)
	}
	if plan.Projection.AllBins {
		plan.Projection.UserKey = needsUserKey(&plan.Source, reads...)
	} else {
		plan.Projection = projection(&plan.Source, reads...)
	}
	return plan, nil
}

// refuseOrder returns an error for OFFSET, and for ORDER BY unless there is at most one row.
func (p *planner) refuseOrder(s *Select, access Access) error {
	if s.Offset != nil {
		return p.errorAt(s.Offset.Position(), ErrUnsupported, "OFFSET is not supported yet")
	}
	if len(s.Order) > 0 && access != AccessKey && access != AccessNone {
		return p.errorAt(s.Order[0].Pos, ErrUnsupported, "ORDER BY is not supported yet, except if PK = selects one record")
	}
	return nil
}

// isCount reports whether a select list is COUNT(*). Other columns besides it are an error.
func (p *planner) isCount(items []SelectItem) (bool, error) {
	for _, item := range items {
		call, ok := item.Expr.(*Call)
		if !ok || call.Name != "COUNT" {
			continue
		}
		switch {
		case !call.Star:
			return false, p.errorAt(call.Pos, ErrUnsupported, "only COUNT(*) is supported yet")
		case len(items) > 1:
			return false, p.errorAt(call.Pos, ErrUnsupported, "COUNT(*) together with other columns is not supported yet")
		}
		return true, nil
	}
	return false, nil
}

// output resolves an item of a select list.
func (p *planner) output(item SelectItem, table *TableName) (OutputColumn, error) {
	if item.Star {
		return OutputColumn{Star: true}, p.qualifier(item.Qualifier, table, item.Pos)
	}
	e, err := p.resolve(item.Expr, table)
	if err != nil {
		return OutputColumn{}, err
	}
	name := item.Alias
	if name == "" {
		name = item.Expr.String()
		if c, ok := item.Expr.(*Column); ok {
			name = c.Name
		}
	}
	return OutputColumn{Name: name, Expr: e}, nil
}

// limit checks the expression of LIMIT.
func (p *planner) limit(e Expr) (Expr, error) {
	if e == nil {
		return nil, nil
	}
	resolved, err := p.resolve(e, nil)
	if err != nil {
		return nil, err
	}
	if literal, ok := resolved.(*Literal); ok {
		if n, ok := literal.Value.Int(); !ok || n < 0 {
			return nil, p.errorAt(e.Position(), ErrType, "LIMIT must be a non-negative integer, not %s", literal)
		}
	}
	return resolved, nil
}

// binsOf returns the sorted names of all bins in the expressions.
func binsOf(exprs ...Expr) []string {
	var bins []string
	for _, e := range exprs {
		walk(e, func(part Expr) {
			if c, ok := part.(*Column); ok && c.Pseudo == NoPseudo {
				bins = append(bins, c.Name)
			}
		})
	}
	slices.Sort(bins)
	return slices.Compact(bins)
}
