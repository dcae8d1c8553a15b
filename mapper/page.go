package mapper

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A Cursor is the place in a query where a page ended. It is text that can be a part of a URL. It
// belongs to the query and its values: with another query it is an error of kind [ErrCursor]. With
// [WithCursorKey] cursors are signed, and one that was changed is an error too. Otherwise the worst
// that a forged cursor does is to skip or repeat records of the query.
type Cursor string

// A Page is some of the records that a query finds.
type Page[T any] struct {
	Items []*T
	// Next is the place after the last item, or "" after the last page.
	Next Cursor
}

// ErrCursor means that a cursor is malformed, was signed with another key, or belongs to another
// query.
var ErrCursor = errors.New("the cursor is not valid for this query")

// maxPage is the greatest number of records of a page.
const maxPage = 100_000

// WithCursorKey sets the secret with which the cursors of [Query.Page] are signed. All programs
// that exchange cursors need the same one. It should have at least 16 random bytes.
func WithCursorKey(secret []byte) Option {
	return func(c *config) error {
		if len(secret) == 0 {
			return errors.New("mapper: WithCursorKey: the secret is empty")
		}
		c.cursorKey = append([]byte(nil), secret...)
		return nil
	}
}

// Page returns at most n records from a place on; the Cursor "" is the beginning. The query's Limit
// must not be set.
//
//	page, err := users.Where(U.Age.Ge(18)).OrderBy(U.Name.Asc()).Page(ctx, mapper.Cursor(fromBrowser), 50)
//
// With OrderBy a page has the next records in the order, whatever was written in between. It reads
// and sorts all records that are left. Without OrderBy a page reads not much more than its own
// records, in no particular order. Each record is in one page, unless its place in the order
// changes meanwhile. An error of one record is an error of the call.
func (q Query[T]) Page(ctx context.Context, from Cursor, n int) (Page[T], error) {
	items, next, err := q.q.pageObjects(ctx, from, n)
	return Page[T]{objectsAt[T](items), next}, err
}

// pageObjects reads a page.
func (q *query) pageObjects(ctx context.Context, from Cursor, n int) (items []unsafe.Pointer, next Cursor, err error) {
	if err := q.ready("Query.Page"); err != nil {
		return nil, "", err
	}
	next, err = q.page(ctx, from, n, func() unsafe.Pointer {
		items = append(items, q.store.newObject())
		return items[len(items)-1]
	})
	if err != nil {
		return nil, "", err
	}
	return items, next, nil
}

// page reads a page. add returns the object for the next item.
func (q *query) page(ctx context.Context, from Cursor, n int, add func() unsafe.Pointer) (Cursor, error) {
	switch {
	case q.limit != 0:
		return "", errors.New("mapper: a query with a limit has no pages: the argument n of Page is the limit")
	case n < 1 || n > maxPage:
		return "", fmt.Errorf("mapper: %w: a page has from 1 to %d records, not %d", ErrRange, maxPage, n)
	}
	if q.store.plan.readsAll() {
		return "", fmt.Errorf("mapper: %w: a type that reads all bins of a record, for option rest or WithKnownBins, has no pages; use Select with another struct", ErrUnsupported)
	}
	payload, err := q.source.openCursor(from)
	if err != nil {
		return "", err
	}
	p := &pager{query: q, want: n, add: add}
	if p.running, err = q.begin(ctx); err != nil {
		return "", err
	}
	p.items, p.columns = q.items()
	text, err := p.text(p.items)
	if err != nil {
		return "", err
	}
	p.identity = p.identityOf(text)
	last, err := parseKeyset(payload, p.identity)
	if err != nil {
		return "", err
	}
	if len(q.orders) > 0 {
		return p.ordered(ctx, last)
	}
	return p.unordered(ctx, last)
}

// A pager reads one page of a query.
type pager struct {
	*running
	query    *query
	want     int // records that are still wanted
	add      func() unsafe.Pointer
	items    []ast.SelectItem
	columns  layout
	identity []byte
}

// ordered reads the page after the row of a cursor, in the order of the query and, for equal rows,
// of the digests.
func (p *pager) ordered(ctx context.Context, last []protocol.Value) (Cursor, error) {
	if last != nil && len(last) != len(p.query.orders)+1 {
		return "", fmt.Errorf("mapper: %w", ErrCursor)
	}
	next, _, err := p.read(ctx, last)
	if err != nil || next == nil {
		return "", err
	}
	return p.seal(next)
}

// partitions is the number of partitions of a namespace.
const partitions = 4096

