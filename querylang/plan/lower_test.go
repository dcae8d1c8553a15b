package plan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A fakeEnvironment has given indexes.
type fakeEnvironment struct {
	indexes  []Index
	records  int64
	integers bool
	off      Rules
}

func (e *fakeEnvironment) Indexes(string, string) ([]Index, int64) { return e.indexes, e.records }
func (e *fakeEnvironment) ServerVersion() function.Version         { return function.Version{8, 1, 2} }
func (e *fakeEnvironment) PushDown(r Rule) bool                    { return !e.off.Has(r) }
func (e *fakeEnvironment) IntegersOnly() bool                      { return e.integers }

// The columns of the set of the tests: undeclared bins a and b, a declared INTEGER d, a list, a
// map, and the pseudo columns.
const (
	columnA = iota
	columnB
	columnD
	columnList
	columnMap
	columnPK
	columnDigest
	columnCount
)

func testRelation() *bind.Relation {
	r := &bind.Relation{Name: "t", IsSet: true, Namespace: "test", Set: "t"}
	r.Columns = []bind.RelationColumn{
		{Name: "a", Bin: "a", Kinds: function.Any}, {Name: "b", Bin: "b", Kinds: function.Any},
		{Name: "d", Bin: "d", Type: function.Type{Family: function.Integers}, Kinds: function.Integer | function.Null},
		{Name: "l", Bin: "l", Kinds: function.Any}, {Name: "m", Bin: "m", Kinds: function.Any},
		{Name: "PK", Pseudo: bind.PrimaryKey, Kinds: function.Any}, {Name: "__digest", Pseudo: bind.Digest, Kinds: function.Blob},
	}
	return r
}

func columnOf(r *bind.Relation, i int) *bind.Column {
	return &bind.Column{Relation: r, Index: i, Slot: i, Name: r.Columns[i].Name, Of: r.Columns[i].Type, Can: r.Columns[i].Kinds}
}

func constOf(v protocol.Value) bind.Expr { return &bind.Const{Value: v} }

func intConst(n int64) bind.Expr { return constOf(protocol.Int(n)) }

func testEnv(args ...protocol.Value) *bind.Env {
	return &bind.Env{Row: make([]protocol.Value, columnCount), Run: &bind.Run{Args: args, Sets: make([]*function.Set, 8), Patterns: make([]*function.Pattern, 8)}}
}

func numericIndex(name, bin string) Index {
	return Index{Name: name, Bin: bin, Type: NumericIndex, Entries: 1000, PerValue: 10}
}

func stringIndex(name, bin string) Index {
	return Index{Name: name, Bin: bin, Type: StringIndex, Entries: 1000, PerValue: 10}
}

func testIndexes() []Index {
	return []Index{
		numericIndex("a_num", "a"), stringIndex("a_str", "a"), numericIndex("b_num", "b"), stringIndex("b_str", "b"),
		{Name: "b_blob", Bin: "b", Type: BlobIndex, Entries: 1000}, numericIndex("d_num", "d"),
		{Name: "l_str", Bin: "l", Type: StringIndex, Collection: protocol.IndexList},
		{Name: "l_num", Bin: "l", Type: NumericIndex, Collection: protocol.IndexList},
		{Name: "m_x", Bin: "m", Type: StringIndex, Context: cdt.In(cdt.MapKey("x"))},
	}
}

// indexed reports whether a record is among those that ranges find.
func indexed(ranges []IndexRange, row []protocol.Value) bool {
	columns := map[string]int{"a": columnA, "b": columnB, "d": columnD}
	for i := range ranges {
		r := &ranges[i]
		v := row[columns[r.Index.Bin]]
		switch r.Index.Type {
		case NumericIndex:
			n, ok := v.Int()
			first, _ := r.Begin.Int()
			last, _ := r.End.Int()
			if ok && v.Kind() == protocol.KindInt && first <= n && n <= last {
				return true
			}
		case StringIndex, BlobIndex:
			if v.Kind() == r.Begin.Kind() && protocol.Equal(v, r.Begin) {
				return true
			}
		}
	}
	return false
}

// TestLowerLosesNoRows evaluates random conditions on records of all kinds of values: the access
// must contain every record for which the condition is true, with floats in the bins and, if the
// environment promises that there are none, without.
func TestLowerLosesNoRows(t *testing.T) {
	r := testRelation()
	methods := make(map[Method]int)
	for seed := range uint64(6000) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), relation: r}
		e := g.condition(3)
		environment := &fakeEnvironment{indexes: testIndexes(), records: 100_000, integers: seed%3 == 0}
		s := &Scan{Relation: r, Conditions: split(nil, []bind.Expr{e}, ast.OpAnd, true)}
		access, err := Lower(s, testEnv(), environment)
		require.NoError(t, err)
		methods[access.Method]++
		requireNoRowLost(t, e, access, environment.integers)
	}
	require.Positive(t, methods[IndexScan])
	require.Positive(t, methods[SetScan])
	require.Positive(t, methods[Nothing])
	t.Log(methods)
}

