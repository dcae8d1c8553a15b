package mapper

import (
	"context"
	"errors"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// Namespace returns the namespace of the records, from [WithNamespace] or the DSN. It is "" if
// there is none. If another driver wraps this module's, it may have to open the database's client,
// and is "" if that fails.
func (r *Repo[T]) Namespace() string {
	namespace, _ := r.core().namespaceName("Repo.Namespace")
	return namespace
}

// Key returns the key of a record for native commands. Like [Repo.Exists] it takes a key or a *T:
//
//	key, err := users.Key("ada")
//	rec, err := client.Operate(ctx, nil, key, protocol.AddBin("visits", protocol.Int(1)))
//
// It does no I/O except as [Repo.Namespace] does.
func (r *Repo[T]) Key(keyOrObject any) (protocol.Key, error) {
	return r.core().nativeKey(keyOrObject)
}

// Decode sets x from a record that a native command, query or scan returned, as [Repo.FindInto]
// does: key, bins and the fields tagged asm. Every mapped field is set, to its zero value if the
// record doesn't have its bin. x shares no memory with the record. After an error the content of x
// is not specified, with one exception: if the record has no user key for the field tagged pk, the
// error is [ErrNoUserKey], the field is zero and all other fields are set.
//
// A record that was read with some of its bins only decodes as if the others didn't exist: read all
// bins before x is saved.
func (r *Repo[T]) Decode(rec *protocol.Record, x *T) error {
	return r.core().decodeNative(unsafe.Pointer(x), rec)
}

// Encode returns the bins that [Repo.Save] would write for x, without its key and the fields tagged
// asm. A bin that Save would remove is protocol.Nil(); a bin that it would leave alone is missing.
// The values may share memory with x, so x must not change while they are in use.
func (r *Repo[T]) Encode(x *T) (protocol.Bins, error) {
	return r.core().encodeNative(unsafe.Pointer(x))
}

// nativeKey returns the key of a key or an object.
func (s *store) nativeKey(keyOrObject any) (protocol.Key, error) {
	t, err := s.targetOf("Repo.Key", keyOrObject)
	if err != nil {
		return protocol.Key{}, err
	}
	namespace, err := s.namespaceName("Repo.Key")
	if err != nil {
		return protocol.Key{}, err
	}
	return s.keyAt(namespace, t)
}

// encodeNative returns the bins of the object at base.
func (s *store) encodeNative(base unsafe.Pointer) (protocol.Bins, error) {
	if err := s.takes("Repo.Encode", base); err != nil {
		return nil, err
	}
	return s.plan.appendBins(nil, base, true)
}

// namespaceName returns the namespace, if possible without I/O.
func (s *store) namespaceName(method string) (string, error) {
	if err := s.ready(method); err != nil {
		return "", err
	}
	if s.namespace != "" {
		return s.namespace, nil
	}
	b, err := s.bind(context.Background())
	if err != nil {
		return "", err
	}
	return b.namespace, nil
}

// decodeNative sets the object at base from a record, also if the record has no user key.
func (s *store) decodeNative(base unsafe.Pointer, rec *protocol.Record) error {
	const method = "Repo.Decode"
	if err := s.takes(method, base); err != nil {
		return err
	}
	if rec == nil {
		return &emptyError{method, "the record is nil"}
	}
	keyErr := s.setKey(base, rec.Key)
	if keyErr != nil && !errors.Is(keyErr, ErrNoUserKey) {
		return keyErr
	}
	if keyErr != nil {
		s.plan.key.codec.clear(s.plan.key.placeIn(base))
	}
	if err := s.decodeContent(base, rec.Key, rec, false); err != nil {
		return err
	}
	if keyErr != nil {
		return keyErr
	}
	return s.afterFind(context.Background(), base)
}
