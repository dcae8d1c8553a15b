package plan

import (
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Lower decides how a set is read in one run. The environment of expressions has the arguments, and
// the rows of the enclosing blocks, which the scan's conditions may read; its Row is not used.
// Expressions that have one value in the run are evaluated, and uncorrelated subqueries of IN run,
// if keys or index ranges can come from them.
func Lower(s *Scan, env *bind.Env, e Environment) (*Access, error) {
	l := newLowerer(s, env, e)
	conditions, possible := l.once(s.Conditions)
	if err := l.err(); err != nil || !possible {
		return l.nothing(), err
	}
	if err := l.partitions(); err != nil {
		return nil, err
	}
	if l.partitioned() && len(l.access.Partitions) == 0 {
		return l.nothing(), nil
	}
	if e.PushDown(KeyRule) {
		rest, ok := l.readKeys(conditions)
		if err := l.err(); err != nil {
			return nil, err
		}
		if ok {
			if l.access.Method == Nothing {
				return l.access, nil
			}
			return l.finish(rest), l.err()
		}
	}
	if !l.readIndexes(conditions) {
		return l.nothing(), l.err()
	}
	return l.finish(l.undecided(conditions)), l.err()
}

// LowerLookup decides how the records of the right side of a LookupJoin are read: the access is
// that of reading by keys, without the keys.
func LowerLookup(s *Scan, env *bind.Env, e Environment) (*Access, error) {
	l := newLowerer(s, env, e)
	l.access.Method = Keys
	return l.finish(s.Conditions), l.err()
}

// A lowerer lowers one scan.
type lowerer struct {
	analyzer
	scan        *Scan
	environment Environment
	access      *Access
}

func newLowerer(s *Scan, env *bind.Env, e Environment) *lowerer {
	return &lowerer{
		analyzer: analyzer{relation: s.Relation, env: env}, scan: s, environment: e, access: &Access{Estimate: -1},
	}
}

// err returns the error of an evaluation.
func (l *lowerer) err() error {
	if l.env.Run == nil {
		return nil
	}
	return l.env.Run.Err
}

// nothing returns the access for a condition that is never true.
func (l *lowerer) nothing() *Access { return &Access{Method: Nothing, Exact: true} }

// once evaluates the conditions that do not depend on the row. It returns the other ones, or false
// if one is not true.
func (l *lowerer) once(conditions []bind.Expr) (rest []bind.Expr, possible bool) {
	for _, e := range conditions {
		v, ok := l.fixed(e)
		if !ok {
			rest = append(rest, e)
			continue
		}
		if b, isBool := v.Bool(); !isBool || !b {
			return nil, false
		}
	}
	return rest, true
}

// readKeys sets the access by keys if the conditions name them, and returns the other conditions.
func (l *lowerer) readKeys(conditions []bind.Expr) (rest []bind.Expr, ok bool) {
	sets := []keySet{anyKey}
	var from []bind.Expr
	for _, e := range conditions {
		k := l.keys(e, true)
		if k.except && len(k.list) == 0 {
			rest = append(rest, e)
			continue
		}
		sets = append(sets, k)
		from = append(from, e)
		if !k.exact {
			rest = append(rest, e)
		}
	}
	keys := fold(sets, keySet.intersect)
	if keys.except {
		return nil, false
	}
	l.access.KeyConditions = from
	l.access.Keys = keys.list
	if l.access.Partitions != nil {
		l.access.Keys = slices.DeleteFunc(slices.Clone(keys.list), func(k protocol.Key) bool { return !l.inPartitions(int(k.Partition())) })
	}
	switch len(l.access.Keys) {
	case 0:
		l.access = l.nothing()
		return nil, true
	case 1:
		l.access.Method = OneKey
	default:
		l.access.Method = Keys
	}
	l.access.Estimate = int64(len(l.access.Keys))
	return rest, true
}

func (l *lowerer) inPartitions(partition int) bool {
	return l.access.Partitions == nil || slices.ContainsFunc(l.access.Partitions, func(p Partitions) bool {
		return p.First <= partition && partition <= p.Last
	})
}

// readIndexes sets the access by index ranges or by a scan of the set. It returns false if the
// conditions are never true.
func (l *lowerer) readIndexes(conditions []bind.Expr) bool {
	indexes, records := l.environment.Indexes(l.relation.Namespace, l.relation.Set)
	for i := range indexes {
		l.expressions = l.expressions || indexes[i].Expression != nil
	}
	known := make([]facts, len(conditions))
	for i, e := range conditions {
		known[i] = l.facts(e, true)
	}
	f := both(known)
	if f.never {
		return false
	}
	l.access.Method = SetScan
	if records >= 0 {
		l.access.Estimate = int64(math.Ceil(float64(records) * l.share()))
	}
	l.access.Sets = SetsOf(l.relation)
	c := &chooser{
		indexes: indexes, records: knownRecords(indexes, records),
		integersOnly: l.environment.IntegersOnly(), unions: l.environment.PushDown(UnionRule), filter: l.indexExpression,
	}
	if l.environment.PushDown(IndexRule) {
		l.choose(c, c.candidates(&f), records)
	}
	l.access.Rejected = c.rejected
	return true
}

// knownRecords returns the number of records of a set, or a guess.
func knownRecords(indexes []Index, records int64) float64 {
	if records >= 0 {
		return float64(records)
	}
	most := int64(0)
	for i := range indexes {
		most = max(most, indexes[i].Entries)
	}
	if most == 0 {
		return unknownRecords
	}
	return float64(most)
}

// choose takes the cheapest of the coverages, their intersections and the scan of the set.
func (l *lowerer) choose(c *chooser, candidates []coverage, records int64) {
	best, cost := -1, math.Inf(1)
	for i := range candidates {
		if x := candidates[i].cost(); x < cost {
			best, cost = i, x
		}
	}
	scan := c.records * l.share()
	if best >= 0 && records >= 0 && cost*l.share() > scan {
		for i := range candidates {
			c.reject(candidates[i].ranges, ScanCheaper, candidates[i].estimate)
		}
		return
	}
	if best < 0 {
		return
	}
	l.access.Method, l.access.Ranges = IndexScan, candidates[best].ranges
	l.access.Estimate = int64(math.Ceil(candidates[best].estimate * l.share()))
	for i := range candidates {
		if i != best {
			c.reject(candidates[i].ranges, MoreRecords, candidates[i].estimate)
		}
	}
	c.reject(nil, MoreRecords, scan)
	if l.environment.PushDown(IntersectionRule) {
		l.intersect(c, candidates, best, cost)
	}
}

// intersect reads the digests of two coverages, and only the records in both, if that is cheaper.
func (l *lowerer) intersect(c *chooser, candidates []coverage, best int, cost float64) {
	a := &candidates[best]
	for i := range candidates {
		b := &candidates[i]
		if i == best || c.records == 0 || sameIndexes(a.ranges, b.ranges) {
			continue
		}
		records := a.estimate * b.estimate / c.records
		x := digestRead*(a.estimate+b.estimate) + randomRead*records + rangeCost*float64(len(a.ranges)+len(b.ranges))
		if x < cost {
			cost = x
			l.access.Both, l.access.Estimate = b.ranges, int64(math.Ceil(records*l.share()))
		}
	}
}

// sameIndexes reports whether two coverages read the same index.
func sameIndexes(a, b []IndexRange) bool {
	return slices.ContainsFunc(a, func(x IndexRange) bool {
		return slices.ContainsFunc(b, func(y IndexRange) bool { return x.Index.Name == y.Index.Name })
	})
}

// finish sets the filter for the conditions, and what is read of each record.
func (l *lowerer) finish(conditions []bind.Expr) *Access {
	a := l.access
	a.Exact, a.Residual = len(conditions) == 0, conditions
	if len(conditions)+len(l.scan.Elements) > 0 && l.environment.PushDown(FilterRule) && l.env.Run != nil {
		a.Filter, a.Exact, a.Residual = lowerFilter(conditions, l.scan.Elements, l.relation, l.env, l.environment.ServerVersion())
		if a.Filter != nil {
			if a.Filter.Never {
				return l.nothing()
			}
			for _, e := range conditions {
				if a.Exact || !slices.Contains(a.Residual, e) {
					a.Pushed = append(a.Pushed, e)
				}
			}
		}
	}
	l.project()
	l.extract()
	l.keepEmpty()
	l.limit()
	for name, e := range l.scan.Options {
		if a.Options == nil {
			a.Options = make(map[string]protocol.Value, len(l.scan.Options))
		}
		if e == nil {
			a.Options[name] = protocol.Bool(true)
			continue
		}
		a.Options[name], _ = l.fixed(e)
	}
	return a
}

// project sets the bins to read: those of the columns that are needed above the scan and of the
// conditions that the client checks.
func (l *lowerer) project() {
	a := l.access
	a.AllBins = l.scan.Star
	read := columnsRead(l.scan, a.Residual)
	for i, c := range l.relation.Columns {
		switch {
		case !read[i]:
		case c.Pseudo == bind.PrimaryKey:
			a.UserKey = true
		case c.Pseudo == bind.Digest:
			a.Digest = true
		case c.Pseudo == bind.LastUpdate, c.Pseudo == bind.RecordSize:
			a.Reads = append(a.Reads, Read{Column: i, Op: metadataRead(c.Pseudo)})
		case c.Pseudo == bind.NoPseudo && !a.AllBins && !slices.Contains(a.Bins, c.Bin):
			a.Bins = append(a.Bins, c.Bin)
		}
	}
}

// keepEmpty makes queries return records without any of the bins if such records can be rows. A
// query that names bins leaves them out.
func (l *lowerer) keepEmpty() {
	a := l.access
	if a.Method < IndexScan || a.AllBins || len(a.Bins) == 0 || len(a.Reads) > 0 {
		return
	}
	if bin, ok := l.requiredBin(); ok {
		if !slices.Contains(a.Bins, bin) {
			a.Bins = append(a.Bins, bin)
		}
		return
	}
	if l.environment.PushDown(ProjectionRule) && atLeast(l.environment.ServerVersion(), operationsSince) {
		a.Operations = true
		return
	}
	a.AllBins = true
}

// requiredBin returns a bin that every record has for which the conditions are true, if possible
// one that is read anyway.
func (l *lowerer) requiredBin() (bin string, found bool) {
	for i := range l.relation.Columns {
		name := l.relation.Columns[i].Bin
		if name == "" || found && !slices.Contains(l.access.Bins, name) {
			continue
		}
		null := func(c *bind.Column) bool { return c.Relation == l.relation && l.relation.Columns[c.Index].Bin == name }
		if slices.ContainsFunc(l.scan.Conditions, func(e bind.Expr) bool { return rejects(e, null) }) {
			if slices.Contains(l.access.Bins, name) {
				return name, true
			}
			bin, found = name, true
		}
	}
	return bin, found
}

// limit sets the number of records after which the servers can stop.
func (l *lowerer) limit() {
	s, a := l.scan, l.access
	if s.Limit == nil || !a.Exact || a.Sets != OneSet || a.Method < IndexScan || len(a.Ranges) > 1 || len(a.Both) > 0 ||
		!l.environment.PushDown(LimitRule) {
		return
	}
	v, ok := l.fixed(s.Limit)
	n, isInt := v.Int()
	if !ok || !isInt || n < 0 {
		return
	}
	if s.Offset != nil {
		v, ok := l.fixed(s.Offset)
		offset, isInt := v.Int()
		switch {
		case !ok || !isInt && !v.IsNil() || n > math.MaxInt64-max(offset, 0):
			return
		}
		n += max(offset, 0)
	}
	a.MaxRecords = n
	if a.Estimate >= 0 {
		a.Estimate = min(a.Estimate, n)
	}
}