func requireNoRowLost(t *testing.T, e bind.Expr, access *Access, integersOnly bool) {
	if access.Method == SetScan {
		return
	}
	env := testEnv()
	for _, a := range universe {
		for _, b := range universe {
			if integersOnly && (a.Kind() == protocol.KindFloat || b.Kind() == protocol.KindFloat) {
				continue
			}
			for _, d := range declaredUniverse {
				env.Row[columnA], env.Row[columnB], env.Row[columnD] = a, b, d
				if truth, _ := e.Eval(env).Bool(); !truth {
					continue
				}
				found := access.Method == IndexScan && indexed(access.Ranges, env.Row) &&
					(len(access.Both) == 0 || indexed(access.Both, env.Row))
				require.True(t, found, "%s loses a=%v b=%v d=%v: %s", e, a, b, d, rangesText(access.Ranges))
			}
		}
	}
}

// TestNumericIndexNeedsIntegers holds the rule for numeric indexes: they have no floats, so they
// are used only for declared columns, or if the environment promises that there are none.
func TestNumericIndexNeedsIntegers(t *testing.T) {
	r := testRelation()
	greater := func(column int) *Scan {
		return &Scan{Relation: r, Conditions: []bind.Expr{&bind.Compare{Op: ast.OpGreater, X: columnOf(r, column), Y: constOf(protocol.Float(1.5))}}}
	}
	for _, c := range []struct {
		column   int
		promise  bool
		method   Method
		rejected bool
	}{
		{columnA, false, SetScan, true}, {columnA, true, IndexScan, false}, {columnD, false, IndexScan, false},
	} {
		access, err := Lower(greater(c.column), testEnv(), &fakeEnvironment{indexes: testIndexes(), records: 100_000, integers: c.promise})
		require.NoError(t, err)
		require.Equal(t, c.method, access.Method)
		if c.method == IndexScan {
			require.Equal(t, "2", access.Ranges[0].Begin.String()) // the first integer above 1.5
		}
		if c.rejected {
			require.Equal(t, MayHaveFloats, access.Rejected[0].Why)
		}
	}
}

func key(v any) protocol.Key { return protocol.MustKey("test", "t", v) }

func digestConst(v any) bind.Expr {
	d := key(v).Digest()
	return constOf(protocol.Blob(d[:]))
}

