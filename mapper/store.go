package mapper

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A store is a Repo without its type parameter. It accesses objects by their address, so that its
// code isn't instantiated for every type.
type store struct {
	plan *plan
	set  string
	// namespace is "" if only the binding has it.
	namespace string
	bind      bindFunc
	makeKey   func(base unsafe.Pointer) any // nil if the plan has a key field
	now       func() time.Time

	// expiries is nil for a type without a field tagged ttl.
	expiries *expiries
	// ttl overrides the time to live of objects and policies, unless it is nil. If it is invalid,
	// ttlErr is its error.
	ttl    *cluster.TTL
	ttlErr error
	// durable, withDeleted, purge and attempts are those of call options.
	durable, withDeleted, purge bool
	attempts                    int

	read  *cluster.ReadPolicy
	batch *cluster.BatchPolicy
	scan  *cluster.QueryPolicy

	// newCompiler returns a compiler with the options of the Repo. codecs has the codecs of the
	// values of typed fields, by codecKey.
	newCompiler func() *compiler
	codecs      *sync.Map
	writers     *sync.Pool // of *binEncoder
	native      bool
	// queries has the plans of queries.
	queries   *queries
	hooks     hooks
	cursorKey []byte
}

// A verb is a way to write an object.
type verb uint8

const (
	save verb = iota
	insert
	update
	replace
)

// verbs has the properties of each verb.
var verbs = [...]struct {
	method string
	exists cluster.ExistsAction
	// existing is the action if the write must not create a record.
	existing cluster.ExistsAction
	// nulls says whether NULL bins are sent, which removes them. Verbs that don't merge bins have
	// nothing to remove, and the server refuses a replacing write with NULL bins.
	nulls bool
	// checks says whether the generation field is checked.
	checks bool
}{
	save:    {"Repo.Save", cluster.Upsert, cluster.UpdateOnly, true, true},
	insert:  {"Repo.Insert", cluster.CreateOnly, cluster.CreateOnly, false, false},
	update:  {"Repo.Update", cluster.UpdateOnly, cluster.UpdateOnly, true, true},
	replace: {"Repo.Replace", cluster.Replace, cluster.ReplaceOnly, false, true},
}

// newStore returns the store of a type, or an error with every mistake in the type and its options.
func newStore(t reflect.Type, cfg *config, bind bindFunc) (*store, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is not a struct", t)
	}
	compiler := func() *compiler { return newCompiler(cfg) }
	p, err := compiler().compile(t)
	if err != nil {
		return nil, err
	}
	if cfg.now == nil {
		cfg.now = time.Now
	}
	h, err := hooksOf(t)
	if err != nil {
		return nil, err
	}
	s := &store{
		plan: p, set: cfg.set, namespace: cfg.namespace, bind: bind, now: cfg.now,
		read: cfg.read, batch: cfg.batch, scan: cfg.scan,
		newCompiler: compiler, codecs: new(sync.Map), writers: new(sync.Pool), native: cfg.native, queries: new(queries), hooks: h, cursorKey: cfg.cursorKey,
	}
	if len(p.ttls) > 0 {
		s.expiries = new(expiries)
	}
	if !cfg.hasSet {
		if s.set, err = callSetOf(t); err != nil {
			return nil, err
		}
	}
	if _, err := protocol.NewKey("namespace", s.set, 1); err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	if err := s.chooseKey(cfg); err != nil {
		return nil, err
	}
	if _, problems := s.indexes(); len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return s, nil
}

// callSetOf returns the default set of a type, which may have a method for it.
func callSetOf(t reflect.Type) (set string, err error) {
	defer recovered(t, &err)
	return setOf(t)
}

func (s *store) chooseKey(cfg *config) error {
	t := s.plan.typ
	switch {
	case cfg.key != nil && cfg.keyType != t:
		return fmt.Errorf("mapper: the function of WithKey takes a *%s, but the Repo has *%s", cfg.keyType, t)
	case cfg.key != nil && s.plan.key != nil:
		return fmt.Errorf("mapper: %s.%s is tagged pk: WithKey can't be used as well", typeName(t), s.plan.key.path)
	case cfg.key != nil:
		s.makeKey = cfg.key
	case s.plan.key != nil:
	case reflect.PointerTo(t).Implements(keyerType):
		s.makeKey = func(base unsafe.Pointer) any { return interfaceAt[keyer](t, placeOf(t, base)).AerospikeKey() }
	default:
		return fmt.Errorf("mapper: %s has no key: tag a field `as:\"name,pk\"`, add a method AerospikeKey() any, or use WithKey", typeName(t))
	}
	return nil
}

// setName returns the name of the set, "" for an empty Repo.
func (s *store) setName() string {
	if s == nil {
		return ""
	}
	return s.set
}

// A keyer is a type with a method that returns its key.
type keyer interface{ AerospikeKey() any }

var keyerType = reflect.TypeFor[keyer]()

