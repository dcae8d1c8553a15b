package plan

import (
	"slices"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// maxReads is the largest number of operations for extracts. The client computes further extracts.
const maxReads = 32

// extract decides which extracts the servers compute. The client computes those whose bins are read
// anyway.
func (l *lowerer) extract() {
	if l.scan.Extracts == nil || l.access.Method == Nothing {
		return
	}
	a := l.access
	exprs := l.scan.Extracts.Exprs
	reads := make([][]Read, len(exprs))
	if l.computesExtracts() {
		lowering := newLowering(l.relation, l.env, l.environment.ServerVersion())
		for i, e := range exprs {
			reads[i] = lowering.reads(e, i)
		}
	}
	for i, e := range exprs {
		if reads[i] == nil {
			l.readColumns(e)
		}
	}
	for i, e := range exprs {
		if reads[i] == nil || l.readsColumns(e) || len(a.Reads)+len(reads[i]) > maxReads {
			l.readColumns(e)
			a.Local = append(a.Local, i)
			continue
		}
		a.Reads = append(a.Reads, reads[i]...)
	}
	for i := range a.Reads {
		if a.Reads[i].Extract {
			a.Reads[i].Op.Bin = readName + strconv.Itoa(i)
		}
	}
}

// readName is the prefix of the names of the results of extracts. Bins of statements don't have
// such names.
const readName = "\x01"

// computesExtracts reports whether the servers can compute extracts in this access.
func (l *lowerer) computesExtracts() bool {
	since := rowsSince
	if l.access.Method >= IndexScan {
		since = operationsSince
	}
	return !l.access.AllBins && l.env.Run != nil && l.environment.PushDown(ProjectionRule) &&
		atLeast(l.environment.ServerVersion(), since)
}

// readColumns adds the bins of an extract to those that are read.
func (l *lowerer) readColumns(e bind.Expr) {
	a := l.access
	EachColumn(e, func(c *bind.Column) {
		if bin := l.relation.Columns[c.Index].Bin; !a.AllBins && !slices.Contains(a.Bins, bin) {
			a.Bins = append(a.Bins, bin)
		}
	})
}

// readsColumns reports whether the bins of an extract are read.
func (l *lowerer) readsColumns(e bind.Expr) bool {
	all := true
	EachColumn(e, func(c *bind.Column) {
		all = all && (l.access.AllBins || slices.Contains(l.access.Bins, l.relation.Columns[c.Index].Bin))
	})
	return all
}

// reads returns the operations that compute an extract, or nil. There is one for each way that a
// path can lead, and for each kind of value of a call.
func (l *lowering) reads(e bind.Expr, at int) []Read {
	var reads []Read
	add := func(n exp.Node, element bool) bool {
		if !atLeast(l.version, needs(&n)) || !divisionsAreSafe(&n) {
			return false
		}
		op := exp.Read("", exp.NewExpression(n), exp.ReadEvalNoFail)
		reads = append(reads, Read{Column: at, Extract: true, Element: element, Op: op})
		return op.Value.Kind() != protocol.KindInvalid
	}
	if p, ok := e.(*bind.Path); ok {
		routes, ok := l.routes(p)
		for i := range routes {
			ok = ok && add(routes[i].elements(), true)
		}
		if !ok {
			return nil
		}
		return nonNil(reads)
	}
	branches, ok := l.branches(e, function.AnyValue)
	for i := range branches {
		b := &branches[i]
		ok = ok && b.list == nil && b.kind != protocol.KindBlob && add(b.node, false)
	}
	if !ok {
		return nil
	}
	return nonNil(reads)
}

// nonNil returns the reads of an extract. One that is always NULL has none.
func nonNil(reads []Read) []Read {
	if reads == nil {
		return []Read{}
	}
	return reads
}