// unordered reads a page of a query without OrderBy. It reads ranges of partitions, one after the
// other, each in the order of the digests. A cursor has the first partition of its range, the
// number of partitions, and the last digest that was read.
func (p *pager) unordered(ctx context.Context, last []protocol.Value) (Cursor, error) {
	first, size, after := 0, 0, []protocol.Value(nil)
	if last != nil {
		var ok bool
		if first, size, after, ok = rangeOf(last); !ok {
			return "", fmt.Errorf("mapper: %w", ErrCursor)
		}
	} else {
		size = p.rangeSize(ctx)
	}
	for first < partitions {
		size = min(size, partitions-first)
		p.first, p.count = first, size
		next, found, err := p.read(ctx, after)
		if err != nil {
			return "", err
		}
		if next != nil {
			return p.seal([]protocol.Value{protocol.Int(int64(first)), protocol.Int(int64(size)), next[0]})
		}
		first, after = first+size, nil
		if p.want == 0 {
			if first == partitions {
				return "", nil
			}
			return p.seal([]protocol.Value{protocol.Int(int64(first)), protocol.Int(int64(size)), protocol.Nil()})
		}
		if found <= p.want {
			size *= 2
		}
	}
	return "", nil
}

// rangeSize returns how many partitions have about as many records as a page.
func (p *pager) rangeSize(ctx context.Context) int {
	probe := &running{query: p.query, binding: p.binding, engine: p.engine, builder: statement{store: p.query.source}}
	text, err := probe.text(p.items)
	if err != nil {
		return partitions
	}
	plan, args, err := probe.prepare(ctx, text)
	if err != nil {
		return partitions
	}
	access, err := p.engine.Access(ctx, &plan.run, args)
	if err != nil || access.Estimate <= int64(p.want) {
		return partitions
	}
	return max(1, int(partitions*int64(p.want)/access.Estimate))
}

// rangeOf returns the range of partitions and the last digest of a cursor.
func rangeOf(last []protocol.Value) (first, size int, after []protocol.Value, ok bool) {
	if len(last) != 3 {
		return 0, 0, nil, false
	}
	f, isFirst := last[0].Int()
	n, isSize := last[1].Int()
	_, isDigest := last[2].Bytes()
	if isDigest {
		after = last[2:]
	}
	ok = isFirst && isSize && f >= 0 && f < partitions && n > 0 && n <= partitions && (isDigest || last[2].IsNil())
	return int(f), int(n), after, ok
}

// read reads at most the wanted number of records after a row. It returns the keys of the last one,
// or nil if there are no more records, and the number of records.
func (p *pager) read(ctx context.Context, after []protocol.Value) (last []protocol.Value, found int, err error) {
	p.builder.args = nil
	s, err := p.statement(p.items)
	if err != nil {
		return nil, 0, err
	}
	keys, err := p.keyset(s, after)
	if err != nil {
		return nil, 0, err
	}
	s.Limit = p.builder.param(protocol.Int(int64(p.want) + 1)) // one more than needed: whether there are more
	result, err := p.run(ctx, s.String())
	if err != nil {
		return nil, 0, err
	}
	return p.addRows(ctx, result.Rows, keys)
}

// addRows sets an object for each wanted row; see read.
func (p *pager) addRows(ctx context.Context, rows *exec.Rows, keys int) (last []protocol.Value, found int, err error) {
	defer rows.Close()
	values := make([]protocol.Value, len(p.items)+keys)
	for {
		err := rows.Next(values)
		if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
			return nil, found, nil
		}
		if err != nil {
			return nil, found, p.query.fail(err)
		}
		if p.want == 0 {
			return last, found, nil
		}
		base := p.add()
		if err := p.query.store.decodeRow(base, p.columns, values, p.binding.namespace, true, nil); err != nil {
			return nil, found, err
		}
		if err := p.query.store.afterFind(ctx, base); err != nil {
			return nil, found, err
		}
		found++
		if p.want--; p.want == 0 {
			if last, err = cloneKeys(values[len(p.items):]); err != nil {
				return nil, found, fmt.Errorf("mapper: %w", err)
			}
		}
	}
}

// cloneKeys returns values that don't share the memory of a response.
func cloneKeys(values []protocol.Value) ([]protocol.Value, error) {
	packed, err := protocol.AppendMsgpack(nil, protocol.List(values...))
	if err != nil {
		return nil, err
	}
	v, err := protocol.ParseMsgpack(packed)
	clones, _ := v.List()
	return clones, err
}

