package protocol

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"sync"

	"golang.org/x/crypto/ripemd160" //lint:ignore SA1019 Aerospike digests use it
)

// A Digest identifies a record in a namespace: the RIPEMD-160 hash of its set and user key.
type Digest [20]byte

// Partition returns the partition of the digest, 0 to 4095.
func (d Digest) Partition() uint16 {
	return binary.LittleEndian.Uint16(d[:2]) & (PartitionCount - 1)
}

// String returns the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// A Key identifies one record: namespace, set (which may be empty) and user key, or the digest if
// the user key is not known. Use [NewKey] or [MustKey] to make one: the fields alone are not a key.
type Key struct {
	Namespace string
	Set       string
	user      Value
	digest    Digest
	byDigest  bool // the user key was read, but can't be sent in its stored form
}

// NewKey returns the key of a record. The namespace has 1 to 31 bytes, the set at most 63 bytes.
// The user key is an integer of any width, a string or a []byte, or a Value of one of them; strings
// and []byte must not be empty. The key keeps a reference to a []byte. Any other argument is an
// error that wraps [ErrInvalidKey].
func NewKey(namespace, set string, userKey any) (Key, error) {
	return KeyFromValue(namespace, set, ValueOf(userKey))
}

// KeyFromValue is [NewKey] with a user key that is a Value. It does not allocate.
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

// MustKey is like [NewKey] but panics if an argument is not valid.
func MustKey(namespace, set string, userKey any) Key {
	k, err := NewKey(namespace, set, userKey)
	if err != nil {
		panic(err)
	}
	return k
}

// KeyFromDigest returns the key of a record whose user key is not known. Its error is that of
// [CheckNames].
func KeyFromDigest(namespace, set string, digest Digest) (Key, error) {
	if err := CheckNames(namespace, set); err != nil {
		return Key{}, err
	}
	return Key{Namespace: namespace, Set: set, digest: digest}, nil
}

// RecordKey returns the key of a record that a server sent: with its digest, and with its user key
// if the server stores it with the record, otherwise nil. sendable says whether an encoder writes
// the user key exactly as it is stored, see [Key.Sendable]. The arguments are not checked.
func RecordKey(namespace, set string, digest Digest, userKey Value, sendable bool) Key {
	return Key{Namespace: namespace, Set: set, user: userKey, digest: digest, byDigest: !sendable}
}

// CheckNames returns an error that wraps [ErrInvalidKey] if the namespace or the set can't exist.
// The set may be empty.
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

// CheckBinName returns an error that wraps [ErrInvalidBin] if no bin can have the name.
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

// UserKey returns the user key, or nil if only the digest is known. A user key that was read from a
// server can have any kind that can be stored. It has KindInvalid if the stored bytes can't be
// decoded.
func (k Key) UserKey() Value { return k.user }

// readable reports whether the user key is known.
func (k Key) readable() bool { return k.user.kind != KindNil && k.user.kind != KindInvalid }

// Sendable reports whether the user key can be sent in its stored form. A server rejects a command
// whose user key differs from the stored one, but accepts a command that has only the digest.
func (k Key) Sendable() bool { return k.readable() && !k.byDigest }

// Digest returns the record's digest.
func (k Key) Digest() Digest { return k.digest }

// Partition returns the partition of the record, 0 to 4095.
func (k Key) Partition() uint16 { return k.digest.Partition() }

// String returns namespace:set:userkey, with the digest in place of an unknown user key.
func (k Key) String() string {
	if !k.readable() {
		return k.Namespace + ":" + k.Set + ":#" + k.digest.String()
	}
	return fmt.Sprintf("%s:%s:%v", k.Namespace, k.Set, k.user)
}

// computeDigest hashes the set, the particle type of the user key and the user key
// (docs/wire-core.md#3.6).
func computeDigest(set string, user Value) Digest {
	if len(set) >= digestShort {
		return hashLong(set, user)
	}
	var block [digestBlock]byte
	at := copy(block[:], set)
	block[at] = byte(user.Particle())
	at++
	switch room := digestShort - at; {
	case user.kind == KindInt && room >= 8:
		binary.BigEndian.PutUint64(block[at:], user.num)
		return hashShort(&block, at+8)
	case user.kind == KindString && room >= user.Len():
		return hashShort(&block, at+copy(block[at:], user.text()))
	case user.kind == KindBlob && room >= user.Len():
		return hashShort(&block, at+copy(block[at:], user.bytes()))
	}
	return hashLong(set, user)
}

// A digester is the hash and the scratch space for one digest.
type digester struct {
	hash.Hash
	buf []byte
}

var digesters = sync.Pool{New: func() any { return &digester{Hash: ripemd160.New(), buf: make([]byte, 0, 128)} }}

// hashLong is computeDigest for keys of any length.
func hashLong(set string, user Value) (d Digest) {
	h := digesters.Get().(*digester)
	h.Reset()
	h.buf = append(h.buf[:0], set...)
	h.buf = AppendUserKey(h.buf, user)
	h.Write(h.buf)
	copy(d[:], h.Sum(h.buf[:0]))
	digesters.Put(h)
	return d
}

// AppendUserKey appends the particle type and the bytes of a user key. This form is hashed for the
// digest, and is the content of a message's key field.
func AppendUserKey(dst []byte, user Value) []byte {
	dst = append(dst, byte(user.Particle()))
	switch user.kind {
	case KindInt:
		return binary.BigEndian.AppendUint64(dst, user.num)
	case KindString:
		return append(dst, user.text()...)
	}
	// Of other kinds NewKey accepts only blobs, and a key that was read can be written.
	dst, _ = AppendParticle(dst, user)
	return dst
}

// ParseUserKey decodes the content of a message's key field: particle type and bytes. Servers store
// user keys of any kind and content. For NULL and for an empty string or blob the result is nil,
// which means that there is no user key. Strings and blobs share the memory of field. Errors wrap
// [ErrMalformed] or [ErrTooDeep].
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
