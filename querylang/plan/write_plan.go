package plan

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/querylang/bind"
)

// Write plans a bound statement that changes records.
func Write(w bind.Write) (Statement, error) {
	switch w := w.(type) {
	case *bind.Insert:
		return PlanInsert(w)
	case *bind.Update:
		return PlanUpdate(w)
	case *bind.Delete:
		return PlanDelete(w)
	case *bind.Truncate:
		return PlanTruncate(w)
	}
	return nil, fmt.Errorf("plan: no plan for %T", w)
}

// PlanTruncate plans a TRUNCATE.
func PlanTruncate(t *bind.Truncate) (*Truncate, error) { return &Truncate{t}, nil }

// PlanUpdate plans an UPDATE.
func PlanUpdate(u *bind.Update) (*Update, error) {
	p := &Update{Change{Checks: checksOf(u.Checks, u.Set), Returning: u.Returning, Width: u.Width, Declared: u.Relation.Table != nil}}
	p.setBins(u.Set, u.Relation)
	if err := checkReturning(u.Returning, u.Relation); err != nil {
		return nil, err
	}
	return p, p.planScan(&selection{u.Relation, u.Where, u.Order, u.Limit, u.Options, u.Subqueries})
}

// checksOf returns the CHECK constraints that assignments can break: those that read a column that
// is assigned.
func checksOf(checks []bind.Check, set []bind.Assignment) (concerned []bind.Check) {
	for _, check := range checks {
		reads := false
		EachColumn(check.X, func(c *bind.Column) {
			bin := c.Relation.Columns[c.Index].Bin
			reads = reads || slices.ContainsFunc(set, func(a bind.Assignment) bool { return a.Bin == bin })
		})
		if reads {
			concerned = append(concerned, check)
		}
	}
	return concerned
}

// PlanDelete plans a DELETE.
func PlanDelete(d *bind.Delete) (*Delete, error) {
	p := &Delete{Change{Delete: true, Returning: d.Returning, Width: d.Width, Declared: d.Relation.Table != nil}}
	p.setBins(nil, d.Relation)
	return p, p.planScan(&selection{d.Relation, d.Where, d.Order, d.Limit, d.Options, d.Subqueries})
}

// A selection is the records that a statement changes.
type selection struct {
	relation   *bind.Relation
	where      bind.Expr
	order      []bind.OrderKey
	limit      bind.Expr
	options    map[string]bind.Expr
	subqueries []*bind.Subquery
}

// setBins sets the changes of bins of a relation, and whether they are Direct.
func (c *Change) setBins(set []bind.Assignment, r *bind.Relation) {
	c.ReadBack = c.Returning != nil && len(c.Checks) == 0 && c.canReadBack(r)
	exact := len(c.Checks) > 0 || c.Returning != nil && !c.ReadBack
	c.Direct = !exact
	for i := range set {
		c.Set = append(c.Set, binChange(&set[i], r, exact))
	}
	computeOverlapping(c.Set)
	for i := range c.Set {
		c.Direct = c.Direct && !c.Set[i].Computed
		c.Volatile = c.Volatile || natureOf(set[i].Value).volatile
	}
	c.ReadBack = c.ReadBack && c.Direct
	switch {
	case c.ReadBack:
		c.Answers = answersOf(c.Returning, r, anyColumn)
	case !c.Delete:
		c.Answers = answersOf(c.Returning, r, isOfWrite)
	}
}

// canReadBack reports whether RETURNING can be computed from what the command that writes a record
// reads. Nothing may fail after the record was written, and a DELETE does not know what the
// record's metadata were.
func (c *Change) canReadBack(r *bind.Relation) bool {
	if c.Returning.Star {
		return false
	}
	can := true
	for _, item := range c.Returning.Items {
		bind.Walk(item, func(e bind.Expr) {
			switch e := e.(type) {
			case *bind.Column:
				switch {
				case e.Relation != r:
					can = false
				case r.Columns[e.Index].Pseudo == bind.NoPseudo, r.Columns[e.Index].Pseudo == bind.PrimaryKey,
					r.Columns[e.Index].Pseudo == bind.Digest, r.Columns[e.Index].Pseudo == bind.SetName:
				case isOfCreation(r.Columns[e.Index].Pseudo):
					can = can && !c.Delete
				default:
					can = false
				}
			case *bind.Const, *bind.Arithmetic, *bind.Negate, *bind.Compare, *bind.Logic, *bind.Not, *bind.Path:
			default:
				can = false
			}
		})
	}
	return can
}

