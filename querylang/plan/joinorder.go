package plan

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// join joins the items of a group. The items that equalities connect form components; each one
// starts with the item that is expected to return the fewest rows and grows along the equalities.
// So a cross product is formed only of components that no equality connects.
func (g *group) join() Node {
	var components []*item
	rest := slices.Clone(g.items)
	for {
		start := best(rest)
		if start == nil {
			break
		}
		rest = without(rest, start)
		current := *start
		for {
			next := g.connected(&current, rest)
			if next == nil {
				break
			}
			rest = without(rest, next)
			g.attach(&current, next)
		}
		components = append(components, &current)
	}
	current := components[0]
	components = components[1:]
	rest = g.attachUnnests(current, rest)
	for len(components) > 0 {
		next := g.connected(current, components)
		if next == nil {
			next = components[0]
		}
		components = without(components, next)
		g.attach(current, next)
		rest = g.attachUnnests(current, rest)
	}
	return current.node
}

// best returns the item with a node that has the lowest rank, the first one of several.
func best(items []*item) *item {
	var b *item
	for _, i := range items {
		if i.node != nil && (b == nil || i.rank < b.rank) {
			b = i
		}
	}
	return b
}

func without(items []*item, x *item) []*item {
	return slices.DeleteFunc(slices.Clone(items), func(i *item) bool { return i == x })
}

// connected returns the item to join next: one that an equality connects with the current rows, at
// best by its user key, then the one with the lowest rank. It returns nil if there is none.
func (g *group) connected(current *item, rest []*item) *item {
	var next *item
	nextLookup := false
	for _, i := range rest {
		equal, lookup := g.connection(current, i)
		if !equal {
			continue
		}
		if next == nil || lookup && !nextLookup || lookup == nextLookup && i.rank < next.rank {
			next, nextLookup = i, lookup
		}
	}
	return next
}

// connection reports whether an equality connects the current rows with an item, and whether the
// item can be read by its user key then.
func (g *group) connection(current, i *item) (equal, lookup bool) {
	if i.node == nil {
		return false, false
	}
	for _, c := range g.conjuncts {
		if c.used {
			continue
		}
		if k, ok := joinKeyOf(c, current.relations, i.relations); ok {
			equal = true
			lookup = lookup || k.isLookup(i.node)
		}
	}
	if equal && !lookup {
		_, _, lookup = compositeKeys(i.node, current.relations, i.relations, g.conjuncts)
	}
	return equal, lookup
}

// attach joins an item to the current rows.
func (g *group) attach(current, next *item) {
	all := current.relations.union(next.relations)
	var names Join
	names.setNames(g.conjuncts, all, all)
	n := newJoin(current.node, next.node, current.relations, next.relations, g.conjuncts)
	n.Names, n.Named = names.Names, names.Named
	current.relations = all
	n.On = append(n.On, take(g.conjuncts, func(c *conjunct) bool {
		return len(c.relations) > 0 && c.relations.within(current.relations)
	})...)
	current.node = n
	current.rank = min(current.rank, next.rank)
}

// attachUnnests adds the UNNESTs that read only the current rows. It returns the other items.
func (g *group) attachUnnests(current *item, rest []*item) []*item {
	for {
		ready := slices.IndexFunc(rest, func(i *item) bool { return i.unnest != nil && i.needs.within(current.relations) })
		if ready < 0 {
			return rest
		}
		i := rest[ready]
		rest = without(rest, i)
		current.relations = current.relations.union(i.relations)
		current.node = g.filter(g.unnest(current.node, i.unnest), current.relations)
	}
}

// addImplied adds what equalities imply: if a = b and a = 5 then b = 5. So each relation is
// restricted by itself before it is joined.
func (g *group) addImplied() {
	classes := newColumnClasses()
	for _, c := range g.conjuncts {
		if x, y, ok := equalColumns(c.e); ok {
			classes.join(x, y)
		}
	}
	if len(classes.members) == 0 {
		return
	}
	constants := make(map[columnID]*impliedConstant)
	for _, c := range g.conjuncts {
		column, value, ok := columnEquals(c.e)
		if !ok || !classes.has(idOf(column)) {
			continue
		}
		root := classes.find(idOf(column))
		if constants[root] == nil {
			constants[root] = &impliedConstant{e: value, isKey: isKeyValue(column, value), of: make(map[columnID]bool)}
		}
		constants[root].of[idOf(column)] = true
	}
	for _, member := range classes.members {
		k := constants[classes.find(idOf(member))]
		isKey := userKeyColumn(member) != nil
		if k == nil || k.of[idOf(member)] || isKey && !k.isKey {
			continue
		}
		g.conjuncts = append(g.conjuncts, conjunctsOf(&bind.Compare{
			Op: ast.OpEqual, X: member, Y: k.e, ByKey: isKey, Key: keyColumnOf(member),
		})...)
	}
}

