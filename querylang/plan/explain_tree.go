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

// scan returns the step of a Scan with its access, if it is known.
func (x *explainer) scan(n *Scan) *step {
	a := x.Accesses[n]
	s := &step{operator: "scan", text: "read " + setText(n.Relation)}
	switch {
	case a != nil:
		s.access(n, a)
	case n.Point != nil:
		s.operator, s.text = "get", "get from "+setText(n.Relation)
		s.add("key", keyName(n.Relation)+" = "+n.Point.Key.String())
		s.bins(n.Point.Bins, n.Point.AllBins, false)
		s.addIf("client: filter", textOf(n.Point.Conditions))
	default:
		s.addIf("condition", textOf(n.Conditions))
		if n.Limit != nil {
			s.add("limit", limitText(n.Limit, n.Offset))
		}
	}
	return s
}

// The first words of a scan, by method.
var methodTexts = [...]string{
	Nothing: "nothing from", OneKey: "get from", Keys: "batch get from", IndexScan: "index query of", SetScan: "scan",
}

func (s *step) access(n *Scan, a *Access) {
	s.operator, s.text = strings.TrimSuffix(strings.TrimSuffix(methodTexts[a.Method], " from"), " of"), methodTexts[a.Method]+" "+setText(n.Relation)
	switch a.Method {
	case Nothing:
		s.add("reason", "the condition is never true")
		return
	case OneKey, Keys:
		s.addIf("key", textOf(a.KeyConditions))
		if len(a.Keys) > 1 {
			s.details = append(s.details, detail{"keys", strconv.Itoa(len(a.Keys)), len(a.Keys)})
		}
	case IndexScan:
		s.add("ranges", rangesText(a.Ranges))
		if len(a.Both) > 0 {
			s.add("intersected with", rangesText(a.Both))
		}
	}
	if a.Partitions != nil && a.Method >= IndexScan {
		s.add("partitions", partitionsText(a.Partitions))
	}
	if a.OnlyUnnamed {
		s.add("client: filter", "records without a set")
	}
	if a.Filter != nil {
		s.addFilter(a)
	}
	s.bins(a.Bins, a.AllBins, a.UserKey)
	for _, r := range a.Reads {
		s.add("operation", n.Relation.Columns[r.Column].Name)
	}
	if a.MaxRecords > 0 {
		s.details = append(s.details, detail{"max records", strconv.FormatInt(a.MaxRecords, 10), a.MaxRecords})
	}
	if a.Estimate >= 0 {
		s.details = append(s.details, detail{"estimate", plural(int(a.Estimate), "record"), a.Estimate})
	}
	s.addIf("client: filter", textOf(a.Residual))
	for _, r := range a.Rejected {
		s.add("not taken", r.String())
	}
}

// addFilter adds the server's filter. Its own form has the values of arguments, so it is shown only
// for conditions without any.
func (s *step) addFilter(a *Access) {
	exact := ""
	if !a.Exact {
		exact = ", checked again below"
	}
	if len(a.Pushed) > 0 {
		s.add("server filter", textOf(a.Pushed)+exact)
	} else {
		s.add("server filter", "a superset of the condition")
	}
	if !hasParam(a.Pushed) && !hasParam(a.Residual) {
		s.add("expression", a.Filter.Text)
	}
}

func hasParam(list []bind.Expr) bool {
	found := false
	for _, e := range list {
		walkExpr(e, func(x bind.Expr) {
			switch x.(type) {
			case *bind.Param, *bind.Scalar, *bind.InQuery:
				found = true
			}
		})
	}
	return found
}

// bins adds what is read of each record.
func (s *step) bins(bins []string, all, userKey bool) {
	text := strings.Join(bins, ", ")
	switch {
	case all:
		text = "all"
	case len(bins) == 0:
		text = "none, metadata only"
	}
	if userKey {
		text += "; stored user key"
	}
	s.add("bins", text)
}

func setText(r *bind.Relation) string {
	text := r.Namespace + "." + r.Set
	if r.Set == "" {
		text = "the records of " + r.Namespace + " without a set"
	}
	if r.Name != "" && r.Name != r.Set {
		text += " as " + r.Name
	}
	return text
}

func keyName(r *bind.Relation) string {
	for _, c := range r.Columns {
		if c.Pseudo == bind.PrimaryKey {
			return c.Name
		}
	}
	return "PK"
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

// partitionsText returns ranges of partitions, abbreviated if there are many.
func partitionsText(list []Partitions) string {
	var texts []string
	for i, p := range list {
		if i == 8 {
			texts = append(texts, fmt.Sprintf("... (%d in all)", len(list)))
			break
		}
		if p.First == p.Last {
			texts = append(texts, strconv.Itoa(p.First))
		} else {
			texts = append(texts, fmt.Sprintf("%d..%d", p.First, p.Last))
		}
	}
	return strings.Join(texts, ", ")
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

// rangesText describes ranges: the indexes, each with its condition.
func rangesText(ranges []IndexRange) string {
	var parts []string
	for i := 0; i < len(ranges); {
		n := 1
		for i+n < len(ranges) && ranges[i+n].Index.Name == ranges[i].Index.Name {
			n++
		}
		part := "index " + ranges[i].Index.Name + ": " + ranges[i].Condition.String()
		if n > 1 {
			part += fmt.Sprintf(" (%d ranges)", n)
		}
		parts = append(parts, part)
		i += n
	}
	return strings.Join(parts, "; ")
}

// String returns the access and the reason.
func (a *Alternative) String() string {
	text := "scan"
	if a.Ranges != nil {
		text = rangesText(a.Ranges)
	}
	switch a.Why {
	case ScanCheaper:
		return text + ": it reads " + count(a.Records) + " records, a scan is cheaper"
	case MayHaveFloats:
		return text + ": the bin can hold floats, which the index does not have; declare it as INTEGER, or set index_numbers = 'integers'"
	case OnlyEqual:
		return text + ": the index finds only equal values"
	case ManyRanges:
		return text + ": too many ranges"
	}
	return text + ": " + count(a.Records) + " records"
}
