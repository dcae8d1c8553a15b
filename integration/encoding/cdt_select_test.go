package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

type (
	listReturn = as.ListReturnType
	mapReturn  = as.MapReturnTypes
	path       = []*as.CDTContext
)

// A listSelection draws one of our selectors, and the official client's get and remove for it.
type listSelection struct {
	several bool // selects more than one element, so it can be inverted
	draw    func(draw) (ours cdt.Selector, get, remove func(listReturn, path) *as.Operation)
}

// A mapSelection is a listSelection for maps.
type mapSelection struct {
	several bool
	draw    func(draw) (ours cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation)
}

func listSelections() map[string]call {
	calls := make(map[string]call)
	for name, s := range listSelectors {
		calls["ListGet "+name] = func(d draw) (protocol.Operation, *as.Operation) {
			which, get, _ := s.draw(d)
			what := d.returns(s.several)
			in, ctx := d.context(0)
			return cdt.ListGet(bin, which, cdt.ListReturn(what), in), get(listReturn(what), ctx)
		}
		calls["ListRemove "+name] = func(d draw) (protocol.Operation, *as.Operation) {
			which, _, remove := s.draw(d)
			what := d.returns(s.several)
			in, ctx := d.context(0)
			return cdt.ListRemove(bin, which, cdt.ListReturn(what), in), remove(listReturn(what), ctx)
		}
	}
	return calls
}

func mapSelections() map[string]call {
	calls := make(map[string]call)
	for name, s := range mapSelectors {
		calls["MapGet "+name] = func(d draw) (protocol.Operation, *as.Operation) {
			which, get, _ := s.draw(d)
			what, same := d.mapReturns(s.several)
			in, ctx := d.context(0)
			return cdt.MapGet(bin, which, what, in), get(same, ctx)
		}
		calls["MapRemove "+name] = func(d draw) (protocol.Operation, *as.Operation) {
			which, _, remove := s.draw(d)
			what, same := d.mapReturns(s.several)
			in, ctx := d.context(0)
			return cdt.MapRemove(bin, which, what, in), remove(same, ctx)
		}
	}
	return calls
}

var listSelectors = map[string]listSelection{
	"ByIndex": {false, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByIndex(n),
			func(r listReturn, c path) *as.Operation { return as.ListGetByIndexOp(bin, n, r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByIndexOp(bin, n, r, c...) }
	}},
	"ByIndexRange": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n, count := d.index(), d.count()
		return cdt.ByIndexRange(n, count),
			func(r listReturn, c path) *as.Operation { return as.ListGetByIndexRangeCountOp(bin, n, count, r, c...) },
			func(r listReturn, c path) *as.Operation {
				return as.ListRemoveByIndexRangeCountOp(bin, n, count, r, c...)
			}
	}},
	"ByIndexRange to end": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByIndexRange(n, cdt.ToEnd),
			func(r listReturn, c path) *as.Operation { return as.ListGetByIndexRangeOp(bin, n, r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByIndexRangeOp(bin, n, r, c...) }
	}},
	"ByRank": {false, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByRank(n),
			func(r listReturn, c path) *as.Operation { return as.ListGetByRankOp(bin, n, r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByRankOp(bin, n, r, c...) }
	}},
	"ByRankRange": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n, count := d.index(), d.count()
		return cdt.ByRankRange(n, count),
			func(r listReturn, c path) *as.Operation { return as.ListGetByRankRangeCountOp(bin, n, count, r, c...) },
			func(r listReturn, c path) *as.Operation {
				return as.ListRemoveByRankRangeCountOp(bin, n, count, r, c...)
			}
	}},
	"ByRankRange to end": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByRankRange(n, cdt.ToEnd),
			func(r listReturn, c path) *as.Operation { return as.ListGetByRankRangeOp(bin, n, r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByRankRangeOp(bin, n, r, c...) }
	}},
	"ByValue": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		v := d.operand()
		return cdt.ByValue(v.ours),
			func(r listReturn, c path) *as.Operation { return as.ListGetByValueOp(bin, v.theirs, r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByValueOp(bin, v.theirs, r, c...) }
	}},
	"ByValueList": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		l := d.items()
		return cdt.ByValueList(ours(l)...),
			func(r listReturn, c path) *as.Operation { return as.ListGetByValueListOp(bin, theirs(l), r, c...) },
			func(r listReturn, c path) *as.Operation { return as.ListRemoveByValueListOp(bin, theirs(l), r, c...) }
	}},
	"ByValueRange": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		lo, hi := d.limit(), d.limit()
		return cdt.ByValueRange(lo.ours, hi.ours),
			func(r listReturn, c path) *as.Operation {
				return as.ListGetByValueRangeOp(bin, lo.theirs, hi.theirs, r, c...)
			},
			func(r listReturn, c path) *as.Operation {
				return as.ListRemoveByValueRangeOp(bin, r, lo.theirs, hi.theirs, c...)
			}
	}},
	"ByRelativeRankRange": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		v, n, count := d.operand(), d.index(), d.count()
		return cdt.ByRelativeRankRange(v.ours, n, count),
			func(r listReturn, c path) *as.Operation {
				return as.ListGetByValueRelativeRankRangeCountOp(bin, v.theirs, n, count, r, c...)
			},
			func(r listReturn, c path) *as.Operation {
				return as.ListRemoveByValueRelativeRankRangeCountOp(bin, r, v.theirs, n, count, c...)
			}
	}},
	"ByRelativeRankRange to end": {true, func(d draw) (_ cdt.Selector, get, remove func(listReturn, path) *as.Operation) {
		v, n := d.operand(), d.index()
		return cdt.ByRelativeRankRange(v.ours, n, cdt.ToEnd),
			func(r listReturn, c path) *as.Operation {
				return as.ListGetByValueRelativeRankRangeOp(bin, v.theirs, n, r, c...)
			},
			func(r listReturn, c path) *as.Operation {
				return as.ListRemoveByValueRelativeRankRangeOp(bin, r, v.theirs, n, c...)
			}
	}},
}