// TestKeys lowers conditions on the key.
func TestKeys(t *testing.T) {
	r := testRelation()
	pk, digest, a := columnOf(r, columnPK), columnOf(r, columnDigest), columnOf(r, columnA)
	is := func(v any) bind.Expr {
		return &bind.Compare{Op: ast.OpEqual, X: pk, Y: constOf(protocol.ValueOf(v)), ByKey: true}
	}
	isNot := func(v any) bind.Expr {
		return &bind.Compare{Op: ast.OpNotEqual, X: pk, Y: constOf(protocol.ValueOf(v)), ByKey: true}
	}
	in := func(values ...any) bind.Expr {
		e := &bind.In{X: pk, ByKey: true}
		for _, v := range values {
			e.List = append(e.List, constOf(protocol.ValueOf(v)))
		}
		return e
	}
	notIn := func(values ...any) bind.Expr {
		e := *in(values...).(*bind.In)
		e.Not = true
		return &e
	}
	isDigest := func(v any) bind.Expr { return &bind.Compare{Op: ast.OpEqual, X: digest, Y: digestConst(v)} }
	aIs := &bind.Compare{Op: ast.OpEqual, X: a, Y: intConst(2)}
	or := func(list ...bind.Expr) bind.Expr { return &bind.Logic{Op: ast.OpOr, Operands: list} }
	and := func(list ...bind.Expr) bind.Expr { return &bind.Logic{Op: ast.OpAnd, Operands: list} }
	not := func(e bind.Expr) bind.Expr { return &bind.Not{X: e} }
	param := &bind.Param{Index: 0, Text: "?"}
	for name, c := range map[string]struct {
		conditions []bind.Expr
		keys       []any // nil for a scan
		residual   int
	}{
		"one":                {[]bind.Expr{is(1)}, []any{1}, 0},
		"mirrored":           {[]bind.Expr{&bind.Compare{Op: ast.OpEqual, X: intConst(1), Y: pk, ByKey: true}}, []any{1}, 0},
		"and another":        {[]bind.Expr{is(1), aIs}, []any{1}, 1},
		"another first":      {[]bind.Expr{aIs, is(1)}, []any{1}, 1},
		"in":                 {[]bind.Expr{in(3, 1, 3, 2)}, []any{3, 1, 2}, 0},
		"in with NULL":       {[]bind.Expr{in(3, nil)}, []any{3}, 0},
		"in with no key":     {[]bind.Expr{in("", 3, true, 1.5)}, []any{3}, 0},
		"in nothing":         {[]bind.Expr{in()}, []any{}, 0},
		"or":                 {[]bind.Expr{or(is(1), is("x"), in(1, 2))}, []any{1, "x", 2}, 0},
		"or with another":    {[]bind.Expr{or(is(1), aIs)}, nil, 1},
		"or of ands":         {[]bind.Expr{or(and(is(1), aIs), is(2))}, []any{1, 2}, 1},
		"contradiction":      {[]bind.Expr{is(1), is(2)}, []any{}, 0},
		"types differ":       {[]bind.Expr{is(1), is("1")}, []any{}, 0},
		"intersection":       {[]bind.Expr{in(1, 2, 3), in(3, 2, 9)}, []any{2, 3}, 0},
		"not":                {[]bind.Expr{in(1, 2, 3), isNot(2)}, []any{1, 3}, 1},
		"NOT x =":            {[]bind.Expr{in(1, 2, 3), not(is(2))}, []any{1, 3}, 1},
		"not in":             {[]bind.Expr{in(1, 2, 3), notIn(2, 3)}, []any{1}, 1},
		"not in NULL":        {[]bind.Expr{in(1, 2, 3), notIn(2, nil)}, []any{}, 0},
		"not (or)":           {[]bind.Expr{in(1, 2, 3), not(or(is(1), is(2)))}, []any{3}, 1},
		"only not":           {[]bind.Expr{isNot(1)}, nil, 1},
		"NULL":               {[]bind.Expr{is(nil)}, []any{}, 0},
		"no key":             {[]bind.Expr{is("")}, []any{}, 0},
		"digest":             {[]bind.Expr{isDigest(1)}, []any{1}, 0},
		"digest and key":     {[]bind.Expr{isDigest(1), in(2, 1)}, []any{1}, 0},
		"key and digest":     {[]bind.Expr{in(2, 1), isDigest(1)}, []any{1}, 0},
		"digest or key":      {[]bind.Expr{or(isDigest(1), is(2), is(1))}, []any{1, 2}, 0},
		"other digest":       {[]bind.Expr{isDigest(1), is(2)}, []any{}, 0},
		"short digest":       {[]bind.Expr{&bind.Compare{Op: ast.OpEqual, X: digest, Y: constOf(protocol.Blob([]byte{1}))}}, []any{}, 0},
		"parameter":          {[]bind.Expr{&bind.In{X: pk, ByKey: true, List: []bind.Expr{param, intConst(9)}}}, []any{5, "six", 9}, 0},
		"parameter is list":  {[]bind.Expr{&bind.Compare{Op: ast.OpEqual, X: pk, Y: param, ByKey: true}}, []any{}, 0},
		"constant false":     {[]bind.Expr{is(1), constOf(protocol.Bool(false))}, []any{}, 0},
		"constant true":      {[]bind.Expr{constOf(protocol.Bool(true)), is(1)}, []any{1}, 0},
		"impossible besides": {[]bind.Expr{&bind.Compare{Op: ast.OpEqual, X: a, Y: constOf(protocol.Value{})}}, []any{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			env := testEnv(protocol.List(protocol.Int(5), protocol.String("six")))
			access, err := Lower(&Scan{Relation: r, Conditions: c.conditions}, env, &fakeEnvironment{records: -1})
			require.NoError(t, err)
			if c.keys == nil {
				require.Equal(t, SetScan, access.Method)
				return
			}
			require.Equal(t, [...]Method{Nothing, OneKey, Keys, Keys}[len(c.keys)], access.Method)
			for i, want := range c.keys {
				require.Equal(t, key(want).Digest(), access.Keys[i].Digest())
			}
			require.Len(t, access.Keys, len(c.keys))
			if c.residual == 0 {
				require.Empty(t, access.Residual)
			}
			without, err := Lower(&Scan{Relation: r, Conditions: c.conditions}, env, &fakeEnvironment{records: -1, off: 1 << KeyRule})
			require.NoError(t, err)
			require.Contains(t, []Method{Nothing, SetScan}, without.Method)
		})
	}
}