// seal returns the cursor with some values.
func (p *pager) seal(values []protocol.Value) (Cursor, error) {
	payload, err := protocol.AppendMsgpack(slices.Clone(p.identity), protocol.List(values...))
	if err != nil {
		return "", fmt.Errorf("mapper: %w", err)
	}
	return p.query.source.sealCursor(payload), nil
}

// macSize is the number of bytes of the signature, or of the checksum, of a cursor.
const macSize = 16

// sealCursor returns a cursor with a payload. "" stays "".
func (s *store) sealCursor(payload []byte) Cursor {
	if len(payload) == 0 {
		return ""
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(append(s.cursorMAC(payload), payload...)))
}

// openCursor returns the payload of a cursor, empty for the beginning.
func (s *store) openCursor(c Cursor) ([]byte, error) {
	if c == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(string(c))
	if err != nil || len(data) <= macSize || !hmac.Equal(data[:macSize], s.cursorMAC(data[macSize:])) {
		return nil, fmt.Errorf("mapper: %w", ErrCursor)
	}
	return data[macSize:], nil
}

func (s *store) cursorMAC(payload []byte) []byte {
	h := sha256.New()
	if len(s.cursorKey) > 0 {
		h = hmac.New(sha256.New, s.cursorKey)
	}
	h.Write([]byte(s.set + "\x00"))
	h.Write(payload)
	return h.Sum(nil)[:macSize:macSize]
}

// identityOf returns a digest of a query and its arguments.
func (r *running) identityOf(text string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s", len(text), text)
	for _, v := range r.builder.args {
		arg := v.String()
		fmt.Fprintf(h, "%d %d:%s", v.Kind(), len(arg), arg)
	}
	return h.Sum(nil)[:macSize]
}

// keyset adds to a statement the columns of the order, and the condition for the rows after last,
// which is empty for the first page. It returns the number of columns.
func (r *running) keyset(s *ast.Query, last []protocol.Value) (columns int, err error) {
	body := s.Body.(*ast.Select)
	s.Order = append(s.Order, ast.OrderItem{Expr: word("__digest")})
	var after ast.Expr
	for i := len(s.Order) - 1; i >= 0; i-- {
		o := s.Order[i]
		if len(last) == 0 {
			continue
		}
		// The rows after last are those whose value comes later, and those with the same value that
		// come later by the other values.
		later := r.later(o, last[i])
		if after == nil {
			after = later
			continue
		}
		same := &ast.Binary{Op: ast.OpNotDistinctFrom, X: o.Expr, Y: r.builder.param(last[i])}
		after = &ast.Binary{Op: ast.OpOr, X: later, Y: &ast.Binary{Op: ast.OpAnd, X: same, Y: after}}
	}
	for i, o := range s.Order {
		body.Items = append(body.Items, ast.SelectItem{Expr: o.Expr, Alias: ast.Name{Text: "order " + strconv.Itoa(i), Quote: '`'}})
	}
	switch {
	case after != nil && body.Where != nil:
		body.Where = &ast.Binary{Op: ast.OpAnd, X: body.Where, Y: after}
	case after != nil:
		body.Where = after
	}
	return len(s.Order), nil
}

// later returns the condition that a value comes after v in an order. NULL is the least value.
func (r *running) later(o ast.OrderItem, v protocol.Value) ast.Expr {
	switch {
	case v.IsNil() && o.Descending:
		return &ast.Literal{Value: protocol.Bool(false)}
	case v.IsNil():
		return &ast.Is{X: o.Expr, Test: ast.IsNull, Not: true}
	case o.Descending:
		less := &ast.Binary{Op: ast.OpLess, X: o.Expr, Y: r.builder.param(v)}
		return &ast.Binary{Op: ast.OpOr, X: less, Y: &ast.Is{X: o.Expr, Test: ast.IsNull}}
	}
	return &ast.Binary{Op: ast.OpGreater, X: o.Expr, Y: r.builder.param(v)}
}

// parseKeyset returns the values of a cursor, nil for the beginning.
func parseKeyset(payload, identity []byte) ([]protocol.Value, error) {
	if len(payload) == 0 {
		return nil, nil
	}
	invalid := fmt.Errorf("mapper: %w", ErrCursor)
	if len(payload) < macSize || !hmac.Equal(payload[:macSize], identity) {
		return nil, invalid
	}
	v, err := protocol.ParseMsgpack(payload[macSize:])
	values, ok := v.List()
	if err != nil || !ok || len(values) == 0 {
		return nil, invalid
	}
	return values, nil
}
