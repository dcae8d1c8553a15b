package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/querylang/bind"
)

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
		s.bins(n.Point.Bins, n.Point.AllBins, false, false)
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
	switch a.Sets {
	case OnlyUnnamed:
		s.add("client: filter", "records without a set")
	case AllSets:
		s.add("client: filter", "no declarations of tables")
	}
	if a.Filter != nil {
		s.addFilter(n, a)
	}
	s.bins(a.Bins, a.AllBins, a.UserKey, slices.ContainsFunc(a.Reads, func(r Read) bool { return r.Extract }))
	s.operations(n, a)
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
func (s *step) addFilter(n *Scan, a *Access) {
	exact := ""
	if !a.Exact {
		exact = ", checked again below"
	}
	shown := !hasParam(a.Pushed) && !hasParam(a.Residual)
	if len(a.Pushed) > 0 {
		s.add("server filter", textOf(a.Pushed)+exact)
	} else if len(n.Elements) == 0 {
		s.add("server filter", "a superset of the condition")
	}
	for _, e := range n.Elements {
		shown = shown && !hasParam(e.Conditions)
		s.add("server filter", "an element of "+e.X.String()+" for which "+textOf(e.Conditions)+", checked again above")
	}
	if shown {
		s.add("expression", a.Filter.Text())
	}
}

// hasParam reports whether conditions have values that EXPLAIN does not know, or does not show.
func hasParam(list []bind.Expr) bool {
	found := false
	for _, e := range list {
		bind.Walk(e, func(x bind.Expr) {
			switch x := x.(type) {
			case *bind.Param, *bind.Scalar, *bind.InQuery:
				found = true
			case *bind.Exists:
				elements, ok := elementsOf(x.Query.Query)
				found = found || !ok || hasParam(elements.Conditions)
			}
		})
	}
	return found
}

// bins adds what is read of each record, besides parts of bins.
func (s *step) bins(bins []string, all, userKey, parts bool) {
	text := strings.Join(bins, ", ")
	switch {
	case all:
		text = "all"
	case len(bins) == 0 && parts:
		text = "none"
	case len(bins) == 0:
		text = "none, metadata only"
	}
	if userKey {
		text += "; stored user key"
	}
	s.add("bins", text)
}

// operations adds what the servers compute for each record, and what the client computes of it.
func (s *step) operations(n *Scan, a *Access) {
	last := -1
	for _, r := range a.Reads {
		switch {
		case !r.Extract:
			s.add("operation", n.Relation.Columns[r.Column].Name)
		case r.Column != last:
			s.add("operation", n.Extracts.Exprs[r.Column].String())
			last = r.Column
		}
	}
	for _, i := range a.Local {
		s.add("client: compute", n.Extracts.Exprs[i].String())
	}
}

func setText(r *bind.Relation) string {
	text := r.Namespace + "." + r.Set
	switch {
	case r.Whole:
		text = "all sets of " + r.Namespace
	case r.Set == "":
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