// TestIndexChoice lowers conditions with indexes of all kinds.
func TestIndexChoice(t *testing.T) {
	r := testRelation()
	a, b, d := columnOf(r, columnA), columnOf(r, columnB), columnOf(r, columnD)
	text := func(s string) bind.Expr { return constOf(protocol.String(s)) }
	compare := func(op ast.Operator, x, y bind.Expr) bind.Expr { return &bind.Compare{Op: op, X: x, Y: y} }
	equal := func(x, y bind.Expr) bind.Expr { return compare(ast.OpEqual, x, y) }
	or := func(list ...bind.Expr) bind.Expr { return &bind.Logic{Op: ast.OpOr, Operands: list} }
	in := func(x bind.Expr, list ...bind.Expr) bind.Expr { return &bind.In{X: x, List: list} }
	contains := compare(ast.OpContains, columnOf(r, columnList), text("go"))
	path := &bind.Path{X: columnOf(r, columnMap), Steps: []bind.Expr{text("x")}}
	for name, c := range map[string]struct {
		conditions []bind.Expr
		want       string // index[begin,end] of each range, "" for a scan
	}{
		"string":                {[]bind.Expr{equal(a, text("x"))}, "a_str[x]"},
		"like without wildcard": {[]bind.Expr{&bind.Match{X: a, Pattern: text("x")}}, "a_str[x]"},
		"like prefix":           {[]bind.Expr{&bind.Match{X: a, Pattern: text("x%")}}, ""},
		"strings in":            {[]bind.Expr{in(a, text("x"), text("y"), text("x"))}, "a_str[x] a_str[y]"},
		"range":                 {[]bind.Expr{compare(ast.OpGreater, d, intConst(5)), compare(ast.OpLessEqual, d, intConst(7))}, "d_num[6,7]"},
		"between":               {[]bind.Expr{&bind.Between{X: d, Low: constOf(protocol.Float(1.5)), High: constOf(protocol.Float(3.5))}}, "d_num[2,3]"},
		"float equality":        {[]bind.Expr{equal(d, constOf(protocol.Float(1)))}, "d_num[1,1]"},
		"adjacent in":           {[]bind.Expr{in(d, intConst(3), intConst(1), intConst(2), intConst(9))}, "d_num[1,3] d_num[9,9]"},
		"overlapping or":        {[]bind.Expr{or(&bind.Between{X: d, Low: intConst(1), High: intConst(5)}, &bind.Between{X: d, Low: intConst(4), High: intConst(8)})}, "d_num[1,8]"},
		"or of two":             {[]bind.Expr{or(equal(a, text("x")), equal(d, intConst(1)))}, "a_str[x] d_num[1,1]"},
		"or with no index":      {[]bind.Expr{or(equal(a, text("x")), equal(columnOf(r, columnList), text("y")))}, ""},
		"mixed types":           {[]bind.Expr{in(a, text("x"), constOf(protocol.Bool(true)))}, ""},
		"best of two":           {[]bind.Expr{&bind.Between{X: d, Low: intConst(1), High: intConst(500)}, equal(b, text("y"))}, "b_str[y]"},
		"null":                  {[]bind.Expr{&bind.Is{X: a, Test: ast.IsNull}}, ""},
		"list element":          {[]bind.Expr{contains}, "l_str[go]"},
		"list elements":         {[]bind.Expr{contains, compare(ast.OpContains, columnOf(r, columnList), text("sql"))}, "l_str[go]"},
		"number in list":        {[]bind.Expr{compare(ast.OpContains, columnOf(r, columnList), intConst(1))}, ""},
		"path":                  {[]bind.Expr{equal(path, text("y"))}, "m_x[y]"},
		"empty string":          {[]bind.Expr{equal(a, text(""))}, ""},
		"branches with and": {[]bind.Expr{or(
			&bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{equal(a, text("x")), equal(b, intConst(1))}},
			&bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{equal(a, text("y")), equal(b, intConst(2))}},
		)}, "a_str[x] a_str[y]"},
	} {
		t.Run(name, func(t *testing.T) {
			access, err := Lower(&Scan{Relation: r, Conditions: c.conditions}, testEnv(), &fakeEnvironment{indexes: testIndexes(), records: 100_000, off: 1 << IntersectionRule})
			require.NoError(t, err)
			require.Equal(t, c.want, rangesString(access.Ranges))
		})
	}
}

func rangesString(ranges []IndexRange) string {
	s := ""
	for i := range ranges {
		r := &ranges[i]
		if i > 0 {
			s += " "
		}
		begin, isText := r.Begin.Text()
		if isText {
			s += fmt.Sprintf("%s[%s]", r.Index.Name, begin)
		} else {
			s += fmt.Sprintf("%s[%v,%v]", r.Index.Name, r.Begin, r.End)
		}
	}
	return s
}
