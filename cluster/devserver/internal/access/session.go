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

// Sessions gives out the tokens of one node. A token names its user and its end, and is signed, so that
// nothing has to be kept of it.
type Sessions struct {
	key   [sha256.Size]byte
	ttl   time.Duration
	epoch atomic.Uint64
}

// tokenHead is what stands before the user's name in a token: epoch, end in Unix nanoseconds, signature.
const tokenHead = 8 + 8 + sha256.Size

// NewSessions makes the tokens of a node, which are valid for the ttl.
func NewSessions(ttl time.Duration) *Sessions {
	s := &Sessions{ttl: ttl}
	rand.Read(s.key[:]) // never fails
	return s
}

// Epoch counts the calls of Expire. What was authenticated in an earlier epoch is not any more.
func (s *Sessions) Epoch() uint64 { return s.epoch.Load() }

// Expire ends all sessions that were given out so far.
func (s *Sessions) Expire() { s.epoch.Add(1) }

// Begin returns a session for a user.
func (s *Sessions) Begin(user string, now time.Time) wire.Session {
	token := make([]byte, tokenHead, tokenHead+len(user))
	binary.BigEndian.PutUint64(token, s.Epoch())
	binary.BigEndian.PutUint64(token[8:], uint64(now.Add(s.ttl).UnixNano()))
	token = append(token, user...)
	copy(token[16:], s.sign(token))
	return wire.Session{Token: token, TTL: s.ttl}
}

// sign returns the signature of all but the signature.
func (s *Sessions) sign(token []byte) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write(token[:16])
	mac.Write(token[tokenHead:])
	return mac.Sum(nil)
}

// Check returns the user of a token. A token of another node, or that was tampered with, is InvalidCredential.
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
