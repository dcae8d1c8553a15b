package plan

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// markNeeded sets which columns the operators above each scan of a block read, and the points.
func markNeeded(root Node, scans []*Scan) {
	needed := make(map[columnID]bool)
	usesContext := false
	walkNodes(root, func(n Node) {
		eachExpression(n, func(e bind.Expr) {
			usesContext = usesContext || readsContext(e)
			EachColumn(e, func(c *bind.Column) { needed[idOf(c)] = true })
		})
		if j, ok := n.(*Join); ok {
			needKeyDigests(j, needed)
		}
	})
	for _, s := range scans {
		for i := range s.Relation.Columns {
			if needed[columnID{s.Relation, i}] {
				s.Needed = append(s.Needed, i)
			}
		}
		if s.Point = pointOf(s); s.Point != nil {
			s.Point.Context = s.Point.Context || usesContext
		}
	}
}

// readsContext reports whether an expression has a function that reads the [function.Context], such
// as NOW().
func readsContext(e bind.Expr) bool {
	found := false
	bind.Walk(e, func(x bind.Expr) {
		c, ok := x.(*bind.Call)
		found = found || ok && c.Function != nil && (c.Function.Stable || c.Function.Volatile)
	})
	return found
}

// needKeyDigests marks the digests of the records that a join compares by them.
func needKeyDigests(j *Join, needed map[columnID]bool) {
	mark := func(e bind.Expr, set *bind.Relation) {
		c := userKeyColumn(e)
		if c == nil || set != nil && !bind.SameSet(c.Relation, set) {
			return
		}
		if k := keyColumnOf(c); k != nil {
			needed[idOf(k.Digest)] = true
		}
	}
	if j.Method == LookupJoin {
		mark(j.LeftKeys[0], nil)
		return
	}
	for i, r := range j.KeySets {
		if r != nil {
			mark(j.LeftKeys[i], r)
			mark(j.RightKeys[i], r)
		}
	}
}

// eachExpression calls f for the expressions that a node evaluates on rows, except for the
// conditions of a Scan.
func eachExpression(n Node, f func(bind.Expr)) {
	all := func(list []bind.Expr) {
		for _, e := range list {
			f(e)
		}
	}
	switch n := n.(type) {
	case *Derived:
		all(n.Conditions)
	case *Unnest:
		f(n.X)
		if n.On != nil {
			f(n.On)
		}
	case *Values:
		for _, row := range n.Rows {
			all(row)
		}
	case *Filter:
		all(n.Conditions)
	case *Join:
		all(n.LeftKeys)
		all(n.RightKeys)
		all(n.On)
	case *Aggregate:
		all(n.Groups)
		for _, c := range n.Calls {
			callExpressions(c, f)
		}
	case *Sort:
		for _, k := range n.Keys {
			f(k.X)
		}
	case *Project:
		all(n.Items)
	}
}

func callExpressions(c *bind.AggregateCall, f func(bind.Expr)) {
	if c.Arg != nil {
		f(c.Arg)
	}
	if c.Filter != nil {
		f(c.Filter)
	}
	for _, e := range c.Constants {
		f(e)
	}
	for _, k := range c.Order {
		f(k.X)
	}
}

// pointOf returns the plan of a scan that reads one key in every run, or nil.
func pointOf(s *Scan) *Point {
	if s.Partitions != nil || s.Sample != nil || s.Extracts != nil {
		return nil
	}
	for i, e := range s.Conditions {
		c, ok := e.(*bind.Compare)
		if !ok || c.Op != ast.OpEqual || !c.ByKey && s.Relation.Table == nil {
			continue
		}
		key := c.Y
		if userKeyColumn(c.X) == nil {
			if userKeyColumn(c.Y) == nil {
				continue
			}
			key = c.X
		}
		if allConstant([]bind.Expr{key}) {
			p := &Point{Key: key, Conditions: slices.Delete(slices.Clone(s.Conditions), i, i+1), AllBins: s.Star}
			if p.setBins(s) {
				return p
			}
		}
		return nil
	}
	return nil
}

// setBins sets the bins to read. It returns false if a column needs an expression on the server.
func (p *Point) setBins(s *Scan) bool {
	p.Context = readsContext(p.Key) || slices.ContainsFunc(p.Conditions, readsContext)
	columns := columnsRead(s, p.Conditions)
	for i, c := range s.Relation.Columns {
		switch {
		case !columns[i]:
		case c.Pseudo == bind.LastUpdate || c.Pseudo == bind.RecordSize:
			return false
		case c.Pseudo == bind.TimeToLive:
			p.Context = true
		case c.Pseudo == bind.Digest:
			p.Digest = true
		case c.Pseudo == bind.NoPseudo:
			p.Bins = append(p.Bins, c.Bin)
		}
	}
	if p.AllBins {
		p.Bins = nil
	}
	return true
}

// columnsRead returns which columns of a scan's relation are read: those that are needed above, and
// those of conditions that the client checks.
func columnsRead(s *Scan, conditions []bind.Expr) []bool {
	read := make([]bool, len(s.Relation.Columns))
	for _, i := range s.Needed {
		read[i] = true
	}
	for _, e := range conditions {
		EachColumn(e, func(c *bind.Column) {
			if c.Relation == s.Relation {
				read[c.Index] = true
			}
		})
	}
	return read
}
