package bind

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A place is where a query stands.
type place struct {
	outer    *scope       // of the enclosing block, or nil
	subquery *Subquery    // that the query belongs to, nil outside of expressions
	common   *commonTable // the common tables that it can read
}

// A commonTable is a table of WITH, and the list of those before it.
type commonTable struct {
	table ast.CommonTable
	// before are the tables that its query can read.
	before *commonTable
	used   bool
}

// find returns the common table with a name, or nil.
func (c *commonTable) find(n ast.Name) *commonTable {
	for ; c != nil; c = c.before {
		if sameName(n, c.table.Name.Text) {
			return c
		}
	}
	return nil
}

// sameName reports whether a name means another one: unquoted names ignore case.
func sameName(n ast.Name, text string) bool {
	return n.Text == text || n.Quote == 0 && strings.EqualFold(n.Text, text)
}

// A scope is the names that expressions of a block can use.
type scope struct {
	place
	block  *Block
	tables []*table
	// columns are the columns of the frame that expressions of this block and the blocks inside
	// read.
	columns []*Column
	// clause is the clause that is being bound, for errors about aggregates. It is "" where
	// aggregates are allowed.
	clause string
	// grouped means that expressions read the groups and aggregates.
	grouped bool
	groups  []groupKey
	// groupedQueries are the subqueries in groups, by their texts.
	groupedQueries map[string]*Subquery
	// aggregates are the indexes of the aggregates by their texts.
	aggregates map[string]int
	// trials are the forms of expressions on the rows, nil for those that have none.
	trials map[ast.Expr]Expr
	sizes  map[Expr]int // see size
	// slots are the columns of the second frame.
	slots []aggregateSlot
	// aliases are the items whose aliases are names too.
	aliases []ast.SelectItem
	// aliased are the bound items with aliases.
	aliased map[aliasKey]Expr
}

// An aliasKey identifies an item as rows or groups are read.
type aliasKey struct {
	item    *ast.SelectItem
	grouped bool
}

// An aggregateSlot is a column of the second frame: a group, or an aggregate after all groups.
type aggregateSlot struct {
	column    *Column
	index     int
	aggregate bool
}

// finish sets the slots of the columns, when nothing is added to the block any more.
func (s *scope) finish() {
	width := 0
	for _, r := range s.block.Relations {
		r.Base = width
		width += len(r.Columns)
	}
	s.block.Width = width
	for _, c := range s.columns {
		c.Slot = c.Relation.Base + c.Index
	}
	for _, a := range s.slots {
		a.column.Slot = a.index
		if a.aggregate {
			a.column.Slot += len(s.block.Groups)
		}
	}
}

// in runs f while another clause is bound.
func (s *scope) in(clause string, f func()) {
	last := s.clause
	s.clause = clause
	f()
	s.clause = last
}

// onRows runs f while expressions read the rows of FROM, not the groups.
func (s *scope) onRows(clause string, f func()) {
	last := s.grouped
	s.grouped = false
	s.in(clause, f)
	s.grouped = last
}

// A table is an item of FROM with the names of its columns.
type table struct {
	relation *Relation
	// name is the alias or the set; namespace qualifies it if it is a set without an alias.
	name, namespace string
	// known are the columns of a declared set or of a query. open means that any other name is that
	// of a bin.
	known []RelationColumn
	open  bool
	// hidden are the known columns that are the same as those of another table because of USING.
	hidden map[int]bool
	used   map[columnKey]int
	child  *childTable
	// output means that the known columns are those of the output row, for ORDER BY.
	output bool
	index  map[string]int // of known
}

// A columnKey identifies a column of a relation.
type columnKey struct {
	bin    string
	pseudo Pseudo
	output int
}

// find returns the index of a known column, or -1.
func (t *table) find(n ast.Name) int {
	if t.index == nil {
		t.index = make(map[string]int, len(t.known))
		for i := len(t.known) - 1; i >= 0; i-- {
			t.index[t.known[i].Name] = i
		}
	}
	if i, ok := t.index[n.Text]; ok {
		return i
	}
	if n.Quote == 0 {
		for i := range t.known {
			if strings.EqualFold(t.known[i].Name, n.Text) {
				return i
			}
		}
	}
	return -1
}

// isAmbiguous reports whether two known columns have the name of one.
func (t *table) isAmbiguous(i int) bool {
	if t.relation != nil && t.relation.IsSet {
		return false
	}
	for j := range t.known {
		if j != i && t.known[j].Name == t.known[i].Name {
			return true
		}
	}
	return false
}

// use returns a column of a table, which the relation gets if it has not got it yet. The owner is
// the scope of the table.
func (t *table) use(owner *scope, c RelationColumn, depth int, pos ast.Pos) *Column {
	key := columnKey{c.Bin, c.Pseudo, c.Output}
	i, ok := t.used[key]
	if !ok {
		if t.used == nil {
			t.used = make(map[columnKey]int)
		}
		i = len(t.relation.Columns)
		t.used[key] = i
		t.relation.Columns = append(t.relation.Columns, c)
	}
	x := &Column{Relation: t.relation, Index: i, Depth: depth, Of: c.Type, Can: c.Kinds, Pos: pos}
	owner.columns = append(owner.columns, x)
	return x
}

// binColumn returns the column of a bin without a declaration.
func binColumn(name string) RelationColumn {
	return RelationColumn{Name: name, Bin: name, Kinds: function.Any}
}
