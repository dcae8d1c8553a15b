package mapper

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A writing is one object on its way to the server. It has memory of its own, as
// a command may still be read by the client when the caller's context has ended.
type writeRequest struct {
	verb   verb
	key    protocol.Key
	policy *cluster.WritePolicy
	bins   protocol.Bins
	// keeps says that the record keeps its expiry. Such a write creates no record: that would have
	// the namespace's default, and perhaps never expire.
	keepsExpiry bool
}

// writing prepares to write the object at base.
func (s *store) newWriteRequest(b *binding, v verb, base unsafe.Pointer) (w writeRequest, err error) {
	w.verb = v
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

// setPolicy chooses the write policy for the object at base.
func (s *store) setPolicy(b *binding, w *writeRequest, base unsafe.Pointer) error {
	w.policy = &b.puts[w.verb]
	if len(s.plan.gens) == 0 && len(s.plan.ttls) == 0 && s.ttl == nil && s.ttlErr == nil {
		return nil
	}
	p := *w.policy
	w.policy = &p
	if w.keepsExpiry {
		p.Exists = verbs[w.verb].existing
	}
	return s.applyMeta(&p, base, w.keepsExpiry, verbs[w.verb].checks)
}

// applyMeta writes what the object's metadata says into a policy.
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

// ttlFor returns the time to live for a write of the object at base: that of the Repo's With, of
// the object's field, or else of the policy.
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

// encode makes the bins of the object at base.
func (s *store) encode(w *writeRequest, base unsafe.Pointer) (err error) {
	w.bins, err = s.plan.appendBins(make(protocol.Bins, 0, len(s.plan.fields)), base, verbs[w.verb].nulls)
	if err == nil && len(w.bins) == 0 {
		err = nothingToWrite(w.key)
	}
	return err
}

func nothingToWrite(key protocol.Key) error {
	return fmt.Errorf("mapper: %v: %w", key, ErrNothingToWrite)
}

// missed reports whether a write that may create a record has failed because it was to keep the
// expiry of one, and there is none any more.
func (w *writeRequest) recordGone(err error) bool {
	return w.keepsExpiry && w.verb != update && errors.Is(err, ErrNotFound)
}

// renew prepares a write that has missed its record to be sent again, with the time to live that
// the object's field says.
func (s *store) prepareRetry(b *binding, w *writeRequest, base unsafe.Pointer) error {
	w.keepsExpiry = false
	return s.setPolicy(b, w, base)
}

// failed returns the error of a write. To Save of an object whose bins are all NULL the server says
// that there is no record, as none can be made of it.
func (s *store) wrapWriteError(w *writeRequest, err error) error {
	err = s.wrapError(w.key, w.policy, err)
	if w.verb == save && !w.keepsExpiry && errors.Is(err, ErrNotFound) {
		return nothingToWrite(w.key)
	}
	return err
}

// written notes that the object's record has another expiry now, unless it was kept.
func (s *store) afterWrite(w *writeRequest, base unsafe.Pointer) {
	if !w.keepsExpiry {
		s.forget(base)
	}
}
