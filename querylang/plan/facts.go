package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A fact is a set that contains the value of a term for every record for which a condition is true.
type fact struct {
	term *term
	set  valueSet
	geo  protocol.Value // a region or a point for a geo index; the set is not used then
	from []bind.Expr    // the conditions that it comes from, for EXPLAIN
}

// Facts are what is known of the records for which a condition is true: all facts hold, and of each
// of the alternatives at least one. The zero value has no facts.
type facts struct {
	never        bool // the condition is never true
	all          []fact
	alternatives [][]facts
}

func (f *facts) isNothing() bool { return !f.never && len(f.all) == 0 && len(f.alternatives) == 0 }

// maxFacts is the largest number of facts and alternatives that are combined, so that planning
// stays linear in the text.
const maxFacts = 64

// both returns the facts of an AND.
func both(list []facts) facts {
	var result facts
	var sets [][]valueSet // of result.all
	for _, f := range list {
		if f.never {
			return f
		}
		for i := range f.all {
			sets = result.add(&f.all[i], sets)
		}
		if len(result.alternatives) < maxFacts {
			result.alternatives = append(result.alternatives, f.alternatives...)
		}
	}
	for i := range result.all {
		if x := &result.all[i]; x.geo.IsNil() {
			x.set = intersection(sets[i])
			if x.set.isEmpty() {
				return facts{never: true}
			}
		}
	}
	return result
}

// add adds a fact and its set. Facts about the elements of a collection, which can hold for
// different elements, and about regions stay apart. Other facts about one term are collected.
func (f *facts) add(x *fact, sets [][]valueSet) [][]valueSet {
	if !x.term.several() && x.geo.IsNil() {
		for i := range f.all {
			if known := &f.all[i]; known.geo.IsNil() && known.term.same(x.term) {
				known.from = append(known.from, x.from...)
				sets[i] = append(sets[i], x.set)
				return sets
			}
		}
	}
	if len(f.all) == maxFacts {
		return sets
	}
	first := *x
	first.from = slices.Clone(x.from)
	f.all = append(f.all, first)
	return append(sets, []valueSet{x.set})
}

// intersection returns the values that are in all sets. It halves the list, so that the cost of
// many small sets is not quadratic.
func intersection(sets []valueSet) valueSet {
	if len(sets) == 1 {
		return sets[0]
	}
	half := len(sets) / 2
	return intersection(sets[:half]).intersect(intersection(sets[half:]))
}

// either returns the facts of an OR.
func either(list []facts) facts {
	var possible []facts
	for _, f := range list {
		if f.never {
			continue
		}
		if f.isNothing() {
			return facts{}
		}
		possible = append(possible, f)
	}
	switch len(possible) {
	case 0:
		return facts{never: true}
	case 1:
		return possible[0]
	}
	var result facts
	simple := false // one fact says as much as all alternatives
	for i := range possible[0].all {
		if x, whole := common(&possible[0].all[i], possible); x != nil {
			result.all = append(result.all, *x)
			simple = simple || whole
		}
	}
	if !simple {
		result.alternatives = [][]facts{possible}
	}
	return result
}

// common returns the union of the facts about one term, if all alternatives have one, and whether
// the alternatives have no other facts.
func common(first *fact, list []facts) (union *fact, whole bool) {
	if !first.geo.IsNil() {
		return nil, false
	}
	union = &fact{term: first.term}
	whole = true
	parts, from := make([]valueSet, 0, len(list)), make([]bind.Expr, 0, len(list))
	for i := range list {
		f := list[i].about(first.term)
		if f == nil {
			return nil, false
		}
		whole = whole && len(list[i].all) == 1 && len(list[i].alternatives) == 0
		parts = append(parts, f.set)
		from = append(from, conjunction(f.from))
	}
	union.set, union.from = unionOf(parts), []bind.Expr{&bind.Logic{Op: ast.OpOr, Operands: from}}
	return union, whole
}

// unionOf returns the union of many sets.
func unionOf(parts []valueSet) valueSet {
	var u valueSet
	for i := range parts {
		p := &parts[i]
		u.numbers = append(u.numbers, p.numbers...)
		u.strings = append(u.strings, p.strings...)
		u.blobs = append(u.blobs, p.blobs...)
		u.booleans = append(u.booleans, p.booleans...)
		u.nan, u.null, u.others = u.nan || p.nan, u.null || p.null, u.others || p.others
	}
	u.numbers, u.strings = normal(u.numbers), normal(u.strings)
	u.blobs, u.booleans = normal(u.blobs), normal(u.booleans)
	return u
}

// about returns the fact about a term, or nil.
func (f *facts) about(t *term) *fact {
	for i := range f.all {
		if f.all[i].geo.IsNil() && f.all[i].term.same(t) {
			return &f.all[i]
		}
	}
	return nil
}
