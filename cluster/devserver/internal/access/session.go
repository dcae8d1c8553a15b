package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Sessions issues the tokens of one node. A token contains its user and expiry time and is signed,
// so the node stores nothing for it.
type Sessions struct {
	key   [sha256.Size]byte
	ttl   time.Duration
	epoch atomic.Uint64
}

// tokenHead is the size of the part of a token before the user name: epoch, expiry in Unix
// nanoseconds, signature.
const tokenHead = 8 + 8 + sha256.Size

// NewSessions returns the sessions of a node. Tokens are valid for the given ttl.
func NewSessions(ttl time.Duration) *Sessions {
	s := &Sessions{ttl: ttl}
	rand.Read(s.key[:]) // never fails
	return s
}

// Epoch returns the number of calls to Expire. Connections authenticated in an earlier epoch are no
// longer valid.
func (s *Sessions) Epoch() uint64 { return s.epoch.Load() }

// Expire invalidates all tokens issued so far.
func (s *Sessions) Expire() { s.epoch.Add(1) }

// Begin issues a session token for a user.
func (s *Sessions) Begin(user string, now time.Time) wire.Session {
	token := make([]byte, tokenHead, tokenHead+len(user))
	binary.BigEndian.PutUint64(token, s.Epoch())
	binary.BigEndian.PutUint64(token[8:], uint64(now.Add(s.ttl).UnixNano()))
	token = append(token, user...)
	copy(token[16:], s.sign(token))
	return wire.Session{Token: token, TTL: s.ttl}
}

// sign returns the signature of a token, computed over all of it except the signature.
func (s *Sessions) sign(token []byte) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write(token[:16])
	mac.Write(token[tokenHead:])
	return mac.Sum(nil)
}

// Check returns the user of a token. It returns InvalidCredential if another node issued the token
// or it was modified.
func (s *Sessions) Check(token []byte, now time.Time) (user string, code protocol.ResultCode) {
	if len(token) < tokenHead || !hmac.Equal(token[16:tokenHead], s.sign(token)) {
		return "", protocol.InvalidCredential
	}
	end := int64(binary.BigEndian.Uint64(token[8:]))
	if binary.BigEndian.Uint64(token) != s.Epoch() || now.UnixNano() >= end {
		return "", protocol.ExpiredSession
	}
	return string(token[tokenHead:]), protocol.OK
}