// keyColumnOf returns what compares the user key of a set by digests, or nil for another column.
func keyColumnOf(c *bind.Column) *bind.KeyColumn {
	if userKeyColumn(c) == nil {
		return nil
	}
	for i, column := range c.Relation.Columns {
		if column.Pseudo == bind.Digest {
			return &bind.KeyColumn{ID: -1, Digest: &bind.Column{
				Relation: c.Relation, Index: i, Slot: c.Relation.Base + i, Can: column.Kinds, Pos: c.Pos,
			}}
		}
	}
	return nil
}

// An impliedConstant is the value that all columns of a class have.
type impliedConstant struct {
	e     bind.Expr
	isKey bool // it is the value of a key where it is one at all
	of    map[columnID]bool
}

// isKeyValue reports whether a value that a column equals is that of any key that the column
// equals. The float 5.0 equals the integer 5, but no key does.
func isKeyValue(column *bind.Column, value bind.Expr) bool {
	if userKeyColumn(column) != nil {
		return true
	}
	c, ok := value.(*bind.Const)
	return ok && c.Value.Kind() != protocol.KindFloat
}

// A columnID identifies a column of a block.
type columnID struct {
	relation *bind.Relation
	index    int
}

func idOf(c *bind.Column) columnID { return columnID{c.Relation, c.Index} }

// columnClasses are the classes of columns that are equal.
type columnClasses struct {
	parent  map[columnID]columnID
	members []*bind.Column
}

func newColumnClasses() *columnClasses { return &columnClasses{parent: make(map[columnID]columnID)} }

func (s *columnClasses) has(id columnID) bool { _, ok := s.parent[id]; return ok }

func (s *columnClasses) find(id columnID) columnID {
	for s.parent[id] != id {
		s.parent[id] = s.parent[s.parent[id]]
		id = s.parent[id]
	}
	return id
}

func (s *columnClasses) join(x, y *bind.Column) {
	for _, c := range []*bind.Column{x, y} {
		if !s.has(idOf(c)) {
			s.parent[idOf(c)] = idOf(c)
			s.members = append(s.members, c)
		}
	}
	s.parent[s.find(idOf(x))] = s.find(idOf(y))
}

// equalColumns returns the two columns that a condition says are equal, if values of their types
// are what they seem.
func equalColumns(e bind.Expr) (x, y *bind.Column, ok bool) {
	c, isCompare := e.(*bind.Compare)
	if !isCompare || c.Op != ast.OpEqual {
		return nil, nil, false
	}
	x, y = plainColumn(c.X), plainColumn(c.Y)
	return x, y, x != nil && y != nil && idOf(x) != idOf(y) && sameFamily(x.Type(), y.Type())
}

// columnEquals returns the column and the fixed value that a condition says are equal.
func columnEquals(e bind.Expr) (*bind.Column, bind.Expr, bool) {
	c, ok := e.(*bind.Compare)
	if !ok || c.Op != ast.OpEqual {
		return nil, nil, false
	}
	if x := plainColumn(c.X); x != nil && isFixed(c.Y) {
		return x, c.Y, true
	}
	if y := plainColumn(c.Y); y != nil && isFixed(c.X) {
		return y, c.X, true
	}
	return nil, nil, false
}

// plainColumn returns a column of the block's relations that is a user key or no pseudo column, or
// nil.
func plainColumn(e bind.Expr) *bind.Column {
	c, ok := e.(*bind.Column)
	if !ok || c.Depth != 0 || c.Relation == nil || c.Relation.Columns[c.Index].Pseudo > bind.PrimaryKey {
		return nil
	}
	return c
}

// sameFamily reports whether values of two types mean the same.
func sameFamily(x, y function.Type) bool { return x.Family == y.Family && x.Scale == y.Scale }
