package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// find reads a record into the object at base and returns its generation.
func (s *store) find(ctx context.Context, user any, base unsafe.Pointer, fresh bool) (generation uint32, err error) {
	method := "Repo.FindInto"
	if fresh {
		method = "Repo.Find"
	}
	if err := s.takes(method, base); err != nil {
		return 0, err
	}
	b, key, err := s.locate(ctx, target{key: user})
	if err != nil {
		return 0, err
	}
	rec, err := b.records.GetEncoded(ctx, s.read, key, s.plan.bins...)
	if err != nil {
		return 0, s.wrapError(key, nil, err)
	}
	if !s.setText(base, user) {
		err = s.setKey(base, key)
	}
	if err == nil {
		err = s.decodeEncoded(base, key, &rec, fresh)
	}
	if err != nil {
		return 0, err
	}
	if s.plan.basic {
		rec.Bins.Release()
	}
	if err := s.checkVisible(key, base); err != nil {
		return 0, err
	}
	return rec.Generation, s.afterFind(ctx, base)
}

// targetOf returns the target of a key or a *T.
func (s *store) targetOf(method string, keyOrObject any) (target, error) {
	if err := s.ready(method); err != nil {
		return target{}, err
	}
	switch t := reflect.TypeOf(keyOrObject); t {
	case s.plan.pointer:
		object := reflect.ValueOf(keyOrObject).UnsafePointer()
		if object == nil {
			return target{}, s.nilObject(method)
		}
		return target{object: object}, nil
	case s.plan.typ:
		return target{}, fmt.Errorf("mapper: %s: %w: the argument must be a key or a *%s, not a %[3]s", method, ErrType, typeName(t))
	}
	return target{key: keyOrObject}, nil
}

// locate returns the binding and the key of a target.
func (s *store) locate(ctx context.Context, t target) (*binding, protocol.Key, error) {
	b, err := s.bind(ctx)
	if err != nil {
		return nil, protocol.Key{}, err
	}
	key, err := s.keyAt(b.namespace, t)
	return b, key, err
}

// keyAt returns the key of a target in a namespace.
func (s *store) keyAt(namespace string, t target) (protocol.Key, error) {
	if t.object != nil {
		return s.keyOf(namespace, t.object)
	}
	return s.keyFrom(namespace, t.key)
}

func (s *store) exists(ctx context.Context, keyOrObject any) (bool, error) {
	t, err := s.targetOf("Repo.Exists", keyOrObject)
	if err != nil {
		return false, err
	}
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return false, err
	}
	if s.hidesDeleted() {
		return s.existsVisible(ctx, b, key)
	}
	found, err := b.records.Exists(ctx, s.read, key)
	return found, s.wrapError(key, nil, err)
}

// existsVisible is exists for a type whose records can be marked as deleted.
func (s *store) existsVisible(ctx context.Context, b *binding, key protocol.Key) (bool, error) {
	bin := s.plan.audit.deleted.bin
	rec, err := b.records.Get(ctx, s.read, key, bin)
	if errors.Is(err, protocol.KeyNotFound) {
		return false, nil
	}
	if err != nil {
		return false, s.wrapError(key, nil, err)
	}
	_, marked := rec.Bin(bin)
	return !marked, nil
}

func (s *store) delete(ctx context.Context, keyOrObject any) (existed bool, err error) {
	t, err := s.targetOf("Repo.Delete", keyOrObject)
	if err != nil {
		return false, err
	}
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return false, err
	}
	if t.object != nil {
		if err := s.hooks.beforeDelete.run(ctx, t.object); err != nil {
			return false, err
		}
	}
	p, err := s.deletePolicy(b, t)
	if err != nil {
		return false, err
	}
	if s.softDelete() {
		existed, err = s.mark(ctx, b, key, p)
	} else {
		existed, err = b.records.Delete(ctx, p, key)
	}
	if err != nil {
		return false, s.wrapError(key, p, err)
	}
	if t.object != nil {
		s.plan.setGeneration(t.object, 0)
		s.forget(t.object)
	}
	return existed, nil
}

// deletePolicy returns the policy for deleting a target. Deletes ignore the time to live.
func (s *store) deletePolicy(b *binding, t target) (*cluster.WritePolicy, error) {
	if t.object == nil && !s.durable {
		return &b.write, nil
	}
	p := b.write
	p.DurableDelete = p.DurableDelete || s.durable
	if t.object == nil {
		return &p, nil
	}
	generation, err := s.plan.generation(t.object)
	if generation != 0 {
		p.Generation, p.GenerationPolicy = generation, cluster.ExpectEqual
	}
	return &p, err
}

func (s *store) touch(ctx context.Context, keyOrObject any) error {
	t, err := s.targetOf("Repo.Touch", keyOrObject)
	if err != nil {
		return err
	}
	b, key, err := s.locate(ctx, t)
	if err != nil {
		return err
	}
	p, err := s.touchPolicy(b, key, t)
	if err != nil {
		return err
	}
	s.onlyVisible(p)
	rec, err := b.records.Operate(ctx, p, key, protocol.TouchRecord())
	if err != nil {
		return s.hidden(key, s.wrapError(key, p, err))
	}
	if t.object != nil {
		s.plan.setGeneration(t.object, rec.Generation)
		if p.TTL != cluster.TTLDontUpdate {
			s.forget(t.object)
		}
	}
	return nil
}

// touchPolicy returns the policy for touching a target. If nothing sets a time to live the record
// keeps its expiry: with the default of the namespace it might never expire.
func (s *store) touchPolicy(b *binding, key protocol.Key, t target) (p *cluster.WritePolicy, err error) {
	own := b.write
	p = &own
	if t.object != nil {
		err = s.applyMeta(p, t.object, s.keepsExpiry(t.object, key), true)
	} else if s.ttl != nil || s.ttlErr != nil {
		p.TTL, err = s.ttlFor(p.TTL, nil, false)
	}
	if p.TTL == cluster.TTLDefault && s.ttl == nil {
		p.TTL = cluster.TTLDontUpdate
	}
	return p, err
}
