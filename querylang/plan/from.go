package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A fromPlanner plans the FROM and WHERE of a block.
type fromPlanner struct {
	*planner
	options map[string]bind.Expr
	star    []*bind.Relation
	scans   []*Scan
}

// plan returns the node that fills the frame of a block with the rows that meet its WHERE.
func (f *fromPlanner) plan(from []bind.From, where bind.Expr) (Node, error) {
	conjuncts := conjunctsOf(where)
	if len(from) == 0 {
		return filtered(&OneRow{}, conjuncts), nil
	}
	n, err := f.group(from, conjuncts)
	if err != nil {
		return nil, err
	}
	if s, ok := n.(*Scan); ok {
		// A condition without columns is checked when the scan is lowered.
		s.Conditions = append(take(conjuncts, func(c *conjunct) bool { return c.fixed() }), s.Conditions...)
	}
	return filtered(n, conjuncts), nil
}

// fixed reports whether a conjunct has one result for all rows.
func (c *conjunct) fixed() bool { return !c.nature.row && !c.nature.volatile }

// filtered adds the conjuncts that no operator has yet. Those that do not depend on the row decide
// once whether the input is read.
func filtered(n Node, conjuncts []*conjunct) Node {
	once := take(conjuncts, (*conjunct).fixed)
	if rest := take(conjuncts, func(*conjunct) bool { return true }); len(rest) > 0 {
		n = &Filter{Input: n, Conditions: rest}
	}
	if len(once) > 0 {
		n = &Filter{Input: n, Conditions: once, Once: true}
	}
	return n
}

// An item is one of several relations, or groups of them, that are joined in an order that the
// planner chooses.
type item struct {
	node      Node
	relations relationSet
	// unnest is an UNNEST that reads other relations, needs. It has no node.
	unnest *bind.Source
	needs  relationSet
	rank   int
}

// The ranks of items: those that return few rows come first.
const (
	rankKey       = iota // one key
	rankKeys             // several keys, or a constant list
	rankEqual            // a column equals a constant
	rankCondition        // other conditions
	rankAll
)

// A group is the items of a FROM that are joined with inner and cross joins, and all conditions on
// them.
type group struct {
	*fromPlanner
	items     []*item
	conjuncts []*conjunct
	// pending are the sources and outer joins whose conjuncts are not all known yet.
	pending []bind.From
}

// group plans items of FROM. It marks the conjuncts that it uses. What is left reads no relation.
func (f *fromPlanner) group(from []bind.From, conjuncts []*conjunct) (Node, error) {
	g := &group{fromPlanner: f, conjuncts: conjuncts}
	for _, x := range from {
		g.flatten(x)
	}
	g.addImplied()
	for _, x := range g.pending {
		if err := g.addItem(x); err != nil {
			return nil, err
		}
	}
	g.demandElements()
	n := g.join()
	if rest := take(g.conjuncts, func(c *conjunct) bool { return c.nature.row && len(c.relations) > 0 }); len(rest) > 0 {
		n = &Filter{Input: n, Conditions: rest}
	}
	if own := g.conjuncts[len(conjuncts):]; len(own) > 0 { // of ON, without relations
		n = filtered(n, own)
	}
	return n, nil
}

// flatten splits nested inner joins into their items and conditions. A left join whose right side
// must not be NULL by the conditions that are known is an inner join.
func (g *group) flatten(x bind.From) {
	j, ok := x.(*bind.Join)
	if !ok || j.Kind == ast.LeftJoin && !g.rejectsNull(sourcesOf(j.Right)) {
		g.pending = append(g.pending, x)
		return
	}
	g.conjuncts = append(g.conjuncts, conjunctsOf(j.On)...)
	g.flatten(j.Left)
	g.flatten(j.Right)
}

// rejectsNull reports whether a conjunct is not true if all columns of the relations are NULL.
func (g *group) rejectsNull(relations relationSet) bool {
	for _, c := range g.conjuncts {
		if c.relations.meets(relations) && rejectsNull(c.e, relations) {
			return true
		}
	}
	return false
}

// sourcesOf returns the relations of an item of FROM.
func sourcesOf(x bind.From) relationSet {
	s := make(relationSet)
	var add func(bind.From)
	add = func(x bind.From) {
		switch x := x.(type) {
		case *bind.Source:
			s[x.Relation] = true
		case *bind.Join:
			add(x.Left)
			add(x.Right)
		}
	}
	add(x)
	return s
}

