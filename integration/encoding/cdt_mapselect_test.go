package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/protocol/cdt"
)

var mapSelectors = map[string]mapSelection{
	"ByIndex": {false, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByIndex(n),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByIndexOp(bin, n, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByIndexOp(bin, n, r, c...) }
	}},
	"ByIndexRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n, count := d.index(), d.count()
		return cdt.ByIndexRange(n, count),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByIndexRangeCountOp(bin, n, count, r, c...) },
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByIndexRangeCountOp(bin, n, count, r, c...)
			}
	}},
	"ByIndexRange to end": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByIndexRange(n, cdt.ToEnd),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByIndexRangeOp(bin, n, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByIndexRangeOp(bin, n, r, c...) }
	}},
	"ByRank": {false, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByRank(n),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByRankOp(bin, n, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByRankOp(bin, n, r, c...) }
	}},
	"ByRankRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n, count := d.index(), d.count()
		return cdt.ByRankRange(n, count),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByRankRangeCountOp(bin, n, count, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByRankRangeCountOp(bin, n, count, r, c...) }
	}},
	"ByRankRange to end": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		n := d.index()
		return cdt.ByRankRange(n, cdt.ToEnd),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByRankRangeOp(bin, n, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByRankRangeOp(bin, n, r, c...) }
	}},
	"ByValue": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		v := d.operand()
		return cdt.ByValue(v.ours),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByValueOp(bin, v.theirs, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByValueOp(bin, v.theirs, r, c...) }
	}},
	"ByValueList": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		l := d.items()
		return cdt.ByValueList(ours(l)...),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByValueListOp(bin, theirs(l), r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByValueListOp(bin, theirs(l), r, c...) }
	}},
	"ByValueRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		lo, hi := d.limit(), d.limit()
		return cdt.ByValueRange(lo.ours, hi.ours),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByValueRangeOp(bin, lo.theirs, hi.theirs, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByValueRangeOp(bin, lo.theirs, hi.theirs, r, c...)
			}
	}},
	"ByRelativeRankRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		v, n, count := d.operand(), d.index(), d.count()
		return cdt.ByRelativeRankRange(v.ours, n, count),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByValueRelativeRankRangeCountOp(bin, v.theirs, n, count, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByValueRelativeRankRangeCountOp(bin, v.theirs, n, count, r, c...)
			}
	}},
	"ByRelativeRankRange to end": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		v, n := d.operand(), d.index()
		return cdt.ByRelativeRankRange(v.ours, n, cdt.ToEnd),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByValueRelativeRankRangeOp(bin, v.theirs, n, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByValueRelativeRankRangeOp(bin, v.theirs, n, r, c...)
			}
	}},
	"ByKey": {false, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		k := d.key()
		return cdt.ByKey(k.ours),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByKeyOp(bin, k.theirs, r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByKeyOp(bin, k.theirs, r, c...) }
	}},
	"ByKeyList": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		l := d.items()
		return cdt.ByKeyList(ours(l)...),
			func(r mapReturn, c path) *as.Operation { return as.MapGetByKeyListOp(bin, theirs(l), r, c...) },
			func(r mapReturn, c path) *as.Operation { return as.MapRemoveByKeyListOp(bin, theirs(l), r, c...) }
	}},
	"ByKeyRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		lo, hi := d.limit(), d.limit()
		return cdt.ByKeyRange(lo.ours, hi.ours),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByKeyRangeOp(bin, lo.theirs, hi.theirs, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByKeyRangeOp(bin, lo.theirs, hi.theirs, r, c...)
			}
	}},
	"ByRelativeIndexRange": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		k, n, count := d.key(), d.index(), d.count()
		return cdt.ByRelativeIndexRange(k.ours, n, count),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByKeyRelativeIndexRangeCountOp(bin, k.theirs, n, count, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByKeyRelativeIndexRangeCountOp(bin, k.theirs, n, count, r, c...)
			}
	}},
	"ByRelativeIndexRange to end": {true, func(d draw) (_ cdt.MapSelector, get, remove func(mapReturn, path) *as.Operation) {
		k, n := d.key(), d.index()
		return cdt.ByRelativeIndexRange(k.ours, n, cdt.ToEnd),
			func(r mapReturn, c path) *as.Operation {
				return as.MapGetByKeyRelativeIndexRangeOp(bin, k.theirs, n, r, c...)
			},
			func(r mapReturn, c path) *as.Operation {
				return as.MapRemoveByKeyRelativeIndexRangeOp(bin, k.theirs, n, r, c...)
			}
	}},
}
