package mapper

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A writeRequest is the write of one object. Requests don't share memory, because the client may
// still read one after its caller's context has ended.
type writeRequest struct {
	verb   verb
	key    protocol.Key
	policy *cluster.WritePolicy
	// writer has the encoded bins. A write with once has bins instead.
	writer *binEncoder
	bins   protocol.Bins
	// keepsExpiry says that the record keeps its expiry. Such a write doesn't create a record: the
	// new record would have the default of the namespace, and perhaps never expire.
	keepsExpiry bool
	// once is a bin that is written only if the record doesn't have it, or "".
	once string
}

// newWriteRequest returns the request that writes the object at base.
func (s *store) newWriteRequest(ctx context.Context, b *binding, v verb, base unsafe.Pointer) (w writeRequest, err error) {
	w.verb = v
	if w.once, err = s.beforeSave(ctx, v, base); err != nil {
		return w, err
	}
	if w.key, err = s.keyOf(b.namespace, base); err != nil {
		return w, err
	}
	w.keepsExpiry = v != insert && s.keepsExpiry(base, w.key)
	if err = s.setPolicy(b, &w, base); err != nil {
		return w, err
	}
	err = s.encode(&w, base)
	return w, err
}

// release gives the memory of the encoded bins to other requests. The client must have returned.
func (s *store) release(w *writeRequest) {
	if w.writer != nil && cap(w.writer.encoded.Ops) <= maxWriterMemory {
		s.writers.Put(w.writer)
	}
	w.writer = nil
}

// maxWriterMemory is the size in bytes of the largest buffer that is kept for other requests.
const maxWriterMemory = 1 << 20

// setPolicy chooses the write policy for the object at base.
func (s *store) setPolicy(b *binding, w *writeRequest, base unsafe.Pointer) error {
	w.policy = &b.puts[w.verb]
	hides := w.verb == update && s.hidesDeleted()
	if len(s.plan.gens) == 0 && len(s.plan.ttls) == 0 && s.ttl == nil && s.ttlErr == nil && !s.durable && !hides {
		return nil
	}
	p := *w.policy
	w.policy = &p
	p.DurableDelete = p.DurableDelete || s.durable
	if hides {
		s.onlyVisible(&p)
	}
	if w.keepsExpiry {
		p.Exists = verbs[w.verb].existing
	}
	return s.applyMeta(&p, base, w.keepsExpiry, verbs[w.verb].checks)
}

// applyMeta sets the time to live and the generation of a policy from the object's metadata.
func (s *store) applyMeta(p *cluster.WritePolicy, base unsafe.Pointer, keeps, checks bool) (err error) {
	if p.TTL, err = s.ttlFor(p.TTL, base, keeps); err != nil || !checks {
		return err
	}
	p.Generation, err = s.plan.generation(base)
	if p.Generation != 0 {
		p.GenerationPolicy = cluster.ExpectEqual
	}
	return err
}

// ttlFor returns the time to live for a write of the object at base: from the Repo's With, the
// object's field, or else the policy.
func (s *store) ttlFor(policy cluster.TTL, base unsafe.Pointer, keeps bool) (cluster.TTL, error) {
	switch {
	case s.ttlErr != nil:
		return 0, s.ttlErr
	case s.ttl != nil:
		return *s.ttl, nil
	case keeps:
		return cluster.TTLDontUpdate, nil
	case len(s.plan.ttls) == 0:
		return policy, nil
	}
	return s.plan.ttl(base, s.now)
}

// encode sets the request's bins from the object at base.
func (s *store) encode(w *writeRequest, base unsafe.Pointer) (err error) {
	nulls, n := verbs[w.verb].nulls, 0
	if w.once != "" {
		w.bins, err = s.plan.appendBins(nil, base, nulls)
		n = len(w.bins)
	} else {
		w.writer, _ = s.writers.Get().(*binEncoder)
		if w.writer == nil {
			w.writer = new(binEncoder)
		}
		w.writer.reset(nulls)
		err = s.plan.write(w.writer, base)
		n = w.writer.encoded.Count
	}
	if err == nil && n == 0 {
		err = nothingToWrite(w.key)
	}
	return err
}

func nothingToWrite(key protocol.Key) error {
	return fmt.Errorf("mapper: %v: %w", key, ErrNothingToWrite)
}

// recordGone reports whether a write that may create a record failed because it was to keep the
// expiry of a record that no longer exists.
func (w *writeRequest) recordGone(err error) bool {
	return w.keepsExpiry && w.verb != update && errors.Is(err, ErrNotFound)
}

// prepareRetry prepares a write whose record is gone to be sent again, with the time to live from
// the object's field.
func (s *store) prepareRetry(b *binding, w *writeRequest, base unsafe.Pointer) error {
	w.keepsExpiry = false
	return s.setPolicy(b, w, base)
}

// wrapWriteError is wrapError for a write. If all bins of a saved object are NULL and there is no
// record, the server reports that the record doesn't exist.
func (s *store) wrapWriteError(w *writeRequest, err error) error {
	err = s.hidden(w.key, s.wrapError(w.key, w.policy, err))
	if w.verb == save && !w.keepsExpiry && errors.Is(err, ErrNotFound) {
		return nothingToWrite(w.key)
	}
	return err
}

// afterWrite records that the object's ttl field no longer has the record's expiry, unless the
// expiry was kept.
func (s *store) afterWrite(w *writeRequest, base unsafe.Pointer) {
	if !w.keepsExpiry {
		s.forget(base)
	}
}
