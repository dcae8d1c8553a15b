package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A step is a node of an explained plan.
type step struct {
	operator string // the name for JSON
	text     string
	client   bool // the client does it
	details  []detail
	counters *Counters
	inputs   []*step
}

// A detail is a line below a step.
type detail struct {
	name, text string
	value      any // for JSON, nil for the text
}

func (s *step) add(name, text string) { s.details = append(s.details, detail{name: name, text: text}) }

func (s *step) addIf(name, text string) {
	if text != "" {
		s.add(name, text)
	}
}

// An explainer makes steps of nodes.
type explainer struct{ *Analysis }

// block returns the steps of a query and, as further inputs, of its subqueries.
func (x *explainer) block(b *Block) *step {
	s := x.node(b.Root)
	for _, id := range slices.Sorted(maps.Keys(b.Subqueries)) {
		sub := &step{operator: "subquery", text: "subquery " + strconv.Itoa(id), inputs: []*step{x.block(b.Subqueries[id])}}
		s.inputs = append(s.inputs, sub)
	}
	return s
}

func (x *explainer) node(n Node) *step {
	s := x.own(n)
	s.counters = x.Counters[n]
	switch n := n.(type) {
	case *Derived:
		s.inputs = append(s.inputs, x.block(n.Query))
	default:
		for _, input := range n.Inputs() {
			s.inputs = append(s.inputs, x.node(input))
		}
	}
	return s
}

func client(operator, format string, args ...any) *step {
	return &step{operator: operator, text: fmt.Sprintf(format, args...), client: true}
}

// own returns the step of a node without its inputs.
func (x *explainer) own(n Node) *step {
	switch n := n.(type) {
	case *Scan:
		return x.scan(n)
	case *Derived:
		s := client("derived", "rows of %s", n.Relation.Name)
		s.addIf("filter", textOf(n.Conditions))
		return s
	case *Unnest:
		return unnestStep(n)
	case *OneRow:
		return client("one row", "one row")
	case *Values:
		return client("values", "values, %s", plural(len(n.Rows), "row"))
	case *Filter:
		if n.Once {
			return client("filter once", "read only if %s", textOf(n.Conditions))
		}
		return client("filter", "filter %s", textOf(n.Conditions))
	case *Join:
		return joinStep(n)
	case *Aggregate:
		return aggregateStep(n)
	case *Sort:
		s := client("sort", "sort by %s", orderText(n.Keys))
		if n.Limit != nil {
			s.text = "keep the first " + limitText(n.Limit, n.Offset) + " by " + orderText(n.Keys)
			s.operator = "top"
		} else if n.Offset != nil {
			s.text += ", skip " + n.Offset.String()
		}
		return s
	case *Limit:
		if n.Limit == nil {
			return client("limit", "skip %s", n.Offset)
		}
		return client("limit", "limit %s", limitText(n.Limit, n.Offset))
	case *Project:
		return client("compute", "compute %s", listText(n.Items))
	case *Distinct:
		return client("distinct", "distinct")
	case *SetOperation:
		text := [...]string{ast.Union: "union", ast.Except: "except", ast.Intersect: "intersect"}[n.Op]
		if n.All {
			text += " all"
		}
		return client("set operation", "%s", text)
	}
	return client("unknown", "%T", n)
}

func unnestStep(n *Unnest) *step {
	s := client("unnest", "unnest %s as %s", n.X, n.Relation.Name)
	if n.Ordinality {
		s.text += " with ordinality"
	}
	if n.Outer {
		s.text = "left " + s.text
	}
	if n.On != nil {
		s.add("on", n.On.String())
	}
	return s
}

func joinStep(n *Join) *step {
	name := [...]string{NestedLoop: "nested loop join", HashJoin: "hash join", LookupJoin: "lookup join"}[n.Method]
	if n.Method == NestedLoop && len(n.On) == 0 && !n.Outer {
		name = "cross join"
	}
	s := client(name, "%s", name)
	if n.Outer {
		s.text = "left " + s.text
	}
	var keys []string
	for i := range n.LeftKeys {
		keys = append(keys, n.LeftKeys[i].String()+" = "+n.RightKeys[i].String())
	}
	if len(keys) > 0 {
		s.text += " on " + strings.Join(keys, " AND ")
	}
	s.addIf("filter", textOf(n.On))
	return s
}

func aggregateStep(n *Aggregate) *step {
	var calls []string
	for _, c := range n.Calls {
		calls = append(calls, c.Name)
	}
	text := "aggregate " + strings.Join(calls, ", ")
	if len(calls) == 0 {
		text = "group"
	}
	if n.CountOnly {
		text = "count"
	}
	if len(n.Groups) > 0 {
		text += " by " + listText(n.Groups)
	}
	return client("aggregate", "%s", text)
}

func listText(list []bind.Expr) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = e.String()
	}
	return strings.Join(texts, ", ")
}

func orderText(keys []bind.OrderKey) string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.X.String()
		if k.Descending {
			texts[i] += " DESC"
		}
		switch {
		case k.NullsFirst && k.Descending:
			texts[i] += " NULLS FIRST"
		case !k.NullsFirst && !k.Descending:
			texts[i] += " NULLS LAST"
		}
	}
	return strings.Join(texts, ", ")
}

func limitText(limit, offset bind.Expr) string {
	if offset == nil {
		return limit.String()
	}
	return limit.String() + " after " + offset.String()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// count returns an estimated number as text.
func count(f float64) string { return strconv.FormatInt(int64(math.Ceil(f)), 10) }

// textOf returns conditions as SQL.
func textOf(list []bind.Expr) string {
	if len(list) == 0 {
		return ""
	}
	return conjunction(list).String()
}
