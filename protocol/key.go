package protocol

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"

	"golang.org/x/crypto/ripemd160" //lint:ignore SA1019 it is what Aerospike's digests are made with
)

// A Digest identifies a record within a namespace: the RIPEMD-160 hash of its set and user key.
type Digest [20]byte

// Partition returns the partition of the digest, 0 to 4095.
func (d Digest) Partition() uint16 {
	return binary.LittleEndian.Uint16(d[:2]) & (PartitionCount - 1)
}

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// A Key names one record: namespace, set (which may be empty) and user key, or
// the digest alone where the user key is not known.
type Key struct {
	Namespace string
	Set       string
	user      Value
	digest    Digest
	// byDigest: the user key was read, but can't be sent as it is stored.
	byDigest bool
}

// NewKey makes a key of a namespace of 1 to 31 bytes, a set of at most 63
// bytes and a user key: an integer of any width, a string or a []byte (or a Value of these). Anything
// else is an error that wraps [ErrInvalidKey].
func NewKey(namespace, set string, userKey any) (Key, error) {
	return KeyFromValue(namespace, set, ValueOf(userKey))
}

// KeyFromValue is NewKey for a user key that is a Value, without the boxing of an any.
func KeyFromValue(namespace, set string, v Value) (Key, error) {
	switch v.kind {
	case KindInt, KindString, KindBlob:
	case KindInvalid:
		return Key{}, fmt.Errorf("%w: %w", ErrInvalidKey, v.Err())
	case KindUint:
		return Key{}, fmt.Errorf("%w: an unsigned integer above 2^63-1 can't be a user key", ErrInvalidKey)
	default:
		return Key{}, fmt.Errorf("%w: a user key must be an integer, a string or a []byte, not a %s", ErrInvalidKey, v.kind)
	}
	if v.kind == KindBlob && ParticleType(v.sub) != ParticleBlob || v.kind != KindInt && v.num == 0 {
		return Key{}, fmt.Errorf("%w: a string or []byte user key must not be empty", ErrInvalidKey)
	}
	if err := CheckNames(namespace, set); err != nil {
		return Key{}, err
	}
	return Key{Namespace: namespace, Set: set, user: v, digest: computeDigest(set, v)}, nil
}

// MustKey is NewKey for arguments that are known to be right; it panics if they are not.
func MustKey(namespace, set string, userKey any) Key {
	k, err := NewKey(namespace, set, userKey)
	if err != nil {
		panic(err)
	}
	return k
}

// KeyFromDigest makes a key of a record whose user key is not known.
func KeyFromDigest(namespace, set string, digest Digest) (Key, error) {
	if err := CheckNames(namespace, set); err != nil {
		return Key{}, err
	}
	return Key{Namespace: namespace, Set: set, digest: digest}, nil
}

// RecordKey returns the key of a record as a server sent it: with its digest, and with its user key
// if that is stored with the record. The key is sendable if the encoder writes the user key as it is
// stored. Nothing is checked.
func RecordKey(namespace, set string, digest Digest, userKey Value, sendable bool) Key {
	return Key{Namespace: namespace, Set: set, user: userKey, digest: digest, byDigest: !sendable}
}

// CheckNames reports a namespace or set name that can't exist. The set may be empty. The error wraps
// [ErrInvalidKey].
func CheckNames(namespace, set string) error {
	switch {
	case namespace == "" || len(namespace) > MaxNamespaceLen:
		return fmt.Errorf("%w: the namespace %q is not 1 to %d bytes long", ErrInvalidKey, namespace, MaxNamespaceLen)
	case len(set) > MaxSetLen:
		return fmt.Errorf("%w: the set name %q is longer than %d bytes", ErrInvalidKey, set, MaxSetLen)
	case strings.IndexByte(namespace, 0) >= 0 || strings.IndexByte(set, 0) >= 0:
		return fmt.Errorf("%w: a name has a NUL byte in it", ErrInvalidKey)
	}
	return nil
}

// CheckBinName reports, with an error that wraps [ErrInvalidBin], a name that no bin can have.
func CheckBinName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: it is empty", ErrInvalidBin)
	case len(name) > MaxBinNameLen:
		return fmt.Errorf("%w: %q has %d bytes, at most %d are possible", ErrInvalidBin, name, len(name), MaxBinNameLen)
	case strings.IndexByte(name, 0) >= 0:
		return fmt.Errorf("%w: %q has a NUL byte in it", ErrInvalidBin, name)
	}
	return nil
}

// UserKey returns the user key, nil if only the digest is known. A key that a scan has read may be of any kind that a
// server stores; it is of KindInvalid if the stored bytes can't be read.
func (k Key) UserKey() Value { return k.user }

// readable reports whether the user key is known.
func (k Key) readable() bool { return k.user.kind != KindNil && k.user.kind != KindInvalid }

// Sendable reports whether the user key can be sent in the form in which a server stores it. The
// server refuses a command whose user key differs from the stored one, but takes one with the digest alone.
func (k Key) Sendable() bool { return k.readable() && !k.byDigest }

// Digest returns the record's digest.
func (k Key) Digest() Digest { return k.digest }

// Partition returns the partition that the record lives in, 0 to 4095.
func (k Key) Partition() uint16 { return k.digest.Partition() }

// String returns namespace:set:user key, or the digest in place of an unknown user key.
func (k Key) String() string {
	if !k.readable() {
		return k.Namespace + ":" + k.Set + ":#" + k.digest.String()
	}
	return fmt.Sprintf("%s:%s:%v", k.Namespace, k.Set, k.user)
}

// digester is the hash with the scratch space that one digest needs.
type digester struct {
	hash.Hash
	buf []byte
}

var digesters = sync.Pool{New: func() any { return &digester{Hash: ripemd160.New(), buf: make([]byte, 0, 64)} }}

// computeDigest hashes set, particle type of the user key and user key (docs/wire-core.md#3.6).
func computeDigest(set string, user Value) (d Digest) {
	h := digesters.Get().(*digester)
	h.Reset()
	h.buf = append(h.buf[:0], set...)
	h.buf = AppendUserKey(h.buf, user)
	h.Write(h.buf)
	copy(d[:], h.Sum(h.buf[:0]))
	digesters.Put(h)
	return d
}

// AppendUserKey appends particle type and bytes of a user key, the form that is
// hashed and that FieldKey carries.
func AppendUserKey(dst []byte, user Value) []byte {
	dst = append(dst, byte(user.Particle()))
	switch user.kind {
	case KindInt:
		return binary.BigEndian.AppendUint64(dst, user.num)
	case KindString:
		return append(dst, user.text()...)
	}
	// NewKey makes no others but blobs. A key that was read can be written.
	dst, _ = AppendParticle(dst, user)
	return dst
}

// ParseUserKey decodes what FieldKey carries: particle type and bytes. Servers store user keys of any kind
// and content; NULL and an empty string or blob are nil, which means no user key. Strings and blobs share
// field's memory. Errors wrap [ErrMalformed] or [ErrTooDeep].
func ParseUserKey(field []byte) (Value, error) {
	if len(field) == 0 {
		return Nil(), nil
	}
	t, data := ParticleType(field[0]), field[1:]
	if len(data) == 0 && (t == ParticleString || t == ParticleHLL || t.IsBlob()) {
		return Nil(), nil
	}
	return ParseParticle(t, data)
}
