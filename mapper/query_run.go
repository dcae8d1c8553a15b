package mapper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/internal/textslab"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A layout is the columns of a query's rows: the bins of a plan, and metadata.
type layout struct {
	bins int
	// The indexes of the other columns, -1 if they are not read.
	key, generation, voidTime, digest int
}

// items returns the select list of the query, and its layout.
func (q *query) items() ([]ast.SelectItem, layout) {
	p := q.store.plan
	items := make([]ast.SelectItem, 0, len(p.bins)+4)
	add := func(wanted bool, c *ast.Column) int {
		if !wanted {
			return -1
		}
		items = append(items, ast.SelectItem{Expr: c})
		return len(items) - 1
	}
	for _, bin := range p.bins {
		add(true, quoted(bin))
	}
	l := layout{bins: len(items)}
	l.key = add(p.key != nil, word("PK"))
	l.generation = add(len(p.gens) > 0, word("__generation"))
	l.voidTime = add(len(p.ttls) > 0, word("__void_time"))
	l.digest = add(len(p.ttls) > 0, word("__digest"))
	return items, l
}

// A running is a query whose text is built.
type running struct {
	query   *query
	binding *binding
	engine  *exec.Engine
	builder statement
	// first and count are the partitions that are read; count 0 means all.
	first, count int
}

// begin binds the source of the query.
func (q *query) begin(ctx context.Context) (*running, error) {
	if q.err != nil {
		return nil, q.err
	}
	b, err := q.source.bind(ctx)
	if err != nil {
		return nil, err
	}
	if b.engine == nil {
		return nil, errNoEngine
	}
	r := &running{query: q, binding: b, engine: b.engine, builder: statement{store: q.source}}
	if !q.allowScan && !b.engine.Options().DenyScan {
		r.engine = b.engine.With(func(o *exec.Options) { o.DenyScan = true })
	}
	return r, nil
}

// text returns the text of the query that selects items.
func (r *running) text(items []ast.SelectItem) (string, error) {
	s, err := r.statement(items)
	if err != nil {
		return "", err
	}
	return s.String(), nil
}

// statement returns the query that selects items.
func (r *running) statement(items []ast.SelectItem) (*ast.Query, error) {
	q := r.query
	conditions := q.conditions
	if q.source.hidesDeleted() {
		conditions = append(slices.Clip(conditions), q.source.visibleCondition())
	}
	where, err := r.builder.all(conditions)
	if err != nil {
		return nil, err
	}
	from := &ast.Table{Name: r.table()}
	if r.count > 0 && r.count < partitions {
		first, last := protocol.Int(int64(r.first)), protocol.Int(int64(r.first+r.count-1))
		from.Partitions = []ast.PartitionRange{{First: r.builder.param(first), Last: r.builder.param(last)}}
	}
	s := &ast.Query{Body: &ast.Select{Items: items, From: []ast.TableExpr{from}, Where: where}}
	for _, o := range q.orders {
		x, err := r.builder.place(o.place)
		if err == nil {
			err = r.builder.store.checkOrder(o.place)
		}
		if err != nil {
			return nil, err
		}
		s.Order = append(s.Order, ast.OrderItem{Expr: x, Descending: o.descending})
	}
	if q.limit > 0 {
		s.Limit = r.builder.param(protocol.Int(int64(q.limit)))
	}
	return s, nil
}

// table returns the name of the set.
func (r *running) table() ast.TableName {
	t := ast.TableName{Namespace: ast.Name{Text: r.binding.namespace, Quote: '`'}, Set: ast.Name{Text: r.query.source.set, Quote: '`'}}
	if r.query.source.set == "" {
		t.Set = ast.Name{Text: ast.NullSet}
	}
	return t
}

// run runs a text with the arguments of the conditions.
func (r *running) run(ctx context.Context, text string) (*exec.Result, error) {
	p, args, err := r.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if r.binding.within != nil {
		ctx = r.binding.within(ctx)
	}
	result, err := r.engine.NewSession().Run(ctx, &p.run, args)
	if err != nil {
		return nil, r.query.fail(err)
	}
	return result, nil
}

