package mapper

import (
	"context"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// find reads a record into the object at base and returns its generation.
func (s *store) find(ctx context.Context, user any, base unsafe.Pointer, fresh bool) (generation uint32, err error) {
	b, key, err := s.locate(ctx, target{key: user})
	if err != nil {
		return 0, err
	}
	rec, err := b.records.Get(ctx, s.read, key, s.plan.bins...)
	if err != nil {
		return 0, s.failure(key, nil, err)
	}
	return rec.Generation, s.fillFrom(base, key, rec, fresh)
}

// locate returns where a target's record lives.
func (s *store) locate(ctx context.Context, t target) (*binding, protocol.Key, error) {
	b, err := s.bind(ctx)
	if err != nil {
		return nil, protocol.Key{}, err
	}
	var key protocol.Key
	if t.object != nil {
		key, err = s.keyOf(b.namespace, t.object)
	} else {
		key, err = s.keyFrom(b.namespace, t.key)
	}
	return b, key, err
}

// locked returns a write policy that expects the target's generation.
func (s *store) locked(b *binding, t target) (*cluster.WritePolicy, error) {
	if t.object == nil {
		return &b.write, nil
	}
	p := b.write
	return &p, s.applyMeta(&p, t.object, true)
}

func (s *store) exists(ctx context.Context, t target) (bool, error) {
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return false, err
	}
	found, err := b.records.Exists(ctx, s.read, key)
	return found, s.failure(key, nil, err)
}

func (s *store) delete(ctx context.Context, t target) (existed bool, err error) {
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return false, err
	}
	p, err := s.deleting(b, t)
	if err != nil {
		return false, err
	}
	if existed, err = b.records.Delete(ctx, p, key); err != nil {
		return false, s.failure(key, p, err)
	}
	if t.object != nil {
		s.plan.setGeneration(t.object, 0)
	}
	return existed, nil
}

// deleting returns the policy that a target is deleted with; its time to live does not matter.
func (s *store) deleting(b *binding, t target) (*cluster.WritePolicy, error) {
	if t.object == nil {
		return &b.write, nil
	}
	p := b.write
	generation, err := s.plan.generation(t.object)
	if generation != 0 {
		p.Generation, p.GenerationPolicy = generation, cluster.ExpectEqual
	}
	return &p, err
}

func (s *store) touch(ctx context.Context, t target) error {
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return err
	}
	p, err := s.locked(b, t)
	if err != nil {
		return err
	}
	rec, err := b.records.Operate(ctx, p, key, protocol.TouchRecord())
	if err != nil {
		return s.failure(key, p, err)
	}
	if t.object != nil {
		s.plan.setGeneration(t.object, rec.Generation)
	}
	return nil
}
