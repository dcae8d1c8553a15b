package bind

import (
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// query binds a query.
func (b *binder) query(q *ast.Query, p place) *Query {
	first := p.common
	for i, w := range q.With {
		for _, other := range q.With[:i] {
			if sameName(w.Name, other.Name.Text) {
				b.fail(w.Name.Pos, ast.ErrSyntax, "WITH names two tables %s", w.Name)
			}
		}
		p.common = &commonTable{table: w, before: p.common}
	}
	bound := &Query{Options: b.queryOptions(q.Options)}
	for _, o := range q.Options {
		if _, write := writeOptionNames.Find(o.Name.Text); write {
			b.fail(o.Name.Pos, ast.ErrUnsupported, "the option %s is one of writes; it has no effect on a query", o.Name)
		}
	}
	limits := &scope{place: p}
	limits.in("LIMIT", func() {
		bound.Limit, bound.Offset = b.count(limits, q.Limit, "LIMIT"), b.count(limits, q.Offset, "OFFSET")
	})
	b.body(q, bound, p)
	for c := p.common; c != first; c = c.before {
		if !c.used { // it is not read, but it must be right
			b.query(c.table.Query, place{common: c.before})
		}
	}
	return bound
}

// body binds the body of a query and its ORDER BY.
func (b *binder) body(q *ast.Query, bound *Query, p place) {
	switch body := q.Body.(type) {
	case *ast.Select:
		b.selectRows(q, body, bound, p)
		return
	case *ast.Values:
		b.values(body, bound, p)
	case *ast.SetOperation:
		b.setOperation(body, bound, p)
	case *ast.Query:
		inner := b.query(body, p)
		bound.Body, bound.Columns = inner, inner.Columns
	}
	if len(q.Order) > 0 {
		bound.OrderOnOutput = true
		b.orderOutput(q.Order, bound, nil)
	}
}

// count binds a LIMIT or OFFSET.
func (b *binder) count(s *scope, e ast.Expr, clause string) Expr {
	if e == nil {
		return nil
	}
	x := b.expr(s, e)
	c, ok := x.(*Const)
	if !ok {
		b.wants(x, function.Integer, clause)
		return x
	}
	if n, isInt := c.Value.Int(); !isInt || n < 0 {
		b.fail(e.Position(), ast.ErrType, "%s needs a number of rows, not %s", clause, c)
	}
	return x
}

// queryOptionNames are the options of WITH (...).
var (
	queryOptionNames = ast.Words("MAX_RECORDS RECORDS_PER_SECOND REPLICA RACK READ_MODE FETCH_ROWS TIMEOUT SOCKET_TIMEOUT " +
		"ATOMIC TTL SEND_KEY DURABLE DURABLE_DELETE COMMIT GENERATION BACKGROUND WAIT")
	writeOptionNames = ast.Words("ATOMIC TTL SEND_KEY DURABLE DURABLE_DELETE COMMIT GENERATION BACKGROUND WAIT")
)

// durableDelete is the name of an option that has a shorter one too.
const durableDelete = "durable_delete"

// queryOptions binds WITH (...). The names of the result are in lower case.
func (b *binder) queryOptions(options []ast.Option) map[string]Expr {
	if len(options) == 0 {
		return nil
	}
	bound := make(map[string]Expr, len(options))
	s := &scope{clause: "WITH"}
	for _, o := range options {
		if _, ok := queryOptionNames.Find(o.Name.Text); !ok {
			names := func() []string { return lower(slices.Sorted(maps.Keys(queryOptionNames))) }
			b.fail(o.Name.Pos, ast.ErrUnknownName, "there is no option %s%s", o.Name, b.nearest(o.Name.Text, names))
		}
		if o.Value == nil {
			o.Value = &ast.Literal{Value: protocol.Bool(true), Pos: o.Name.Pos}
		}
		if c, ok := o.Value.(*ast.Column); ok && len(c.Parts) == 1 { // read_mode=sc is a word
			o.Value = &ast.Literal{Value: textValue(strings.ToLower(c.Parts[0].Text)), Pos: c.Parts[0].Pos}
		}
		name := strings.ToLower(o.Name.Text)
		if name == "durable" {
			name = durableDelete
		}
		if _, twice := bound[name]; twice {
			b.fail(o.Name.Pos, ast.ErrSyntax, "the option %s is given twice", o.Name)
		}
		bound[name] = b.expr(s, o.Value)
		b.checkOption(name, bound[name])
	}
	return bound
}

// checkOption checks a constant that is the value of an option. A parameter is checked for each
// run.
func (b *binder) checkOption(name string, x Expr) {
	if b.options.CheckOption == nil {
		return
	}
	b.checkValue(x, func(v protocol.Value) error { return b.options.CheckOption(name, v) })
}

func lower(names []string) []string {
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	return names
}

// values binds VALUES.
func (b *binder) values(v *ast.Values, bound *Query, p place) {
	s := &scope{place: p, clause: "VALUES"}
	rows := &Values{}
	for i, row := range v.Rows {
		if len(row.Values) != len(v.Rows[0].Values) {
			b.fail(row.Pos, ast.ErrSyntax, "row %d of VALUES has %d values, but the first one has %d", i+1, len(row.Values), len(v.Rows[0].Values))
			break
		}
		values := make([]Expr, len(row.Values))
		for j, e := range row.Values {
			values[j] = b.value(s, e)
		}
		rows.Rows = append(rows.Rows, values)
	}
	for j := range v.Rows[0].Values {
		column := make([]Expr, len(rows.Rows))
		for i := range rows.Rows {
			column[i] = rows.Rows[i][j]
		}
		t, kinds := b.unify(column)
		for i := range rows.Rows {
			rows.Rows[i][j] = column[i]
		}
		bound.Columns = append(bound.Columns, OutputColumn{Name: columnName(j), Type: t, Kinds: kinds})
	}
	bound.Body = rows
}

// setOperation binds UNION, EXCEPT and INTERSECT.
func (b *binder) setOperation(o *ast.SetOperation, bound *Query, p place) {
	left, right := b.operand(o.Left, p), b.operand(o.Right, p)
	bound.Body = &SetOperation{Op: o.Op, All: o.All, Left: left, Right: right}
	if len(left.Columns) != len(right.Columns) {
		b.fail(o.Right.Position(), ast.ErrSyntax, "the two sides of %s have %d and %d columns", setOperatorNames[o.Op], len(left.Columns), len(right.Columns))
		return
	}
	for i, c := range left.Columns {
		r := right.Columns[i]
		var types []function.Type
		for _, side := range []OutputColumn{c, r} {
			if side.Kinds != function.Null {
				types = append(types, side.Type)
			}
		}
		t, ok := function.CommonType(types)
		if !ok {
			b.fail(o.Right.Position(), ast.ErrType, "column %d of the two sides of %s has different types; use CAST", i+1, setOperatorNames[o.Op])
		}
		bound.Columns = append(bound.Columns, OutputColumn{Name: c.Name, Type: t, Kinds: c.Kinds | r.Kinds})
	}
}

var setOperatorNames = [...]string{ast.Union: "UNION", ast.Except: "EXCEPT", ast.Intersect: "INTERSECT"}

// scaled reports whether the values of a type need its scale to be understood.
func scaled(t function.Type) bool { return t.Family == function.Decimals && t.Scale != 0 }

// operand binds a side of a set operation.
func (b *binder) operand(body ast.Body, p place) *Query {
	if q, ok := body.(*ast.Query); ok {
		return b.query(q, p)
	}
	bound := &Query{}
	b.body(&ast.Query{Body: body}, bound, p)
	return bound
}