// planScan plans how the records are found.
func (c *Change) planScan(s *selection) error {
	var err error
	if c.Subqueries, err = planSubqueries(s.subqueries, s.options); err != nil {
		return err
	}
	c.Scan = &Scan{Relation: s.relation, Options: s.options}
	c.Scan.Conditions = take(conjunctsOf(s.where), func(*conjunct) bool { return true })
	c.Scan.Needed = c.needed(s.relation)
	c.Scan.Star = c.Returning != nil && c.Returning.Star
	if len(s.order) > 0 || s.limit != nil {
		c.Keys = c.planKeys(s)
		return nil
	}
	if c.Scan.Point = pointOf(c.Scan); c.Scan.Point != nil && c.Direct {
		c.Generation, c.Conditions = takeGeneration(c.Scan.Point.Conditions)
	}
	return nil
}

// needed returns the indexes of the columns of a relation that the changes of a record read.
func (c *Change) needed(r *bind.Relation) []int {
	read := make([]bool, len(r.Columns))
	mark := func(e bind.Expr) {
		EachColumn(e, func(x *bind.Column) {
			if x.Relation == r {
				read[x.Index] = true
			}
		})
	}
	for i := range c.Set {
		a := c.Set[i].Assignment
		mark(a.Value)
		if len(a.Path) > 0 {
			mark(a.Target)
		}
		for _, step := range a.Path {
			mark(step)
		}
	}
	for _, check := range c.Checks {
		mark(check.X)
	}
	if c.Returning != nil {
		for _, item := range c.Returning.Items {
			EachColumn(item, func(x *bind.Column) {
				if x.Relation == r && (c.Delete || !isOfWrite(r.Columns[x.Index].Pseudo)) {
					read[x.Index] = true
				}
			})
		}
	}
	var needed []int
	for i, is := range read {
		if is {
			needed = append(needed, i)
		}
	}
	return needed
}

// planKeys plans the query that selects the keys of the records to change, in their order.
func (c *Change) planKeys(s *selection) *Block {
	scan := &Scan{Relation: s.relation, Options: s.options, Conditions: c.Scan.Conditions}
	var n Node = scan
	if len(s.order) > 0 {
		n = &Sort{Input: n, Keys: s.order, Limit: s.limit}
	} else {
		n = &Limit{Input: n, Limit: s.limit}
	}
	var items []bind.Expr
	var columns []bind.OutputColumn
	for _, p := range []bind.Pseudo{bind.Digest, bind.PrimaryKey} {
		at := slices.IndexFunc(s.relation.Columns, func(rc bind.RelationColumn) bool { return rc.Pseudo == p })
		rc := &s.relation.Columns[at]
		items = append(items, &bind.Column{Relation: s.relation, Index: at, Slot: s.relation.Base + at, Name: rc.Name, Can: rc.Kinds})
		columns = append(columns, bind.OutputColumn{Name: rc.Name})
	}
	root := &Project{Input: n, Items: items}
	markNeeded(root, []*Scan{scan})
	pushLimit(root, rowLimit{})
	return &Block{Root: root, Columns: columns, Subqueries: c.Subqueries}
}

// planSubqueries plans the subqueries of a statement's expressions.
func planSubqueries(list []*bind.Subquery, options map[string]bind.Expr) (map[int]*Block, error) {
	p := &planner{block: &Block{Subqueries: make(map[int]*Block)}}
	if err := p.subqueries(list, options); err != nil {
		return nil, err
	}
	return p.block.Subqueries, nil
}

