package mapper

import (
	"cmp"
	"context"
	"fmt"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A Change is a part of a patch of a record of T: see [Repo.Patch]. Typed fields make changes; see
// [Field.Set] and the methods of [Num], [Text], [ListOf] and [MapOf]. [If], [IfGen], [Expire] and
// [OrInsert] change how the patch is done. The zero Change is an error of the patch.
type Change[T any] struct{ c *change }

// A change adds its part to the command of a patch.
type change struct {
	place *binPath // nil for changes of the whole patch
	apply func(*changing) error
}

// If makes a patch conditional. If the record exists and one of the conditions is not true, nothing
// is changed and the error is [ErrCondition]. The server checks the condition in the same command;
// one that only the client can check, such as [Text.Match], is an error of kind [ErrUnsupported].
func If[T any](c ...Cond[T]) Change[T] {
	return whole[T](func(p *changing) error { p.conditions = append(p.conditions, conditionsOf(c)...); return nil })
}

// IfGen makes a patch conditional on the record's generation. If it is another one nothing is
// changed and the error is a [*StaleError].
func IfGen[T any](generation uint32) Change[T] {
	return whole[T](func(p *changing) error {
		if generation == 0 || generation > 0xFFFF {
			return fmt.Errorf("mapper: IfGen(%d): %w: a generation is between 1 and 65535", generation, ErrRange)
		}
		p.policy.Generation, p.policy.GenerationPolicy = generation, cluster.ExpectEqual
		return nil
	})
}

// Expire sets the record's time to live, as [TTL] does. Without it a patch keeps the record's
// expiry.
func Expire[T any](d time.Duration) Change[T] {
	return whole[T](func(p *changing) error {
		ttl, err := ttlFor(d)
		if err != nil {
			return fmt.Errorf("mapper: Expire(%v): %w", d, err)
		}
		p.ttl = &ttl
		return nil
	})
}

// OrInsert inserts x if there is no record, and then makes the other changes to it. Conditions of
// [If] are not checked for a record that is inserted. The key of x must be the patch's.
func OrInsert[T any](x *T) Change[T] {
	return whole[T](func(p *changing) error {
		if x == nil {
			return p.store.nilObject("OrInsert")
		}
		p.insert = unsafe.Pointer(x)
		return nil
	})
}

// Use adds operations of packages protocol, cdt and exp to a patch, for what typed fields don't
// have, such as bit and HyperLogLog operations:
//
//	users.Patch(ctx, "ada", mapper.Use[User](cdt.BitSet("flags", 3, 1, []byte{0x80})))
//
// The operations must write.
func Use[T any](ops ...protocol.Operation) Change[T] {
	return whole[T](func(p *changing) error { p.ops = append(p.ops, ops...); return nil })
}

func whole[T any](apply func(*changing) error) Change[T] { return Change[T]{&change{apply: apply}} }

// changing is the command of a patch.
type changing struct {
	store      *store
	ops        []protocol.Operation
	policy     cluster.WritePolicy
	conditions []*condition
	ttl        *cluster.TTL
	insert     unsafe.Pointer // the object of OrInsert, or nil
}

func (c *changing) add(op protocol.Operation) { c.ops = append(c.ops, op) }

// newChanging collects the changes of a patch.
func (s *store) newChanging(policy cluster.WritePolicy, changes []*change) (*changing, error) {
	c := &changing{store: s, policy: policy}
	for _, part := range changes {
		if part == nil {
			return nil, &emptyError{"", "the change is empty: make it with a typed field"}
		}
		if err := part.apply(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// changeAt returns a change of the value of a place.
func changeAt(p *binPath, apply func(*changing, *binPath) error) *change {
	return replacing(p, func(c *changing, p *binPath) error {
		if err := p.checkAlias(); err != nil {
			return err
		}
		return apply(c, p)
	})
}

// checkAlias returns an error if the value may be in an older bin, so that it can't be changed
// without reading it.
func (p *binPath) checkAlias() error {
	if p.alias == "" {
		return nil
	}
	return p.fail(fmt.Errorf("%w: the value may be in the bin %q, the option alias of the field; use Set of the whole field, or Modify", ErrUnsupported, p.alias))
}

// replacing is changeAt for a change that doesn't depend on the value before.
func replacing(p *binPath, apply func(*changing, *binPath) error) *change {
	return &change{p, func(c *changing) error {
		p, err := c.store.resolve(p)
		if err != nil {
			return err
		}
		switch p.kind {
		case inKey:
			return p.fail(fmt.Errorf("%w: a record's key can't be changed", ErrUnsupported))
		case inGeneration:
			return p.fail(fmt.Errorf("%w: only the server changes the generation; use IfGen to check it", ErrUnsupported))
		}
		return apply(c, p)
	}}
}

func setChange(p *binPath, v typedValue) *change {
	return replacing(p, func(c *changing, p *binPath) error {
		value, err := c.store.valueOf(p, v)
		if err == nil && len(p.steps) > 0 {
			err = p.checkAlias()
		}
		switch {
		case err != nil:
			return err
		case value.IsNil() && (len(p.steps) == 0 || p.last().isMap):
			return c.unset(p)
		case len(p.steps) == 0:
			c.put(p, value)
		case p.last().isMap:
			c.add(cdt.MapPut(p.bin, p.last().key, value, p.outer()))
		default:
			c.add(cdt.ListSet(p.bin, p.last().index, value, p.outer()))
		}
		return nil
	})
}

// put writes a bin, and removes its older name.
func (c *changing) put(p *binPath, v protocol.Value) {
	c.add(protocol.PutBin(p.bin, v))
	if p.alias != "" {
		c.add(protocol.PutBin(p.alias, protocol.Nil()))
	}
}

func unsetChange(p *binPath) *change {
	return replacing(p, func(c *changing, p *binPath) error {
		if len(p.steps) == 0 {
			return c.unset(p)
		}
		return cmp.Or(p.checkAlias(), c.unset(p))
	})
}

func (c *changing) unset(p *binPath) error {
	switch {
	case p.required:
		return p.fail(fmt.Errorf("%w: the field has option required and can't be unset", ErrMissingBin))
	case len(p.steps) == 0:
		c.put(p, protocol.Nil())
	case p.last().isMap:
		c.add(cdt.MapRemove(p.bin, cdt.ByKey(p.last().key), cdt.ReturnNone, p.inner(len(p.steps)-1)))
	default:
		return p.fail(errElement("an element of a list can't be unset", "use Remove or RemoveAt of the list"))
	}
	return nil
}

func setOnceChange(p *binPath, v typedValue) *change {
	return changeAt(p, func(c *changing, p *binPath) error {
		value, err := c.store.valueOf(p, v)
		switch {
		case err != nil:
			return err
		case value.IsNil():
			return nil
		case len(p.steps) == 0:
			c.add(setOnce(p.bin, value))
		case p.last().isMap:
			c.add(cdt.MapPut(p.bin, p.last().key, value, cdt.MapPolicy{Flags: cdt.CreateOnly | cdt.NoFail}, p.outer()))
		default:
			return p.fail(errElement("an element of a list always has a value", "use Set"))
		}
		return nil
	})
}

func addChange(p *binPath, v typedValue) *change {
	return changeAt(p, func(c *changing, p *binPath) error {
		value, err := c.store.valueOf(p, v)
		switch {
		case err != nil:
			return err
		case value.Kind() != protocol.KindInt && value.Kind() != protocol.KindFloat:
			return p.fail(fmt.Errorf("%w: the field is stored as %s, to which nothing can be added", ErrUnsupported, article(value.Kind().String())))
		case len(p.steps) == 0:
			c.add(protocol.AddBin(p.bin, value))
		case p.last().isMap:
			c.add(cdt.MapIncrement(p.bin, p.last().key, value, p.outer()))
		default:
			c.add(cdt.ListIncrement(p.bin, p.last().index, value, p.outer()))
		}
		return nil
	})
}

// joinChange appends or prepends a string.
func joinChange(p *binPath, code protocol.OpCode, v typedValue) *change {
	return changeAt(p, func(c *changing, p *binPath) error {
		value, err := c.store.valueOf(p, v)
		if err == nil {
			err = c.store.checkText(p, protocol.KindString, protocol.KindBlob)
		}
		switch {
		case err != nil:
			return err
		case len(p.steps) > 0:
			return p.fail(errElement("the server can't append to a string inside a list or map", "use Set, or Modify"))
		}
		c.add(protocol.Operation{Code: code, Bin: p.bin, Value: value})
		return nil
	})
}

// collectionChange changes a list or map with the encoded values.
func collectionChange(p *binPath, values []typedValue, do func(*changing, []protocol.Value, cdt.Context)) *change {
	return changeAt(p, func(c *changing, p *binPath) error {
		if err := p.checkParts(); err != nil {
			return err
		}
		encoded := make([]protocol.Value, len(values))
		for i := range values {
			var err error
			if encoded[i], err = c.store.valueOf(p, values[i]); err != nil {
				return err
			}
		}
		do(c, encoded, p.inner(len(p.steps)))
		return nil
	})
}

// last returns the last step of a place that has steps.
func (p *binPath) last() pathStep { return p.steps[len(p.steps)-1] }

// outer returns the context of the list or map that the place's value is in. Maps on the way are
// created.
func (p *binPath) outer() cdt.Context {
	context := make(cdt.Context, len(p.steps)-1)
	for i := range context {
		if s := p.steps[i]; s.isMap {
			context[i] = cdt.MapKeyCreate(s.key, protocol.Unordered)
		} else {
			context[i] = cdt.ListIndex(s.index)
		}
	}
	return context
}

// inner returns the context of the first n steps.
func (p *binPath) inner(n int) cdt.Context {
	context := make(cdt.Context, n)
	for i, s := range p.steps[:n] {
		if s.isMap {
			context[i] = cdt.MapKey(s.key)
		} else {
			context[i] = cdt.ListIndex(s.index)
		}
	}
	return context
}

// filter returns the filter expression of the conditions, nil if there are none.
func (c *changing) filter(ctx context.Context, b *binding) ([]byte, error) {
	if len(c.conditions) == 0 {
		return nil, nil
	}
	return c.store.filterOf(ctx, b, c.conditions)
}

// stampUpdated sets the field tagged updated, unless the patch does.
func (c *changing) stampUpdated() error {
	a := c.store.plan.audit
	if a == nil || a.updated == nil || len(c.ops) == 0 {
		return nil
	}
	for i := range c.ops {
		if c.ops[i].Bin == a.updated.bin {
			return nil
		}
	}
	v, err := c.store.clockValue(a.updated)
	if err != nil {
		return c.store.plan.fieldError(a.updated, err)
	}
	c.add(protocol.PutBin(a.updated.bin, v))
	return nil
}
