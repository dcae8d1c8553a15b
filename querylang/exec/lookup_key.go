package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// keyOf returns the key of the record of a left row, or false if no record can have it. If the left
// value is the user key of a record that was stored without it, the record's digest decides.
func (o *lookup) keyOf(ctx context.Context, v protocol.Value) (protocol.Key, bool, error) {
	set := o.right.node.Relation
	if !v.IsNil() {
		key, err := protocol.KeyFromValue(set.Namespace, set.Set, function.Clone(v))
		return key, err == nil, nil
	}
	digest, left, ok := o.leftDigest()
	if !ok {
		return protocol.Key{}, false, nil
	}
	if !bind.SameSet(left, set) {
		if o.stored == nil {
			if err := o.readStored(ctx, left); err != nil {
				return protocol.Key{}, false, err
			}
		}
		if digest, ok = o.stored[digest]; !ok {
			return protocol.Key{}, false, nil
		}
	}
	key, err := protocol.KeyFromDigest(set.Namespace, set.Set, digest)
	return key, err == nil, err
}

// leftDigest returns the digest of the record of the left row if the left value is its user key.
func (o *lookup) leftDigest() (protocol.Digest, *bind.Relation, bool) {
	c := columnOf(o.key)
	if c == nil || c.Depth != 0 || c.Relation == nil || !c.Relation.IsSet || c.Relation.Columns[c.Index].Pseudo != bind.PrimaryKey {
		return protocol.Digest{}, nil, false
	}
	for i, column := range c.Relation.Columns {
		if column.Pseudo != bind.Digest {
			continue
		}
		if b, ok := o.env.Row[c.Relation.Base+i].Bytes(); ok && len(b) == len(protocol.Digest{}) {
			return protocol.Digest(b), c.Relation, true
		}
	}
	return protocol.Digest{}, nil, false
}

// readStored reads the user keys of the set that are stored.
func (o *lookup) readStored(ctx context.Context, left *bind.Relation) error {
	s := o.right
	access := &plan.Access{Method: plan.SetScan, UserKey: true, Estimate: -1, Sets: plan.SetsOf(s.node.Relation)}
	packed, err := exp.Pack(exp.KeyExists())
	if err != nil {
		return err
	}
	access.Filter = &plan.ServerFilter{Packed: packed}
	if err := s.x.allow(s.node, access); err != nil {
		return err
	}
	o.account.operator = "lookup join"
	r := reader{engine: s.x.engine, access: access, account: account{budget: s.x.budget, operator: "lookup join"}}
	records, err := r.open(ctx, s.node.Relation.Namespace, s.node.Relation.Set)
	if err != nil {
		return err
	}
	defer records.close()
	o.stored = make(map[protocol.Digest]protocol.Digest)
	for {
		record, err := records.next(ctx)
		if err != nil || record == nil {
			return err
		}
		key, err := protocol.KeyFromValue(left.Namespace, left.Set, record.Key.UserKey())
		if err != nil {
			continue
		}
		if err := o.account.take(entrySize + 2*len(protocol.Digest{})); err != nil {
			return err
		}
		o.stored[key.Digest()] = record.Key.Digest()
	}
}