// addItem plans a source or an outer join with the conjuncts that read nothing else.
func (g *group) addItem(x bind.From) error {
	if j, ok := x.(*bind.Join); ok {
		n, err := g.outerJoin(j)
		if err != nil {
			return err
		}
		g.items = append(g.items, &item{node: n, relations: sourcesOf(j), rank: rankAll})
		return nil
	}
	s := x.(*bind.Source)
	own := relationSet{s.Relation: true}
	if s.Unnest != nil {
		i := &item{relations: own, unnest: s, needs: relationsOf(s.Unnest), rank: rankKeys}
		if len(i.needs) == 0 {
			i.unnest, i.node = nil, g.unnest(nil, s)
			i.node = g.filter(i.node, own)
		}
		g.items = append(g.items, i)
		return nil
	}
	conditions := takeOwn(g.conjuncts, s.Relation)
	if s.Query != nil {
		n, err := g.derived(s, conditions)
		if err != nil {
			return err
		}
		g.items = append(g.items, &item{node: n, relations: own, rank: rankCondition})
		return nil
	}
	scan := g.scan(s, conditions)
	g.items = append(g.items, &item{node: scan, relations: own, rank: rankOf(scan)})
	return nil
}

func (f *fromPlanner) scan(s *bind.Source, conditions []bind.Expr) *Scan {
	scan := &Scan{
		Relation: s.Relation, Conditions: conditions, Partitions: s.Partitions, Sample: s.Sample, Options: f.options, OnlyQueried: true,
	}
	for _, r := range f.star {
		scan.Star = scan.Star || r == s.Relation
	}
	f.scans = append(f.scans, scan)
	return scan
}

func (f *fromPlanner) unnest(input Node, s *bind.Source) *Unnest {
	return &Unnest{Input: input, Relation: s.Relation, X: s.Unnest, Ordinality: s.Ordinality}
}

// filter adds the unused conjuncts that read only some relations, and at least one of them.
func (g *group) filter(n Node, relations relationSet) Node {
	conditions := take(g.conjuncts, func(c *conjunct) bool { return len(c.relations) > 0 && c.relations.within(relations) })
	if len(conditions) == 0 {
		return n
	}
	return &Filter{Input: n, Conditions: conditions}
}

// outerJoin plans a LEFT JOIN. Conditions of WHERE on its left side are checked before the join,
// those of ON on the right side too. The other ones of ON decide only which rows match.
func (g *group) outerJoin(j *bind.Join) (Node, error) {
	leftRelations, rightRelations := sourcesOf(j.Left), sourcesOf(j.Right)
	inLeft := g.conjunctsWithin(g.conjuncts, leftRelations)
	left, err := g.group([]bind.From{j.Left}, inLeft)
	if err != nil {
		return nil, err
	}
	on := conjunctsOf(j.On)
	if s, ok := j.Right.(*bind.Source); ok && s.Unnest != nil {
		u := g.unnest(left, s)
		u.Outer, u.On = true, conjunction(take(on, func(*conjunct) bool { return true }))
		return g.filter(u, leftRelations.union(rightRelations)), nil
	}
	names := namesOf(on)
	inRight := g.conjunctsWithin(on, rightRelations)
	for i, c := range inRight {
		if unnamed := namedLater(c, names); len(unnamed) > 0 {
			inRight[i] = orUnknownKeys(c, unnamed)
		}
	}
	right, err := g.group([]bind.From{j.Right}, inRight)
	if err != nil {
		return nil, err
	}
	var named Join
	named.setNames(on, leftRelations.union(rightRelations), rightRelations)
	n := newJoin(left, right, leftRelations, rightRelations, on)
	n.Names, n.Named = named.Names, named.Named
	n.Outer = true
	n.On = append(n.On, take(on, func(*conjunct) bool { return true })...)
	return g.filter(n, leftRelations.union(rightRelations)), nil
}

// conjunctsWithin returns the unused conjuncts that read only some relations, and at least one.
func (g *group) conjunctsWithin(list []*conjunct, relations relationSet) []*conjunct {
	var result []*conjunct
	for _, c := range list {
		if !c.used && len(c.relations) > 0 && c.relations.within(relations) {
			result = append(result, c)
		}
	}
	return result
}
