package querylang

import (
	"strconv"
	"strings"
)

// The first words of a plan, by access.
var (
	readVerbs   = [...]string{AccessNone: "nothing in", AccessKey: "get from", AccessKeys: "batch get from", AccessScan: "scan"}
	updateVerbs = [...]string{AccessNone: "nothing in", AccessKey: "operate on", AccessKeys: "batch operate on", AccessScan: "scan and operate on"}
	deleteVerbs = [...]string{AccessNone: "nothing in", AccessKey: "delete from", AccessKeys: "batch delete from", AccessScan: "scan and delete from"}
)

// Explain returns the plan as lines of text.
func (p *ReadPlan) Explain() []string {
	lines := p.Source.explain(readVerbs[p.Source.Access])
	if p.Source.Access == AccessNone {
		return lines
	}
	lines = append(lines, "  bins: "+p.Projection.String())
	if p.Limit != nil && p.Source.Access == AccessScan && p.Source.Filter == nil && !p.Count {
		lines = append(lines, "  max records: "+p.Limit.String())
	}
	lines = append(lines, p.Source.explainFilter()...)
	if p.Count {
		return append(lines, "  client: count")
	}
	if computed := p.computed(); computed != "" {
		lines = append(lines, "  client: compute "+computed)
	}
	if p.Limit != nil {
		lines = append(lines, "  client: limit "+p.Limit.String())
	}
	return lines
}

// computed returns the columns that are computed rather than read.
func (p *ReadPlan) computed() string {
	var names []string
	for _, c := range p.Columns {
		if _, plain := c.Expr.(*Column); !plain && c.Expr != nil {
			names = append(names, c.Expr.String())
		}
	}
	return strings.Join(names, ", ")
}

// explain returns the lines about the records' source.
func (s *Source) explain(verb string) []string {
	table := TableName{Namespace: s.Namespace, Set: s.Set}
	lines := []string{verb + " " + table.String()}
	column := "PK"
	if s.ByDigest {
		column = "__digest"
	}
	switch s.Access {
	case AccessNone:
		lines = append(lines, "  the condition is never true")
	case AccessKey:
		lines = append(lines, "  key: "+column+" = "+s.Keys[0].String())
	case AccessKeys:
		lines = append(lines, "  keys: "+column+" IN ("+list(s.Keys, Expr.String)+")")
	}
	return lines
}

func (s *Source) explainFilter() []string {
	if s.Filter == nil || s.Access == AccessNone {
		return nil
	}
	return []string{"  client: filter " + s.Filter.String()}
}

// String returns the bins that are read, and the stored user key if it is read.
func (p Projection) String() string {
	bins := list(p.Bins, quoteName)
	switch {
	case p.AllBins:
		bins = "all"
	case len(p.Bins) == 0:
		bins = "none, metadata only"
	}
	if p.UserKey {
		bins += "; stored user key"
	}
	return bins
}

// Explain returns the plan as lines of text.
func (p *InsertPlan) Explain() []string {
	verb := map[InsertVerb]string{Create: "create in", Upsert: "put into", Replace: "replace in"}[p.Verb]
	table := TableName{Namespace: p.Namespace, Set: p.Set}
	if len(p.Rows) == 1 {
		return []string{verb + " " + table.String(), "  key: PK = " + p.Rows[0].Key.String(), "  bins: " + list(p.Bins, quoteName)}
	}
	keys := list(p.Rows, func(r InsertRow) string { return r.Key.String() })
	return []string{
		"batch " + verb + " " + table.String(),
		"  rows: " + strconv.Itoa(len(p.Rows)), "  keys: PK IN (" + keys + ")", "  bins: " + list(p.Bins, quoteName),
	}
}

var binOpNames = [...]string{BinPut: "put", BinAdd: "add", BinAppend: "append", BinPrepend: "prepend"}

// String returns the operation's name.
func (o BinOp) String() string { return binOpNames[o] }

// String returns the change in the form of EXPLAIN.
func (c BinChange) String() string {
	if literal, ok := c.Value.(*Literal); ok && c.Op == BinPut && literal.Value.IsNil() {
		return "remove " + quoteName(c.Bin)
	}
	return c.Op.String() + " " + quoteName(c.Bin) + " " + c.Value.String()
}

// Explain returns the plan as lines of text.
func (p *UpdatePlan) Explain() []string {
	lines := p.Source.explain(updateVerbs[p.Source.Access])
	if p.Source.Access == AccessNone {
		return lines
	}
	lines = append(lines, "  ops: "+list(p.Changes, BinChange.String))
	return append(lines, explainGuard(&p.Source, p.Generation, p.Guarded, p.Projection)...)
}

// Explain returns the plan as lines of text.
func (p *DeletePlan) Explain() []string {
	lines := p.Source.explain(deleteVerbs[p.Source.Access])
	if p.Source.Access == AccessNone {
		return lines
	}
	return append(lines, explainGuard(&p.Source, p.Generation, p.Guarded, p.Projection)...)
}

// explainGuard returns the lines about the condition of a write.
func explainGuard(s *Source, generation Expr, guarded bool, read Projection) []string {
	var lines []string
	if generation != nil {
		lines = append(lines, "  generation: = "+generation.String())
	}
	if !guarded {
		return lines
	}
	lines = append(lines, "  client: read first, bins: "+read.String())
	lines = append(lines, s.explainFilter()...)
	return append(lines, "  client: write if the generation is unchanged, otherwise read again")
}

// Explain returns the plan as lines of text.
func (p *TruncatePlan) Explain() []string {
	return []string{"truncate " + TableName{Namespace: p.Namespace, Set: p.Set}.String()}
}

// Explain returns the plan as lines of text.
func (p *ValuesPlan) Explain() []string {
	return []string{"one row", "  client: compute " + list(p.Columns, func(c OutputColumn) string { return c.Expr.String() })}
}

// Explain returns the explained plan as lines of text.
func (p *ExplainPlan) Explain() []string { return p.Plan.Explain() }