// PlanInsert plans an INSERT, UPSERT or REPLACE.
func PlanInsert(i *bind.Insert) (*Insert, error) {
	p := &Insert{Insert: i}
	var err error
	if p.Subqueries, err = planSubqueries(i.Subqueries, i.Options); err != nil {
		return nil, err
	}
	if i.Source != nil {
		if p.Source, err = planQuery(i.Source, nil); err != nil {
			return nil, err
		}
		p.SelfRead = readsSet(p.Source, i.Existing)
	}
	if err := checkReturning(i.Returning, i.Existing); err != nil {
		return nil, err
	}
	p.Answers = answersOf(i.Returning, i.Existing, isOfCreation)
	p.Fill = make([]int, len(i.NewRow.Columns))
	for at := range i.NewRow.Columns {
		p.Fill[at] = -1
		for from := range i.Columns {
			if sameColumn(&i.NewRow.Columns[at], &i.Columns[from], from == i.Key) {
				p.Fill[at] = from
			}
		}
	}
	if i.Conflict == nil {
		return p, nil
	}
	c := &Change{
		Checks: checksOf(i.Conflict.Checks, i.Conflict.Set), Returning: i.Returning, Width: i.Width, Declared: i.Existing.Table != nil, Subqueries: p.Subqueries,
	}
	c.setBins(i.Conflict.Set, i.Existing)
	p.Together = together(i, c)
	c.Scan = &Scan{Relation: i.Existing}
	c.Scan.Conditions = take(conjunctsOf(i.Conflict.Where), func(*conjunct) bool { return true })
	c.Scan.Needed = c.needed(i.Existing)
	c.Scan.Star = c.Returning != nil && c.Returning.Star
	p.Change = c
	return p, nil
}

// together reports whether one command can do what an INSERT and its conflict clause do.
func together(i *bind.Insert, c *Change) bool {
	if !c.Direct || i.Conflict.Where != nil || len(i.Checks) > 0 || i.Key < 0 {
		return false
	}
	changed := 0
	for at := range i.Columns {
		column := &i.Columns[at]
		switch s := changeOf(c, column.Bin); {
		case at == i.Key:
		case s != nil && sameAsNew(s, i.NewRow):
			changed++
		case s == nil && column.From < 0 && column.Default == nil && !column.NotNull: // stays NULL
		default:
			return false
		}
	}
	return changed == len(c.Set) && changed > 0
}

// changeOf returns the change of a bin, or nil.
func changeOf(c *Change, bin string) *BinChange {
	for i := range c.Set {
		if c.Set[i].Bin == bin {
			return &c.Set[i]
		}
	}
	return nil
}

// sameAsNew reports whether a change gives the value of the new row where there is no record.
func sameAsNew(s *BinChange, newRow *bind.Relation) bool {
	if len(s.Path) > 0 {
		return false
	}
	value := s.Value
	switch s.Op {
	case BinPut:
	case BinAdd, BinAppend:
		if len(s.Operands) != 1 || s.Operands[0].Negative {
			return false
		}
		value = s.Operands[0].X
	default:
		return false
	}
	column, ok := value.(*bind.Column)
	return ok && column.Relation == newRow && newRow.Columns[column.Index].Bin == s.Bin
}

func sameColumn(c *bind.RelationColumn, of *bind.InsertColumn, isKey bool) bool {
	if isKey {
		return c.Pseudo == bind.PrimaryKey
	}
	return c.Bin != "" && c.Bin == of.Bin
}

// readsSet reports whether a query reads the set of a relation.
func readsSet(b *Block, r *bind.Relation) bool {
	found := false
	check := func(block *Block) {
		var walk func(Node)
		walk = func(n Node) {
			if s, ok := n.(*Scan); ok && s.Relation.Namespace == r.Namespace && (s.Relation.Set == r.Set || s.Relation.Set == "") {
				found = true
			}
			for _, input := range n.Inputs() {
				walk(input)
			}
		}
		walk(block.Root)
	}
	check(b)
	for _, sub := range AllSubqueries(b) {
		check(sub)
	}
	return found
}
