package plan

import (
	"slices"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// setNames sets what names user keys in a join: the conjuncts that become true with it.
func (n *Join) setNames(conjuncts []*conjunct, within, named relationSet) {
	for _, c := range conjuncts {
		if c.used || len(c.relations) < 2 || !c.relations.within(within) {
			continue
		}
		isName := false
		for r := range c.relations {
			if !named[r] || !bind.NamesKey(c.e, r) {
				continue
			}
			isName = true
			if !slices.Contains(n.Named, r) {
				n.Named = append(n.Named, r)
			}
		}
		if isName {
			n.Names = append(n.Names, c.e)
		}
	}
	slices.SortFunc(n.Named, func(x, y *bind.Relation) int { return x.Base - y.Base })
}

// takeOwn returns the conditions on a relation before it is joined with others. Those on a user key
// that the join may name are checked there, too.
func takeOwn(conjuncts []*conjunct, r *bind.Relation) []bind.Expr {
	own := relationSet{r: true}
	var weak []bind.Expr
	waits, names := make(map[*conjunct]bool), namesOf(conjuncts)
	for _, c := range conjuncts {
		if c.used || len(c.relations) != 1 || !c.relations[r] {
			continue
		}
		if unnamed := namedLater(c, names); len(unnamed) > 0 {
			waits[c] = true
			weak = append(weak, orUnknownKeys(c, unnamed).e)
		}
	}
	return append(take(conjuncts, func(c *conjunct) bool {
		return len(c.relations) == 1 && c.relations.within(own) && !waits[c]
	}), weak...)
}

// namesOf returns the conjuncts of several relations that name the user key of one.
func namesOf(conjuncts []*conjunct) (names []*conjunct) {
	for _, c := range conjuncts {
		for r := range c.relations {
			if len(c.relations) > 1 && bind.NamesKey(c.e, r) {
				names = append(names, c)
				break
			}
		}
	}
	return names
}

// namedLater returns the relations whose user keys a conjunct reads, and which conjuncts with other
// relations name. The user keys of declared tables are stored.
func namedLater(c *conjunct, names []*conjunct) (list []*bind.Relation) {
	for r := range c.relations {
		if len(names) > 0 && r.IsSet && r.Table == nil && bind.ReadsKey(c.e, r) && slices.ContainsFunc(names, func(x *conjunct) bool {
			return !x.relations.within(c.relations) && x.relations[r] && bind.NamesKey(x.e, r)
		}) {
			list = append(list, r)
		}
	}
	return list
}

// orUnknownKeys returns the condition "c, or the user key of one of the relations is not known".
func orUnknownKeys(c *conjunct, relations []*bind.Relation) *conjunct {
	weak := conjunct{relations: c.relations, nature: c.nature}
	operands := []bind.Expr{c.e}
	for _, r := range relations {
		for i := range r.Columns {
			if r.Columns[i].Pseudo == bind.PrimaryKey {
				key := &bind.Column{Relation: r, Index: i, Slot: r.Base + i, Name: r.Columns[i].Name, Can: r.Columns[i].Kinds}
				operands = append(operands, &bind.Is{X: key, Test: ast.IsNull})
			}
		}
	}
	weak.e = &bind.Logic{Op: ast.OpOr, Operands: operands}
	return &weak
}