// prepare plans a text and returns the values of its arguments.
func (r *running) prepare(ctx context.Context, text string) (*planned, []protocol.Value, error) {
	p, err := r.query.source.queries.plan(ctx, r.query.source, r.binding, text)
	if err != nil {
		return nil, nil, r.query.fail(err)
	}
	args := make([]querylang.Arg, len(r.builder.args))
	for i, v := range r.builder.args {
		args[i].Value = v
	}
	values, err := p.prepared.AppendArgs(nil, args, nil)
	if err != nil {
		return nil, nil, r.query.fail(err)
	}
	return p, values, nil
}

// fail adds the set and the cause to an error of the engine.
func (q *query) fail(err error) error {
	if errors.Is(err, querylang.ErrScanDenied) {
		return q.needsScan()
	}
	return fmt.Errorf("mapper: query of %s: %w", q.source.set, err)
}

// needsScan returns the error of a query that must not scan.
func (q *query) needsScan() error {
	instead := "add an index for a condition, or use AllowScan"
	if q.allowScan {
		instead = "the data source name has scan=deny"
	}
	return fmt.Errorf("mapper: query of %s: %w: %s", q.source.set, ErrNeedsScan, instead)
}

// rows runs the query. For each row it sets the object that next returns and yields nil, or yields
// an error. isNew says that the object is zero.
func (q *query) rows(ctx context.Context, next func() (base unsafe.Pointer, isNew bool)) iter.Seq[error] {
	if q.store.plan.readsAll() {
		return q.wholeRows(ctx, next)
	}
	return func(yield func(error) bool) {
		items, columns := q.items()
		rows, namespace, err := q.open(ctx, items)
		if err != nil {
			yield(err)
			return
		}
		defer rows.Close()
		values := make([]protocol.Value, len(items))
		var texts *textslab.Slab
		if q.reuse {
			texts = new(textslab.Slab)
		}
		for {
			err := rows.Next(values)
			if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
				return
			}
			if err != nil {
				yield(q.fail(err))
				return
			}
			base, isNew := next()
			err = q.store.decodeRow(base, columns, values, namespace, isNew, texts)
			if err == nil {
				err = q.store.afterFind(ctx, base)
			}
			if !yield(err) {
				return
			}
		}
	}
}

// open starts the query and returns the namespace of its rows.
func (q *query) open(ctx context.Context, items []ast.SelectItem) (*exec.Rows, string, error) {
	r, err := q.begin(ctx)
	if err != nil {
		return nil, "", err
	}
	text, err := r.text(items)
	if err != nil {
		return nil, "", err
	}
	result, err := r.run(ctx, text)
	if err != nil {
		return nil, "", err
	}
	return result.Rows, r.binding.namespace, nil
}

// decodeRow sets the object at base from a row. The strings are in texts, which may be nil.
func (s *store) decodeRow(base unsafe.Pointer, columns layout, values []protocol.Value, namespace string, fresh bool, texts *textslab.Slab) error {
	err := s.decodeColumns(base, columns, values, namespace, fresh, texts)
	if err != nil && columns.key >= 0 && !values[columns.key].IsNil() {
		err = fmt.Errorf("%w (record %v)", err, values[columns.key])
	}
	return err
}

func (s *store) decodeColumns(base unsafe.Pointer, columns layout, values []protocol.Value, namespace string, fresh bool, texts *textslab.Slab) error {
	if columns.key >= 0 {
		if err := s.setKeyValue(base, values[columns.key]); err != nil {
			return err
		}
	}
	d := s.plan.beginDecoding(placeOf(s.plan.typ, base), fresh)
	d.texts = texts
	for i, bin := range s.plan.bins {
		if f, err := d.set(bin, values[i]); err != nil {
			return s.plan.fieldError(f, err)
		}
	}
	if err := d.finish(); err != nil {
		return s.plan.fieldError(nil, err)
	}
	return s.decodeMeta(base, columns, values, namespace)
}

