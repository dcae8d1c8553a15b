package exec

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

// together returns the operations that create the record of a row or change the existing one, if
// one command can do both. A value that is NULL has no such operation.
func (i *inserter) together(r *newRow) (ops []protocol.Operation, ok bool, err error) {
	if !i.plan.Together || r.generated {
		return nil, false, nil
	}
	for at := range i.plan.Columns {
		c := &i.plan.Columns[at]
		if at == i.plan.Key || c.From < 0 {
			continue
		}
		if r.values[at].IsNil() || i.adds(c.Bin) && !isNumber(r.values[at]) {
			return nil, false, nil
		}
	}
	i.show(i.env, r)
	d, ok, err := directOperationsOf(i.plan.Change, i.env)
	if err != nil || !ok {
		return nil, false, err
	}
	return withReadBack(i.plan.Change, d.ops), true, nil
}

// adds reports whether the conflict clause adds a number to a bin.
func (i *inserter) adds(bin string) bool {
	for at := range i.plan.Change.Set {
		if s := &i.plan.Change.Set[at]; s.Bin == bin {
			return s.Op == plan.BinAdd
		}
	}
	return false
}

// wroteTogether records that a row was created, or its record changed, by operations that also read
// what RETURNING needs.
func (i *inserter) wroteTogether(r *newRow, record *protocol.Record) error {
	i.last, i.any = r.key.UserKey(), true
	if !i.plan.Change.ReadBack {
		return nil
	}
	row, err := readBack(i.plan.Change, i.env, record)
	if err != nil {
		return err
	}
	return i.out.add(row)
}
