package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A store is a Repo without its type parameter: it works on objects by their
// address, so that its code exists once and not for every type.
type store struct {
	plan    *plan
	set     string
	bind    bind
	makeKey func(base unsafe.Pointer) any // nil if the plan has a key field
	now     func() time.Time

	read  *cluster.ReadPolicy
	batch *cluster.BatchPolicy
	scan  *cluster.QueryPolicy
}

// A verb is a way to write an object.
type verb uint8

const (
	save verb = iota
	insert
	update
	replace
)

// verbs says what is particular to each.
var verbs = [...]struct {
	exists cluster.ExistsAction
	// nulls are sent where existing bins are merged with the object's; elsewhere
	// there is nothing to remove, and a replacing write with one is refused by the server.
	nulls bool
	// checks says that the generation field is an expectation.
	checks bool
}{
	save:    {cluster.Upsert, true, true},
	insert:  {cluster.CreateOnly, false, false},
	update:  {cluster.UpdateOnly, true, true},
	replace: {cluster.Replace, false, true},
}

// newStore finds everything out that can be wrong with a type and its options.
func newStore(t reflect.Type, cfg *config, bind bind) (*store, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is no struct", t)
	}
	p, err := newCompiler(cfg.native).compile(t)
	if err != nil {
		return nil, err
	}
	s := &store{plan: p, set: cfg.set, bind: bind, now: time.Now, read: cfg.read, batch: cfg.batch, scan: cfg.scan}
	if !cfg.hasSet {
		if s.set, err = setOf(t); err != nil {
			return nil, err
		}
	}
	if _, err := protocol.NewKey("namespace", s.set, 1); err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	if err := s.chooseKey(cfg); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *store) chooseKey(cfg *config) error {
	t := s.plan.typ
	switch {
	case cfg.key != nil && cfg.keyType != t:
		return fmt.Errorf("mapper: WithKey takes a *%s, the objects are *%s", cfg.keyType, t)
	case cfg.key != nil && s.plan.key != nil:
		return fmt.Errorf("mapper: %s.%s is tagged pk, and WithKey makes keys as well", typeName(t), s.plan.key.path)
	case cfg.key != nil:
		s.makeKey = cfg.key
	case s.plan.key != nil:
	case reflect.PointerTo(t).Implements(keyerType):
		s.makeKey = func(base unsafe.Pointer) any { return interfaceAt[keyer](t, base).AerospikeKey() }
	default:
		return fmt.Errorf("mapper: %s has no key: tag a field `as:\"name,pk\"`, give it a method AerospikeKey() any, or use WithKey", typeName(t))
	}
	return nil
}

// keyer is a type that makes its key itself.
type keyer interface{ AerospikeKey() any }

var keyerType = reflect.TypeFor[keyer]()

// policy returns the write policy of a verb for the object at base.
func (s *store) policy(b *binding, v verb, base unsafe.Pointer) (*cluster.WritePolicy, error) {
	if len(s.plan.gens) == 0 && len(s.plan.ttls) == 0 {
		return &b.puts[v], nil
	}
	p := b.puts[v]
	return &p, s.applyMeta(&p, base, verbs[v].checks)
}

// applyMeta writes what the object's metadata says into a policy.
func (s *store) applyMeta(p *cluster.WritePolicy, base unsafe.Pointer, checks bool) (err error) {
	if p.TTL, err = s.plan.ttl(base, p.TTL, s.now); err != nil || !checks {
		return err
	}
	p.Generation, err = s.plan.generation(base)
	if p.Generation != 0 {
		p.GenerationPolicy = cluster.ExpectEqual
	}
	return err
}

// put writes the object at base.
func (s *store) put(ctx context.Context, v verb, base unsafe.Pointer) error {
	b, err := s.bind(ctx)
	if err != nil {
		return err
	}
	w, err := s.writing(b, v, base)
	if err != nil {
		return err
	}
	if len(s.plan.gens) == 0 {
		return s.failure(w.key, w.policy, b.records.Put(ctx, w.policy, w.key, w.bins))
	}
	return s.operate(ctx, b, &w, base)
}

// operate writes by a command whose answer tells the new generation.
func (s *store) operate(ctx context.Context, b *binding, w *writing, base unsafe.Pointer) error {
	ops := make([]protocol.Operation, len(w.bins))
	for i, bin := range w.bins {
		ops[i] = protocol.PutBin(bin.Name, bin.Value)
	}
	rec, err := b.records.Operate(ctx, w.policy, w.key, ops...)
	if err != nil {
		return s.failure(w.key, w.policy, err)
	}
	s.plan.setGeneration(base, rec.Generation)
	return nil
}

// A writing is one object on its way to the server. It has memory of its own, as
// a command may still be read by the client when the caller's context has ended.
type writing struct {
	key    protocol.Key
	policy *cluster.WritePolicy
	bins   protocol.Bins
}

func (s *store) writing(b *binding, v verb, base unsafe.Pointer) (w writing, err error) {
	if w.key, err = s.keyOf(b.namespace, base); err != nil {
		return w, err
	}
	if w.policy, err = s.policy(b, v, base); err != nil {
		return w, err
	}
	err = s.encode(&w, v, base)
	return w, err
}

// encode makes the bins of the object at base.
func (s *store) encode(w *writing, v verb, base unsafe.Pointer) (err error) {
	w.bins, err = s.plan.appendBins(make(protocol.Bins, 0, len(s.plan.fields)), base, verbs[v].nulls)
	if err == nil && len(w.bins) == 0 {
		err = fmt.Errorf("mapper: %v: %w", w.key, ErrNothingToWrite)
	}
	return err
}

// fillFrom sets the object at base from a record.
func (s *store) fillFrom(base unsafe.Pointer, key protocol.Key, rec *protocol.Record, fresh bool) error {
	if err := s.setKey(base, key); err != nil {
		return err
	}
	if err := s.plan.decodeBins(base, rec.Bins, fresh); err != nil {
		return err
	}
	s.plan.setGeneration(base, rec.Generation)
	s.plan.setTTL(base, rec, s.now)
	return nil
}

// failure adds our verdict to an error of the client.
func (s *store) failure(key protocol.Key, p *cluster.WritePolicy, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, protocol.KeyNotFound):
		return &keyError{ErrNotFound, key, err}
	case errors.Is(err, protocol.KeyExists):
		return &keyError{ErrExists, key, err}
	case errors.Is(err, protocol.GenerationError) && p != nil:
		return &StaleError{Key: key, Want: p.Generation, Err: err}
	}
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Key.Namespace != "" {
		return fmt.Errorf("mapper: %w", err) // it names the key
	}
	return fmt.Errorf("mapper: %v: %w", key, err)
}