// decodeMeta sets the metadata of the object at base from a row.
func (s *store) decodeMeta(base unsafe.Pointer, columns layout, values []protocol.Value, namespace string) error {
	if columns.generation >= 0 {
		n, _ := values[columns.generation].Int()
		s.plan.setGeneration(base, uint32(n))
	}
	if columns.voidTime < 0 {
		return nil
	}
	voidTime := uint32(0)
	if n, ok := values[columns.voidTime].Int(); ok {
		voidTime = protocol.VoidTimeAt(time.Unix(0, n))
	}
	s.plan.setTTL(base, voidTime, s.now)
	bytes, _ := values[columns.digest].Bytes()
	if len(bytes) != len(protocol.Digest{}) {
		return nil
	}
	key, err := protocol.KeyFromDigest(namespace, s.set, protocol.Digest(bytes))
	if err == nil {
		s.remember(base, key)
	}
	return err
}

// count returns the number of records.
func (q *query) count(ctx context.Context, method string) (int64, error) {
	if err := q.ready(method); err != nil {
		return 0, err
	}
	counted := *q
	counted.orders = nil
	r, err := counted.begin(ctx)
	if err != nil {
		return 0, err
	}
	items := []ast.SelectItem{{Expr: &ast.Call{Name: ast.Name{Text: "COUNT"}, Star: true}}}
	text := ""
	if q.limit == 0 {
		text, err = r.text(items)
	} else {
		text, err = r.text([]ast.SelectItem{{Expr: &ast.Literal{Value: protocol.Int(1)}, Alias: ast.Name{Text: "one"}}})
		text = "SELECT COUNT(*) FROM (" + text + ") AS found"
	}
	if err != nil {
		return 0, err
	}
	result, err := r.run(ctx, text)
	if err != nil {
		return 0, err
	}
	defer result.Rows.Close()
	var row [1]protocol.Value
	if err := result.Rows.Next(row[:]); err != nil {
		return 0, q.fail(err)
	}
	n, _ := row[0].Int()
	return n, nil
}

// A Plan is how a query would run, from [Query.Explain].
type Plan struct {
	// SQL is the query as a statement. Its parameters are the values of the conditions.
	SQL string
	// Steps has a line for each step, the last step first, as EXPLAIN of the SQL dialect prints it.
	// Steps that begin with "client:" are done by the client.
	Steps []string
}

// String returns the steps.
func (p Plan) String() string { return strings.Join(p.Steps, "\n") }

// explain returns how the query would run.
func (q *query) explain(ctx context.Context) (Plan, error) {
	if err := q.ready("Query.Explain"); err != nil {
		return Plan{}, err
	}
	r, err := q.begin(ctx)
	if err != nil {
		return Plan{}, err
	}
	items, _ := q.items()
	p := Plan{}
	if p.SQL, err = r.text(items); err != nil {
		return Plan{}, err
	}
	result, err := r.run(ctx, "EXPLAIN "+p.SQL)
	if err != nil {
		return Plan{}, err
	}
	defer result.Rows.Close()
	row := make([]protocol.Value, len(result.Rows.Columns()))
	for {
		err := result.Rows.Next(row)
		if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
			return p, nil
		}
		if err != nil {
			return Plan{}, q.fail(err)
		}
		line, _ := row[0].Text()
		p.Steps = append(p.Steps, line)
	}
}

// filterOf returns the filter expression of conditions on one record.
func (s *store) filterOf(ctx context.Context, b *binding, conditions []*condition) ([]byte, error) {
	if b.engine == nil {
		return nil, errNoEngine
	}
	q := &query{store: s, source: s, conditions: conditions, allowScan: true}
	r := &running{query: q, binding: b, engine: b.engine, builder: statement{store: s}}
	text, err := r.text([]ast.SelectItem{{Expr: word("PK")}})
	if err != nil {
		return nil, err
	}
	p, args, err := r.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	access, err := b.engine.Filter(ctx, &p.run, args)
	switch {
	case err != nil:
		return nil, q.fail(err)
	case !access.Exact || access.Filter == nil:
		return nil, fmt.Errorf("mapper: %w: the servers can't check the whole condition %s; use Modify", ErrUnsupported, text)
	}
	return access.Filter.Packed, nil
}

// visibleCondition is the condition of queries for records that are not deleted.
func (s *store) visibleCondition() *condition {
	return &condition{op: opIsNull, place: binPathOf(s.plan.typ, s.plan.audit.deleted, inBin)}
}