// put writes the object at base.
func (s *store) put(ctx context.Context, v verb, base unsafe.Pointer) error {
	if err := s.takes(verbs[v].method, base); err != nil {
		return err
	}
	b, err := s.bind(ctx)
	if err != nil {
		return err
	}
	w, err := s.newWriteRequest(ctx, b, v, base)
	if err != nil {
		return err
	}
	defer s.release(&w)
	if err = s.send(ctx, b, &w, base); w.recordGone(err) {
		// The record whose expiry was to be kept is gone.
		if err := s.prepareRetry(b, &w, base); err != nil {
			return err
		}
		err = s.send(ctx, b, &w, base)
	}
	if err != nil {
		return err
	}
	return s.hooks.afterSave.run(ctx, base)
}

// send writes the object at base and updates its metadata.
func (s *store) send(ctx context.Context, b *binding, w *writeRequest, base unsafe.Pointer) error {
	if w.once != "" {
		return s.sendOnce(ctx, b, w, base)
	}
	generation, err := b.records.PutEncoded(ctx, w.policy, w.key, &w.writer.encoded)
	if err != nil {
		return s.wrapWriteError(w, err)
	}
	s.plan.setGeneration(base, generation)
	s.afterWrite(w, base)
	return nil
}

// sendOnce is send for a write with a bin that is written only if the record doesn't have it.
func (s *store) sendOnce(ctx context.Context, b *binding, w *writeRequest, base unsafe.Pointer) error {
	rec, err := b.records.Operate(ctx, w.policy, w.key, w.operations()...)
	if err != nil {
		return s.wrapWriteError(w, err)
	}
	s.plan.setGeneration(base, rec.Generation)
	s.afterWrite(w, base)
	return s.afterOnce(w, base, rec)
}

// decodeRecord sets the object at base from a record. fresh says that the object is zero.
func (s *store) decodeRecord(base unsafe.Pointer, key protocol.Key, rec *protocol.Record, fresh bool) error {
	if err := s.setKey(base, key); err != nil {
		return err
	}
	return s.decodeContent(base, key, rec, fresh)
}

// decodeEncoded is decodeContent for a record as it was received.
func (s *store) decodeEncoded(base unsafe.Pointer, key protocol.Key, rec *cluster.EncodedRecord, fresh bool) error {
	if err := s.plan.decodeEncoded(base, rec.Bins, fresh); err != nil {
		return err
	}
	s.setMeta(base, key, rec.Generation, rec.VoidTime)
	return nil
}

// decodeContent is decodeRecord without the key.
func (s *store) decodeContent(base unsafe.Pointer, key protocol.Key, rec *protocol.Record, fresh bool) error {
	if err := s.plan.decodeBins(base, rec.Bins, fresh); err != nil {
		return err
	}
	s.setMeta(base, key, rec.Generation, rec.VoidTime)
	return nil
}

// setMeta sets the metadata of the object at base, which was read from a record.
func (s *store) setMeta(base unsafe.Pointer, key protocol.Key, generation, voidTime uint32) {
	s.plan.setGeneration(base, generation)
	s.plan.setTTL(base, voidTime, s.now)
	s.remember(base, key)
}

// wrapError adds the key and the cause to an error of the client. An error in doubt has no other
// cause: if a first try was applied and its response was lost, a second try finds the record as the
// first has left it.
func (s *store) wrapError(key protocol.Key, p *cluster.WritePolicy, err error) error {
	switch {
	case err == nil:
		return nil
	case inDoubt(err):
		return fmt.Errorf("mapper: %v: %w: %w", key, ErrInDoubt, err)
	case errors.Is(err, protocol.KeyNotFound):
		return &keyError{ErrNotFound, key, err}
	case errors.Is(err, protocol.KeyExists):
		return &keyError{ErrExists, key, err}
	case errors.Is(err, protocol.FilteredOut):
		return &keyError{ErrCondition, key, err}
	case errors.Is(err, protocol.GenerationError) && p != nil:
		return &StaleError{Key: key, Want: p.Generation, Err: err}
	}
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Key.Namespace != "" {
		return fmt.Errorf("mapper: %w", err) // the error has the key
	}
	return fmt.Errorf("mapper: %v: %w", key, err)
}

// codecOf returns the codec of a type with the Repo's options.
func (s *store) codecOf(t reflect.Type, f form) (*codec, error) {
	key := codecKey{t, f}
	if c, ok := s.codecs.Load(key); ok {
		return c.(*codec), nil
	}
	c, err := s.newCompiler().codec(t, f)
	if err == nil {
		s.codecs.Store(key, c)
	}
	return c, err
}

// ready returns an error if the store is that of an empty Repo.
func (s *store) ready(op string) error {
	if s == nil {
		return &emptyError{op, "the repository is empty; make it with mapper.New"}
	}
	return nil
}

// takes is ready for a call with an object, which must not be nil.
func (s *store) takes(op string, object unsafe.Pointer) error {
	if object == nil && s != nil {
		return s.nilObject(op)
	}
	return s.ready(op)
}

func (s *store) nilObject(op string) error {
	return &emptyError{op, fmt.Sprintf("the *%s is nil", typeName(s.plan.typ))}
}
